import { asm } from "../../../src/loader/asm.ts";
import { u64 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

/** Adds up bytes of a packet: what it does before the loop, in each round, and behind it. */
function addBytes({
  before = "",
  round,
  behind = "",
  rounds = 16,
}: {
  before?: string;
  round: string;
  behind?: string;
  rounds?: number;
}) {
  const total = map.array({ name: "total", value: u64, maxEntries: 1 });
  const lookup = `*(u32 *)(r10 - 4) = 0\nr1 = map[total]\nr2 = r10\nr2 += -4\ncall bpf_map_lookup_elem\nif r0 == 0 goto out`;
  return asm({ type: "xdp", name: "add_bytes", maps: [total] })`
      r6 = *(u32 *)(r1 + 0)
      r2 = *(u32 *)(r1 + 4)
      r3 = r6
      r3 += 16
      if r3 > r2 goto out
      r7 = 0
      ${before.replace("LOOKUP", lookup)}
  next:
      ${round.replace("LOOKUP", lookup)}
      r6 += 1
      r7 += 1
      if r7 < ${rounds} goto next
      ${behind}
  out:
      r0 = 2
      exit
  `;
}

const THROUGH_MEMORY = "r1 = *(u8 *)(r6 + 0)\nr2 = *(u64 *)(r0 + 0)\nr2 += r1\n*(u64 *)(r0 + 0) = r2";
const IN_REGISTER = { before: "LOOKUP\nr5 = 0", round: "r1 = *(u8 *)(r6 + 0)\nr5 += r1" };
const ADD = "lock *(u64 *)(r0 + 0) += r5";

const returns = (lines: string) => asm({ type: "xdp", name: "hidden" })`
    ${lines}
    exit
`;

export const WRONG_08: WrongAnswers = {
  "08-1": [
    { answer: 44, mistake: "call" },
    { answer: 36, mistake: "one" },
    { answer: 30, mistake: "unchanged" },
  ],
  "08-2": [
    { answer: addBytes({ round: `LOOKUP\n${THROUGH_MEMORY}` }), mistake: "lookup" },
    { answer: addBytes({ before: "LOOKUP", round: THROUGH_MEMORY }), mistake: "memory" },
    { answer: addBytes({ ...IN_REGISTER, behind: "*(u64 *)(r0 + 0) = r5" }), mistake: "replaced" },
    { answer: addBytes({ ...IN_REGISTER, rounds: 8, behind: ADD }), mistake: "fewer" },
  ],
  "08-3": [
    { answer: returns("w0 = 0x3c909090"), mistake: "visible" },
    { answer: returns("w0 = 0x3c900000\nw0 |= 0x9090"), mistake: "halves" },
    { answer: returns("w0 = 0x66875379\nw0 ^= 0x5a17c3e8"), mistake: "result" },
  ],
};
