import { asm } from "../../../src/loader/asm.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

const first = asm({ type: "raw", name: "first_byte_only" })`
    r0 = 0
    if r2 == 0 goto out
    r3 = *(u8 *)(r1 + 0)
    r0 += r3
out:
    exit
`;

const nothing = asm({ type: "raw", name: "nothing" })`
    r0 = 0
    exit
`;

const loadsFirst = asm({ type: "raw", name: "loads_before_it_tests" })`
    r0 = 0
next:
    r3 = *(u8 *)(r1 + 0)
    r0 += r3
    r1 += 1
    r2 += -1
    if r2 != 0 goto next
    exit
`;

export const WRONG_02: WrongAnswers = {
  "02-1": [
    { answer: "1f37000000000000", mistake: "swapped" },
    { answer: "1f 73", mistake: "length" },
  ],
  "02-2": [
    { answer: first, mistake: "once" },
    { answer: nothing, mistake: "zero" },
    { answer: loadsFirst, mistake: "empty" },
  ],
  "02-3": [
    { answer: 8589934591n, mistake: "wide" },
    { answer: 12884901887n, mistake: "kept" },
    { answer: -1, mistake: "signed" },
  ],
};
