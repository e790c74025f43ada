import { asm } from "../../../src/loader/asm.ts";
import { classic } from "../../../src/loader/classic.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

/** Drops what `condition` is true of, by returning `verdict`. */
const drops = (condition: string, verdict = 1) => asm({ type: "xdp", name: "size_limit" })`
    r2 = *(u32 *)(r1 + 0)
    r6 = *(u32 *)(r1 + 4)
    r6 -= r2
    if r6 ${condition} goto drop
    r0 = 2
    exit
drop:
    r0 = ${verdict}
    exit
`;

const way = (order: string) => order.split(" ");

export const WRONG_01: WrongAnswers = {
  "01-1": [
    { answer: way("text instructions xlated jit verifier hook map plot"), mistake: "unverified" },
    { answer: way("text instructions verifier jit xlated hook map plot"), mistake: "swapped" },
    { answer: way("text instructions verifier xlated jit map hook plot"), mistake: "early" },
  ],
  "01-2": [
    { answer: classic("udp port 53"), mistake: "both" },
    { answer: classic("udp dst port 53"), mistake: "questions" },
    { answer: classic("src port 53"), mistake: "tcp" },
  ],
  "01-3": [
    { answer: drops("> 60000"), mistake: "passes" },
    { answer: drops("<= 512"), mistake: "inverted" },
    { answer: drops(">= 512"), mistake: "limit" },
    { answer: drops("> 512", 0), mistake: "aborted" },
  ],
};
