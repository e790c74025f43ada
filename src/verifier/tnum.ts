/**
 * Tristate numbers: what is known of each bit of a 64-bit value. A tnum is two 64-bit words, `value` and `mask`; a bit of the
 * mask says "unknown", and then the bit of the value is 0. Named like 64-bit numbers: an array and the index of `value`;
 * `mask` follows it (`index + 2`).
 */
import { add, bitLength, lessU, shiftLeft, shiftRight, shiftRightSigned, sub, type Words } from "./int64.ts";

/** Words of a tnum. */
export const TNUM_WORDS = 4;

const S = new Int32Array(16);

/** Value and mask of `value/mask` with the unknown bits cleared in the value. */
function put(out: Words, o: number, vl: number, vh: number, ml: number, mh: number): void {
  out[o] = vl & ~ml;
  out[o + 1] = vh & ~mh;
  out[o + 2] = ml;
  out[o + 3] = mh;
}

export function tnumConst(out: Words, o: number, low: number, high: number): void {
  out[o] = low;
  out[o + 1] = high;
  out[o + 2] = 0;
  out[o + 3] = 0;
}

export function tnumUnknown(out: Words, o: number): void {
  out[o] = 0;
  out[o + 1] = 0;
  out[o + 2] = -1;
  out[o + 3] = -1;
}

export function tnumCopy(out: Words, o: number, a: Words, i: number): void {
  out[o] = a[i];
  out[o + 1] = a[i + 1];
  out[o + 2] = a[i + 2];
  out[o + 3] = a[i + 3];
}

export const tnumIsConst = (a: Words, i: number): boolean => (a[i + 2] | a[i + 3]) === 0;
export const tnumIsConst32 = (a: Words, i: number): boolean => a[i + 2] === 0;
export const tnumIsUnknown = (a: Words, i: number): boolean => (a[i + 2] & a[i + 3]) === -1;

/** Sums with carries as unknown as the bits that make them. */
export function tnumAdd(out: Words, o: number, a: Words, i: number, b: Words, j: number): void {
  add(S, 0, a, i + 2, b, j + 2); // all unknown bits set ...
  add(S, 2, a, i, b, j); // ... and all clear
  add(S, 4, S, 0, S, 2);
  const ml = (S[4] ^ S[2]) | a[i + 2] | b[j + 2];
  const mh = (S[5] ^ S[3]) | a[i + 3] | b[j + 3];
  put(out, o, S[2], S[3], ml, mh);
}

export function tnumSub(out: Words, o: number, a: Words, i: number, b: Words, j: number): void {
  sub(S, 0, a, i, b, j);
  add(S, 2, S, 0, a, i + 2);
  sub(S, 4, S, 0, b, j + 2);
  const ml = (S[2] ^ S[4]) | a[i + 2] | b[j + 2];
  const mh = (S[3] ^ S[5]) | a[i + 3] | b[j + 3];
  put(out, o, S[0], S[1], ml, mh);
}

export function tnumNegate(out: Words, o: number, a: Words, i: number): void {
  tnumConst(S, 8, 0, 0);
  tnumSub(out, o, S, 8, a, i);
}

export function tnumAnd(out: Words, o: number, a: Words, i: number, b: Words, j: number): void {
  const vl = a[i] & b[j];
  const vh = a[i + 1] & b[j + 1];
  const ml = (a[i] | a[i + 2]) & (b[j] | b[j + 2]) & ~vl;
  const mh = (a[i + 1] | a[i + 3]) & (b[j + 1] | b[j + 3]) & ~vh;
  put(out, o, vl, vh, ml, mh);
}

export function tnumOr(out: Words, o: number, a: Words, i: number, b: Words, j: number): void {
  const vl = a[i] | b[j];
  const vh = a[i + 1] | b[j + 1];
  put(out, o, vl, vh, (a[i + 2] | b[j + 2]) & ~vl, (a[i + 3] | b[j + 3]) & ~vh);
}

export function tnumXor(out: Words, o: number, a: Words, i: number, b: Words, j: number): void {
  put(out, o, a[i] ^ b[j], a[i + 1] ^ b[j + 1], a[i + 2] | b[j + 2], a[i + 3] | b[j + 3]);
}

/** What both say; meaningless if they contradict each other. */
export function tnumIntersect(out: Words, o: number, a: Words, i: number, b: Words, j: number): void {
  put(out, o, a[i] | b[j], a[i + 1] | b[j + 1], a[i + 2] & b[j + 2], a[i + 3] & b[j + 3]);
}

/** What either allows. */
export function tnumUnion(out: Words, o: number, a: Words, i: number, b: Words, j: number): void {
  const ml = (a[i] ^ b[j]) | a[i + 2] | b[j + 2];
  const mh = (a[i + 1] ^ b[j + 1]) | a[i + 3] | b[j + 3];
  put(out, o, a[i] & b[j], a[i + 1] & b[j + 1], ml, mh);
}

/** Every value of `a` may be one of `b`: no known bit differs. */
export const tnumOverlap = (a: Words, i: number, b: Words, j: number): boolean =>
  (((a[i] ^ b[j]) & ~a[i + 2] & ~b[j + 2]) | ((a[i + 1] ^ b[j + 1]) & ~a[i + 3] & ~b[j + 3])) === 0;

