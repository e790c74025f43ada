/** Arithmetic on abstract numbers: ranges and known bits of `dst op src`, as Linux 6.18 computes them. */
import { ALU, CLASS, CLASS_MASK, OP_MASK, SOURCE, SOURCE_MASK } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { boundsFromBits, boundsFromBits32, coerceToSize, isOnlyValue, syncBounds, zeroExtend32 } from "./bounds.ts";
import {
  add,
  copy,
  lessS,
  lessU,
  lessU32,
  lowerU,
  mul,
  raiseU,
  SIGNED_OVERFLOW,
  set,
  shiftLeft,
  shiftRight,
  shiftRightSigned,
  sub,
  UNSIGNED_OVERFLOW,
  type Words,
} from "./int64.ts";
import {
  copyRegister,
  MASK,
  markUnbounded,
  markUnbounded32,
  markUnbounded64,
  markUnknown,
  REGISTER_WORDS,
  S32_MAX,
  S32_MIN,
  SMAX,
  SMIN,
  setKnown,
  TYPE,
  U32_MAX,
  U32_MIN,
  UMAX,
  UMIN,
  VALUE,
} from "./registers.ts";
import {
  tnumAdd,
  tnumAnd,
  tnumIsConst,
  tnumIsConst32,
  tnumLow32,
  tnumMultiply,
  tnumNegate,
  tnumOr,
  tnumShiftLeft,
  tnumShiftRight,
  tnumShiftRightSigned,
  tnumShiftRightSigned32,
  tnumSub,
  tnumXor,
} from "./tnum.ts";

const INT_MIN = 0x8000_0000 | 0;
const INT_MAX = 0x7fff_ffff;

/** Scratch 64-bit numbers. */
const T = new Int32Array(8);
/** The operand of a negation, which is `0 - operand`. */
const OPERAND = new Int32Array(REGISTER_WORDS);

function unboundS(w: Words, r: number): void {
  set(w, r + SMIN, 0, INT_MIN);
  set(w, r + SMAX, -1, INT_MAX);
}
function unboundU(w: Words, r: number): void {
  set(w, r + UMIN, 0, 0);
  set(w, r + UMAX, -1, -1);
}
function unboundS32(w: Words, r: number): void {
  w[r + S32_MIN] = INT_MIN;
  w[r + S32_MAX] = INT_MAX;
}
function unboundU32(w: Words, r: number): void {
  w[r + U32_MIN] = 0;
  w[r + U32_MAX] = -1;
}

const exceedsInt = (value: number): boolean => value < -0x8000_0000 || value > 0x7fff_ffff;

/** A range of sums is one when all of them wrap or none does; so `min` wrapping alone cannot happen. */
function addBounds32(w: Words, d: number, v: Words, s: number): void {
  const smin = w[d + S32_MIN] + v[s + S32_MIN];
  const smax = w[d + S32_MAX] + v[s + S32_MAX];
  if (exceedsInt(smin) || exceedsInt(smax)) unboundS32(w, d);
  else {
    w[d + S32_MIN] = smin;
    w[d + S32_MAX] = smax;
  }
  const umin = (w[d + U32_MIN] >>> 0) + (v[s + U32_MIN] >>> 0);
  const umax = (w[d + U32_MAX] >>> 0) + (v[s + U32_MAX] >>> 0);
  if (umin <= 0xffff_ffff && umax > 0xffff_ffff) unboundU32(w, d);
  else {
    w[d + U32_MIN] = umin | 0;
    w[d + U32_MAX] = umax | 0;
  }
}

function addBounds(w: Words, d: number, v: Words, s: number): void {
  const low = add(T, 0, w, d + SMIN, v, s + SMIN);
  const high = add(T, 2, w, d + SMAX, v, s + SMAX);
  if ((low | high) & SIGNED_OVERFLOW) unboundS(w, d);
  else {
    copy(w, d + SMIN, T, 0);
    copy(w, d + SMAX, T, 2);
  }
  const least = add(T, 0, w, d + UMIN, v, s + UMIN) & UNSIGNED_OVERFLOW;
  const greatest = add(T, 2, w, d + UMAX, v, s + UMAX) & UNSIGNED_OVERFLOW;
  if (!least && greatest) unboundU(w, d);
  else {
    copy(w, d + UMIN, T, 0);
    copy(w, d + UMAX, T, 2);
  }
}

