import { disassemble } from "../../asm/disassemble.ts";
import { decode, fromHex } from "../../isa/encode.ts";
import type { LoadedProgram } from "../../loader/loaded-program.ts";
import type { Stops } from "../examiner.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";

const SUBTRACT = "1f73000000000000";

/** Pieces of memory to add up, with what comes out. */
const PIECES: readonly (readonly [what: string, bytes: readonly number[], sum: number])[] = [
  ["no bytes", [], 0],
  ["one byte, 7", [7], 7],
  ["the bytes 1 2 3", [1, 2, 3], 6],
  ["300 bytes of 255", new Array<number>(300).fill(255), 76_500],
];

/** What an instruction in hexadecimal says; undefined for what is none. */
function readInstruction(hex: string): string | undefined {
  try {
    return disassemble(decode(fromHex(hex))).trim();
  } catch {
    return undefined;
  }
}

/** What a program returns; a wild access ends the check with what it was. */
function returned(program: LoadedProgram, bytes: readonly number[], it: Stops, what: string): number {
  try {
    return program.run(Uint8Array.from(bytes)).retval;
  } catch (error) {
    return it.stop(`it returns the sum of ${what}`, (error as Error).message.split("\n")[0]!);
  }
}

export const LESSON_02: readonly Exercise[] = [
  exercise({
    id: "02-1",
    title: "By hand",
    hints: [
      "The first byte is the code, 1f. The second has two halves: one names the register that changes, the other the one that is read.",
      "In slot 2 of the table above, r2 += r3 had the byte 32: the register that changes is the low half, on the right.",
      "The offset (2 bytes) and the number (4 bytes) are not used and are 0.",
    ],
    mistakes: {
      swapped: "That is r7 -= r3: the low half of the second byte, the right digit, names the register that changes.",
      length:
        "An instruction is eight bytes, sixteen digits: after the second byte come two of offset and four of number.",
    },
    check: (answer, it) => {
      const hex = it
        .text(answer)
        .replaceAll(/\s|0x|,/gi, "")
        .toLowerCase();
      const wrongLength = hex.length === 16 ? undefined : ("length" as const);
      it.that("sixteen hexadecimal digits", /^[0-9a-f]{16}$/.test(hex), `got ${hex.length} characters`, wrongLength);
      const text = readInstruction(hex);
      const swapped = hex.startsWith("1f37") ? ("swapped" as const) : undefined;
      it.that(
        "they are r3 -= r7",
        hex === SUBTRACT,
        text === undefined ? "they are no instruction" : `they are ${text}`,
        swapped,
      );
    },
  }),
  exercise({
    id: "02-2",
    title: "A checksum",
    hints: [
      "You need a register for the sum, and a test at the top of the loop that ends it when r2 is 0.",
      "In the loop: load a byte from r1, add it to r0, move r1 on by 1, take 1 from r2, go back.",
      "r0 = 0 / next: if r2 == 0 goto out / r3 = *(u8 *)(r1 + 0) / r0 += r3 / r1 += 1 / r2 += -1 / goto next / out: exit",
    ],
    mistakes: {
      once: "Only the first byte is in the sum: after the addition r1 has to move on, and a jump has to go back.",
      zero: "The sum is still 0. Load a byte into a register of its own, then add that register to r0.",
      empty: "There may be no byte at all: test the length before the first load, not after it.",
    },
    check: (answer, it) => {
      const lab = new Lab(it);
      const program = lab.load(it.program(answer, "raw"));
      const three = returned(program, [1, 2, 3], it, "the bytes 1 2 3");
      if (three === 0) it.mistake = "zero";
      else if (three === 1) it.mistake = "once";
      else if (three === 6) it.mistake = "empty"; // taken back below, unless a run without bytes goes wrong
      for (const [what, bytes, sum] of PIECES) it.equal(`the sum of ${what}`, returned(program, bytes, it, what), sum);
      if (it.tests.every((test) => test.passed)) it.mistake = undefined;
    },
  }),
  exercise({
    id: "02-3",
    title: "What is left",
    hints: [
      "w0 is the lower half of r0. Which number is in it before the subtraction?",
      "5 - 6 in 32 bits without a sign is 2**32 - 1. What does writing w0 do to the upper half?",
    ],
    mistakes: {
      wide: "The subtraction is one of w0: it computes with 32 bits only.",
      kept: "Nearly: writing w0 clears the upper half of r0, so nothing is left of the 2 up there.",
      signed: "The lower half is -1 if read with a sign. But r0 has 64 bits: what is in its upper half?",
    },
    check: (answer, it) =>
      it.answer("r0 at the end", it.whole(answer), 4294967295n, {
        "8589934591": "wide",
        "12884901887": "kept",
        "-1": "signed",
      }),
  }),
];
