import { type LinearMemory, RETURN_HIGH } from "../memory/memory.ts";
import type { Host } from "./host.ts";
import type { HelperRow } from "./row.ts";

/** Returns 64 bits: the upper half through memory, the lower half as the result. */
function u64(memory: LinearMemory, low: number, high: number): number {
  memory.i32[RETURN_HIGH >> 2] = high;
  return low | 0;
}

const nanoseconds = (host: Host) => () => {
  const ns = host.ktimeNs();
  return u64(host.memory, ns % 2 ** 32, Math.floor(ns / 2 ** 32));
};

/** Copies a task's name as `strscpy_pad` does: cut to fit, ended by a zero, the rest zero. */
function copyComm(host: Host, to: number, size: number): number {
  const { comm } = host.task();
  const bytes = host.memory.u8;
  bytes.fill(0, to, to + size);
  new TextEncoder().encodeInto(comm, bytes.subarray(to, to + Math.min(size, 16) - 1));
  return 0;
}

/** What runs now: the time, the CPU, the task. */
export const CURRENT_HELPERS: readonly HelperRow[] = [
  {
    id: 5,
    name: "ktime_get_ns",
    gplOnly: false,
    args: [],
    returns: "integer",
    passing: "u64",
    doc: "Nanoseconds since boot, without time spent suspended.",
    implement: nanoseconds,
  },
  {
    id: 125,
    name: "ktime_get_boot_ns",
    gplOnly: false,
    args: [],
    returns: "integer",
    passing: "u64",
    doc: "Nanoseconds since boot, with time spent suspended; the simulated machine never is.",
    implement: nanoseconds,
  },
  {
    id: 7,
    name: "get_prandom_u32",
    gplOnly: false,
    args: [],
    returns: "integer",
    passing: "u64",
    doc: "Random 32 bits, from the machine's seed.",
    implement: (host) => () => u64(host.memory, host.random(), 0),
  },
  {
    id: 8,
    name: "get_smp_processor_id",
    gplOnly: false,
    args: [],
    returns: "integer",
    result: "cpu",
    passing: "i32",
    doc: "The number of the CPU that runs the program.",
    implement: (host) => () => host.cpu(),
  },
  {
    id: 14,
    name: "get_current_pid_tgid",
    gplOnly: false,
    args: [],
    returns: "integer",
    passing: "u64",
    doc: "The task's tgid (what users call the process id) in the upper half, its pid (thread id) in the lower.",
    implement: (host) => () => {
      const { pid, tgid } = host.task();
      return u64(host.memory, pid, tgid);
    },
  },
  {
    id: 15,
    name: "get_current_uid_gid",
    gplOnly: false,
    args: [],
    returns: "integer",
    passing: "u64",
    doc: "The task's group id in the upper half, its user id in the lower.",
    implement: (host) => () => {
      const { uid, gid } = host.task();
      return u64(host.memory, uid, gid);
    },
  },
  {
    id: 16,
    name: "get_current_comm",
    gplOnly: false,
    args: ["ptr_to_uninit_mem", "const_size"],
    returns: "integer",
    passing: "i32",
    doc: "Copies the task's name, at most 15 bytes and a zero.",
    implement: (host) => (to, size) => copyComm(host, to, size),
  },
];
