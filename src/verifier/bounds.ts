/**
 * What the four ranges (signed and unsigned, 64 and 32 bits) and the known bits of a register say about each other, as
 * Linux 6.18 derives it. The order of the steps matters: each uses what the ones before have learned, and Linux's log shows
 * the result.
 */
import { copy, equal, lessU, lessU32, set, type Words } from "./int64.ts";
import {
  MASK,
  markUnbounded32,
  S32_MAX,
  S32_MIN,
  SMAX,
  SMIN,
  setKnown,
  U32_MAX,
  U32_MIN,
  UMAX,
  UMIN,
  UNKNOWN_REGISTER,
  VALUE,
} from "./registers.ts";
import { TNUM_WORDS, tnumHolds, tnumIsConst, tnumIsUnknown, tnumLow32, tnumNext, tnumRange } from "./tnum.ts";

const INT_MIN = 0x8000_0000 | 0;
const INT_MAX = 0x7fff_ffff;

/** Scratch: a tnum, a tnum, two 64-bit numbers. */
const T = new Int32Array(2 * TNUM_WORDS + 4);
const LEAST = 2 * TNUM_WORDS;
const GREATEST = LEAST + 2;

function narrowS32(w: Words, r: number, min: number, max: number): void {
  if (min > w[r + S32_MIN]) w[r + S32_MIN] = min;
  if (max < w[r + S32_MAX]) w[r + S32_MAX] = max;
}

function narrowU32(w: Words, r: number, min: number, max: number): void {
  if (lessU32(w[r + U32_MIN], min)) w[r + U32_MIN] = min;
  if (lessU32(max, w[r + U32_MAX])) w[r + U32_MAX] = max;
}

/** 32-bit ranges from the known bits. */
export function boundsFromBits32(w: Words, r: number): void {
  const value = w[r + VALUE];
  const mask = w[r + MASK];
  narrowS32(w, r, value | (mask & INT_MIN), value | (mask & INT_MAX));
  narrowU32(w, r, value, value | mask);
}

/**
 * All ranges from the known bits.
 *
 * Here and in `deduce` words are read into variables first, the upper halves of signed numbers as int32, all others as
 * uint32: work in the array itself takes twice as long.
 */
export function boundsFromBits(w: Words, r: number): void {
  const low = w[r + VALUE];
  const high = w[r + VALUE + 1];
  const maskLow = w[r + MASK];
  const maskHigh = w[r + MASK + 1];
  narrowS32(w, r, low | (maskLow & INT_MIN), low | (maskLow & INT_MAX));
  narrowU32(w, r, low, low | maskLow);
  const least = low >>> 0;
  const greatest = (low | maskLow) >>> 0;
  const sminHigh = high | (maskHigh & INT_MIN);
  const smaxHigh = high | (maskHigh & INT_MAX);
  const umaxHigh = (high | maskHigh) >>> 0;
  if (less(w[r + SMIN + 1], w[r + SMIN] >>> 0, sminHigh, least)) set(w, r + SMIN, least, sminHigh);
  if (less(smaxHigh, greatest, w[r + SMAX + 1], w[r + SMAX] >>> 0)) set(w, r + SMAX, greatest, smaxHigh);
  if (less(w[r + UMIN + 1] >>> 0, w[r + UMIN] >>> 0, high >>> 0, least)) set(w, r + UMIN, least, high);
  if (less(umaxHigh, greatest, w[r + UMAX + 1] >>> 0, w[r + UMAX] >>> 0)) set(w, r + UMAX, greatest, umaxHigh);
  settleSingle(w, r);
}

/** `a < b` of 64-bit numbers as halves: the lower ones unsigned, the upper ones as the numbers are. */
const less = (aHigh: number, aLow: number, bHigh: number, bLow: number): boolean =>
  aHigh < bHigh || (aHigh === bHigh && aLow < bLow);

