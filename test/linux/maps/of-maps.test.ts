import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMap } from "../../../src/maps/create.ts";
import { errnoName } from "../../../src/maps/errno.ts";
import type { RuntimeMap } from "../../../src/maps/runtime.ts";
import type { MapSpec } from "../../../src/maps/spec.ts";
import { LinearMemory } from "../../../src/memory/memory.ts";
import { available, close, mapCreate, mapDelete, mapLookup, mapNextKey, mapUpdate, suiteName } from "../bpf.ts";

const words = (...values: number[]): Uint8Array => new Uint8Array(new Uint32Array(values).buffer);

/** Maps that may or may not be like the template, which is the first. */
const candidates: readonly MapSpec[] = [
  { type: "array", name: "a", keySize: 4, valueSize: 8, maxEntries: 2, flags: 0 },
  { type: "array", name: "b", keySize: 4, valueSize: 8, maxEntries: 2, flags: 0 },
  { type: "array", name: "c", keySize: 4, valueSize: 8, maxEntries: 3, flags: 0 },
  { type: "array", name: "d", keySize: 4, valueSize: 8, maxEntries: 2, flags: 0x80 },
  { type: "array", name: "e", keySize: 4, valueSize: 12, maxEntries: 2, flags: 0 },
  { type: "hash", name: "f", keySize: 4, valueSize: 8, maxEntries: 2, flags: 0 },
  { type: "hash", name: "g", keySize: 4, valueSize: 8, maxEntries: 9, flags: 0 },
  { type: "array", name: "h", keySize: 4, valueSize: 8, maxEntries: 2, flags: 0x1000 },
  { type: "array", name: "i", keySize: 4, valueSize: 8, maxEntries: 5, flags: 0x1000 },
];

describe.skipIf(!available)(suiteName("maps of maps against the running Linux"), () => {
  test.each(
    (["array_of_maps", "hash_of_maps"] as const).flatMap((type) =>
      [0, 2, 5, 7].map((template) => [type, template] as const),
    ),
  )("%s like candidate %i", (type, template) => {
    const spec: MapSpec = {
      type,
      name: "o",
      keySize: 4,
      valueSize: 4,
      maxEntries: 3,
      flags: type === "hash_of_maps" ? 64 : 0,
      inner: candidates[template],
    };
    const step = fc.record({
      op: fc.constantFrom("update", "update", "lookup", "delete", "next"),
      key: fc.nat(4),
      which: fc.nat(candidates.length),
      flags: fc.constantFrom(0, 0, 0, 1, 2, 3),
    });
    const inner = candidates.map((candidate) => mapCreate(candidate).fd);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { fd } = mapCreate({ ...spec, innerFd: inner[template] });
        const memory = new LinearMemory();
        const maps: RuntimeMap[] = [];
        for (const each of [...candidates, spec]) maps.push(createMap(memory, maps.length, each, { cpus: 2, maps }));
        const ours = maps.at(-1)!;
        const [key, value] = [memory.allocate(8), memory.allocate(8)];
        for (const { op, key: index, which, flags } of steps) {
          memory.u32[key >> 2] = index;
          const at = words(index);
          switch (op) {
            case "update": {
              memory.u32[value >> 2] = which === candidates.length ? 77 : which + 1;
              const linux = mapUpdate(fd, at, words(inner[which] ?? 9999), flags);
              expect(errnoName(ours.userUpdate(key, value, flags))).toBe(linux.errno);
              break;
            }
            case "lookup": {
              const linux = mapLookup(fd, at, 4);
              expect(errnoName(ours.userLookup(key, value))).toBe(linux.errno);
              expect(ours.lookup(key) !== 0).toBe(linux.ok);
              if (linux.ok) expect(memory.u32[value >> 2]).toBeLessThanOrEqual(candidates.length);
              break;
            }
            case "delete":
              expect(errnoName(ours.userDelete(key))).toBe(mapDelete(fd, at).errno);
              break;
            default: {
              const linux = mapNextKey(fd, at, 4);
              expect(errnoName(ours.nextKey(key, value))).toBe(linux.errno);
              if (linux.ok) expect(words(memory.u32[value >> 2])).toEqual(linux.key);
            }
          }
        }
        close(fd);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 500 : 40 },
    );
    inner.forEach(close);
  });
});
