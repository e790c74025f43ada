import fc from "fast-check";
import { expect, test } from "vitest";
import { hashBytes, hashWord, hashWords2, hashWords4 } from "../../src/maps/jhash.ts";
import { LinearMemory } from "../../src/memory/memory.ts";

const memory = new LinearMemory();
const at = memory.allocate(64);

function hash(bytes: Uint8Array, skew = 0): number {
  memory.u8.set(bytes, at + skew);
  return hashBytes(memory, at + skew, bytes.length);
}

test("the author's own check value: the words of lookup3 for a text of 30 bytes", () => {
  // "Four score and seven years ago" hashes to 17770551 with the seed 0 (Bob Jenkins's driver5). Linux adds its start
  // the same way: 0xdeadbeef + length + seed.
  expect(hash(new TextEncoder().encode("Four score and seven years ago")) >>> 0).toBe(0x17770551);
});

test("short forms equal the general one", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (first, second) => {
      const bytes = new Uint8Array(new Int32Array([first, second]).buffer);
      expect(hashWord(first)).toBe(hash(bytes.slice(0, 4)));
      expect(hashWords2(first, second)).toBe(hash(bytes));
      const four = [first, second, first ^ 5, second ^ 9] as const;
      expect(hashWords4(...four)).toBe(hash(new Uint8Array(new Int32Array(four).buffer)));
    }),
  );
});

test("alignment does not matter", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 0, max: 7 }), (bytes, skew) => {
      expect(hash(bytes, skew)).toBe(hash(bytes));
    }),
  );
});

test("only the bytes given count", () => {
  const bytes = new Uint8Array(13).fill(9);
  const before = hash(bytes);
  memory.u8.fill(0xff, at + 13, at + 32);
  expect(hashBytes(memory, at, 13)).toBe(before);
});
