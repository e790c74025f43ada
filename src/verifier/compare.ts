/** What a comparison of two abstract values tells: which branch is taken, and what holds in each. */
import { JMP } from "../isa/constants.ts";
import { syncBounds } from "./bounds.ts";
import { dropContradiction } from "./contradiction.ts";
import {
  addInt,
  copy,
  equal,
  isZero,
  lessS,
  lessU,
  lessU32,
  lowerS,
  lowerU,
  raiseS,
  raiseU,
  type Words,
} from "./int64.ts";
import type { Log } from "./log.ts";
import {
  AT_PACKET_END,
  AUX,
  BASE_TYPE,
  BEYOND_PACKET_END,
  isAnyPacketPointer,
  isConstant,
  isPointer,
  MASK,
  MAYBE_NULL,
  markUnbounded,
  S32_MAX,
  S32_MIN,
  SMAX,
  SMIN,
  TYPE,
  TYPES,
  U32_MAX,
  U32_MIN,
  UMAX,
  UMIN,
  UNTRUSTED,
  VALUE,
} from "./registers.ts";
import { tnumConst, tnumCopy, tnumIntersect, tnumIsConst, tnumOverlap } from "./tnum.ts";
import { isTrusted } from "./trust.ts";

/** `JSET` that was not taken: all the bits are 0. Not an opcode, but the opposite of one. */
const JSET_NOT = JMP.JSET | 1;

/** The same comparison with its operands exchanged. */
function flip(op: number): number {
  switch (op) {
    case JMP.JGT:
      return JMP.JLT;
    case JMP.JLT:
      return JMP.JGT;
    case JMP.JGE:
      return JMP.JLE;
    case JMP.JLE:
      return JMP.JGE;
    case JMP.JSGT:
      return JMP.JSLT;
    case JMP.JSLT:
      return JMP.JSGT;
    case JMP.JSGE:
      return JMP.JSLE;
    case JMP.JSLE:
      return JMP.JSGE;
    default:
      return op;
  }
}

/** The comparison that holds where this one does not. */
function opposite(op: number): number {
  switch (op) {
    case JMP.JEQ:
      return JMP.JNE;
    case JMP.JNE:
      return JMP.JEQ;
    case JMP.JSET:
      return JSET_NOT;
    case JMP.JGE:
      return JMP.JLT;
    case JMP.JGT:
      return JMP.JLE;
    case JMP.JLE:
      return JMP.JGT;
    case JMP.JLT:
      return JMP.JGE;
    case JMP.JSGE:
      return JMP.JSLT;
    case JMP.JSGT:
      return JMP.JSLE;
    case JMP.JSLE:
      return JMP.JSGT;
    default:
      return JMP.JSGE;
  }
}

const TAKEN = true;
const NOT_TAKEN = false;
type Decision = boolean | undefined;

/** Whether the branch is taken on every run that reaches it, on none (false), or on some (undefined). */
export function decide(w: Words, a: number, v: Words, b: number, op: number, narrow: boolean): Decision {
  const first = w[a + TYPE];
  const second = v[b + TYPE];
  if (!narrow && isAnyPacketPointer(first) && isAnyPacketPointer(second)) return decidePacket(w, a, v, b, op);
  if (isPointer(first) || isPointer(second)) {
    const constantSecond = isConstant(v, b, narrow);
    if (!constantSecond && !isConstant(w, a, narrow)) return undefined;
    const [constant, c, pw, p] = constantSecond ? ([v, b, w, a] as const) : ([w, a, v, b] as const);
    const zero = narrow ? constant[c + VALUE] === 0 : isZero(constant, c + VALUE);
    if (!zero || !isNeverNull(pw, p)) return undefined;
    return op === JMP.JEQ ? NOT_TAKEN : op === JMP.JNE ? TAKEN : undefined;
  }
  return narrow ? decide32(w, a, v, b, op) : decide64(w, a, v, b, op);
}

/** Pointer types that Linux takes for an address other than 0. */
function isNeverNull(w: Words, r: number): boolean {
  const type = w[r + TYPE];
  if (type & MAYBE_NULL) return false;
  switch (type & BASE_TYPE) {
    case TYPES.MAP_VALUE:
    case TYPES.MAP_KEY:
    case TYPES.SOCK_COMMON:
    case TYPES.SOCKET:
    case TYPES.TCP_SOCK:
    case TYPES.MAP_PTR:
      return true;
    case TYPES.MEM:
      return (type & UNTRUSTED) === 0;
    case TYPES.BTF_ID:
      return isTrusted(w, r);
    default:
      return false;
  }
}

