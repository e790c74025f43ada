import { describe, expect, test } from "vitest";
import { MAP_FLAGS } from "../../../src/maps/flags.ts";
import type { MapSpec } from "../../../src/maps/spec.ts";
import { BareMap, type Outcome } from "../../maps/bare-map.ts";
import { arrayKeys, hashKeys } from "../../maps/operations.ts";
import { available, close, mapCreate, mapDelete, mapNextKey, mapUpdate, suiteName } from "../bpf.ts";
import { compare, dump } from "./compare.ts";

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
      compare(spec, hashKeys(spec.keySize, 12), { skew, runs: 40 });
    });

    test.each([
      [4, 1],
      [8, 5],
      [3, 4],
      [13, 2],
      [40, 3],
    ])("array of %i-byte values, %i elements", (valueSize, maxEntries) => {
      const spec: MapSpec = { type: "array", name: "a", keySize: 4, valueSize, maxEntries, flags: 0 };
      compare(spec, arrayKeys(maxEntries));
    });

    test.each([
      [4, 1],
      [8, 5],
      [3, 4],
      [13, 2],
    ])("per-CPU array of %i-byte values, %i elements", (valueSize, maxEntries) => {
      compare({ type: "percpu_array", name: "a", keySize: 4, valueSize, maxEntries, flags: 0 }, arrayKeys(maxEntries));
    });

    test.each([
      [4, 8, 8, 0],
      [8, 3, 5, 0],
      [13, 12, 3, 1],
    ])("per-CPU hash, keys of %i bytes, values of %i", (keySize, valueSize, maxEntries, skew) => {
      const spec = { ...hash(keySize, valueSize, maxEntries), type: "percpu_hash" } as const;
      compare(spec, hashKeys(keySize, 9), { skew });
    });

    test("stack_trace, which users cannot fill", () => {
      const spec: MapSpec = { type: "stack_trace", name: "s", keySize: 4, valueSize: 16, maxEntries: 3, flags: 0 };
      compare(spec, arrayKeys(4));
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
    expect(ours.dump()).toEqual(dump(fd, ours));
    close(fd);
  });
});
