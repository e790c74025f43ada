/** What a program returns at its end: a number in the range that its type allows. */
import { REG } from "../isa/constants.ts";
import type { ReturnRange } from "../programs/row.ts";
import { type Environment, registerAt } from "./environment.ts";
import { hookRange } from "./function-context.ts";
import { toBigInt, type Words } from "./int64.ts";
import { markPrecise } from "./precision.ts";
import { S32_MAX, S32_MIN, SMAX, SMIN, TYPE, TYPES, typeName } from "./registers.ts";
import { reject } from "./rejection.ts";

const MAX_ERRNO = 4095;
const S64_MIN = -(1n << 63n);
const S64_MAX = (1n << 63n) - 1n;

/** The program is attached to a hook of a security module, or implements a function, that returns nothing. */
export const isVoidHook = ({ spec, attach }: Environment): boolean =>
  (attach?.kind === "member" || (spec.type === "lsm" && attach?.attachType === "lsm_mac")) && attach.proto.type === 0;

function rangeOf({ spec, program, attach, type, attachType }: Environment): ReturnRange | undefined {
  if (attach === undefined && type === "lsm" && attachType !== "lsm_cgroup") return { min: -MAX_ERRNO, max: 0 };
  if (spec.type !== "lsm" || attach === undefined) return program.returns;
  if (attach.attachType === "lsm_mac") return hookRange(attach);
  // Bits of a decision; a hook that returns nothing cannot refuse.
  return { min: attach.proto.type === 0 ? 1 : 0, max: 1 };
}

/** The program exits with what is in r0, or in the register that it throws. */
export function checkReturnValue(env: Environment, register: number = REG.R0): void {
  const { kind } = env.frame;
  const returns = kind === "async" ? env.frame.returns : rangeOf(env);
  if (returns === undefined) return;
  const place = kind === "async" ? "At async callback return" : "At program exit";
  const w = env.words;
  const r = registerAt(register);
  if (w[r + TYPE] !== TYPES.SCALAR) reject("return_unknown", place, register, typeName(w[r + TYPE]));
  markPrecise(env, register);
  const narrow = kind !== "async" && env.attach?.attachType === "lsm_mac";
  const min = narrow ? BigInt(w[r + S32_MIN]) : toBigInt(w, r + SMIN);
  const max = narrow ? BigInt(w[r + S32_MAX]) : toBigInt(w, r + SMAX);
  if (min < returns.min || max > returns.max)
    reject("return_range", place, register, formatSignedRange(w, r), returns.min, returns.max);
}

/** ` smin=1 smax=5`, or that nothing is known; as messages about return values spell it. */
export function formatSignedRange(w: Words, r: number): string {
  const min = toBigInt(w, r + SMIN);
  const max = toBigInt(w, r + SMAX);
  if (min === S64_MIN && max === S64_MAX) return " unknown scalar value";
  return (min === S64_MIN ? "" : ` smin=${min}`) + (max === S64_MAX ? "" : ` smax=${max}`);
}