function decidePacket(w: Words, a: number, v: Words, b: number, op: number): Decision {
  if (v[b + TYPE] !== TYPES.PACKET_END) {
    if (w[a + TYPE] !== TYPES.PACKET_END) return undefined;
    return decidePacket(v, b, w, a, flip(op));
  }
  const range = w[a + AUX];
  if (range >= 0) return undefined;
  switch (op) {
    case JMP.JLE:
    case JMP.JGT:
      return range === BEYOND_PACKET_END ? op === JMP.JGT : undefined;
    case JMP.JLT:
    case JMP.JGE:
      return range === BEYOND_PACKET_END || range === AT_PACKET_END ? op === JMP.JGE : undefined;
    default:
      return undefined;
  }
}

/** Bits that are surely set, or surely clear, among those of a constant. */
function decideBits(w: Words, a: number, v: Words, b: number, narrow: boolean): Decision {
  if (!isConstant(v, b, narrow)) {
    if (!isConstant(w, a, narrow)) return undefined;
    return decideBits(v, b, w, a, narrow);
  }
  const set = (w[a + VALUE] & v[b + VALUE]) | (narrow ? 0 : w[a + VALUE + 1] & v[b + VALUE + 1]);
  if (set !== 0) return TAKEN;
  const possible =
    ((w[a + VALUE] | w[a + MASK]) & v[b + VALUE]) |
    (narrow ? 0 : (w[a + VALUE + 1] | w[a + MASK + 1]) & v[b + VALUE + 1]);
  return possible === 0 ? NOT_TAKEN : undefined;
}

const disjoint32 = (w: Words, a: number, v: Words, b: number): boolean =>
  lessU32(v[b + U32_MAX], w[a + U32_MIN]) ||
  lessU32(w[a + U32_MAX], v[b + U32_MIN]) ||
  w[a + S32_MIN] > v[b + S32_MAX] ||
  w[a + S32_MAX] < v[b + S32_MIN];

const disjoint64 = (w: Words, a: number, v: Words, b: number): boolean =>
  lessU(v, b + UMAX, w, a + UMIN) ||
  lessU(w, a + UMAX, v, b + UMIN) ||
  lessS(v, b + SMAX, w, a + SMIN) ||
  lessS(w, a + SMAX, v, b + SMIN);

function decide32(w: Words, a: number, v: Words, b: number, op: number): Decision {
  const known = w[a + MASK] === 0 && v[b + MASK] === 0;
  switch (op) {
    case JMP.JEQ:
    case JMP.JNE: {
      if (known) return (w[a + VALUE] === v[b + VALUE]) === (op === JMP.JEQ);
      const differ = ((w[a + VALUE] ^ v[b + VALUE]) & ~w[a + MASK] & ~v[b + MASK]) !== 0 || disjoint32(w, a, v, b);
      return differ ? op === JMP.JNE : undefined;
    }
    case JMP.JSET:
      return decideBits(w, a, v, b, true);
    case JMP.JGT:
      if (lessU32(v[b + U32_MAX], w[a + U32_MIN])) return TAKEN;
      return lessU32(v[b + U32_MIN], w[a + U32_MAX]) ? undefined : NOT_TAKEN;
    case JMP.JGE:
      if (!lessU32(w[a + U32_MIN], v[b + U32_MAX])) return TAKEN;
      return lessU32(w[a + U32_MAX], v[b + U32_MIN]) ? NOT_TAKEN : undefined;
    case JMP.JSGT:
      if (w[a + S32_MIN] > v[b + S32_MAX]) return TAKEN;
      return w[a + S32_MAX] <= v[b + S32_MIN] ? NOT_TAKEN : undefined;
    case JMP.JSGE:
      if (w[a + S32_MIN] >= v[b + S32_MAX]) return TAKEN;
      return w[a + S32_MAX] < v[b + S32_MIN] ? NOT_TAKEN : undefined;
    default:
      return decide32(v, b, w, a, flip(op));
  }
}

