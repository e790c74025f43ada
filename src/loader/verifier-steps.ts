import type { Trace } from "../linux/bpf/debug-run.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import { requireProgram } from "../programs/require-program.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { Exploration } from "../verifier/exploration.ts";
import type { Verdict } from "../verifier/verdict.ts";
import { type VerifyOptions, verify } from "../verifier/verify.ts";

/** All that the verifier did with a program. As the last value of a cell it is stepped through, both ways. */
export class VerifierSteps implements Displayable {
  readonly program: ProgramSpec;
  readonly verdict: Verdict;
  readonly exploration: Exploration;
  /** Runs whose values are laid over what is known. */
  readonly runs: readonly Trace[];

  constructor(program: ProgramSpec, verdict: Verdict, exploration: Exploration, runs: readonly Trace[] = []) {
    this.program = program;
    this.verdict = verdict;
    this.exploration = exploration;
    this.runs = runs;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("verifier-steps", this);
  }
}

/** How to verify, and what to lay over it. */
export interface StepOptions extends VerifyOptions {
  /** Traces of the same program: what registers held is shown in the ranges. */
  readonly runs?: readonly Trace[];
}

/**
 * Verifies a program and keeps every step: the branches, what was known before and after each instruction, where a branch ended
 * because an older state covers it. Throws `ArgumentError` for what is no program.
 *
 * @example
 * stepVerifier(program);                           // in a cell: a stepper with ranges and known bits
 * stepVerifier(program, { runs: [m.load(program).trace({ data })] }); // with the values of a run laid over the ranges
 * stepVerifier(program).exploration.branches.length; // ways that were followed
 */
export function stepVerifier(program: ProgramSpec, { runs, ...options }: StepOptions = {}): VerifierSteps {
  requireProgram(program);
  const verdict = verify(program, { ...options, record: true });
  return new VerifierSteps(program, verdict, verdict.exploration!, runs);
}
