import { readFileSync } from "node:fs";
import type { WrongAnswers } from "./wrong-answer.ts";

/** An object whose source lies beside it; `scripts/objects/build.ts` compiles. */
const opens = (kind: string) => new Uint8Array(readFileSync(new URL(`objects/opens_${kind}.bpf.o`, import.meta.url)));

export const WRONG_09: WrongAnswers = {
  "09-1": [
    { answer: [".bss", ".rodata", ".maps", ".bss"], mistake: "initial" },
    { answer: [".data", ".data", ".maps", ".bss"], mistake: "constant" },
    { answer: [".data", ".rodata", ".bss", ".bss"], mistake: "maps" },
  ],
  "09-2": [
    { answer: 20, mistake: "loader" },
    { answer: 0, mistake: "nothing" },
  ],
  "09-3": [
    { answer: opens("empty"), mistake: "empty" },
    { answer: opens("first"), mistake: "first" },
    { answer: opens("group"), mistake: "group" },
    { answer: opens("ones"), mistake: "ones" },
  ],
};
