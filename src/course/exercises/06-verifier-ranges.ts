import { asm } from "../../loader/asm.ts";
import { bytes } from "../../maps/codec.ts";
import { map } from "../../maps/map.ts";
import { verify } from "../../verifier/verify.ts";
import type { Stops } from "../examiner.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";

const ENTRIES = 100;

/** The lesson's program over a table of 100 bytes, with an instruction of the student's. */
function lookUp(narrow: string) {
  const table = map.array({ name: "table", value: bytes(ENTRIES), maxEntries: 1 });
  return asm({ type: "xdp", name: "look_up" })`
      r6 = *(u32 *)(r1 + 0)
      r7 = *(u32 *)(r1 + 4)
      *(u32 *)(r10 - 4) = 0
      r1 = map[${table}]
      r2 = r10
      r2 += -4
      call bpf_map_lookup_elem
      if r0 == 0 goto out
      r8 = r6
      r8 += 1
      if r8 > r7 goto out
      r1 = *(u8 *)(r6 + 0)
      ${narrow}
      r0 = r1
      exit
  out:
      r0 = 1000
      exit
  `;
}

/** The same with the access to the table that the narrowed index must be good for. */
function access(narrow: string) {
  const program = lookUp(`${narrow}\n r0 += r1\n r2 = *(u8 *)(r0 + 0)`);
  return verify(program);
}

/** Says what the instruction makes of each index from 0 to 99. */
function indices(narrow: string, it: Stops): readonly number[] {
  const loaded = new Lab(it).load(lookUp(narrow));
  return Array.from({ length: ENTRIES }, (_, index) => loaded.run(Uint8Array.from({ length: 14 }, () => index)).retval);
}

const PACKETS: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ["14 bytes of 1", new Uint8Array(14).fill(1)],
  ["31 bytes of 2", new Uint8Array(31).fill(2)],
  ["32 bytes of 3", new Uint8Array(32).fill(3)],
  ["100 bytes of 4, of which 32 count", new Uint8Array(100).fill(4)],
];

const total = (data: Uint8Array): number => data.subarray(0, 32).reduce((sum, byte) => sum + byte, 0);

export const LESSON_06: readonly Exercise[] = [
  exercise({
    id: "06-1",
    title: "Predict",
    hints: [
      "The three results above are 33, 303 and 3003 for 10, 100 and 1000 rounds, or close to it. What is the rule?",
      "Two instructions before the loop, three in each round, and the exit.",
    ],
    mistakes: {
      edges: "Two instructions come before the loop and one after it: they are counted as well.",
      static: "The program has six instructions, but those of the loop are processed in every round.",
    },
    check: (answer, it) =>
      it.answer("the number", it.whole(answer), 153, { "150": "edges", "152": "edges", "6": "static" }),
  }),
  exercise({
    id: "06-2",
    title: "A table of 100 entries",
    hints: [
      "A mask keeps bits and not ranges: 63 is the largest that fits below 100, and 127 is too large.",
      "A comparison can name any number. Which one, and with or without a sign?",
      "if r1 > 99 goto out",
    ],
    mistakes: {
      mask: "The mask changes some of the indices below 100, so two of them give the same entry.",
      small: "Some indices below 100 are sent to out: 99 is the last that is good.",
      large: "Index 100 is not in the table any more: its last entry is 99.",
    },
    check: (answer, it) => {
      const narrow = it.text(answer).trim();
      it.that("one instruction", /^[^\n;]+$/.test(narrow), "write one line");
      const verdict = access(narrow);
      const beyond = /^if r1 >=? \d+ goto out$/.test(narrow) ? ("large" as const) : undefined;
      it.that("the verifier accepts the access", verdict.ok, verdict.error ?? "", beyond);
      const got = indices(narrow, it);
      const moved = got.findIndex((value, index) => value !== index);
      const mistake = got[moved] === 1000 ? ("small" as const) : ("mask" as const);
      it.that("every index below 100 gives its own entry", moved < 0, `${moved} does not`, mistake);
    },
  }),
  exercise({
    id: "06-3",
    title: "Sum of a packet",
    hints: [
      "Keep the place in one register, and how many bytes were added in another. The loop ends when one of two things is true.",
      "In each round: copy the place, add 1, compare with the end, leave if it is beyond; load the byte at the place; count; go back while the count is below 32.",
      "next: r5 = r2 / r5 += 1 / if r5 > r3 goto out / r6 = *(u8 *)(r2 + 0) / r0 += r6 / r2 += 1 / r4 += 1 / if r4 < 32 goto next / out: exit",
    ],
    mistakes: {
      end: "A packet that is shorter than 32 bytes gives no sum: compare byte by byte, not all 32 at once.",
      many: "More than 32 bytes were added: count the rounds.",
      packet: "The access may be behind the packet's end: compare place + 1 with it in every round.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program, ({ error }) => (error?.includes("outside of the packet") ? "packet" : undefined));
      const loaded = new Lab(it).load(program);
      const got = PACKETS.map(([, data]) => loaded.run(data).retval);
      for (const [at, [what, data]] of PACKETS.entries()) it.equal(`the sum of ${what}`, got[at], total(data));
      if (got[2] === 96 && got[0] !== 14) it.mistake = "end";
      else if (got[2] === 96 && got[3] !== 128) it.mistake = "many";
    },
  }),
];
