import { asm } from "../../../src/loader/asm.ts";
import { u32, u64 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

/** The lesson's program with another condition at its top. */
function countReads(leaves: string) {
  const sizes = map.hash({ name: "sizes", key: u32, value: u64, maxEntries: 64 });
  return asm({ type: "tracepoint", name: "count_reads" })`
      r6 = *(u64 *)(r1 + 16)
      if r6 ${leaves} goto out
      r7 = 0
  halve:
      r6 >>= 1
      if r6 == 0 goto count
      r7 += 1
      if r7 < 32 goto halve
  count:
      *(u32 *)(r10 - 4) = r7
      r1 = 1
      *(u64 *)(r10 - 16) = r1
      r1 = map[${sizes}]
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

export const WRONG_00: WrongAnswers = {
  "00-1": [
    { answer: [-1, 0], mistake: "negative" },
    { answer: [1, 2], mistake: "two" },
  ],
  "00-2": [
    { answer: "BPF program is too large. Processed 1000001 insn", mistake: "million" },
    { answer: "accepted", mistake: "accepted" },
  ],
  "00-3": [
    { answer: countReads("s<= 0"), mistake: "all" },
    { answer: countReads("s> 4096"), mistake: "inverted" },
    { answer: countReads("s<= 4096"), mistake: "page" },
  ],
};
