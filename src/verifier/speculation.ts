/**
 * What a processor may do behind a branch that it predicted wrongly. For users without CAP_PERFMON paths that are never
 * taken are followed too, and what would be unsafe there is marked: Linux puts a barrier before it. Sums with addresses
 * are masked, so that a wrong number stays within what the address belongs to.
 *
 * Behaviour and messages: `sanitize_ptr_alu` and `sanitize_speculative_path` of Linux 6.18 (Spectre variants 1 and 4).
 */
import { ALU, OP_MASK, SOURCE, SOURCE_MASK } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { type Environment, registerAt } from "./environment.ts";
import { formatBits } from "./format-state.ts";
import type { Words } from "./int64.ts";
import { checkMapRange } from "./memory.ts";
import {
  AUX,
  copyRegister,
  markUnbounded32,
  markUnknown,
  OFF,
  SMAX,
  SMIN,
  TYPE,
  TYPES,
  UMAX,
  VALUE,
} from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import type { Mask } from "./speculation-notes.ts";
import { MAX_STACK } from "./state.ts";
import { tnumIsConst } from "./tnum.ts";

/** Errors that a barrier prevents. */
const PREVENTED: ReadonlySet<string> = new Set(["EPERM", "EACCES", "EINVAL"]);

/** Follows one instruction of a mispredicted path by `follow`; `end` where the path needs no following any more. */
export function followMispredicted(env: Environment, follow: (env: Environment) => number, end: number): number {
  const { index, speculation, log } = env;
  try {
    const next = follow(env);
    return speculation.barriersBehind.has(index) ? end : next;
  } catch (cause) {
    if (!(cause instanceof Rejection) || !PREVENTED.has(cause.code)) throw cause;
    if (log.verbose && cause.message !== "") log.write(`${cause.message}\n`);
    speculation.barriers.add(index);
    speculation.masks.delete(index);
    return end;
  }
}

/** Puts the side of a decided branch aside that is never taken, except by a processor that predicts wrongly. */
export function followOtherSide(env: Environment, insn: Instruction, target: number): void {
  const { words } = env.push(target, "EFAULT", undefined, true).frame;
  // Nothing is known there of what was compared.
  markUnknown(words, registerAt(insn.dst));
  if ((insn.code & SOURCE_MASK) === SOURCE.X) markUnknown(words, registerAt(insn.src));
}

const isSum = (op: number): boolean => op === ALU.ADD || op === ALU.SUB;

const needsNoMask = ({ perfmon, speculation, index }: Environment, insn: Instruction): boolean =>
  perfmon || (insn.code & SOURCE_MASK) === SOURCE.K || speculation.barriers.has(index) || !isSum(insn.code & OP_MASK);

const isNegative = (w: Words, r: number): boolean => w[r + 1] < 0;

const operation = (insn: Instruction): string => ((insn.code & OP_MASK) === ALU.ADD ? "add" : "sub");

/** Notes a mask; one instruction has one, whichever path comes by. */
function noteMask({ speculation: { masks }, index }: Environment, insn: Instruction, mask: Mask): void {
  const seen = masks.get(index);
  if (seen && (seen.kind !== mask.kind || seen.limit !== mask.limit))
    reject("speculative_paths", insn.dst, operation(insn));
  masks.set(index, mask);
}

/** A sum of two numbers needs no mask, and must not have one from another path. */
export function maskNumbers(env: Environment, insn: Instruction): void {
  if (!needsNoMask(env, insn)) noteMask(env, insn, { kind: "numbers", limit: 0 });
}

/** What `maskSum` found before the sum was computed. */
export interface SumMask extends Mask {
  readonly left: boolean;
}

const NO_MASK: SumMask = { kind: "", limit: 0, left: false };

/** How far an address can move in a direction before it leaves what it belongs to. */
function limitOf(env: Environment, insn: Instruction, p: Words, left: boolean, offsetIsDestination: boolean): number {
  let limit: number;
  let max: number;
  switch (p[TYPE]) {
    case TYPES.STACK:
      max = MAX_STACK + (left ? 1 : 0);
      limit = -(p[VALUE] + p[OFF]) >>> 0;
      break;
    case TYPES.MAP_VALUE:
      max = env.maps[p[AUX]].valueSize;
      limit = ((left ? p[SMIN] : p[UMAX]) + p[OFF]) >>> 0;
      break;
    default:
      return reject("speculative_type", offsetIsDestination ? insn.src : insn.dst);
  }
  if (limit >= max) reject("speculative_limit", insn.dst, operation(insn));
  return limit;
}

/** Before `pointer op number` is computed: the mask by how far the address may move; and what the mask makes of a wrong number. */
export function maskSum(
  env: Environment,
  insn: Instruction,
  p: Words,
  n: Words,
  numberIsDestination: boolean,
): SumMask {
  if (needsNoMask(env, insn)) return NO_MASK;
  const adds = (insn.code & OP_MASK) === ALU.ADD;
  const known = tnumIsConst(n, VALUE);
  let mask = NO_MASK;
  if (!env.state.speculative) {
    const negative = isNegative(n, SMIN);
    if (!known && negative !== isNegative(n, SMAX))
      reject("speculative_sign", numberIsDestination ? insn.dst : insn.src);
    const left = adds === negative;
    const limit = limitOf(env, insn, p, left, numberIsDestination);
    mask = { kind: `${negative}${known}${numberIsDestination}`, limit, left };
    if (!known) env.speculation.comparesNumbers = true;
  }
  if (!known) {
    // A number out of range counts as 0: the address stays where it is.
    const { words } = env.push(env.index + 1, "ENOMEM", undefined, true).frame;
    const d = registerAt(insn.dst);
    copyRegister(words, d, p, 0);
    markUnbounded32(words, d);
  }
  return mask;
}

/** After the sum: it stays within what it belongs to, and the mask is what the address can still move. */
export function checkSum(env: Environment, insn: Instruction, mask: SumMask): void {
  if (env.perfmon) return;
  const w = env.words;
  const d = registerAt(insn.dst);
  switch (w[d + TYPE]) {
    case TYPES.STACK: {
      const offset = w[d + OFF] + w[d + VALUE];
      if (!tnumIsConst(w, d + VALUE)) reject("speculative_stack", insn.dst, formatBits(w, d + VALUE), offset);
      if (offset >= 0 || offset < -MAX_STACK) reject("speculative_stack_range", insn.dst, offset);
      break;
    }
    case TYPES.MAP_VALUE:
      try {
        checkMapRange(env, insn.dst, w[d + OFF], 1, false, "helper");
      } catch (cause) {
        if (!(cause instanceof Rejection)) throw cause;
        env.log.write(`${cause.message}\n`);
        reject("speculative_map_range", insn.dst);
      }
  }
  if (needsNoMask(env, insn) || env.state.speculative) return;
  const now = limitOf(env, insn, w.subarray(d), mask.left, false);
  noteMask(env, insn, { kind: mask.kind, limit: Math.abs(mask.limit - now) });
}
