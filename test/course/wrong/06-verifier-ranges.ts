import { asm } from "../../../src/loader/asm.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

/** A sum of bytes: what it compares at the top of each round, and how often it goes round. */
function sum({ compared = 1, rounds = 32 } = {}) {
  return asm({ type: "xdp", name: "sum" })`
      r2 = *(u32 *)(r1 + 0)
      r3 = *(u32 *)(r1 + 4)
      r0 = 0
      r4 = 0
  next:
      r5 = r2
      r5 += ${compared}
      if r5 > r3 goto out
      r6 = *(u8 *)(r2 + 0)
      r0 += r6
      r2 += 1
      r4 += 1
      if r4 < ${rounds} goto next
  out:
      exit
  `;
}

const allAtOnce = asm({ type: "xdp", name: "all_at_once" })`
    r2 = *(u32 *)(r1 + 0)
    r3 = *(u32 *)(r1 + 4)
    r0 = 0
    r5 = r2
    r5 += 32
    if r5 > r3 goto out
    r4 = 0
next:
    r6 = *(u8 *)(r2 + 0)
    r0 += r6
    r2 += 1
    r4 += 1
    if r4 < 32 goto next
out:
    exit
`;

export const WRONG_06: WrongAnswers = {
  "06-1": [
    { answer: 150, mistake: "edges" },
    { answer: 6, mistake: "static" },
  ],
  "06-2": [
    { answer: "r1 &= 63", mistake: "mask" },
    { answer: "if r1 > 50 goto out", mistake: "small" },
    { answer: "if r1 > 100 goto out", mistake: "large" },
  ],
  "06-3": [
    { answer: allAtOnce, mistake: "end" },
    { answer: sum({ rounds: 64 }), mistake: "many" },
    { answer: sum({ compared: 0 }), mistake: "packet" },
  ],
};
