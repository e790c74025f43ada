import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MapSpec, MapType } from "../../src/maps/spec.ts";
import { recordChanges } from "../../src/memory/changes.ts";
import { BareMap } from "./bare-map.ts";
import { hashKeys, operations, prefixes } from "./operations.ts";

/** Types whose contents are elements by key; a program's operations are mixed with bpf(2)'s. */
const TYPES: readonly (readonly [MapType, number, number])[] = [
  ["hash", 4, 0],
  ["percpu_hash", 4, 0],
  ["lru_hash", 4, 0],
  ["lru_hash", 4, 2],
  ["lru_percpu_hash", 4, 0],
  ["lpm_trie", 8, 1],
];

describe("all that changes lies in memory: whoever restores the bytes has restored the map", () => {
  test.each(TYPES)("%s with keys of %i bytes, flags %i", (type, keySize, flags) => {
    const spec: MapSpec = { type, name: "r", keySize, valueSize: 8, maxEntries: 6, flags };
    const keys = type === "lpm_trie" ? prefixes(4) : hashKeys(keySize, 12);
    const size = new BareMap(spec).runtime.userValueSize;
    fc.assert(
      fc.property(operations(keys, size), operations(keys, size), (before, after) => {
        const map = new BareMap(spec);
        const run = (sequence: typeof before): void => {
          for (const each of sequence) {
            if (each.op === "update") map.update(each.key, each.value, each.flags);
            else if (each.op === "delete") map.program.delete(each.key);
            else if (each.op === "lookup") map.program.lookup(each.key);
          }
        };
        run(before);
        const contents = map.dump();
        const undo = recordChanges(map.memory, () => run(after));
        const changed = map.dump();
        undo();
        expect(map.dump()).toEqual(contents);
        // And it goes on as it would have.
        run(after);
        expect(map.dump()).toEqual(changed);
      }),
      { numRuns: 60 },
    );
  });
});

test("an LPM trie finds what a search through all prefixes finds", () => {
  const spec: MapSpec = { type: "lpm_trie", name: "t", keySize: 8, valueSize: 4, maxEntries: 1000, flags: 1 };
  const valid = prefixes(4).filter((key) => new DataView(key.buffer).getUint32(0, true) <= 32);
  const bitsOf = (key: Uint8Array): string => {
    const length = new DataView(key.buffer).getUint32(0, true);
    return [...key.slice(4)]
      .map((byte) => byte.toString(2).padStart(8, "0"))
      .join("")
      .slice(0, length);
  };
  fc.assert(
    fc.property(fc.array(valid, { maxLength: 60 }), fc.array(valid, { maxLength: 20 }), (keys, removed) => {
      const map = new BareMap(spec);
      const model = new Map<string, Uint8Array>();
      for (const [index, key] of keys.entries()) {
        const value = new Uint8Array(new Uint32Array([index]).buffer);
        map.update(key, value);
        model.set(bitsOf(key), value);
      }
      for (const key of removed) expect(map.delete(key).ok).toBe(model.delete(bitsOf(key)));
      for (const key of [...keys, ...removed]) {
        const text = bitsOf(key);
        const best = [...model.keys()]
          .filter((prefix) => text.startsWith(prefix))
          .sort((a, b) => b.length - a.length)[0];
        expect(map.lookup(key).value).toEqual(best === undefined ? undefined : model.get(best));
      }
      expect(map.runtime.size).toBe(model.size);
    }),
  );
});

describe("LRU maps", () => {
  test.each([
    ["lru_hash", 0],
    ["lru_hash", 2],
    ["lru_percpu_hash", 0],
    ["lru_percpu_hash", 2],
  ] as const)("%s with flags %i never refuses a new element, from any CPU, and never holds too many", (type, flags) => {
    const spec: MapSpec = { type, name: "l", keySize: 4, valueSize: 8, maxEntries: 16, flags };
    const step = fc.record({
      key: fc.nat(100),
      cpu: fc.nat(1),
      op: fc.constantFrom("update", "update", "look", "delete"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const map = new BareMap(spec);
        for (const { key, cpu, op } of steps) {
          map.memory.cpu = cpu;
          const at = new Uint8Array(new Uint32Array([key]).buffer);
          if (op === "update") {
            expect(map.program.update(at, new Uint8Array(8).fill(key))).toEqual({ ok: true });
            expect(map.program.lookup(at)).toEqual(new Uint8Array(8).fill(key));
          } else if (op === "look") map.program.lookup(at);
          else map.program.delete(at);
        }
        const elements = map.dump();
        expect(elements.length).toBe(map.runtime.size);
        expect(elements.length).toBeLessThanOrEqual(16);
        expect(new Set(elements.map(([key]) => key.join())).size).toBe(elements.length);
      }),
      { numRuns: 60 },
    );
  });
});
