import { asm } from "../../../src/loader/asm.ts";
import { u64 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

/** The lesson's program, finding the bucket in some way. */
function writeSizes(bucket: string) {
  const writes = map.array({ name: "writes", value: u64, maxEntries: 16 });
  return asm({ type: "tracepoint", name: "write_sizes" })`
      r6 = *(u64 *)(r1 + 16)
      ${bucket}
      *(u32 *)(r10 - 4) = r6
      r1 = map[${writes}]
      r2 = r10
      r2 += -4
      call bpf_map_lookup_elem
      if r0 == 0 goto out
      r1 = 1
      lock *(u64 *)(r0 + 0) += r1
  out:
      r0 = 0
      exit
  `;
}

/** The lesson's two programs, each making its key of what the helper gives. */
function sleeps(keyOfEnter: string, keyOfExit: string) {
  const since = map.hash({ name: "since", key: u64, value: u64, maxEntries: 1024 });
  const slept = map.array({ name: "slept", value: u64, maxEntries: 1 });
  const enter = asm({ type: "tracepoint", name: "sleep_enter" })`
      call bpf_get_current_pid_tgid
      ${keyOfEnter}
      *(u64 *)(r10 - 8) = r0
      call bpf_ktime_get_ns
      *(u64 *)(r10 - 16) = r0
      r1 = map[${since}]
      r2 = r10
      r2 += -8
      r3 = r10
      r3 += -16
      r4 = 0
      call bpf_map_update_elem
      r0 = 0
      exit
  `;
  const leave = asm({ type: "tracepoint", name: "sleep_exit" })`
      call bpf_get_current_pid_tgid
      ${keyOfExit}
      *(u64 *)(r10 - 8) = r0
      r1 = map[${since}]
      r2 = r10
      r2 += -8
      call bpf_map_lookup_elem
      if r0 == 0 goto out
      r6 = *(u64 *)(r0 + 0)
      call bpf_ktime_get_ns
      r7 = r0
      r7 -= r6
      r1 = map[${since}]
      r2 = r10
      r2 += -8
      call bpf_map_delete_elem
      *(u32 *)(r10 - 12) = 0
      r1 = map[${slept}]
      r2 = r10
      r2 += -12
      call bpf_map_lookup_elem
      if r0 == 0 goto out
      lock *(u64 *)(r0 + 0) += r7
  out:
      r0 = 0
      exit
  `;
  return [enter, leave];
}

const PROCESS = "r0 >>= 32";

export const WRONG_12: WrongAnswers = {
  "12-1": [
    { answer: 13, mistake: "upper" },
    { answer: 4096, mistake: "edge" },
  ],
  "12-2": [
    { answer: writeSizes("if r6 s< 0 goto out\nr6 >>= 10"), mistake: "lost" },
    { answer: writeSizes("r6 >>= 10\nif r6 < 16 goto ok\nr6 = 15\nok:"), mistake: "errors" },
    {
      answer: writeSizes("r6 s>>= 10\nif r6 s< 16 goto low\nr6 = 15\nlow: if r6 s>= 0 goto ok\nr6 = 0\nok:"),
      mistake: "errors",
    },
  ],
  "12-3": [
    { answer: 256, mistake: "early" },
    { answer: 64, mistake: "fullest" },
    { answer: 512, mistake: "empty" },
  ],
  "12-4": [
    { answer: sleeps(PROCESS, PROCESS), mistake: "process" },
    { answer: sleeps("", PROCESS), mistake: "half" },
  ],
};