/** `dst += src` on ranges and bits, without making them agree; linked registers use it too. */
export function addScalar(w: Words, d: number, v: Words, s: number): void {
  addBounds32(w, d, v, s);
  addBounds(w, d, v, s);
  tnumAdd(w, d + VALUE, w, d + VALUE, v, s + VALUE);
}

function subBounds32(w: Words, d: number, v: Words, s: number): void {
  const smin = w[d + S32_MIN] - v[s + S32_MAX];
  const smax = w[d + S32_MAX] - v[s + S32_MIN];
  if (exceedsInt(smin) || exceedsInt(smax)) unboundS32(w, d);
  else {
    w[d + S32_MIN] = smin;
    w[d + S32_MAX] = smax;
  }
  const umin = (w[d + U32_MIN] >>> 0) - (v[s + U32_MAX] >>> 0);
  const umax = (w[d + U32_MAX] >>> 0) - (v[s + U32_MIN] >>> 0);
  if (umin < 0 && umax >= 0) unboundU32(w, d);
  else {
    w[d + U32_MIN] = umin | 0;
    w[d + U32_MAX] = umax | 0;
  }
}

function subBounds(w: Words, d: number, v: Words, s: number): void {
  const low = sub(T, 0, w, d + SMIN, v, s + SMAX);
  const high = sub(T, 2, w, d + SMAX, v, s + SMIN);
  if ((low | high) & SIGNED_OVERFLOW) unboundS(w, d);
  else {
    copy(w, d + SMIN, T, 0);
    copy(w, d + SMAX, T, 2);
  }
  const least = sub(T, 0, w, d + UMIN, v, s + UMAX) & UNSIGNED_OVERFLOW;
  const greatest = sub(T, 2, w, d + UMAX, v, s + UMIN) & UNSIGNED_OVERFLOW;
  if (least && !greatest) unboundU(w, d);
  else {
    copy(w, d + UMIN, T, 0);
    copy(w, d + UMAX, T, 2);
  }
}

function mulBounds32(w: Words, d: number, v: Words, s: number): void {
  const umin = (w[d + U32_MIN] >>> 0) * (v[s + U32_MIN] >>> 0);
  const umax = (w[d + U32_MAX] >>> 0) * (v[s + U32_MAX] >>> 0);
  if (umin > 0xffff_ffff || umax > 0xffff_ffff) unboundU32(w, d);
  else {
    w[d + U32_MIN] = umin | 0;
    w[d + U32_MAX] = umax | 0;
  }
  const [a, b, x, y] = [w[d + S32_MIN], w[d + S32_MAX], v[s + S32_MIN], v[s + S32_MAX]];
  const low = Math.min(a * x, a * y, b * x, b * y);
  const high = Math.max(a * x, a * y, b * x, b * y);
  if (exceedsInt(low) || exceedsInt(high)) unboundS32(w, d);
  else {
    w[d + S32_MIN] = low;
    w[d + S32_MAX] = high;
  }
}

const SIGNED_ENDS = [SMIN, SMAX] as const;

function mulBounds(w: Words, d: number, v: Words, s: number): void {
  const least = mul(T, 0, w, d + UMIN, v, s + UMIN);
  const greatest = mul(T, 2, w, d + UMAX, v, s + UMAX);
  if ((least | greatest) & UNSIGNED_OVERFLOW) unboundU(w, d);
  else {
    copy(w, d + UMIN, T, 0);
    copy(w, d + UMAX, T, 2);
  }
  let overflow = 0;
  let first = true;
  for (const end of SIGNED_ENDS) {
    for (const other of SIGNED_ENDS) {
      overflow |= mul(T, 0, w, d + end, v, s + other) & SIGNED_OVERFLOW;
      if (first || lessS(T, 0, T, 2)) copy(T, 2, T, 0);
      if (first || lessS(T, 4, T, 0)) copy(T, 4, T, 0);
      first = false;
    }
  }
  if (overflow) unboundS(w, d);
  else {
    copy(w, d + SMIN, T, 2);
    copy(w, d + SMAX, T, 4);
  }
}