function decide64(w: Words, a: number, v: Words, b: number, op: number): Decision {
  switch (op) {
    case JMP.JEQ:
    case JMP.JNE: {
      if (tnumIsConst(w, a + VALUE) && tnumIsConst(v, b + VALUE))
        return equal(w, a + VALUE, v, b + VALUE) === (op === JMP.JEQ);
      const differ = !tnumOverlap(w, a + VALUE, v, b + VALUE) || disjoint64(w, a, v, b) || disjoint32(w, a, v, b);
      return differ ? op === JMP.JNE : undefined;
    }
    case JMP.JSET:
      return decideBits(w, a, v, b, false);
    case JMP.JGT:
      if (lessU(v, b + UMAX, w, a + UMIN)) return TAKEN;
      return lessU(v, b + UMIN, w, a + UMAX) ? undefined : NOT_TAKEN;
    case JMP.JGE:
      if (!lessU(w, a + UMIN, v, b + UMAX)) return TAKEN;
      return lessU(w, a + UMAX, v, b + UMIN) ? NOT_TAKEN : undefined;
    case JMP.JSGT:
      if (lessS(v, b + SMAX, w, a + SMIN)) return TAKEN;
      return lessS(v, b + SMIN, w, a + SMAX) ? undefined : NOT_TAKEN;
    case JMP.JSGE:
      if (!lessS(w, a + SMIN, v, b + SMAX)) return TAKEN;
      return lessS(w, a + SMAX, v, b + SMIN) ? NOT_TAKEN : undefined;
    default:
      return decide64(v, b, w, a, flip(op));
  }
}

const T = new Int32Array(4);

/** Narrows both values to what `a op b` allows. */
function refine(w: Words, a: number, v: Words, b: number, op: number, narrow: boolean): void {
  switch (op) {
    case JMP.JEQ:
      narrow ? refineEqual32(w, a, v, b) : refineEqual(w, a, v, b);
      return;
    case JMP.JNE:
      if (isConstant(v, b, narrow)) refineUnequal(w, a, v, b, narrow);
      else if (isConstant(w, a, narrow)) refineUnequal(v, b, w, a, narrow);
      return;
    case JMP.JSET:
    case JSET_NOT:
      if (isConstant(v, b, narrow)) refineBits(w, a, v, b, op, narrow);
      else if (isConstant(w, a, narrow)) refineBits(v, b, w, a, op, narrow);
      return;
    case JMP.JLE:
    case JMP.JLT:
      narrow ? refineBelow32(w, a, v, b, op === JMP.JLT) : refineBelow(w, a, v, b, op === JMP.JLT);
      return;
    case JMP.JSLE:
    case JMP.JSLT:
      narrow ? refineBelowS32(w, a, v, b, op === JMP.JSLT) : refineBelowS(w, a, v, b, op === JMP.JSLT);
      return;
    default:
      refine(v, b, w, a, flip(op), narrow);
      return;
  }
}

function refineEqual32(w: Words, a: number, v: Words, b: number): void {
  if (lessU32(w[a + U32_MIN], v[b + U32_MIN])) w[a + U32_MIN] = v[b + U32_MIN];
  if (lessU32(v[b + U32_MAX], w[a + U32_MAX])) w[a + U32_MAX] = v[b + U32_MAX];
  if (w[a + S32_MIN] < v[b + S32_MIN]) w[a + S32_MIN] = v[b + S32_MIN];
  if (w[a + S32_MAX] > v[b + S32_MAX]) w[a + S32_MAX] = v[b + S32_MAX];
  for (let at = S32_MIN; at <= U32_MAX; at++) v[b + at] = w[a + at];
  const mask = w[a + MASK] & v[b + MASK];
  const value = (w[a + VALUE] | v[b + VALUE]) & ~mask;
  w[a + VALUE] = v[b + VALUE] = value;
  w[a + MASK] = v[b + MASK] = mask;
}

function refineEqual(w: Words, a: number, v: Words, b: number): void {
  raiseU(w, a + UMIN, v, b + UMIN);
  lowerU(w, a + UMAX, v, b + UMAX);
  raiseS(w, a + SMIN, v, b + SMIN);
  lowerS(w, a + SMAX, v, b + SMAX);
  for (let at = SMIN; at < S32_MIN; at++) v[b + at] = w[a + at];
  tnumIntersect(w, a + VALUE, w, a + VALUE, v, b + VALUE);
  tnumCopy(v, b + VALUE, w, a + VALUE);
}

