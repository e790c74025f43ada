/**
 * What the four ranges (signed and unsigned, 64 and 32 bits) and the known bits of a register say about each other, as
 * Linux 6.18 derives it. The order of the steps matters: each uses what the ones before have learned, and Linux's log shows
 * the result.
 */
import {
  copy,
  equal,
  fitsInt32,
  lessS,
  lessU,
  lessU32,
  lowerS,
  lowerU,
  raiseS,
  raiseU,
  set,
  type Words,
} from "./int64.ts";
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
import {
  TNUM_WORDS,
  tnumHolds,
  tnumIntersect,
  tnumIsConst,
  tnumIsUnknown,
  tnumLow32,
  tnumNext,
  tnumRange,
} from "./tnum.ts";

const INT_MIN = 0x8000_0000 | 0;
const INT_MAX = 0x7fff_ffff;

/** Scratch: a tnum, a tnum, two 64-bit numbers. */
const T = new Int32Array(2 * TNUM_WORDS + 4);
const SECOND = TNUM_WORDS;
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

/** All ranges from the known bits. */
export function boundsFromBits(w: Words, r: number): void {
  boundsFromBits32(w, r);
  const low = w[r + VALUE];
  const high = w[r + VALUE + 1];
  const maskHigh = w[r + MASK + 1];
  const lowMax = low | w[r + MASK];
  set(T, LEAST, low, high | (maskHigh & INT_MIN));
  set(T, GREATEST, lowMax, high | (maskHigh & INT_MAX));
  raiseS(w, r + SMIN, T, LEAST);
  lowerS(w, r + SMAX, T, GREATEST);
  set(T, LEAST, low, high);
  set(T, GREATEST, lowMax, high | maskHigh);
  raiseU(w, r + UMIN, T, LEAST);
  lowerU(w, r + UMAX, T, GREATEST);
  settleSingle(w, r);
}

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

function deduce32(w: Words, r: number): void {
  const uminLow = w[r + UMIN];
  const umaxLow = w[r + UMAX];
  const sminLow = w[r + SMIN];
  const smaxLow = w[r + SMAX];
  // The upper halves agree, so the lower halves are a range of their own.
  if (w[r + UMIN + 1] === w[r + UMAX + 1]) {
    narrowU32(w, r, uminLow, umaxLow);
    if (uminLow <= umaxLow) narrowS32(w, r, uminLow, umaxLow);
  }
  if (w[r + SMIN + 1] === w[r + SMAX + 1]) {
    if (!lessU32(smaxLow, sminLow)) narrowU32(w, r, sminLow, smaxLow);
    if (sminLow <= smaxLow) narrowS32(w, r, sminLow, smaxLow);
  }
  // The upper halves are neighbours, and the lower ones go from negative to positive across the seam.
  if (((w[r + UMIN + 1] + 1) | 0) === w[r + UMAX + 1] && uminLow < 0 && umaxLow >= 0) narrowS32(w, r, uminLow, umaxLow);
  if (((w[r + SMIN + 1] + 1) | 0) === w[r + SMAX + 1] && sminLow < 0 && smaxLow >= 0) narrowS32(w, r, sminLow, smaxLow);
  // Where one kind of range does not cross its sign boundary, it is a range of the other kind.
  if (w[r + U32_MIN] <= w[r + U32_MAX]) narrowS32(w, r, w[r + U32_MIN], w[r + U32_MAX]);
  if (!lessU32(w[r + S32_MAX], w[r + S32_MIN])) narrowU32(w, r, w[r + S32_MIN], w[r + S32_MAX]);
  else if (lessU32(w[r + U32_MAX], w[r + S32_MIN])) {
    // The signed range lies at both ends of the unsigned domain; the unsigned range reaches only the lower end ...
    w[r + S32_MIN] = w[r + U32_MIN];
    if (lessU32(w[r + S32_MAX], w[r + U32_MAX])) w[r + U32_MAX] = w[r + S32_MAX];
  } else if (lessU32(w[r + S32_MAX], w[r + U32_MIN])) {
    // ... or only the upper one.
    w[r + S32_MAX] = w[r + U32_MAX];
    if (lessU32(w[r + U32_MIN], w[r + S32_MIN])) w[r + U32_MIN] = w[r + S32_MIN];
  }
}

