/** Abstract numbers for properties: a register that stands for a known set, and numbers of that set. */
import fc from "fast-check";
import { syncBounds } from "../../src/verifier/bounds.ts";
import { fromBigInt, toBigInt, toBigIntU } from "../../src/verifier/int64.ts";
import {
  MASK,
  markUnknown,
  REGISTER_WORDS,
  S32_MAX,
  S32_MIN,
  SMAX,
  SMIN,
  U32_MAX,
  U32_MIN,
  UMAX,
  UMIN,
  VALUE,
} from "../../src/verifier/registers.ts";

const M64 = (1n << 64n) - 1n;
const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

/** A register that knows something true of each of `members`. */
export interface Abstract {
  readonly register: Int32Array;
  readonly members: readonly bigint[];
}

const number = fc.oneof(
  fc.bigInt({ min: 0n, max: M64 }),
  fc.bigInt({ min: -70n, max: 70n }).map((value) => BigInt.asUintN(64, value)),
  fc.bigInt({ min: 0n, max: 0xffff_ffffn }),
);

const sorted = (values: readonly bigint[]): bigint[] => [...values].sort((a, b) => Number(a > b) - Number(a < b));
const least = (values: readonly bigint[]): bigint => sorted(values)[0];
const greatest = (values: readonly bigint[]): bigint => sorted(values)[values.length - 1];

/** The tightest register that holds all members, with some of its knowledge left out. */
export function abstractOf(members: readonly bigint[], leftOut = 0): Int32Array {
  const w = new Int32Array(REGISTER_WORDS);
  markUnknown(w, 0);
  const differing = members.reduce((bits, value) => bits | (value ^ members[0]), 0n);
  if (!(leftOut & 1)) {
    fromBigInt(w, VALUE, members[0] & ~differing);
    fromBigInt(w, MASK, differing);
  }
  if (!(leftOut & 2)) {
    fromBigInt(w, UMIN, least(members));
    fromBigInt(w, UMAX, greatest(members));
  }
  if (!(leftOut & 4)) {
    fromBigInt(w, SMIN, least(members.map(signed)));
    fromBigInt(w, SMAX, greatest(members.map(signed)));
  }
  if (!(leftOut & 8)) {
    const low = members.map((value) => value & 0xffff_ffffn);
    const lowSigned = low.map((value) => BigInt.asIntN(32, value));
    w[U32_MIN] = Number(BigInt.asIntN(32, least(low)));
    w[U32_MAX] = Number(BigInt.asIntN(32, greatest(low)));
    w[S32_MIN] = Number(least(lowSigned));
    w[S32_MAX] = Number(greatest(lowSigned));
  }
  syncBounds(w, 0);
  return w;
}

export const abstract: fc.Arbitrary<Abstract> = fc
  .tuple(fc.array(number, { minLength: 1, maxLength: 6 }), fc.nat({ max: 15 }))
  .map(([members, leftOut]) => ({ register: abstractOf(members, leftOut), members }));

/** Which statement of the register is false of a number; undefined: it may be one. */
export function contradiction(w: Int32Array, value: bigint, r = 0): string | undefined {
  const low = Number(BigInt.asIntN(32, value));
  if ((value & ~toBigIntU(w, r + MASK) & M64) !== toBigIntU(w, r + VALUE)) return "bits";
  if (value < toBigIntU(w, r + UMIN) || value > toBigIntU(w, r + UMAX)) return "unsigned";
  if (signed(value) < toBigInt(w, r + SMIN) || signed(value) > toBigInt(w, r + SMAX)) return "signed";
  if (low >>> 0 < w[r + U32_MIN] >>> 0 || low >>> 0 > w[r + U32_MAX] >>> 0) return "unsigned 32";
  if (low < w[r + S32_MIN] || low > w[r + S32_MAX]) return "signed 32";
  return undefined;
}
