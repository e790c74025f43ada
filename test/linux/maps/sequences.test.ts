import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errnoName } from "../../../src/maps/errno.ts";
import type { SequenceMap } from "../../../src/maps/sequence.ts";
import type { MapSpec } from "../../../src/maps/spec.ts";
import { BareMap } from "../../maps/bare-map.ts";
import {
  available,
  close,
  mapCreate,
  mapDelete,
  mapLookup,
  mapLookupAndDelete,
  mapNextKey,
  mapUpdate,
  suiteName,
} from "../bpf.ts";

const NO_KEY = new Uint8Array(0);
const answer = (result: number): { ok: boolean; errno?: string } =>
  result < 0 ? { ok: false, errno: errnoName(result) } : { ok: true };

describe.skipIf(!available)(suiteName("maps without keys against the running Linux"), () => {
  test.each([
    ["queue", 4, 3],
    ["stack", 4, 3],
    ["queue", 13, 1],
    ["stack", 1, 7],
  ] as const)("%s of %i bytes, %i elements", (type, valueSize, maxEntries) => {
    const spec: MapSpec = { type, name: "s", keySize: 0, valueSize, maxEntries, flags: 0 };
    const step = fc.record({
      op: fc.constantFrom("push", "push", "peek", "pop", "delete", "next"),
      flags: fc.constantFrom(0, 0, 0, 1, 2, 2, 3, 4),
      fill: fc.nat(255),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { fd } = mapCreate(spec);
        const ours = new BareMap(spec);
        const map = ours.runtime as SequenceMap;
        const out = ours.memory.allocate(valueSize);
        const given = (result: number) => ({
          ...answer(result),
          ...(result < 0 ? {} : { value: ours.memory.u8.slice(out, out + valueSize) }),
        });
        for (const { op, flags, fill } of steps) {
          const value = new Uint8Array(valueSize).fill(fill);
          switch (op) {
            case "push":
              expect(ours.update(NO_KEY, value, flags)).toEqual(mapUpdate(fd, NO_KEY, value, flags));
              break;
            case "peek":
              expect(given(map.userLookup(0, out))).toEqual(mapLookup(fd, NO_KEY, valueSize));
              break;
            case "pop":
              expect(given(map.pop(out))).toEqual(mapLookupAndDelete(fd, NO_KEY, valueSize));
              break;
            case "delete":
              expect(ours.delete(NO_KEY)).toEqual(mapDelete(fd, NO_KEY));
              break;
            default:
              expect(ours.nextKey(undefined)).toEqual(mapNextKey(fd, undefined, 0));
          }
        }
        close(fd);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 1000 : 60 },
    );
  });

  test.each([
    [8, 4, 0n],
    [4, 100, 3n],
    [7, 20, 15n],
    [32, 3, 1n],
  ])("bloom filter of %i bytes, %i values, %i hash functions", (valueSize, maxEntries, mapExtra) => {
    // With BPF_F_ZERO_SEED false positives are the same ones.
    const spec: MapSpec = { type: "bloom_filter", name: "b", keySize: 0, valueSize, maxEntries, flags: 64, mapExtra };
    const { fd } = mapCreate(spec);
    const ours = new BareMap(spec);
    const at = ours.memory.allocate(valueSize);
    const bytes = (seed: number) => Uint8Array.from({ length: valueSize }, (_, byte) => (seed * 197 + byte * 31) & 255);
    const found = new Set<boolean>();
    for (let round = 0; round < 400; round++) {
      const value = bytes(round);
      if (round % 5 === 0 && round < 5 * 3 * maxEntries)
        expect(ours.update(NO_KEY, value)).toEqual(mapUpdate(fd, NO_KEY, value));
      const asked = bytes(round * 7);
      ours.memory.u8.set(asked, at);
      const linux = mapLookup(fd, NO_KEY, valueSize, 0n, asked);
      found.add(linux.ok);
      expect(answer(ours.runtime.userLookup(0, at))).toEqual({
        ok: linux.ok,
        ...(linux.ok ? {} : { errno: linux.errno }),
      });
    }
    expect(found.size).toBe(2);
    expect(ours.update(NO_KEY, bytes(1), 1)).toEqual(mapUpdate(fd, NO_KEY, bytes(1), 1));
    expect(ours.delete(NO_KEY)).toEqual(mapDelete(fd, NO_KEY));
    expect(ours.nextKey(undefined)).toEqual(mapNextKey(fd, undefined, 0));
    close(fd);
  });
});