/** If only one number within the unsigned range has the known bits, that is the value. */
function settleSingle(w: Words, r: number): void {
  if (tnumIsUnknown(w, r + VALUE) || equal(w, r + UMIN, w, r + UMAX)) return;
  const leastHas = tnumHolds(w, r + VALUE, w, r + UMIN);
  // Mostly both ends of the range have them, and so there are two, unless the ends contradict each other.
  if (leastHas && tnumHolds(w, r + VALUE, w, r + UMAX) && !lessU(w, r + UMAX, w, r + UMIN)) return;
  tnumNext(T, LEAST, w, r + VALUE, w, r + UMIN);
  if (leastHas) {
    if (lessU(w, r + UMAX, T, LEAST)) setKnown(w, r, w[r + UMIN], w[r + UMIN + 1]);
    return;
  }
  const greatestLow = w[r + VALUE] | w[r + MASK];
  const greatestHigh = w[r + VALUE + 1] | w[r + MASK + 1];
  if (T[LEAST] !== greatestLow || T[LEAST + 1] !== greatestHigh) {
    if (lessU(w, r + UMAX, T, LEAST)) return;
    tnumNext(T, GREATEST, w, r + VALUE, T, LEAST);
    if (!lessU(w, r + UMAX, T, GREATEST)) return;
  }
  setKnown(w, r, T[LEAST], T[LEAST + 1]);
}

/** Rounds of deduction: what one learns may help another. */
const ROUNDS = 3;

/** The bits in which numbers from `min` to `max` may differ, of which the highest is bit `bits - 1`. */
const bitsBelow = (bits: number): number => (bits >= 32 ? -1 : (1 << bits) - 1);

/**
 * What the ranges say about each other, then what they say about the bits. True if the bits are known better now, or ranges
 * were made anew instead of narrowed.
 */
