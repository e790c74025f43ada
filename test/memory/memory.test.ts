import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recordChanges } from "../../src/memory/changes.ts";
import { DIRECT_MAP, FIRST_OFFSET, LinearMemory, OutOfMemoryError } from "../../src/memory/memory.ts";

describe("addresses", () => {
  const memory = new LinearMemory();

  test("an offset and its direct-map address", () => {
    expect(memory.address(0x1_2345)).toBe(0xffff_8880_0001_2345n);
    expect(memory.offsetOf(0xffff_8880_0001_2345n)).toBe(0x1_2345);
  });

  test.each([
    ["null", 0n],
    ["a small number", 64n],
    ["below the first offset that is given out", DIRECT_MAP + BigInt(FIRST_OFFSET) - 1n],
    ["past the end", DIRECT_MAP + BigInt(memory.size)],
    ["Linux's text", 0xffff_ffff_8100_0000n],
    ["the user's half", 0x7fff_0001_0000n],
  ])("%s is no offset", (_, address) => {
    expect(memory.offsetOf(address)).toBeUndefined();
  });
});

describe("allocation", () => {
  test("gives zeroed, aligned blocks that do not overlap", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.constantFrom(1, 8, 64, 4096))), (wishes) => {
        const memory = new LinearMemory();
        let end = FIRST_OFFSET;
        for (const [size, align] of wishes) {
          const at = memory.allocate(size, align);
          expect(at % align).toBe(0);
          expect(at).toBeGreaterThanOrEqual(end);
          expect(memory.u8.subarray(at, at + size).every((byte) => byte === 0)).toBe(true);
          memory.u8.fill(0xaa, at, at + size);
          end = at + size;
        }
      }),
      { numRuns: 50 },
    );
  });

  test("a freed block is used again, zeroed", () => {
    const memory = new LinearMemory();
    const at = memory.allocate(40);
    memory.u8.fill(1, at, at + 40);
    memory.free(at, 40);
    expect(memory.allocate(33)).toBe(at);
    expect(memory.u8[at]).toBe(0);
  });

  test("growing renews the views and keeps what lies there", () => {
    const memory = new LinearMemory();
    const at = memory.allocate(8);
    const before = memory.u8;
    before[at] = 42;
    const size = memory.size;
    memory.allocate(3 * size);
    expect(before.length).toBe(0);
    expect(memory.u8[at]).toBe(42);
    expect(memory.size).toBeGreaterThan(3 * size);
  });

  test("the limit is an error that says so, and changes nothing", () => {
    const memory = new LinearMemory({ limit: 2 ** 20 });
    expect(() => memory.allocate(2 ** 20)).toThrow(OutOfMemoryError);
    expect(() => memory.allocate(2 ** 20)).toThrow(
      /cannot allocate 1048576 bytes: the machine's memory limit is 1048576/,
    );
    expect(memory.allocate(8)).toBe(FIRST_OFFSET);
  });
});

describe("recordChanges", () => {
  test("undoes any writes", () => {
    const write = fc.record({ at: fc.nat(199), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(write), fc.array(write), (first, second) => {
        const memory = new LinearMemory();
        const block = memory.allocate(200);
        for (const { at, value } of first) memory.u8[block + at] = value;
        const contents = () => [...memory.u8.subarray(block, block + 200)];
        const before = contents();
        const undo = recordChanges(memory, () => {
          for (const { at, value } of second) memory.u8[block + at] = value;
        });
        undo();
        expect(contents()).toEqual(before);
      }),
      { numRuns: 50 },
    );
  });

  test("undoes allocations and frees", () => {
    const memory = new LinearMemory();
    const kept = memory.allocate(16);
    memory.u8.fill(7, kept, kept + 16);
    let made = 0;
    const undo = recordChanges(memory, () => {
      memory.free(kept, 16);
      memory.allocate(16);
      made = memory.allocate(64);
      memory.u8.fill(9, made, made + 64);
    });
    undo();
    expect(memory.u8[kept]).toBe(7);
    expect(memory.u8[made]).toBe(0);
    expect(memory.allocate(64)).toBe(made);
    expect(memory.allocate(16)).not.toBe(kept);
  });

  test("memory that grew meanwhile is fine", () => {
    const memory = new LinearMemory();
    const at = memory.allocate(8);
    const undo = recordChanges(memory, () => {
      memory.allocate(2 * memory.size);
      memory.u8[at] = 1;
    });
    undo();
    expect(memory.u8[at]).toBe(0);
  });
});
