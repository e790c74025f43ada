import type { ProgramSpec } from "../programs/spec.ts";
import { Verification } from "../verifier/verification.ts";
import { type VerifyOptions, verify as verdictOn } from "../verifier/verify.ts";

/**
 * What Linux's verifier says of a program. As the last value of a cell it shows: accepted, the cost, the annotated
 * listing; or why it was refused, at which line, from what, and a way out. Never throws.
 *
 * @example
 * const { ok, verdict } = verify(program);
 * if (!ok) console.log(verdict.errno, verdict.error);
 */
export function verify(program: ProgramSpec, options: VerifyOptions = { logLevel: 2 }): Verification {
  return new Verification(program, verdictOn(program, options));
}
