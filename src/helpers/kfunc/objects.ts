import { ERRNO } from "../../maps/errno.ts";
import type { Host } from "../host.ts";
import type { KfuncImplementation } from "./implementation.ts";

/** Nothing is counted: the machine's objects stay as long as somebody can see them. */
const same = { passing: "pointer", args: ["anything"], implement: () => (object: number) => object } as const;
const nothing = { passing: "void", args: ["anything"], implement: () => () => 0 } as const;

const taskOf = {
  passing: "pointer",
  args: ["const_size"],
  implement: (host: Host) => (pid: number) => host.processes?.taskStruct?.(pid) ?? 0,
} as const;

const isTaken = 1;

/** Takes a lock: a program that holds it already would wait for ever, and is told so. */
const lock: Pick<KfuncImplementation, "passing" | "implement"> = {
  passing: "u32",
  implement:
    ({ memory }) =>
    (at) => {
      if (memory.u32[at >>> 2] === isTaken) return -ERRNO.EDEADLK;
      memory.u32[at >>> 2] = isTaken;
      return 0;
    },
};

const unlock: Pick<KfuncImplementation, "passing" | "implement"> = {
  passing: "void",
  implement:
    ({ memory }) =>
    (at) => {
      memory.u32[at >>> 2] = 0;
      return 0;
    },
};

/** Tasks and cgroups by their numbers, kept and given back; locks that fail instead of waiting for ever; interrupts. */
export const OBJECT_KFUNCS: readonly KfuncImplementation[] = [
  { name: "bpf_task_acquire", ...same },
  { name: "bpf_task_release", ...nothing },
  { name: "bpf_task_from_pid", ...taskOf },
  // All tasks are in one namespace of pids.
  { name: "bpf_task_from_vpid", ...taskOf },
  {
    name: "bpf_task_under_cgroup",
    passing: "u32",
    args: ["anything", "anything"],
    implement: (host) => (task, _high, cgroup) => Number(host.processes?.taskUnder?.(task, cgroup) ?? false),
  },
  { name: "bpf_cgroup_acquire", ...same },
  { name: "bpf_cgroup_release", ...nothing },
  {
    name: "bpf_cgroup_ancestor",
    passing: "pointer",
    args: ["anything", "const_size"],
    implement: (host) => (cgroup, _high, level) => host.processes?.cgroupAbove?.(cgroup, level) ?? 0,
  },
  {
    name: "bpf_cgroup_from_id",
    passing: "pointer",
    args: ["anything"],
    implement: (host) => (id, high) => (high === 0 ? (host.processes?.cgroupStruct?.(id) ?? 0) : 0),
  },
  // The machine has no hierarchy of cgroup v1.
  { name: "bpf_task_get_cgroup1", passing: "pointer", args: ["anything", "const_size"], implement: () => () => 0 },
  { name: "bpf_res_spin_lock", ...lock, args: ["anything"] },
  { name: "bpf_res_spin_unlock", ...unlock, args: ["anything"] },
  { name: "bpf_res_spin_lock_irqsave", ...lock, args: ["anything", "anything"] },
  { name: "bpf_res_spin_unlock_irqrestore", ...unlock, args: ["anything", "anything"] },
  // No interrupt comes while a program runs.
  { name: "bpf_local_irq_save", ...nothing },
  { name: "bpf_local_irq_restore", ...nothing },
];
