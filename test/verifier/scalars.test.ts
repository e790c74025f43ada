/** Soundness of the arithmetic on abstract numbers: what holds for concrete ones is never denied. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALU, CLASS, JMP } from "../../src/isa/constants.ts";
import { coerceToSize, coerceToSizeSigned, syncBounds } from "../../src/verifier/bounds.ts";
import { assume, decide } from "../../src/verifier/compare.ts";
import { fromBigInt, toBigIntU } from "../../src/verifier/int64.ts";
import { Log } from "../../src/verifier/log.ts";
import { copyRegister, REGISTER_WORDS } from "../../src/verifier/registers.ts";
import { scalarAlu } from "../../src/verifier/scalar-alu.ts";
import { tnumHolds, tnumMultiply, tnumNext } from "../../src/verifier/tnum.ts";
import { type Abstract, abstract, abstractOf, contradiction } from "./abstract.ts";

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const s64 = (value: bigint): bigint => BigInt.asIntN(64, value);

/** What the machine computes. */
const CONCRETE: Readonly<Record<number, (a: bigint, b: bigint, bits: bigint) => bigint | undefined>> = {
  [ALU.ADD]: (a, b) => a + b,
  [ALU.SUB]: (a, b) => a - b,
  [ALU.MUL]: (a, b) => a * b,
  [ALU.AND]: (a, b) => a & b,
  [ALU.OR]: (a, b) => a | b,
  [ALU.XOR]: (a, b) => a ^ b,
  [ALU.NEG]: (a) => -a,
  [ALU.DIV]: (a, b) => (b === 0n ? 0n : a / b),
  [ALU.LSH]: (a, b, bits) => a << (b & (bits - 1n)),
  [ALU.RSH]: (a, b, bits) => a >> (b & (bits - 1n)),
  [ALU.ARSH]: (a, b, bits) => BigInt.asIntN(Number(bits), a) >> (b & (bits - 1n)),
};

function compute(op: number, narrow: boolean, a: bigint, b: bigint): bigint {
  const bits = narrow ? 32n : 64n;
  const cut = (value: bigint): bigint => BigInt.asUintN(Number(bits), value);
  return cut(CONCRETE[op](cut(a), cut(b), bits)!);
}

const anyOf = ({ members }: Abstract, pick: number): bigint => members[pick % members.length];

