import { asm } from "../../../src/loader/asm.ts";
import { u32, u64 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

/** The lesson's program, making its key of what the helper gives. */
function whoComputes(key: string) {
  const byProcess = map.hash({ name: "by_process", key: u32, value: u64, maxEntries: 1024 });
  return asm({ type: "perf_event", name: "who_computes" })`
      call bpf_get_current_pid_tgid
      ${key}
      *(u32 *)(r10 - 4) = r0
      r1 = map[${byProcess}]
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
      r1 = map[${byProcess}]
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

export const WRONG_13: WrongAnswers = {
  "13-1": [
    { answer: [65, 10], mistake: "callees" },
    { answer: [75, 75], mistake: "self" },
  ],
  "13-2": [
    { answer: whoComputes("if r0 == 0 goto out"), mistake: "thread" },
    { answer: whoComputes("r0 >>= 32"), mistake: "idle" },
  ],
  "13-3": [
    { answer: 495, mistake: "cpus" },
    { answer: 25, mistake: "second" },
    { answer: 990, mistake: "all" },
  ],
  "13-4": [
    { answer: ["offcputime", "offcputime", "profile"], mistake: "computing" },
    { answer: ["profile", "profile", "profile"], mistake: "waiting" },
  ],
};
