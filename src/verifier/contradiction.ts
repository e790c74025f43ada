/** Ranges that contradict each other come from a branch that is never taken: Linux says so, and then knows nothing of them. */
import { isOnlyValue32, isOnlyValue64 } from "./bounds.ts";
import { lessS, lessU, lessU32, toBigIntU, type Words } from "./int64.ts";
import type { Log } from "./log.ts";
import { MASK, markUnbounded, S32_MAX, S32_MIN, SMAX, SMIN, U32_MAX, U32_MIN, UMAX, UMIN, VALUE } from "./registers.ts";
import { tnumIsConst, tnumIsConst32 } from "./tnum.ts";

/** What was computed: an operation, a load, a helper's result, or an operand of a comparison in one of its branches. */
type Origin = "alu" | "ldx" | "retval" | "true_reg1" | "true_reg2" | "false_reg1" | "false_reg2";

/** Forgets the ranges if they contradict each other, and writes what Linux writes then. */
export function dropContradiction(log: Log, w: Words, r: number, origin: Origin): void {
  const found = contradiction(w, r);
  if (found === undefined) return;
  if (log.level !== 0)
    log.write(`verifier bug: REG INVARIANTS VIOLATION (${origin}): ${found} ${formatContradiction(w, r)}\n`);
  markUnbounded(w, r);
}

function contradiction(w: Words, r: number): string | undefined {
  if (
    lessU(w, r + UMAX, w, r + UMIN) ||
    lessS(w, r + SMAX, w, r + SMIN) ||
    lessU32(w[r + U32_MAX], w[r + U32_MIN]) ||
    w[r + S32_MAX] < w[r + S32_MIN]
  )
    return "range bounds violation";
  if (tnumIsConst(w, r + VALUE) && !isOnlyValue64(w, r)) return "const tnum out of sync with range bounds";
  if (tnumIsConst32(w, r + VALUE) && !isOnlyValue32(w, r)) return "const subreg tnum out of sync with range bounds";
  return undefined;
}

function formatContradiction(w: Words, r: number): string {
  const wide = (at: number): string => `0x${toBigIntU(w, r + at).toString(16)}`;
  const narrow = (at: number): string => `0x${(w[r + at] >>> 0).toString(16)}`;
  return (
    `u64=[${wide(UMIN)}, ${wide(UMAX)}] s64=[${wide(SMIN)}, ${wide(SMAX)}] ` +
    `u32=[${narrow(U32_MIN)}, ${narrow(U32_MAX)}] s32=[${narrow(S32_MIN)}, ${narrow(S32_MAX)}] ` +
    `var_off=(${wide(VALUE)}, ${wide(MASK)})`
  );
}