function deduce(w: Words, r: number): boolean {
  const firstLow = w[r + VALUE];
  const firstMaskLow = w[r + MASK];
  const firstMaskHigh = w[r + MASK + 1];
  let low = firstLow;
  let high = w[r + VALUE + 1];
  const firstHigh = high;
  let maskLow = firstMaskLow;
  let maskHigh = firstMaskHigh;
  let sminLow = w[r + SMIN] >>> 0;
  let sminHigh = w[r + SMIN + 1];
  let smaxLow = w[r + SMAX] >>> 0;
  let smaxHigh = w[r + SMAX + 1];
  let uminLow = w[r + UMIN] >>> 0;
  let uminHigh = w[r + UMIN + 1] >>> 0;
  let umaxLow = w[r + UMAX] >>> 0;
  let umaxHigh = w[r + UMAX + 1] >>> 0;
  let s32Min = w[r + S32_MIN];
  let s32Max = w[r + S32_MAX];
  let u32Min = w[r + U32_MIN] >>> 0;
  let u32Max = w[r + U32_MAX] >>> 0;
  let remade = false;

  for (let round = 0; round < ROUNDS; round++) {
    // The upper halves agree, so the lower halves are a range of their own.
    if (uminHigh === umaxHigh) {
      u32Min = Math.max(u32Min, uminLow);
      u32Max = Math.min(u32Max, umaxLow);
      if ((uminLow | 0) <= (umaxLow | 0)) {
        s32Min = Math.max(s32Min, uminLow | 0);
        s32Max = Math.min(s32Max, umaxLow | 0);
      }
    }
    if (sminHigh === smaxHigh) {
      if (sminLow <= smaxLow) {
        u32Min = Math.max(u32Min, sminLow);
        u32Max = Math.min(u32Max, smaxLow);
      }
      if ((sminLow | 0) <= (smaxLow | 0)) {
        s32Min = Math.max(s32Min, sminLow | 0);
        s32Max = Math.min(s32Max, smaxLow | 0);
      }
    }
    // The upper halves are neighbours, and the lower ones go from negative to positive across the seam.
    if ((uminHigh + 1) >>> 0 === umaxHigh && uminLow > INT_MAX && umaxLow <= INT_MAX) {
      s32Min = Math.max(s32Min, uminLow | 0);
      s32Max = Math.min(s32Max, umaxLow);
    }
    if (((sminHigh + 1) | 0) === smaxHigh && sminLow > INT_MAX && smaxLow <= INT_MAX) {
      s32Min = Math.max(s32Min, sminLow | 0);
      s32Max = Math.min(s32Max, smaxLow);
    }
    // Where one kind of range does not cross its sign boundary, it is a range of the other kind.
    if ((u32Min | 0) <= (u32Max | 0)) {
      s32Min = Math.max(s32Min, u32Min | 0);
      s32Max = Math.min(s32Max, u32Max | 0);
    }
    if (s32Min >>> 0 <= s32Max >>> 0) {
      u32Min = Math.max(u32Min, s32Min >>> 0);
      u32Max = Math.min(u32Max, s32Max >>> 0);
    } else if (u32Max < s32Min >>> 0) {
      // The signed range lies at both ends of the unsigned domain; the unsigned range reaches only the lower end ...
      s32Min = u32Min | 0;
      u32Max = Math.min(u32Max, s32Max >>> 0);
    } else if (s32Max >>> 0 < u32Min) {
      // ... or only the upper one.
      s32Max = u32Max | 0;
      u32Min = Math.max(u32Min, s32Min >>> 0);
    }

    // The same in 64 bits.
    if (!less(umaxHigh | 0, umaxLow, uminHigh | 0, uminLow)) {
      if (less(sminHigh, sminLow, uminHigh | 0, uminLow)) {
        sminLow = uminLow;
        sminHigh = uminHigh | 0;
      }
      if (less(umaxHigh | 0, umaxLow, smaxHigh, smaxLow)) {
        smaxLow = umaxLow;
        smaxHigh = umaxHigh | 0;
      }
    }
    const isRange = !less(smaxHigh >>> 0, smaxLow, sminHigh >>> 0, sminLow);
    const reachesLower = !isRange && less(umaxHigh, umaxLow, sminHigh >>> 0, sminLow);
    const reachesUpper = !isRange && !reachesLower && less(smaxHigh >>> 0, smaxLow, uminHigh, uminLow);
    if (reachesLower) {
      sminLow = uminLow;
      sminHigh = uminHigh | 0;
    } else if (reachesUpper) {
      smaxLow = umaxLow;
      smaxHigh = umaxHigh | 0;
    }
    if ((isRange || reachesUpper) && less(uminHigh, uminLow, sminHigh >>> 0, sminLow)) {
      uminLow = sminLow;
      uminHigh = sminHigh >>> 0;
    }
    if ((isRange || reachesLower) && less(smaxHigh >>> 0, smaxLow, umaxHigh, umaxLow)) {
      umaxLow = smaxLow;
      umaxHigh = smaxHigh >>> 0;
    }

    // 64 bits from 32: the upper halves stay, the lower ones are bounded by the unsigned 32-bit range.
    uminLow = Math.max(uminLow, u32Min);
    umaxLow = Math.min(umaxLow, u32Max);
    sminLow = Math.max(sminLow, u32Min);
    smaxLow = Math.min(smaxLow, u32Max);
    // After a sign-extending load: a non-negative lower half within int32 leaves no value with upper bits set.
    const isAboveInt32 = sminHigh >= 0 || (sminHigh === -1 && sminLow > INT_MAX);
    const isBelowInt32 = smaxHigh < 0 || (smaxHigh === 0 && smaxLow <= INT_MAX);
    if (s32Min >= 0 && isAboveInt32 && isBelowInt32) {
      remade = true;
      sminLow = uminLow = s32Min;
      sminHigh = uminHigh = 0;
      smaxLow = umaxLow = s32Max >>> 0;
      smaxHigh = s32Max >> 31;
      umaxHigh = smaxHigh >>> 0;
      if (s32Max >= 0) {
        const differ = bitsBelow(32 - Math.clz32(s32Min ^ s32Max));
        maskLow &= differ;
        maskHigh = 0;
        low = (low | (s32Min & ~differ)) & ~maskLow;
      }
    }

    const isSame =
      (sminLow | 0) === w[r + SMIN] &&
      sminHigh === w[r + SMIN + 1] &&
      (smaxLow | 0) === w[r + SMAX] &&
      smaxHigh === w[r + SMAX + 1] &&
      (uminLow | 0) === w[r + UMIN] &&
      (uminHigh | 0) === w[r + UMIN + 1] &&
      (umaxLow | 0) === w[r + UMAX] &&
      (umaxHigh | 0) === w[r + UMAX + 1] &&
      s32Min === w[r + S32_MIN] &&
      s32Max === w[r + S32_MAX] &&
      (u32Min | 0) === w[r + U32_MIN] &&
      (u32Max | 0) === w[r + U32_MAX];
    // Bits that the last step has made known tell the ranges nothing here.
    if (isSame) break;
    set(w, r + SMIN, sminLow, sminHigh);
    set(w, r + SMAX, smaxLow, smaxHigh);
    set(w, r + UMIN, uminLow, uminHigh);
    set(w, r + UMAX, umaxLow, umaxHigh);
    w[r + S32_MIN] = s32Min;
    w[r + S32_MAX] = s32Max;
    w[r + U32_MIN] = u32Min;
    w[r + U32_MAX] = u32Max;
  }

  const bits = uminHigh === umaxHigh ? 32 - Math.clz32(uminLow ^ umaxLow) : 64 - Math.clz32(uminHigh ^ umaxHigh);
  if (bits < 64) {
    const differLow = bitsBelow(bits);
    const differHigh = bits > 32 ? bitsBelow(bits - 32) : 0;
    maskLow &= differLow;
    maskHigh &= differHigh;
    low = (low | (uminLow & ~differLow)) & ~maskLow;
    high = (high | (uminHigh & ~differHigh)) & ~maskHigh;
  }
  const differ = bitsBelow(32 - Math.clz32(u32Min ^ u32Max));
  maskLow &= differ;
  low = (low | (u32Min & ~differ)) & ~maskLow;
  w[r + VALUE] = low;
  w[r + VALUE + 1] = high;
  w[r + MASK] = maskLow;
  w[r + MASK + 1] = maskHigh;
  return remade || low !== firstLow || high !== firstHigh || maskLow !== firstMaskLow || maskHigh !== firstMaskHigh;
}