/** Signed ranges of a bitwise result: those of the unsigned one where it does not cross the sign boundary. */
function signedFromUnsigned32(w: Words, d: number): void {
  if (w[d + U32_MIN] <= w[d + U32_MAX]) {
    w[d + S32_MIN] = w[d + U32_MIN];
    w[d + S32_MAX] = w[d + U32_MAX];
  } else unboundS32(w, d);
}

function signedFromUnsigned(w: Words, d: number): void {
  if (!lessS(w, d + UMAX, w, d + UMIN)) {
    copy(w, d + SMIN, w, d + UMIN);
    copy(w, d + SMAX, w, d + UMAX);
  } else unboundS(w, d);
}

/** and, or, xor: the bits are computed first, then the ranges from them and from the operands' ranges. */
function bitwise(w: Words, d: number, v: Words, s: number, op: number): void {
  const known32 = tnumIsConst32(w, d + VALUE) && tnumIsConst32(v, s + VALUE);
  const known = tnumIsConst(w, d + VALUE) && tnumIsConst(v, s + VALUE);
  if (op === ALU.AND) tnumAnd(w, d + VALUE, w, d + VALUE, v, s + VALUE);
  else if (op === ALU.OR) tnumOr(w, d + VALUE, w, d + VALUE, v, s + VALUE);
  else tnumXor(w, d + VALUE, w, d + VALUE, v, s + VALUE);

  const low = w[d + VALUE];
  const lowMax = low | w[d + MASK];
  if (known32) for (let at = S32_MIN; at <= U32_MAX; at++) w[d + at] = low;
  else {
    if (op === ALU.AND) {
      w[d + U32_MIN] = low;
      if (lessU32(v[s + U32_MAX], w[d + U32_MAX])) w[d + U32_MAX] = v[s + U32_MAX];
    } else if (op === ALU.OR) {
      if (lessU32(w[d + U32_MIN], v[s + U32_MIN])) w[d + U32_MIN] = v[s + U32_MIN];
      w[d + U32_MAX] = lowMax;
    } else {
      w[d + U32_MIN] = low;
      w[d + U32_MAX] = lowMax;
    }
    signedFromUnsigned32(w, d);
  }

  if (known) {
    setKnown(w, d, low, w[d + VALUE + 1]);
    return;
  }
  set(T, 0, lowMax, w[d + VALUE + 1] | w[d + MASK + 1]);
  if (op === ALU.AND) {
    copy(w, d + UMIN, w, d + VALUE);
    lowerU(w, d + UMAX, v, s + UMAX);
  } else if (op === ALU.OR) {
    raiseU(w, d + UMIN, v, s + UMIN);
    copy(w, d + UMAX, T, 0);
  } else {
    copy(w, d + UMIN, w, d + VALUE);
    copy(w, d + UMAX, T, 0);
  }
  signedFromUnsigned(w, d);
  boundsFromBits(w, d);
}

/** 32-bit ranges of a shift to the left; bits are the caller's. */
function shiftLeftBounds32(w: Words, d: number, n: number): void {
  unboundS32(w, d);
  if (n > 31 || w[d + U32_MAX] >>> 0 > 2 ** (31 - n)) unboundU32(w, d);
  else {
    w[d + U32_MIN] <<= n;
    w[d + U32_MAX] <<= n;
  }
}

function shiftLeft32(w: Words, d: number, n: number): void {
  shiftLeftBounds32(w, d, n);
  tnumLow32(w, d + VALUE, w, d + VALUE);
  tnumShiftLeft(w, d + VALUE, w, d + VALUE, n);
  tnumLow32(w, d + VALUE, w, d + VALUE);
  markUnbounded64(w, d);
  boundsFromBits32(w, d);
}

