import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMap } from "../../src/maps/create.ts";
import type { MapError } from "../../src/maps/error.ts";
import { MAP_FLAGS } from "../../src/maps/flags.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import { LinearMemory } from "../../src/memory/memory.ts";
import { BareMap, type Outcome } from "../maps/bare-map.ts";
import { arrayKeys, hashKeys, type Operation, operations } from "../maps/operations.ts";
import { available, close, mapCreate, mapDelete, mapLookup, mapNextKey, mapUpdate, suiteName } from "./bpf.ts";

/** The same operation on Linux's map and on ours. */
function both(fd: number, ours: BareMap, operation: Operation): [Outcome, Outcome] {
  const { keySize, valueSize } = ours.runtime.spec;
  switch (operation.op) {
    case "first":
      return [mapNextKey(fd, undefined, keySize), ours.nextKey(undefined)];
    case "next":
      return [mapNextKey(fd, operation.key, keySize), ours.nextKey(operation.key)];
    case "lookup":
      return [mapLookup(fd, operation.key, valueSize), ours.lookup(operation.key)];
    case "delete":
      return [mapDelete(fd, operation.key), ours.delete(operation.key)];
    case "update":
      return [
        mapUpdate(fd, operation.key, operation.value, operation.flags),
        ours.update(operation.key, operation.value, operation.flags),
      ];
  }
}

/** All elements of Linux's map in its order. */
function dump(fd: number, { keySize, valueSize }: MapSpec): [Uint8Array, Uint8Array][] {
  const elements: [Uint8Array, Uint8Array][] = [];
  for (let next = mapNextKey(fd, undefined, keySize); next.ok; next = mapNextKey(fd, next.key, keySize))
    elements.push([next.key!, mapLookup(fd, next.key!, valueSize).value!]);
  return elements;
}

function compare(spec: MapSpec, keys: fc.Arbitrary<Uint8Array>, skew: number, runs: number): void {
  fc.assert(
    fc.property(operations(keys, spec.valueSize), (sequence) => {
      const { ok, fd, errno } = mapCreate(spec);
      expect({ ok, errno }).toEqual({ ok: true });
      try {
        const ours = new BareMap(spec, skew);
        for (const operation of sequence) {
          const [linux, book] = both(fd, ours, operation);
          expect(book).toEqual(linux);
        }
        expect(ours.dump()).toEqual(dump(fd, spec));
      } finally {
        close(fd);
      }
    }),
    { numRuns: runs },
  );
}

const hash = (
  keySize: number,
  valueSize: number,
  maxEntries: number,
  flags: number = MAP_FLAGS.ZERO_SEED,
): MapSpec => ({
  type: "hash",
  name: "h",
  keySize,
  valueSize,
  maxEntries,
  flags,
});

describe.skipIf(!available)(suiteName("maps against the running Linux"), () => {
  describe("random operations: results, errno, contents and order", () => {
    // With BPF_F_ZERO_SEED Linux's order is the same each time, and ours must be that.
    const cases = [
      [hash(4, 8, 8), 0],
      [hash(4, 4, 3), 1],
      [hash(8, 8, 5), 0],
      [hash(8, 1, 16), 4],
      [hash(12, 3, 7), 0],
      [hash(13, 16, 6), 3],
      [hash(16, 24, 1), 0],
      [hash(1, 8, 4), 0],
      [hash(6, 9, 5), 2],
      [hash(31, 8, 9), 0],
      [hash(4, 8, 8, MAP_FLAGS.ZERO_SEED | MAP_FLAGS.NO_PREALLOC), 0],
    ] as const;
    test.each(cases)("hash %o, keys off alignment by %i", (spec, skew) => {
      compare(spec, hashKeys(spec.keySize, 12), skew, 40);
    });

    test.each([
      [4, 1],
      [8, 5],
      [3, 4],
      [13, 2],
      [40, 3],
    ])("array of %i-byte values, %i elements", (valueSize, maxEntries) => {
      const spec: MapSpec = { type: "array", name: "a", keySize: 4, valueSize, maxEntries, flags: 0 };
      compare(spec, arrayKeys(maxEntries), 0, 30);
    });

    test("stack_trace, which users cannot fill", () => {
      const spec: MapSpec = { type: "stack_trace", name: "s", keySize: 4, valueSize: 16, maxEntries: 3, flags: 0 };
      compare(spec, arrayKeys(4), 0, 30);
    });
  });

  test("deleting while iterating ends in the same way", () => {
    const spec = hash(4, 4, 64);
    const { fd } = mapCreate(spec);
    const ours = new BareMap(spec);
    for (let seed = 0; seed < 64; seed++) {
      const key = new Uint8Array(new Uint32Array([seed * 77]).buffer);
      mapUpdate(fd, key, key);
      ours.update(key, key);
    }
    // Delete each key after reading it and go on from it: Linux starts over from the first.
    let [linux, book]: [Outcome, Outcome] = [mapNextKey(fd, undefined, 4), ours.nextKey(undefined)];
    for (let step = 0; linux.ok && step < 200; step++) {
      expect(book).toEqual(linux);
      if (step % 3 === 0) expect(ours.delete(book.key!)).toEqual(mapDelete(fd, linux.key!));
      [linux, book] = [mapNextKey(fd, linux.key, 4), ours.nextKey(book.key)];
    }
    expect(ours.dump()).toEqual(dump(fd, spec));
    close(fd);
  });

  test("creation is refused with the same errno", () => {
    const types = ["hash", "array", "stack_trace"] as const;
    const spec = fc.record({
      type: fc.constantFrom(...types),
      name: fc.constantFrom("", "ok_1.x", "no-dash", "fifteen_letters"),
      keySize: fc.constantFrom(0, 1, 4, 4, 4, 8, 64),
      valueSize: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(0, 1, 4, 8, 12, 16, 127 * 8, 128 * 8, 5 << 20) },
        // Around the largest element of a hash map.
        { weight: 1, arbitrary: fc.integer({ min: (4 << 20) - 120, max: 4 << 20 }) },
      ),
      maxEntries: fc.constantFrom(0, 1, 1, 2),
      flags: fc.constantFrom(0, 0, 0, 0, 1, 2, 64, 1 << 15, 1 << 20),
    });
    fc.assert(
      fc.property(spec, (wanted) => {
        const { fd, errno } = mapCreate(wanted);
        close(fd);
        let refused: string | undefined;
        try {
          createMap(new LinearMemory(), 0, wanted);
        } catch (error) {
          refused = (error as MapError).errno;
        }
        expect(refused).toBe(errno);
      }),
      { numRuns: 600 },
    );
  });
});
