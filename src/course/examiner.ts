import { LoadedProgram } from "../loader/loaded-program.ts";
import { Program } from "../loader/program.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { ProgramType } from "../programs/types.ts";
import type { Verdict } from "../verifier/verdict.ts";
import { refusalText } from "../verifier/verification.ts";
import { verify } from "../verifier/verify.ts";
import { shownAnswer } from "./shown-answer.ts";

/** One thing that was looked at, and what came out. */
export interface ExerciseTest {
  /** What is tested: "a UDP packet is counted under 17". */
  readonly what: string;
  readonly passed: boolean;
  /** Where it failed: "expected 1, got 0". */
  readonly detail?: string;
}

/** Ends a check early: what follows would make no sense. */
export class CheckStopped extends Error {
  override readonly name = "CheckStopped";
}

/** What ends a check: all that somebody needs who tries an answer out. */
export type Stops = Pick<Examiner<never>, "stop">;

/**
 * Looks at an answer on behalf of an exercise and writes down what passed. The first likely mistake that it recognises is
 * kept: its hint is what the student sees.
 *
 * @example
 * check(answer, examiner) {
 *   const program = examiner.program(answer, "xdp");
 *   examiner.accepted(program);
 *   examiner.equal("a UDP packet is dropped", run(program, udp), 1, { mistake: { 2: "passes" } });
 * }
 */
export class Examiner<M extends string = string> {
  readonly tests: ExerciseTest[] = [];
  /** Name of the mistake that was recognised. */
  mistake: M | undefined;

  /** Writes down whether `ok`; a failed test may be a likely mistake. */
  that(what: string, ok: boolean, detail?: string, mistake?: M): boolean {
    this.tests.push({ what, passed: ok, ...(!ok && detail !== undefined ? { detail } : {}) });
    if (!ok) this.mistake ??= mistake;
    return ok;
  }

  /** Compares what a program did; `mistakes` tells which wrong value comes from which mistake. */
  equal(what: string, got: unknown, want: unknown, mistakes: Readonly<Record<string, M>> = {}): boolean {
    const [shown, wanted] = [shownAnswer(got), shownAnswer(want)];
    return this.that(what, shown === wanted, `expected ${wanted}, got ${shown}`, mistakes[shown]);
  }

  /** Compares the answer to a question; the right one is not told. */
  answer(what: string, got: unknown, want: unknown, mistakes: Readonly<Record<string, M>> = {}): boolean {
    const shown = shownAnswer(got);
    return this.that(what, shown === shownAnswer(want), `it is not ${shown}`, mistakes[shown]);
  }

  /** Fails a test and ends the check. */
  stop(what: string, detail: string, mistake?: M): never {
    this.that(what, false, detail, mistake);
    throw new CheckStopped();
  }

  /** The answer as a program, of a type if one is asked for. */
  program(answer: unknown, type?: ProgramType): ProgramSpec {
    const what = type === undefined ? "the answer is a program" : `the answer is a program of type ${type}`;
    const program = answer instanceof LoadedProgram ? answer.spec : answer;
    if (!(program instanceof Program)) {
      this.stop(what, `got ${shownAnswer(answer)}; hand over what asm gives: const mine = asm({ ... })\`...\``);
    }
    if (type !== undefined && program.type !== type) this.stop(what, `its type is ${program.type}`);
    this.that(what, true);
    return program;
  }

  /** Linux's verifier accepts the program, or the check ends with its message. */
  accepted(program: ProgramSpec, mistakes: (verdict: Verdict) => M | undefined = () => undefined): Verdict {
    const verdict = verify(program);
    if (!verdict.ok) {
      const at = verdict.at === undefined ? "" : ` (instruction ${verdict.at})`;
      this.stop("the verifier accepts it", `${refusalText(verdict)}${at}`, mistakes(verdict));
    }
    this.that("the verifier accepts it", true);
    return verdict;
  }

  /** The answer as a text. */
  text(answer: unknown): string {
    if (typeof answer === "string") return answer;
    return this.stop("the answer is a text", `got ${shownAnswer(answer)}; put it in quotes`);
  }

  /** The answer as a whole number; texts such as "0x10" count. */
  whole(answer: unknown): bigint {
    if (typeof answer === "bigint") return answer;
    if (typeof answer === "number" && Number.isSafeInteger(answer)) return BigInt(answer);
    if (typeof answer === "string" && /^-?(0x[0-9a-f]+|\d+)$/i.test(answer.trim())) return BigInt(answer.trim());
    return this.stop("the answer is a whole number", `got ${shownAnswer(answer)}`);
  }
}
