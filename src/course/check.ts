import { suggest } from "../asm/suggest.ts";
import { ArgumentError } from "../isa/argument.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import { CheckStopped, Examiner, type ExerciseTest } from "./examiner.ts";
import type { Exercise } from "./exercise.ts";
import { EXERCISES } from "./exercises/index.ts";
import { progress } from "./progress.ts";

/** What `check` found; shows itself as a list. */
export class CheckResult implements Displayable {
  readonly exercise: string;
  readonly title: string;
  readonly tests: readonly ExerciseTest[];
  /** What the recognised mistake is about. */
  readonly advice: string | undefined;
  /** How many hints `hint(id)` has. */
  readonly hints: number;

  constructor(row: Exercise, examiner: Examiner) {
    this.exercise = row.id;
    this.title = row.title;
    this.tests = examiner.tests;
    this.advice = examiner.mistake === undefined ? undefined : row.mistakes[examiner.mistake];
    this.hints = row.hints.length;
  }

  /** All tests passed. */
  get passed(): boolean {
    return this.tests.length > 0 && this.tests.every((test) => test.passed);
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("check", this);
  }
}

/** A hint, as it shows itself. */
export class Hint implements Displayable {
  readonly exercise: string;
  readonly text: string;
  readonly step: number;
  readonly of: number;

  constructor(exercise: string, text: string, step: number, of: number) {
    this.exercise = exercise;
    this.text = text;
    this.step = step;
    this.of = of;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("hint", this);
  }
}

/** The row of an exercise. Throws `ArgumentError`, with the nearest name, for what is none. */
export function exerciseOf(id: string): Exercise {
  const row = EXERCISES.find((one) => one.id === id);
  if (row !== undefined) return row;
  const near = suggest(
    String(id),
    EXERCISES.map((one) => one.id),
  );
  throw new ArgumentError("exercise", `the number of an exercise${near ? `, such as "${near}"` : ""}`, id);
}

/**
 * Looks at an answer to an exercise: what passed, where it failed on which input, and a hint if it is a likely mistake. A
 * passed exercise is kept in the student's progress. Throws `ArgumentError` for an exercise that there is not.
 *
 * @example await check("02-1", 24); // ✓ 02-1 ...: all tests pass
 */
export async function check(id: string, answer: unknown): Promise<CheckResult> {
  const row = exerciseOf(id);
  const examiner = new Examiner();
  try {
    if (answer === undefined) examiner.stop("there is an answer", "nothing yet; it goes where the cell says TODO");
    await row.check(answer, examiner);
  } catch (error) {
    if (!(error instanceof CheckStopped)) {
      examiner.that("the answer can be run", false, error instanceof Error ? error.message : String(error));
    }
  }
  const result = new CheckResult(row, examiner);
  if (result.passed) progress.passed(row.id);
  return result;
}

/** How many hints of each exercise were asked for. */
const given = new Map<string, number>();

/**
 * The next hint of an exercise; after the last one the first again. Throws `ArgumentError`.
 *
 * @example hint("02-1"); // Hint 1 of 2: Each instruction has 8 bytes.
 */
export function hint(id: string): Hint {
  const row = exerciseOf(id);
  const step = given.get(id) ?? 0;
  given.set(id, (step + 1) % row.hints.length);
  return new Hint(id, row.hints[step]!, step + 1, row.hints.length);
}
