import { CgroupArrayMap } from "../maps/cgroup-array.ts";
import { ERRNO } from "../maps/errno.ts";
import type { Host } from "./host.ts";
import { mapAt } from "./map-helpers.ts";
import type { HelperImplementation } from "./row.ts";
import { u64Of } from "./u64.ts";

/** The root of all cgroups; a machine without processes of its own has no other. */
const ROOT: readonly number[] = [1];
/** `struct bpf_pidns_info`: pid and tgid. */
const PIDNS_INFO = 8;

const cgroups = (host: Host): readonly number[] => host.processes?.cgroups() ?? ROOT;

const signal =
  (to: "process" | "thread") =>
  (host: Host) =>
  (number: number): number =>
    host.processes?.signal(number >>> 0, to) ?? -ERRNO.EPERM;

/** The current task's place among processes: cgroups, namespaces, signals, paths. */
export const PROCESS_HELPERS: readonly HelperImplementation[] = [
  {
    name: "get_current_cgroup_id",
    passing: "u64",
    implement: (host) => () => u64Of(host.memory, cgroups(host).at(-1)!),
  },
  {
    // The root is on level 0; below the task's own there is none.
    name: "get_current_ancestor_cgroup_id",
    passing: "u64",
    implement: (host) => (level) => u64Of(host.memory, cgroups(host)[level] ?? 0),
  },
  {
    name: "current_task_under_cgroup",
    passing: "i32",
    implement: (host) => (header, index) => {
      const map = mapAt(host, header);
      if (!(map instanceof CgroupArrayMap)) return -ERRNO.EINVAL;
      if (index >>> 0 >= map.spec.maxEntries) return -ERRNO.E2BIG;
      const id = map.slot(index);
      if (id === 0) return -ERRNO.EAGAIN;
      return cgroups(host).includes(id) ? 1 : 0;
    },
  },
  {
    name: "get_ns_current_pid_tgid",
    passing: "i32",
    implement: (host) => (device, deviceHigh, inode, inodeHigh, to, size) => {
      const { memory } = host;
      const { pidNamespace } = host.processes ?? {};
      const known = pidNamespace?.device === device && pidNamespace.inode === inode >>> 0;
      if (size !== PIDNS_INFO || deviceHigh !== 0 || inodeHigh !== 0 || !known) {
        memory.u8.fill(0, to, to + size);
        return -ERRNO.EINVAL;
      }
      const { pid, tgid } = host.task();
      memory.i32[to >> 2] = pid;
      memory.i32[(to + 4) >> 2] = tgid;
      return 0;
    },
  },
  { name: "send_signal", passing: "i32", implement: signal("process") },
  { name: "send_signal_thread", passing: "i32", implement: signal("thread") },
  {
    name: "d_path",
    passing: "i32",
    implement: (host) => (path, to, size) => {
      if (size === 0) return 0;
      const text = host.processes?.pathAt(path);
      if (text === undefined) return -ERRNO.EINVAL;
      const bytes = new TextEncoder().encode(`${text}\0`);
      if (bytes.length > size) return -ERRNO.ENAMETOOLONG;
      host.memory.u8.set(bytes, to);
      return bytes.length;
    },
  },
];
