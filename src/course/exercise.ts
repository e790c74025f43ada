import type { Examiner } from "./examiner.ts";

/** An exercise of a lesson: one row of the course. */
export interface Exercise<M extends string = string> {
  /** Lesson and number: "03-2". */
  readonly id: string;
  readonly title: string;
  /** Help in steps, from a nudge to nearly the answer; given one at a time by `hint(id)`. */
  readonly hints: readonly string[];
  /** Likely mistakes by name: what to say to who made it. At least two. */
  readonly mistakes: Readonly<Record<M, string>>;
  /** Looks at an answer. Runs on machines of its own, never on the student's; bounded in time. */
  readonly check: (answer: unknown, examiner: Examiner<M>) => void | Promise<void>;
}

/**
 * Writes an exercise down; the names of its mistakes are checked by the compiler.
 *
 * @example
 * exercise({
 *   id: "02-1", title: "Count the bytes", hints: ["Each instruction has 8 bytes."],
 *   mistakes: { slots: "ld_imm64 takes two slots.", bits: "The question is for bytes." },
 *   check: (answer, it) => it.answer("the size", it.whole(answer), 24n, { 16: "slots", 192: "bits" }),
 * });
 */
export function exercise<M extends string>(
  row: Omit<Exercise<M>, "check"> & {
    readonly check: (answer: unknown, examiner: Examiner<M>) => unknown;
  },
): Exercise {
  return row as unknown as Exercise;
}
