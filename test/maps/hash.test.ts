import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMap } from "../../src/maps/create.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import { LinearMemory } from "../../src/memory/memory.ts";
import { BareMap, type Outcome } from "./bare-map.ts";
import { hashKeys, type Operation, operations } from "./operations.ts";

const spec = (keySize: number, valueSize: number, maxEntries: number): MapSpec => ({
  type: "hash",
  name: "h",
  keySize,
  valueSize,
  maxEntries,
  flags: 0,
});

const u32 = (...values: number[]): Uint8Array => new Uint8Array(new Uint32Array(values).buffer);

/** What Linux promises, on a plain `Map`; order is not promised. */
class Model {
  readonly elements = new Map<string, Uint8Array>();
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  apply(operation: Exclude<Operation, { op: "first" }>): Outcome {
    const key = operation.key.join();
    const old = this.elements.get(key);
    switch (operation.op) {
      case "lookup":
        return old ? { ok: true, value: old } : { ok: false, errno: "ENOENT" };
      case "delete":
        return this.elements.delete(key) ? { ok: true } : { ok: false, errno: "ENOENT" };
      case "update":
        if (operation.flags > 2) return { ok: false, errno: "EINVAL" };
        if (old && operation.flags === 1) return { ok: false, errno: "EEXIST" };
        if (!old && operation.flags === 2) return { ok: false, errno: "ENOENT" };
        if (!old && this.elements.size === this.#maxEntries) return { ok: false, errno: "E2BIG" };
        this.elements.set(key, operation.value);
        return { ok: true };
      case "next":
        return { ok: this.elements.size > 0 };
    }
  }
}

function apply(map: BareMap, operation: Exclude<Operation, { op: "first" }>): Outcome {
  switch (operation.op) {
    case "lookup":
      return map.lookup(operation.key);
    case "delete":
      return map.delete(operation.key);
    case "update":
      return map.update(operation.key, operation.value, operation.flags);
    case "next":
      return map.nextKey(operation.key);
  }
}

describe("hash map", () => {
  test.each([
    [4, 8, 5, 0],
    [4, 3, 1, 3],
    [8, 8, 4, 0],
    [8, 8, 4, 1],
    [7, 5, 8, 0],
    [20, 16, 3, 2],
  ])(
    "keys of %i, values of %i, %i entries, off alignment by %i: as the model",
    (keySize, valueSize, maxEntries, skew) => {
      fc.assert(
        fc.property(operations(hashKeys(keySize, 9), valueSize), (sequence) => {
          const map = new BareMap(spec(keySize, valueSize, maxEntries), skew);
          const model = new Model(maxEntries);
          for (const operation of sequence) {
            if (operation.op === "first") continue;
            const wanted = model.apply(operation);
            const got = apply(map, operation);
            // Which key comes next is the map's own affair, unless the key is the last.
            if (operation.op !== "next") expect(got).toEqual(wanted);
            else if (!wanted.ok) expect(got).toEqual({ ok: false, errno: "ENOENT" });
            expect(map.runtime.size).toBe(model.elements.size);
          }
          const dump = map.dump().map(([key, value]) => [key.join(), value] as const);
          expect(new Map(dump)).toEqual(model.elements);
          expect(dump.length).toBe(model.elements.size);
        }),
        { numRuns: 60 },
      );
    },
  );

  test("a value's address stays valid until the element is deleted, and writes through it are seen", () => {
    const map = new BareMap(spec(4, 8, 4));
    map.update(u32(1), u32(10, 0));
    const key = map.memory.allocate(4);
    map.memory.i32[key >> 2] = 1;
    const at = map.runtime.lookup(key);
    map.update(u32(2), u32(20, 0));
    map.memory.u32[at >> 2] = 11;
    expect(map.lookup(u32(1)).value).toEqual(u32(11, 0));
    expect(map.runtime.lookup(key)).toBe(at);
  });

  test("replacing a value makes a new element: who holds the old address goes on seeing the old value", () => {
    const map = new BareMap(spec(4, 8, 1));
    map.update(u32(1), u32(10, 0));
    const key = map.memory.allocate(4);
    map.memory.i32[key >> 2] = 1;
    const old = map.runtime.lookup(key);
    expect(map.update(u32(1), u32(20, 0))).toEqual({ ok: true });
    expect(map.runtime.lookup(key)).not.toBe(old);
    expect(map.memory.u32[old >> 2]).toBe(10);
  });

  test("values start at multiples of 8, so programs may add to them atomically", () => {
    for (const keySize of [1, 4, 5, 12]) {
      const map = new BareMap(spec(keySize, 3, 4));
      const key = map.memory.allocate(keySize);
      map.update(new Uint8Array(keySize), new Uint8Array(3));
      expect(map.runtime.lookup(key) % 8).toBe(0);
    }
  });

  test("many elements, most of them deleted and added again", () => {
    const map = new BareMap(spec(4, 4, 5000));
    for (let round = 0; round < 3; round++) {
      for (let key = 0; key < 5000; key++) map.update(u32(key * 7 + round), u32(key));
      expect(map.update(u32(1e6), u32(0))).toEqual({ ok: false, errno: "E2BIG" });
      expect(map.lookup(u32(4999 * 7 + round)).value).toEqual(u32(4999));
      for (let key = 0; key < 5000; key++) expect(map.delete(u32(key * 7 + round)).ok).toBe(true);
      expect(map.runtime.size).toBe(0);
    }
  });

  test("restoring the memory's bytes restores the map", () => {
    const steps = operations(hashKeys(4, 6), 8);
    fc.assert(
      fc.property(steps, steps, steps, (before, undone, after) => {
        const run = (map: BareMap, sequence: readonly Operation[]): Outcome[] =>
          sequence.filter((operation) => operation.op !== "first").map((operation) => apply(map, operation));
        const straight = new BareMap(spec(4, 8, 4));
        const rewound = new BareMap(spec(4, 8, 4));
        expect(run(rewound, before)).toEqual(run(straight, before));
        const bytes = rewound.memory.u8.slice();
        run(rewound, undone);
        rewound.memory.u8.set(bytes);
        expect(rewound.dump()).toEqual(straight.dump());
        expect(run(rewound, after)).toEqual(run(straight, after));
        expect(rewound.runtime.size).toBe(straight.runtime.size);
      }),
      { numRuns: 40 },
    );
  });

  test("free gives the memory back", () => {
    const memory = new LinearMemory({ limit: 4 << 20 });
    // Twenty maps of half the memory each fit only one after the other.
    for (let round = 0; round < 20; round++) {
      const map = new BareMap(spec(4, 8, 50_000), 0, memory);
      expect(map.dump()).toEqual([]);
      map.update(u32(round), u32(round, 0));
      map.runtime.free();
    }
  });
});

test.each([
  [4, 0],
  [4, 1],
  [8, 0],
  [8, 4],
  [8, 3],
])("a bound lookup finds the same: keys of %i bytes, %i off alignment", (keySize, skew) => {
  const memory = new LinearMemory();
  const map = createMap(memory, 0, { type: "hash", name: "h", keySize, valueSize: 8, maxEntries: 50, flags: 0 });
  const bound = map.bindLookup!()!;
  const key = memory.allocate(16) + skew;
  const value = memory.allocate(8);
  for (let seed = 0; seed < 200; seed++) {
    memory.u8.fill(seed * 7, key, key + keySize);
    if (seed % 3 === 0) map.update(key, value, 0);
    if (seed % 40 === 0) if (seed < 100) memory.allocate(memory.u8.length); // grows, and detaches every view
    expect(bound(key)).toBe(map.lookup(key));
  }
  const other = createMap(memory, 1, { type: "hash", name: "o", keySize: 12, valueSize: 8, maxEntries: 5, flags: 0 });
  expect(other.bindLookup!()).toBeUndefined();
});
