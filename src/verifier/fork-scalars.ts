/**
 * All bits the same: what `s>>= 63` leaves of a number is 0 or -1, and compilers choose between two values by masking with
 * it. Linux follows both, as no range with known bits says "0 or -1".
 */
import { type Environment, registerAt } from "./environment.ts";
import type { Words } from "./int64.ts";
import { MASK, markConstant, S32_MAX, S32_MIN, SMAX, SMIN, U32_MAX, VALUE } from "./registers.ts";

/** Before `&=` or `|=` with a constant: the path goes on with -1, and one with 0 follows the instruction again later. */
export function forkScalar(env: Environment, register: number): void {
  const { words: w } = env;
  const r = registerAt(register);
  const wide = w[r + SMIN] === -1 && w[r + SMIN + 1] === -1 && w[r + SMAX] === 0 && w[r + SMAX + 1] === 0;
  if (!wide && (w[r + S32_MIN] !== -1 || w[r + S32_MAX] !== 0)) return;
  const { words: other } = env.push(env.index, "EFAULT", env.explorer?.stepBefore).frame;
  const mark = wide ? markConstant : markLower;
  mark(other, r, 0, 0);
  mark(w, r, -1, -1);
}

/** The lower half is known; the rest is left as it is. */
function markLower(w: Words, r: number, low: number): void {
  w[r + VALUE] = low;
  w[r + MASK] = 0;
  for (let bound = r + S32_MIN; bound <= r + U32_MAX; bound++) w[bound] = low;
}