/** A value that is not the constant loses it where it is the end of a range. */
function refineUnequal(w: Words, a: number, v: Words, b: number, narrow: boolean): void {
  const low = v[b + VALUE];
  if (narrow) {
    if (w[a + U32_MIN] === low) w[a + U32_MIN]++;
    if (w[a + U32_MAX] === low) w[a + U32_MAX]--;
    if (w[a + S32_MIN] === low) w[a + S32_MIN]++;
    if (w[a + S32_MAX] === low) w[a + S32_MAX]--;
    return;
  }
  tnumConst(T, 0, low, v[b + VALUE + 1]);
  for (const at of [UMIN, SMIN]) if (equal(w, a + at, T, 0)) addInt(w, a + at, 1);
  for (const at of [UMAX, SMAX]) if (equal(w, a + at, T, 0)) addInt(w, a + at, -1);
}

function refineBits(w: Words, a: number, v: Words, b: number, op: number, narrow: boolean): void {
  const low = v[b + VALUE];
  const high = narrow ? 0 : v[b + VALUE + 1];
  if (op === JMP.JSET) {
    // Only a single bit is known to be set when the test holds.
    const single = high === 0 ? low !== 0 && (low & (low - 1)) === 0 : low === 0 && (high & (high - 1)) === 0;
    if (!single) return;
    w[a + VALUE] |= low;
    w[a + MASK] &= ~low;
    w[a + VALUE + 1] |= high;
    w[a + MASK + 1] &= ~high;
    return;
  }
  // All of them are clear when it does not. The ranges are made anew, so that an impossible branch does not contradict itself.
  markUnbounded(w, a);
  w[a + VALUE] &= ~low;
  w[a + MASK] &= ~low;
  w[a + VALUE + 1] &= ~high;
  w[a + MASK + 1] &= ~high;
}

function refineBelow32(w: Words, a: number, v: Words, b: number, strict: boolean): void {
  const step = strict ? 1 : 0;
  const max = (v[b + U32_MAX] - step) | 0;
  const min = (w[a + U32_MIN] + step) | 0;
  if (lessU32(max, w[a + U32_MAX])) w[a + U32_MAX] = max;
  if (lessU32(v[b + U32_MIN], min)) v[b + U32_MIN] = min;
}

function refineBelowS32(w: Words, a: number, v: Words, b: number, strict: boolean): void {
  const step = strict ? 1 : 0;
  const max = (v[b + S32_MAX] - step) | 0;
  const min = (w[a + S32_MIN] + step) | 0;
  if (max < w[a + S32_MAX]) w[a + S32_MAX] = max;
  if (min > v[b + S32_MIN]) v[b + S32_MIN] = min;
}

function refineBelow(w: Words, a: number, v: Words, b: number, strict: boolean): void {
  copy(T, 0, v, b + UMAX);
  copy(T, 2, w, a + UMIN);
  if (strict) {
    addInt(T, 0, -1);
    addInt(T, 2, 1);
  }
  lowerU(w, a + UMAX, T, 0);
  raiseU(v, b + UMIN, T, 2);
}

function refineBelowS(w: Words, a: number, v: Words, b: number, strict: boolean): void {
  copy(T, 0, v, b + SMAX);
  copy(T, 2, w, a + SMIN);
  if (strict) {
    addInt(T, 0, -1);
    addInt(T, 2, 1);
  }
  lowerS(w, a + SMAX, T, 0);
  raiseS(v, b + SMIN, T, 2);
}

/** Narrows two numbers on the branch where the comparison holds, or (`holds` false) where it does not. */
export function assume(
  log: Log,
  w: Words,
  a: number,
  v: Words,
  b: number,
  op: number,
  narrow: boolean,
  holds: boolean,
): void {
  if (w[a + TYPE] !== TYPES.SCALAR || v[b + TYPE] !== TYPES.SCALAR) return;
  refine(w, a, v, b, holds ? op : opposite(op), narrow);
  syncBounds(w, a);
  syncBounds(v, b);
  dropContradiction(log, w, a, holds ? "true_reg1" : "false_reg1");
  dropContradiction(log, v, b, holds ? "true_reg2" : "false_reg2");
}
