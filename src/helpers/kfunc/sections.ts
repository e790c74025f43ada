import type { KfuncImplementation } from "./implementation.ts";

/** Nothing else runs on a simulated CPU while a program does, so a section needs no keeping. */
const nothing = { passing: "void", args: [], implement: () => () => 0 } as const;

/** RCU sections and sections without preemption; casts, which change nothing but the verifier's mind. */
export const SECTION_KFUNCS: readonly KfuncImplementation[] = [
  { name: "bpf_rcu_read_lock", ...nothing },
  { name: "bpf_rcu_read_unlock", ...nothing },
  { name: "bpf_preempt_disable", ...nothing },
  { name: "bpf_preempt_enable", ...nothing },
  {
    name: "bpf_rdonly_cast",
    passing: "u64",
    args: ["anything"],
    implement:
      ({ memory }) =>
      (low, high) => {
        memory.returnHigh = high!;
        return low!;
      },
  },
];