function deduce64(w: Words, r: number): void {
  if (!lessS(w, r + UMAX, w, r + UMIN)) {
    raiseS(w, r + SMIN, w, r + UMIN);
    lowerS(w, r + SMAX, w, r + UMAX);
  }
  if (!lessU(w, r + SMAX, w, r + SMIN)) {
    raiseU(w, r + UMIN, w, r + SMIN);
    lowerU(w, r + UMAX, w, r + SMAX);
  } else if (lessU(w, r + UMAX, w, r + SMIN)) {
    // The signed range lies at both ends of the unsigned domain; the unsigned range reaches only the lower end ...
    copy(w, r + SMIN, w, r + UMIN);
    lowerU(w, r + UMAX, w, r + SMAX);
  } else if (lessU(w, r + SMAX, w, r + UMIN)) {
    // ... or only the upper one.
    copy(w, r + SMAX, w, r + UMAX);
    raiseU(w, r + UMIN, w, r + SMIN);
  }
}

/**
 * 64-bit ranges from the 32-bit ones: the upper half stays, the lower half is bounded by the unsigned 32-bit range. True if
 * ranges were made anew instead of narrowed.
 */
function deduceMixed(w: Words, r: number): boolean {
  const low = w[r + U32_MIN];
  const high = w[r + U32_MAX];
  set(T, LEAST, low, w[r + UMIN + 1]);
  set(T, GREATEST, high, w[r + UMAX + 1]);
  raiseU(w, r + UMIN, T, LEAST);
  lowerU(w, r + UMAX, T, GREATEST);
  set(T, LEAST, low, w[r + SMIN + 1]);
  set(T, GREATEST, high, w[r + SMAX + 1]);
  raiseS(w, r + SMIN, T, LEAST);
  lowerS(w, r + SMAX, T, GREATEST);

  // After a sign-extending load: a non-negative lower half within int32 leaves no value with upper bits set.
  if (w[r + S32_MIN] >= 0 && fitsOrAbove(w, r + SMIN) && fitsOrBelow(w, r + SMAX)) {
    const min = w[r + S32_MIN];
    const max = w[r + S32_MAX];
    set(w, r + SMIN, min, 0);
    set(w, r + UMIN, min, 0);
    set(w, r + SMAX, max, max >> 31);
    set(w, r + UMAX, max, max >> 31);
    tnumRange(T, 0, w, r + SMIN, w, r + SMAX);
    tnumIntersect(w, r + VALUE, w, r + VALUE, T, 0);
    return true;
  }
  return false;
}

/** Not below the least int32. */
const fitsOrAbove = (w: Words, i: number): boolean => fitsInt32(w, i) || w[i + 1] >= 0;
/** Not above the greatest int32. */
const fitsOrBelow = (w: Words, i: number): boolean => fitsInt32(w, i) || w[i + 1] < 0;

/** Known bits from the ranges. */
function bitsFromBounds(w: Words, r: number): void {
  tnumRange(T, 0, w, r + UMIN, w, r + UMAX);
  tnumIntersect(T, 0, w, r + VALUE, T, 0);
  set(T, LEAST, w[r + U32_MIN], 0);
  set(T, GREATEST, w[r + U32_MAX], 0);
  tnumRange(T, SECOND, T, LEAST, T, GREATEST);
  const upperValue = T[1];
  const upperMask = T[3];
  tnumLow32(T, 0, T, 0);
  tnumIntersect(w, r + VALUE, T, 0, T, SECOND);
  w[r + VALUE + 1] = upperValue;
  w[r + MASK + 1] = upperMask;
}

/** Rounds of deduction: what one learns may help another. */
const ROUNDS = 3;
const BEFORE = new Int32Array(U32_MAX + 1 - VALUE);

/** Makes ranges and known bits tell each other what they know. */
export function syncBounds(w: Words, r: number): void {
  // A constant that all ranges know leaves nothing to learn.
  if (isOnlyValue(w, r) || isUnbounded(w, r)) return;
  boundsFromBits(w, r);
  const low = w[r + VALUE];
  const high = w[r + VALUE + 1];
  const maskLow = w[r + MASK];
  const maskHigh = w[r + MASK + 1];
  let remade = false;
  for (let round = 0; round < ROUNDS; round++) {
    for (let k = 0; k < BEFORE.length; k++) BEFORE[k] = w[r + VALUE + k];
    deduce32(w, r);
    deduce64(w, r);
    if (deduceMixed(w, r)) remade = true;
    let changed = false;
    for (let k = 0; k < BEFORE.length && !changed; k++) changed = BEFORE[k] !== w[r + VALUE + k];
    if (!changed) break;
  }
  bitsFromBounds(w, r);
  const sameBits =
    w[r + VALUE] === low && w[r + VALUE + 1] === high && w[r + MASK] === maskLow && w[r + MASK + 1] === maskHigh;
  // Without more bits there is nothing new for the ranges, unless they have become so narrow that one number is left.
  if (sameBits && !remade) settleSingle(w, r);
  else boundsFromBits(w, r);
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
