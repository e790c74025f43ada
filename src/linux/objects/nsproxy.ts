import type { StructRow } from "./row.ts";

/** Inode numbers of the namespaces that Linux starts with (`/proc/PID/ns`). */
const FIRST_NAMESPACES = {
  uts: 0xeffffffe,
  ipc: 0xefffffff,
  pid: 0xeffffffc,
  mnt: 0xf000_0000,
  net: 0xf000_0001,
  cgroup: 0xeffffffb,
  time: 0xeffffffa,
} as const;

const namespace = (struct: string, inode: number): StructRow<object> => ({
  struct,
  write: (w) => w.int("ns.inum", inode),
});

const ROWS = {
  uts_ns: namespace("uts_namespace", FIRST_NAMESPACES.uts),
  ipc_ns: namespace("ipc_namespace", FIRST_NAMESPACES.ipc),
  pid_ns_for_children: namespace("pid_namespace", FIRST_NAMESPACES.pid),
  mnt_ns: namespace("mnt_namespace", FIRST_NAMESPACES.mnt),
  net_ns: namespace("net", FIRST_NAMESPACES.net),
  cgroup_ns: namespace("cgroup_namespace", FIRST_NAMESPACES.cgroup),
  time_ns: namespace("time_namespace", FIRST_NAMESPACES.time),
} as const;

/** All tasks are in the namespaces that Linux starts with. */
const FIRST = {};

/** What `struct nsproxy` is of a task. */
export const NSPROXY: StructRow<object> = {
  struct: "nsproxy",
  write(w) {
    w.int("count.refs.counter", 1);
    for (const [member, row] of Object.entries(ROWS)) w.pointer(member, FIRST, row);
  },
};
