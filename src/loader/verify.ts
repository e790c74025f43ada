import { requireProgram } from "../programs/require-program.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { Verification } from "../verifier/verification.ts";
import { type VerifyOptions, verify as verdictOn } from "../verifier/verify.ts";

/** Programs that took more instructions than this are shown without the states: their log has thousands of pages. */
const MOST_ANNOTATED = 20_000;

/**
 * What Linux's verifier says of a program. As the last value of a cell it shows: accepted, the cost, the annotated
 * listing; or why it was refused, at which line, from what, and a way out. Throws only for what is no program at all:
 * `ArgumentError`, or `MapError` for a map that no machine could create.
 *
 * The verdict's log has all paths (level 2) unless a level is given or the program is very large.
 *
 * @example
 * const { ok, verdict } = verify(program);
 * if (!ok) console.log(verdict.errno, verdict.error);
 */
export function verify(program: ProgramSpec, options: VerifyOptions = {}): Verification {
  requireProgram(program);
  const verdict = verdictOn(program, { logLevel: 0, ...options });
  const annotate = options.logLevel === undefined && verdict.processed <= MOST_ANNOTATED;
  return new Verification(program, annotate ? verdictOn(program, { ...options, logLevel: 2 }) : verdict, options);
}
