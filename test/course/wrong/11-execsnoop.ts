import { asm } from "../../../src/loader/asm.ts";
import { u32, u64 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

/** The lesson's program, making its key of the result in r6. */
function openFailures(key: string) {
  const failures = map.hash({ name: "failures", key: u32, value: u64, maxEntries: 256 });
  return asm({ type: "tracepoint", name: "open_failures" })`
      r6 = *(u64 *)(r1 + 16)
      ${key}
      *(u32 *)(r10 - 4) = r6
      r1 = map[${failures}]
      r2 = r10
      r2 += -4
      call bpf_map_lookup_elem
      if r0 == 0 goto first
      r1 = 1
      lock *(u64 *)(r0 + 0) += r1
      goto out
  first:
      r1 = 1
      *(u64 *)(r10 - 16) = r1
      r1 = map[${failures}]
      r2 = r10
      r2 += -4
      r3 = r10
      r3 += -16
      r4 = 0
      call bpf_map_update_elem
  out:
      r0 = 0
      exit
  `;
}

export const WRONG_11: WrongAnswers = {
  "11-1": [
    { answer: 28, mistake: "packed" },
    { answer: 24, mistake: "first" },
    { answer: 40, mistake: "last" },
  ],
  "11-2": [
    { answer: openFailures(""), mistake: "success" },
    { answer: openFailures("if r6 s>= 0 goto out"), mistake: "sign" },
    { answer: openFailures("if r6 >= 0 goto out\nr6 = -r6"), mistake: "none" },
  ],
  "11-3": [
    { answer: ["sys_enter_execve", "sys_enter_execve", "sched_process_fork"], mistake: "before" },
    { answer: ["sys_exit_execve", "sys_exit_execve", "sched_process_fork"], mistake: "after" },
    { answer: ["sys_exit_execve", "sys_enter_execve", "sys_enter_execve"], mistake: "exec" },
  ],
};