function shiftLeft64(w: Words, d: number, n: number): void {
  // `x <<= 32; x s>>= 32` is how compilers sign-extend: the 32-bit range is kept in the upper half.
  if (n === 32 && w[d + S32_MAX] >= 0) set(w, d + SMAX, 0, w[d + S32_MAX]);
  else set(w, d + SMAX, -1, INT_MAX);
  if (n === 32 && w[d + S32_MIN] >= 0) set(w, d + SMIN, 0, w[d + S32_MIN]);
  else set(w, d + SMIN, 0, INT_MIN);
  set(T, 0, 1, 0);
  shiftLeft(T, 0, T, 0, 63 - n);
  if (lessU(T, 0, w, d + UMAX)) unboundU(w, d);
  else {
    shiftLeft(w, d + UMIN, w, d + UMIN, n);
    shiftLeft(w, d + UMAX, w, d + UMAX, n);
  }
  shiftLeftBounds32(w, d, n);
  tnumShiftLeft(w, d + VALUE, w, d + VALUE, n);
  boundsFromBits(w, d);
}

function shiftRight32(w: Words, d: number, n: number): void {
  unboundS32(w, d);
  tnumLow32(w, d + VALUE, w, d + VALUE);
  tnumShiftRight(w, d + VALUE, w, d + VALUE, n);
  w[d + U32_MIN] = w[d + U32_MIN] >>> n;
  w[d + U32_MAX] = w[d + U32_MAX] >>> n;
  markUnbounded64(w, d);
  boundsFromBits32(w, d);
}

function shiftRight64(w: Words, d: number, n: number): void {
  unboundS(w, d);
  tnumShiftRight(w, d + VALUE, w, d + VALUE, n);
  shiftRight(w, d + UMIN, w, d + UMIN, n);
  shiftRight(w, d + UMAX, w, d + UMAX, n);
  markUnbounded32(w, d);
  boundsFromBits(w, d);
}

function shiftRightSigned32(w: Words, d: number, n: number): void {
  w[d + S32_MIN] >>= n;
  w[d + S32_MAX] >>= n;
  tnumShiftRightSigned32(w, d + VALUE, w, d + VALUE, n);
  unboundU32(w, d);
  markUnbounded64(w, d);
  boundsFromBits32(w, d);
}

function shiftRightSigned64(w: Words, d: number, n: number): void {
  shiftRightSigned(w, d + SMIN, w, d + SMIN, n);
  shiftRightSigned(w, d + SMAX, w, d + SMAX, n);
  tnumShiftRightSigned(w, d + VALUE, w, d + VALUE, n);
  unboundU(w, d);
  markUnbounded32(w, d);
  boundsFromBits(w, d);
}

/**
 * Byte order: `be` and `bswap` exchange bytes, after which ranges are made anew from the known bits; `le` only cuts, because
 * the machine is little-endian.
 */
function swapBytes(insn: Instruction, w: Words, d: number): void {
  const wide = (insn.code & CLASS_MASK) === CLASS.ALU64;
  if (wide || (insn.code & SOURCE_MASK) === SOURCE.X) {
    swapWord(w, d + VALUE, insn.imm);
    swapWord(w, d + MASK, insn.imm);
    markUnbounded(w, d);
  }
  if (insn.imm !== 64) coerceToSize(w, d, insn.imm / 8);
  else syncBounds(w, d);
}

const swap32 = (value: number): number =>
  (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);

function swapWord(w: Words, i: number, bits: number): void {
  const low = swap32(w[i]);
  if (bits === 64) set(w, i, swap32(w[i + 1]), low);
  else set(w, i, bits === 32 ? low : low >>> 16, 0);
}

