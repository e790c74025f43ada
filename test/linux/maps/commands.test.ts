import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MapCommands } from "../../../src/maps/commands.ts";
import { errnoName } from "../../../src/maps/errno.ts";
import type { MapSpec, MapType } from "../../../src/maps/spec.ts";
import { BareMap } from "../../maps/bare-map.ts";
import {
  available,
  close,
  mapBatch,
  mapCreate,
  mapDelete,
  mapFreeze,
  mapLookup,
  mapLookupAndDelete,
  mapNextKey,
  mapUpdate,
  suiteName,
} from "../bpf.ts";

const words = (...values: number[]): Uint8Array => new Uint8Array(new Uint32Array(values).buffer);
const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const SPECS: readonly (readonly [MapType, number, number])[] = [
  ["hash", 4, 64],
  ["lru_hash", 4, 64],
  ["percpu_hash", 4, 64],
  ["lru_percpu_hash", 4, 64],
  ["array", 4, 0],
  ["percpu_array", 4, 0],
  ["lpm_trie", 8, 1],
  ["queue", 0, 0],
  ["bloom_filter", 0, 64],
];

describe.skipIf(!available)(suiteName("commands on maps against the running Linux"), () => {
  const spec = (type: MapType, keySize: number, flags: number): MapSpec => ({
    type,
    name: "c",
    keySize,
    valueSize: 4,
    maxEntries: 40,
    flags,
  });

  test.each(SPECS)("batches of %s", (type, keySize, flags) => {
    const step = fc.record({
      op: fc.constantFrom(
        "updateBatch" as const,
        "lookupBatch" as const,
        "lookupAndDeleteBatch" as const,
        "deleteBatch" as const,
      ),
      keys: fc.uniqueArray(fc.nat(60), { maxLength: 20 }),
      count: fc.constantFrom(0, 1, 3, 7, 100),
      from: fc.constantFrom(undefined, 0, 5, 63, 64, 1000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const { fd } = mapCreate(spec(type, keySize, flags));
        const bare = new BareMap(spec(type, keySize, flags));
        const ours = new MapCommands(bare.runtime);
        const valueSize = bare.runtime.userValueSize;
        const keyOf = (key: number): Uint8Array => (keySize === 4 ? words(key) : words(keySize && 32, key));
        for (const each of steps) {
          const keys = keySize === 0 ? [] : each.keys.map(keyOf);
          const values = keys.map((_, at) => new Uint8Array(valueSize).fill(at + 1));
          const from =
            each.from === undefined || keySize === 0
              ? undefined
              : keySize === 4
                ? words(each.from)
                : words(32, each.from);
          const options = { keySize, valueSize, from };
          if (each.op === "updateBatch" || each.op === "deleteBatch") {
            if (keys.length === 0) continue;
            const linux = mapBatch(each.op, fd, {
              ...options,
              count: keys.length,
              keys: joined(keys),
              values: joined(values),
            });
            const book =
              each.op === "updateBatch"
                ? ours.updateBatch(keys.map((key, at) => [key, values[at]]))
                : ours.deleteBatch(keys);
            expect([each.op, errnoName(book.result)]).toEqual([each.op, linux.errno]);
            if (linux.errno !== "ENOTSUPP" && linux.errno !== "EINVAL") expect(book.done).toBe(linux.count);
          } else {
            const linux = mapBatch(each.op, fd, { ...options, count: each.count });
            const book =
              each.op === "lookupBatch"
                ? ours.lookupBatch(from, each.count)
                : ours.lookupAndDeleteBatch(from, each.count);
            expect([each, errnoName(book.result)]).toEqual([each, linux.errno]);
            if (linux.errno === "ENOTSUPP") continue;
            expect(joined(book.elements.map(([key]) => key))).toEqual(linux.keys);
            expect(joined(book.elements.map(([, value]) => value))).toEqual(linux.values);
            if (linux.count > 0) expect(book.next).toEqual(linux.next.slice(0, book.next!.length));
          }
        }
        close(fd);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 1000 : 40 },
    );
  });

  test.each(
    SPECS.flatMap(([type, keySize, flags]) => [0, 8, 16].map((access) => [type, keySize, flags | access] as const)),
  )("what may be done with a %s, keys of %i bytes, flags %i, before and after freezing", (type, keySize, flags) => {
    const { fd } = mapCreate(spec(type, keySize, flags));
    const bare = new BareMap(spec(type, keySize, flags));
    const ours = new MapCommands(bare.runtime);
    const key = keySize === 8 ? words(32, 1) : keySize === 4 ? words(1) : new Uint8Array(0);
    const { userValueSize } = bare.runtime;
    const value = new Uint8Array(userValueSize).fill(3);
    for (let round = 0; round < 3; round++) {
      expect(errnoName(ours.update(key, value))).toBe(mapUpdate(fd, key, value).errno);
      expect(errnoName(ours.lookup(key, 0, value).result)).toBe(mapLookup(fd, key, userValueSize, 0n, value).errno);
      expect(errnoName(ours.lookup(key, 1, value).result)).toBe(mapLookup(fd, key, userValueSize, 1n, value).errno);
      expect(errnoName(ours.nextKey(undefined).result)).toBe(mapNextKey(fd, undefined, keySize).errno);
      expect(errnoName(ours.lookupAndDelete(key).result)).toBe(mapLookupAndDelete(fd, key, userValueSize).errno);
      expect(errnoName(ours.delete(key))).toBe(mapDelete(fd, key).errno);
      if (round > 0) expect(errnoName(ours.freeze())).toBe(mapFreeze(fd).errno);
    }
    close(fd);
  });
});