/** The least tnum that holds the range `min..max` (unsigned). */
export function tnumRange(out: Words, o: number, min: Words, i: number, max: Words, j: number): void {
  S[0] = min[i] ^ max[j];
  S[1] = min[i + 1] ^ max[j + 1];
  const bits = bitLength(S, 0);
  if (bits > 63) {
    tnumUnknown(out, o);
    return;
  }
  const low = bits >= 32 ? -1 : (1 << bits) - 1;
  const high = bits > 32 ? (1 << (bits - 32)) - 1 : 0;
  put(out, o, min[i], min[i + 1], low, high);
}

/** Every value of `b` is a value of `a`. */
export const tnumIn = (a: Words, i: number, b: Words, j: number): boolean =>
  ((b[j + 2] & ~a[i + 2]) | (b[j + 3] & ~a[i + 3])) === 0 &&
  a[i] === (b[j] & ~a[i + 2]) &&
  a[i + 1] === (b[j + 1] & ~a[i + 3]);

export function tnumShiftLeft(out: Words, o: number, a: Words, i: number, n: number): void {
  shiftLeft(out, o, a, i, n);
  shiftLeft(out, o + 2, a, i + 2, n);
}

export function tnumShiftRight(out: Words, o: number, a: Words, i: number, n: number): void {
  shiftRight(out, o, a, i, n);
  shiftRight(out, o + 2, a, i + 2, n);
}

/** Arithmetic shift; an unknown sign bit is copied as unknown. */
export function tnumShiftRightSigned(out: Words, o: number, a: Words, i: number, n: number): void {
  shiftRightSigned(out, o, a, i, n);
  shiftRightSigned(out, o + 2, a, i + 2, n);
}

/** Arithmetic shift of the low 32 bits; the upper half becomes 0. */
export function tnumShiftRightSigned32(out: Words, o: number, a: Words, i: number, n: number): void {
  put(out, o, a[i] >> n, 0, a[i + 2] >> n, 0);
}

/** Only the low 32 bits, zero-extended. */
export function tnumLow32(out: Words, o: number, a: Words, i: number): void {
  put(out, o, a[i], 0, a[i + 2], 0);
}

const P = new Int32Array(12);

/**
 * Long multiplication: for each bit of `a` from the lowest, `b` shifted is added if the bit is 1; if it is unknown, the sum
 * is what either way allows.
 */
export function tnumMultiply(out: Words, o: number, a: Words, i: number, b: Words, j: number): void {
  tnumConst(P, 0, 0, 0);
  tnumCopy(P, 4, a, i);
  tnumCopy(P, 8, b, j);
  const sum = new Int32Array(TNUM_WORDS);
  while ((P[4] | P[5] | P[6] | P[7]) !== 0) {
    if (P[4] & 1) tnumAdd(P, 0, P, 0, P, 8);
    else if (P[6] & 1) {
      tnumAdd(sum, 0, P, 0, P, 8);
      tnumUnion(P, 0, P, 0, sum, 0);
    }
    tnumShiftRight(P, 4, P, 4, 1);
    tnumShiftLeft(P, 8, P, 8, 1);
  }
  tnumCopy(out, o, P, 0);
}

/** Whether `value` is one of the numbers that the tnum stands for. */
export function tnumHolds(a: Words, i: number, value: Words, v: number): boolean {
  return a[i] === (value[v] & ~a[i + 2]) && a[i + 1] === (value[v + 1] & ~a[i + 3]);
}

const N = new Int32Array(4);
N[0] = 1;

/** The least member of `a` above `z`, for a `z` from its least member on; its greatest member if there is none. */
export function tnumNext(out: Words, o: number, a: Words, i: number, z: Words, j: number): void {
  const maskLow = a[i + 2];
  const maskHigh = a[i + 3];
  const maxLow = a[i] | maskLow;
  const maxHigh = a[i + 1] | maskHigh;
  N[2] = maxLow;
  N[3] = maxHigh;
  if (!lessU(z, j, N, 2)) {
    out[o] = maxLow;
    out[o + 1] = maxHigh;
    return;
  }
  // The highest known bit in which `z` is no member decides: unknown bits above it count, those below start again at 0.
  N[2] = (z[j] ^ a[i]) & ~maskLow;
  N[3] = (z[j + 1] ^ a[i + 1]) & ~maskHigh;
  const bits = bitLength(N, 2);
  const keepLow = bits === 0 ? -1 : bits >= 32 ? 0 : -1 << bits;
  const keepHigh = bits <= 32 ? -1 : bits >= 64 ? 0 : -1 << (bits - 32);
  const top = bits > 32 ? z[j + 1] & (1 << (bits - 33)) : bits > 0 ? z[j] & (1 << (bits - 1)) : 1;
  N[2] = z[j] & maskLow & keepLow;
  N[3] = z[j + 1] & maskHigh & keepHigh;
  if (top !== 0) {
    // `z` is above the members with its upper bits: count the unknown bits up by one, carrying over the known ones.
    N[2] |= ~maskLow | ~keepLow;
    N[3] |= ~maskHigh | ~keepHigh;
    add(N, 2, N, 2, N, 0);
    N[2] &= maskLow & keepLow;
    N[3] &= maskHigh & keepHigh;
  }
  out[o] = N[2] | a[i];
  out[o + 1] = N[3] | a[i + 1];
}