describe.each([
  ["64 bits", false],
  ["32 bits", true],
])("%s", (_, narrow) => {
  test.each(Object.entries(ALU).filter(([, op]) => op in CONCRETE))("%s", (_name, op) => {
    fc.assert(
      fc.property(abstract, abstract, fc.nat(), fc.nat(), (a, b, i, j) => {
        const x = anyOf(a, i);
        const y = op === ALU.NEG ? x : anyOf(b, j);
        const w = new Int32Array(2 * REGISTER_WORDS);
        copyRegister(w, 0, a.register, 0);
        copyRegister(w, REGISTER_WORDS, b.register, 0);
        const code = op | (narrow ? CLASS.ALU : CLASS.ALU64);
        scalarAlu({ code, dst: 0, src: 1, offset: 0, imm: 0 }, w, 0, w, REGISTER_WORDS);
        expect(contradiction(w, compute(op, narrow, x, y))).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  const holds: Readonly<Record<number, (a: bigint, b: bigint) => boolean>> = {
    [JMP.JEQ]: (a, b) => a === b,
    [JMP.JNE]: (a, b) => a !== b,
    [JMP.JGT]: (a, b) => a > b,
    [JMP.JGE]: (a, b) => a >= b,
    [JMP.JLT]: (a, b) => a < b,
    [JMP.JLE]: (a, b) => a <= b,
    [JMP.JSET]: (a, b) => (a & b) !== 0n,
  };
  const bits = narrow ? 32 : 64;
  const signedHolds = (compare: (a: bigint, b: bigint) => boolean) => (a: bigint, b: bigint) =>
    compare(BigInt.asIntN(bits, a), BigInt.asIntN(bits, b));
  const all: typeof holds = {
    ...holds,
    [JMP.JSGT]: signedHolds((a, b) => a > b),
    [JMP.JSGE]: signedHolds((a, b) => a >= b),
    [JMP.JSLT]: signedHolds((a, b) => a < b),
    [JMP.JSLE]: signedHolds((a, b) => a <= b),
  };

  test.each(Object.entries(JMP).filter(([, op]) => op in all))(
    "%s decides and teaches only what is true",
    (_name, op) => {
      fc.assert(
        fc.property(abstract, abstract, fc.nat(), fc.nat(), (a, b, i, j) => {
          const x = anyOf(a, i);
          const y = anyOf(b, j);
          const truth = all[op](BigInt.asUintN(bits, x), BigInt.asUintN(bits, y));
          const w = new Int32Array(2 * REGISTER_WORDS);
          copyRegister(w, 0, a.register, 0);
          copyRegister(w, REGISTER_WORDS, b.register, 0);
          const decided = decide(w, 0, w, REGISTER_WORDS, op, narrow);
          if (decided !== undefined) expect(decided).toBe(truth);
          assume(new Log(0), w, 0, w, REGISTER_WORDS, op, narrow, truth);
          expect(contradiction(w, x)).toBeUndefined();
          expect(contradiction(w, y, REGISTER_WORDS)).toBeUndefined();
        }),
        { numRuns: 500 },
      );
    },
  );
});

test("byte order", () => {
  const swap = (value: bigint, bytes: number): bigint => {
    let swapped = 0n;
    for (let k = 0; k < bytes; k++) swapped = (swapped << 8n) | ((value >> BigInt(8 * k)) & 0xffn);
    return swapped;
  };
  fc.assert(
    fc.property(abstract, fc.nat(), fc.constantFrom(16, 32, 64), (a, i, width) => {
      const x = anyOf(a, i);
      const be = a.register.slice();
      scalarAlu({ code: 0xdc, dst: 0, src: 0, offset: 0, imm: width }, be, 0, be, 0);
      expect(contradiction(be, swap(x, width / 8))).toBeUndefined();
      const le = a.register.slice();
      scalarAlu({ code: 0xd4, dst: 0, src: 0, offset: 0, imm: width }, le, 0, le, 0);
      expect(contradiction(le, BigInt.asUintN(width, x))).toBeUndefined();
    }),
  );
});

test("loads and moves of fewer bytes", () => {
  fc.assert(
    fc.property(abstract, fc.nat(), fc.constantFrom(1, 2, 4), (a, i, size) => {
      const x = anyOf(a, i);
      const zero = a.register.slice();
      coerceToSize(zero, 0, size);
      expect(contradiction(zero, BigInt.asUintN(8 * size, x))).toBeUndefined();
      const sign = a.register.slice();
      coerceToSizeSigned(sign, 0, size);
      expect(contradiction(sign, u64(BigInt.asIntN(8 * size, x)))).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
});

test("making ranges agree keeps every member, and a second time changes nothing for a constant", () => {
  fc.assert(
    fc.property(abstract, ({ register, members }) => {
      for (const value of members) expect(contradiction(register, value)).toBeUndefined();
      const constant = abstractOf([members[0]]);
      const again = constant.slice();
      syncBounds(again, 0);
      expect(again).toEqual(constant);
    }),
  );
});

/** Small tnums, so that their members can be counted. */
const tnum = fc
  .tuple(fc.nat({ max: 255 }), fc.nat({ max: 255 }), fc.constantFrom(0n, 28n, 56n))
  .map(([value, mask, shift]) => {
    const w = new Int32Array(4);
    fromBigInt(w, 0, BigInt(value & ~mask) << shift);
    fromBigInt(w, 2, BigInt(mask) << shift);
    const members: bigint[] = [];
    for (let k = 0; k < 256; k++) if ((k & ~mask) === (value & ~mask)) members.push(BigInt(k) << shift);
    return { w, members };
  });

test("tnum: the next member", () => {
  fc.assert(
    fc.property(tnum, fc.nat(), fc.bigInt({ min: -3n, max: 300n }), ({ w, members }, pick, step) => {
      const z = u64(members[pick % members.length] + step);
      fc.pre(z >= members[0]);
      const at = new Int32Array(4);
      fromBigInt(at, 0, z);
      tnumNext(at, 2, w, 0, at, 0);
      expect(toBigIntU(at, 2)).toBe(members.find((member) => member > z) ?? members.at(-1));
    }),
    { numRuns: 1000 },
  );
});

test("tnum: products are members of the product", () => {
  fc.assert(
    fc.property(tnum, tnum, fc.nat(), fc.nat(), (a, b, i, j) => {
      const out = new Int32Array(4);
      tnumMultiply(out, 0, a.w, 0, b.w, 0);
      const product = new Int32Array(2);
      fromBigInt(product, 0, s64(a.members[i % a.members.length] * b.members[j % b.members.length]));
      expect(tnumHolds(out, 0, product, 0)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
