import fc from "fast-check";
import { expect, test } from "vitest";
import * as int64 from "../../src/verifier/int64.ts";

/** Numbers near the edges, where carries and signs go wrong, and any others. */
const edges = [
  0n,
  1n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0000n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
];
const u64 = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  fc
    .constantFrom(...edges)
    .chain((edge) => fc.bigInt({ min: -3n, max: 3n }).map((step) => BigInt.asUintN(64, edge + step))),
);
const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

/** Runs an operation on two numbers in one array; the result overwrites the first operand. */
function operate<T>(run: (w: Int32Array) => T, ...values: bigint[]): { result: bigint; returned: T } {
  const w = new Int32Array(2 * values.length);
  for (const [k, value] of values.entries()) int64.fromBigInt(w, 2 * k, value);
  const returned = run(w);
  return { result: int64.toBigIntU(w, 0), returned };
}

const flags = (exactUnsigned: bigint, exactSigned: bigint): number =>
  (unsigned(exactUnsigned) !== exactUnsigned ? int64.UNSIGNED_OVERFLOW : 0) |
  (signed(exactSigned) !== exactSigned ? int64.SIGNED_OVERFLOW : 0);

test("stored numbers come back", () => {
  fc.assert(
    fc.property(u64, (a) => {
      const w = new Int32Array(2);
      int64.fromBigInt(w, 0, a);
      expect(int64.toBigIntU(w, 0)).toBe(a);
      expect(int64.toBigInt(w, 0)).toBe(signed(a));
      expect(int64.bitLength(w, 0)).toBe(a === 0n ? 0 : a.toString(2).length);
      expect(int64.fitsInt32(w, 0)).toBe(signed(a) === BigInt.asIntN(32, a));
      if (a < 1n << 53n) expect(int64.toNumberU(w, 0)).toBe(Number(a));
    }),
  );
});

test("add, subtract, multiply, negate: result and overflow", () => {
  fc.assert(
    fc.property(u64, u64, (a, b) => {
      const added = operate((w) => int64.add(w, 0, w, 0, w, 2), a, b);
      expect(added).toEqual({ result: unsigned(a + b), returned: flags(a + b, signed(a) + signed(b)) });
      const subtracted = operate((w) => int64.sub(w, 0, w, 0, w, 2), a, b);
      expect(subtracted).toEqual({ result: unsigned(a - b), returned: flags(a - b, signed(a) - signed(b)) });
      const multiplied = operate((w) => int64.mul(w, 0, w, 0, w, 2), a, b);
      expect(multiplied).toEqual({ result: unsigned(a * b), returned: flags(a * b, signed(a) * signed(b)) });
      expect(operate((w) => int64.negate(w, 0, w, 0), a).result).toBe(unsigned(-a));
    }),
    { numRuns: 2000 },
  );
});

test("comparisons, least and greatest", () => {
  fc.assert(
    fc.property(u64, u64, (a, b) => {
      const compared = operate(
        (w) => [int64.lessU(w, 0, w, 2), int64.lessS(w, 0, w, 2), int64.equal(w, 0, w, 2), int64.isZero(w, 0)],
        a,
        b,
      );
      expect(compared.returned).toEqual([a < b, signed(a) < signed(b), a === b, a === 0n]);
      const [low, high] = a < b ? [a, b] : [b, a];
      expect(operate((w) => int64.raiseU(w, 0, w, 2), a, b).result).toBe(high);
      expect(operate((w) => int64.lowerU(w, 0, w, 2), a, b).result).toBe(low);
      const [lowS, highS] = signed(a) < signed(b) ? [a, b] : [b, a];
      expect(operate((w) => int64.raiseS(w, 0, w, 2), a, b).result).toBe(highS);
      expect(operate((w) => int64.lowerS(w, 0, w, 2), a, b).result).toBe(lowS);
    }),
  );
});

test("shifts", () => {
  fc.assert(
    fc.property(u64, fc.nat({ max: 63 }), (a, n) => {
      const by = BigInt(n);
      expect(operate((w) => int64.shiftLeft(w, 0, w, 0, n), a).result).toBe(unsigned(a << by));
      expect(operate((w) => int64.shiftRight(w, 0, w, 0, n), a).result).toBe(a >> by);
      expect(operate((w) => int64.shiftRightSigned(w, 0, w, 0, n), a).result).toBe(unsigned(signed(a) >> by));
    }),
  );
});

test("a small constant added in place", () => {
  fc.assert(
    fc.property(u64, fc.integer(), (a, b) => {
      expect(operate((w) => int64.addInt(w, 0, b), a).result).toBe(unsigned(a + BigInt(b)));
    }),
  );
});