/** Makes ranges and known bits tell each other what they know. */
export function syncBounds(w: Words, r: number): void {
  // A constant that all ranges know leaves nothing to learn.
  if (isOnlyValue(w, r) || isUnbounded(w, r)) return;
  boundsFromBits(w, r);
  // Without more bits there is nothing new for the ranges, unless they have become so narrow that one number is left.
  if (deduce(w, r)) boundsFromBits(w, r);
  else settleSingle(w, r);
}

/** No bit is known, and no range says anything. */
function isUnbounded(w: Words, r: number): boolean {
  if ((w[r + MASK] & w[r + MASK + 1]) !== -1) return false;
  for (let k = SMIN; k <= U32_MAX; k++) if (w[r + k] !== UNKNOWN_REGISTER[k]) return false;
  return true;
}

/** The 32-bit result of an ALU32 instruction fills the register: the upper half is 0. */
export function zeroExtend32(w: Words, r: number): void {
  tnumLow32(w, r + VALUE, w, r + VALUE);
  set(w, r + UMIN, w[r + U32_MIN], 0);
  set(w, r + UMAX, w[r + U32_MAX], 0);
  // A signed 32-bit range is a 64-bit one only where it is not negative.
  if (w[r + S32_MIN] >= 0 && w[r + S32_MAX] >= 0) {
    set(w, r + SMIN, w[r + S32_MIN], 0);
    set(w, r + SMAX, w[r + S32_MAX], 0);
  } else {
    set(w, r + SMIN, 0, 0);
    set(w, r + SMAX, -1, 0);
  }
}

/** A zero-extended load of 1, 2 or 4 bytes. */
export function coerceToSize(w: Words, r: number, size: number): void {
  const mask = size === 4 ? -1 : (1 << (size * 8)) - 1;
  w[r + VALUE] &= mask;
  w[r + VALUE + 1] = 0;
  w[r + MASK] &= mask;
  w[r + MASK + 1] = 0;
  const sameAbove = w[r + UMIN + 1] === w[r + UMAX + 1] && (size === 4 || ((w[r + UMIN] ^ w[r + UMAX]) & ~mask) === 0);
  if (sameAbove) {
    set(w, r + UMIN, w[r + UMIN] & mask, 0);
    set(w, r + UMAX, w[r + UMAX] & mask, 0);
  } else {
    set(w, r + UMIN, 0, 0);
    set(w, r + UMAX, mask, 0);
  }
  copy(w, r + SMIN, w, r + UMIN);
  copy(w, r + SMAX, w, r + UMAX);
  // The 32-bit ranges of a word stay true; of less than a word they are made anew.
  if (size < 4) {
    markUnbounded32(w, r);
    syncBounds(w, r);
  } else syncBounds(w, r);
}

/** Bounds of any signed number of `size` bytes. */
function setSignedDefault64(w: Words, r: number, size: number): void {
  const max = size === 4 ? INT_MAX : (1 << (size * 8 - 1)) - 1;
  set(w, r + SMIN, ~max, -1);
  set(w, r + SMAX, max, 0);
  w[r + S32_MIN] = ~max;
  w[r + S32_MAX] = max;
  set(w, r + UMIN, 0, 0);
  set(w, r + UMAX, -1, -1);
  w[r + U32_MIN] = 0;
  w[r + U32_MAX] = -1;
  for (let k = 0; k < 2; k++) {
    w[r + VALUE + k] = 0;
    w[r + MASK + k] = -1;
  }
}

