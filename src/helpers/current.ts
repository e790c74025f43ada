import { DIRECT_MAP_HIGH } from "../memory/memory.ts";
import type { Host } from "./host.ts";
import type { HelperImplementation } from "./row.ts";
import { u64, u64Of } from "./u64.ts";

/** Nanoseconds between two ticks of the timer: `CONFIG_HZ` is 250. */
const TICK = 4_000_000;
/** The tick at boot: Linux starts five minutes before 32 bits run over, so that mistakes show early. */
const FIRST_JIFFY = 2 ** 32 - 300 * 250;

const nanoseconds = (host: Host) => () => u64Of(host.memory, host.ktimeNs());

/** The first question may read the types of Linux: that is done when the program is loaded. */
const taskStruct = (host: Host) => {
  host.taskStruct?.();
  return () => host.taskStruct?.() ?? 0;
};

const UTF8 = new TextEncoder();

/** Copies a task's name as `strscpy_pad` does: cut to fit, ended by a zero, the rest zero. */
function copyComm(host: Host, to: number, size: number): number {
  const { comm } = host.task();
  const bytes = host.memory.u8;
  const most = Math.min(size, 16) - 1;
  let at = 0;
  // Programs ask for it at every event: letters of ASCII are copied without an encoder.
  while (at < comm.length && at < most) {
    const letter = comm.charCodeAt(at);
    if (letter > 0x7f) break;
    bytes[to + at++] = letter;
  }
  const end = at;
  while (at < size) bytes[to + at++] = 0;
  if (end < comm.length && end < most) UTF8.encodeInto(comm.slice(end), bytes.subarray(to + end, to + most));
  return 0;
}

/** What runs now: the time, the CPU, the task. */
export const CURRENT_HELPERS: readonly HelperImplementation[] = [
  {
    name: "ktime_get_ns",
    passing: "u64",
    implement: nanoseconds,
  },
  {
    name: "ktime_get_boot_ns",
    passing: "u64",
    implement: nanoseconds,
  },
  // The machine's clock of atomic time was never set apart from the others.
  { name: "ktime_get_tai_ns", passing: "u64", implement: nanoseconds },
  {
    name: "ktime_get_coarse_ns",
    passing: "u64",
    implement: (host) => () => u64Of(host.memory, Math.floor(host.ktimeNs() / TICK) * TICK),
  },
  {
    name: "jiffies64",
    passing: "u64",
    implement: (host) => () => u64Of(host.memory, FIRST_JIFFY + Math.floor(host.ktimeNs() / TICK)),
  },
  // The machine's memory is one node.
  { name: "get_numa_node_id", passing: "i32", implement: () => () => 0 },
  {
    name: "get_prandom_u32",
    passing: "u64",
    implement: (host) => () => u64(host.memory, host.random(), 0),
  },
  {
    name: "get_smp_processor_id",
    passing: "i32",
    implement: (host) => () => host.cpu(),
  },
  {
    name: "get_current_pid_tgid",
    passing: "u64",
    implement: (host) => () => {
      const { pid, tgid } = host.task();
      return u64(host.memory, pid, tgid);
    },
  },
  {
    name: "get_current_uid_gid",
    passing: "u64",
    implement: (host) => () => {
      const { uid, gid } = host.task();
      return u64(host.memory, uid, gid);
    },
  },
  {
    name: "get_current_task",
    passing: "u64",
    implement: (host) => {
      const offset = taskStruct(host);
      return () => {
        const at = offset();
        return at === 0 ? u64(host.memory, 0, 0) : u64(host.memory, at, DIRECT_MAP_HIGH);
      };
    },
  },
  { name: "get_current_task_btf", passing: "pointer", implement: taskStruct },
  {
    name: "get_current_comm",
    passing: "i32",
    implement: (host) => (to, size) => copyComm(host, to, size),
  },
];
