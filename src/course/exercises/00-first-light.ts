import type { Sys } from "../../linux/sys.ts";
import type { UserCode } from "../../linux/task.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import type { Stops } from "../examiner.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";

/** A process that reads so many bytes at once, out of a pipe that it fills itself. */
function reading(sizes: readonly number[]) {
  return function* (sys: Sys): UserCode {
    const ends: number[] = [];
    yield sys.pipe(ends);
    for (const size of sizes) {
      yield sys.write(ends[1]!, size);
      yield sys.read(ends[0]!, size);
    }
  };
}

/** What a program counts in its first map, by slot, while somebody reads. */
function counted(examiner: Stops, program: ProgramSpec, sizes: readonly number[]): ReadonlyMap<number, number> {
  const lab = new Lab(examiner);
  const loaded = lab.load(program);
  lab.attach(loaded, "tracepoint:syscalls:sys_exit_read");
  lab.process(reading(sizes));
  return new Map(lab.entries(loaded).map(([slot, count]) => [Number(slot), Number(count)]));
}

export const LESSON_00: readonly Exercise[] = [
  exercise({
    id: "00-1",
    title: "Two results in one slot",
    hints: [
      "With s< 0 a result of 0 goes on to the loop. Follow it: what is in r7 when it is counted?",
      "The first shift of 0 gives 0, so r7 stays 0. Which other number has 0 as its rounded-down logarithm?",
    ],
    mistakes: {
      negative: "s< 0 still jumps to out for everything below zero: errors are not counted.",
      two: "floor(log2(2)) is 1: two bytes have a slot of their own.",
    },
    check: (answer, it) =>
      it.answer("the two results of read", Array.isArray(answer) ? [...answer].sort() : answer, [0, 1], {
        "[-1, 0]": "negative",
        "[0, 2]": "two",
        "[1, 2]": "two",
      }),
  }),
  exercise({
    id: "00-2",
    title: "A loop that never ends",
    hints: [
      "Verify the program whose loop has neither the shift nor the check, and look at the first line.",
      "The verifier gives up after a million instructions, or when it comes to the same place in the same state. Its first line says which.",
    ],
    mistakes: {
      million:
        "It would go on for a million instructions only if something changed each time round. What changes here?",
      accepted: "Verify it once more: without the shift r6 never becomes 0, and nothing else ends the loop.",
    },
    check: (answer, it) => {
      const text = it.text(answer);
      const mistake = /too large|million/.test(text) ? "million" : /accept/i.test(text) ? "accepted" : undefined;
      it.that("these are the verifier's words", /infinite loop detected/.test(text), "not these", mistake);
    },
  }),
  exercise({
    id: "00-3",
    title: "Only the large ones",
    hints: [
      "countReads already leaves at once when r6 is 0 or less. Which number belongs there instead?",
      "The jump says what is not counted: its condition is the opposite of what you want.",
      "if r6 s< 4096 goto out",
    ],
    mistakes: {
      all: "Small reads are still counted: change the comparison at the top, not the loop.",
      inverted: "Now the small ones are counted. The jump goes to out, so its condition says what is not counted.",
      page: "4096 itself is at least 4096: compare with s<, not with s<=.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "tracepoint");
      it.accepted(program);
      const small = counted(it, program, [1, 100, 4095]).size > 0;
      const large = counted(it, program, [5000, 40_000]);
      const page = counted(it, program, [4096]).get(12) ?? 0;
      it.that(
        "reads of 1, 100 and 4095 bytes are not counted",
        !small,
        "they were",
        large.size > 0 ? "all" : "inverted",
      );
      it.equal("reads of 5000 bytes, in slot 12", large.get(12) ?? 0, 1, { 0: "inverted" });
      it.equal("reads of 40,000 bytes, in slot 15", large.get(15) ?? 0, 1, { 0: "inverted" });
      it.equal("reads of 4096 bytes, in slot 12", page, 1, { 0: "page" });
    },
  }),
];