/** A sign-extended load or move of 1, 2 or 4 bytes into 64 bits. */
export function coerceToSizeSigned(w: Words, r: number, size: number): void {
  const shift = 32 - size * 8;
  const extend = (low: number): number => (low << shift) >> shift;
  if (w[r + MASK] === 0 && w[r + MASK + 1] === 0) {
    const low = extend(w[r + VALUE]);
    for (const at of [VALUE, SMIN, SMAX, UMIN, UMAX]) set(w, r + at, low, low >> 31);
    for (let at = S32_MIN; at <= U32_MAX; at++) w[r + at] = low;
    return;
  }
  const max = w[r + SMAX];
  const min = w[r + SMIN];
  const mask = size === 4 ? 0 : ~((1 << (size * 8)) - 1);
  const sameAbove = w[r + SMAX + 1] === w[r + SMIN + 1] && ((max ^ min) & mask) === 0;
  if (sameAbove) {
    const first = extend(max);
    const last = extend(min);
    // Both ends on the same side of zero, and so all between them.
    if (first >= 0 === last >= 0) {
      const low = Math.min(first, last);
      const high = Math.max(first, last);
      set(w, r + SMIN, low, low >> 31);
      set(w, r + SMAX, high, high >> 31);
      w[r + S32_MIN] = low;
      w[r + S32_MAX] = high;
      set(w, r + UMIN, low, low >> 31);
      set(w, r + UMAX, high, high >> 31);
      w[r + U32_MIN] = low;
      w[r + U32_MAX] = high;
      tnumRange(w, r + VALUE, w, r + SMIN, w, r + SMAX);
      return;
    }
  }
  setSignedDefault64(w, r, size);
}

/** A sign-extended move of 1 or 2 bytes into 32 bits; the caller zero-extends. */
export function coerceToSizeSigned32(w: Words, r: number, size: number): void {
  const shift = 32 - size * 8;
  const extend = (low: number): number => (low << shift) >> shift;
  if (w[r + MASK] === 0) {
    const low = extend(w[r + VALUE]);
    w[r + VALUE] = low;
    for (let at = S32_MIN; at <= U32_MAX; at++) w[r + at] = low;
    return;
  }
  const max = w[r + S32_MAX];
  const min = w[r + S32_MIN];
  const mask = ~((1 << (size * 8)) - 1);
  if (((max ^ min) & mask) === 0) {
    const first = extend(max);
    const last = extend(min);
    if (first >= 0 === last >= 0) {
      const low = Math.min(first, last);
      const high = Math.max(first, last);
      w[r + S32_MIN] = low;
      w[r + S32_MAX] = high;
      w[r + U32_MIN] = low;
      w[r + U32_MAX] = high;
      set(T, LEAST, low, 0);
      set(T, GREATEST, high, 0);
      tnumRange(T, 0, T, LEAST, T, GREATEST);
      w[r + VALUE] = T[0];
      w[r + MASK] = T[2];
      return;
    }
  }
  const top = (1 << (size * 8 - 1)) - 1;
  w[r + S32_MIN] = ~top;
  w[r + S32_MAX] = top;
  w[r + U32_MIN] = 0;
  w[r + U32_MAX] = -1;
  w[r + VALUE] = 0;
  w[r + MASK] = -1;
}

/** All bits are known, and all ranges hold nothing but that number. */
export const isOnlyValue = (w: Words, r: number): boolean =>
  tnumIsConst(w, r + VALUE) && isOnlyValue64(w, r) && isOnlyValue32(w, r);

export const isOnlyValue64 = (w: Words, r: number): boolean =>
  equal(w, r + UMIN, w, r + VALUE) &&
  equal(w, r + UMAX, w, r + VALUE) &&
  equal(w, r + SMIN, w, r + VALUE) &&
  equal(w, r + SMAX, w, r + VALUE);

export function isOnlyValue32(w: Words, r: number): boolean {
  const low = w[r + VALUE];
  return w[r + U32_MIN] === low && w[r + U32_MAX] === low && w[r + S32_MIN] === low && w[r + S32_MAX] === low;
}