/** Whether Linux computes a range: not for division, nor for a shift by an unknown or too great amount. */
function isComputable(op: number, v: Words, s: number, narrow: boolean): boolean {
  switch (op) {
    case ALU.ADD:
    case ALU.SUB:
    case ALU.MUL:
    case ALU.AND:
    case ALU.OR:
    case ALU.XOR:
    case ALU.NEG:
    case ALU.END:
      return true;
    case ALU.LSH:
    case ALU.RSH:
    case ALU.ARSH: {
      const known = narrow ? tnumIsConst32(v, s + VALUE) : tnumIsConst(v, s + VALUE);
      return known && v[s + UMAX + 1] === 0 && lessU32(v[s + UMAX], narrow ? 32 : 64);
    }
    default:
      return false;
  }
}

/**
 * The result of an operation on two known numbers, in place; false if this is none, or no simple one. The general way comes
 * to the same, because the known bits end up as all bounds.
 */
function foldConstants(w: Words, d: number, v: Words, s: number, op: number, narrow: boolean): boolean {
  if (!isOnlyValue(w, d) || !isOnlyValue(v, s)) return false;
  switch (op) {
    case ALU.ADD:
      add(T, 0, w, d + VALUE, v, s + VALUE);
      break;
    case ALU.SUB:
      sub(T, 0, w, d + VALUE, v, s + VALUE);
      break;
    case ALU.AND:
      set(T, 0, w[d + VALUE] & v[s + VALUE], w[d + VALUE + 1] & v[s + VALUE + 1]);
      break;
    case ALU.OR:
      set(T, 0, w[d + VALUE] | v[s + VALUE], w[d + VALUE + 1] | v[s + VALUE + 1]);
      break;
    case ALU.XOR:
      set(T, 0, w[d + VALUE] ^ v[s + VALUE], w[d + VALUE + 1] ^ v[s + VALUE + 1]);
      break;
    default:
      return false;
  }
  setKnown(w, d, T[0], narrow ? 0 : T[1]);
  return true;
}

/**
 * `dst = dst op src` on two abstract numbers, in place. Division, and shifts by amounts that are not known, give an unknown
 * number.
 */
export function scalarAlu(insn: Instruction, w: Words, d: number, v: Words, s: number): void {
  const op = insn.code & OP_MASK;
  const narrow = (insn.code & CLASS_MASK) === CLASS.ALU;
  if (foldConstants(w, d, v, s, op, narrow)) return;
  if (!isComputable(op, v, s, narrow)) {
    const type = w[d + TYPE];
    markUnknown(w, d);
    w[d + TYPE] = type;
    return;
  }
  const amount = v[s + VALUE];
  switch (op) {
    case ALU.ADD:
      addScalar(w, d, v, s);
      break;
    case ALU.SUB:
      subBounds32(w, d, v, s);
      subBounds(w, d, v, s);
      tnumSub(w, d + VALUE, w, d + VALUE, v, s + VALUE);
      break;
    case ALU.NEG:
      copyRegister(OPERAND, 0, w, d);
      setKnown(w, d, 0, 0);
      subBounds32(w, d, OPERAND, 0);
      subBounds(w, d, OPERAND, 0);
      tnumNegate(w, d + VALUE, OPERAND, VALUE);
      break;
    case ALU.END:
      swapBytes(insn, w, d);
      return;
    case ALU.MUL:
      tnumMultiply(w, d + VALUE, w, d + VALUE, v, s + VALUE);
      mulBounds32(w, d, v, s);
      mulBounds(w, d, v, s);
      break;
    case ALU.AND:
    case ALU.OR:
    case ALU.XOR:
      bitwise(w, d, v, s, op);
      break;
    case ALU.LSH:
      if (narrow) shiftLeft32(w, d, amount);
      else shiftLeft64(w, d, amount);
      break;
    case ALU.RSH:
      if (narrow) shiftRight32(w, d, amount);
      else shiftRight64(w, d, amount);
      break;
    default:
      if (narrow) shiftRightSigned32(w, d, amount);
      else shiftRightSigned64(w, d, amount);
      break;
  }
  if (narrow) zeroExtend32(w, d);
  syncBounds(w, d);
}
