/** What a program returns at its end: a number in the range that its type allows. */
import { REG } from "../isa/constants.ts";
import { type Environment, registerAt } from "./environment.ts";
import { toBigInt, type Words } from "./int64.ts";
import { markPrecise } from "./precision.ts";
import { SMAX, SMIN, TYPE, TYPES, typeName } from "./registers.ts";
import { reject } from "./rejection.ts";

const S64_MIN = -(1n << 63n);
const S64_MAX = (1n << 63n) - 1n;

/** The program exits with what is in r0. */
export function checkReturnValue(env: Environment): void {
  const { returns } = env.program;
  if (returns === undefined) return;
  const w = env.words;
  const r = registerAt(REG.R0);
  if (w[r + TYPE] !== TYPES.SCALAR) reject("return_unknown", REG.R0, typeName(w[r + TYPE]));
  markPrecise(env, REG.R0);
  if (toBigInt(w, r + SMIN) < returns.min || toBigInt(w, r + SMAX) > returns.max)
    reject("return_range", formatSignedRange(w, r), returns.min, returns.max);
}

/** ` smin=1 smax=5`, or that nothing is known; as messages about return values spell it. */
export function formatSignedRange(w: Words, r: number): string {
  const min = toBigInt(w, r + SMIN);
  const max = toBigInt(w, r + SMAX);
  if (min === S64_MIN && max === S64_MAX) return " unknown scalar value";
  return (min === S64_MIN ? "" : ` smin=${min}`) + (max === S64_MAX ? "" : ` smax=${max}`);
}
