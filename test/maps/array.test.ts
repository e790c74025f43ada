import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MapSpec } from "../../src/maps/spec.ts";
import { BareMap } from "./bare-map.ts";
import { arrayKeys, operations } from "./operations.ts";

const spec = (valueSize: number, maxEntries: number): MapSpec => ({
  type: "array",
  name: "a",
  keySize: 4,
  valueSize,
  maxEntries,
  flags: 0,
});

const u32 = (value: number): Uint8Array => new Uint8Array(new Uint32Array([value]).buffer);

describe("array map", () => {
  test.each([
    [8, 4, 0],
    [3, 5, 0],
    [13, 2, 1],
  ])("values of %i, %i elements, off alignment by %i: as the model", (valueSize, maxEntries, skew) => {
    fc.assert(
      fc.property(operations(arrayKeys(maxEntries), valueSize), (sequence) => {
        const map = new BareMap(spec(valueSize, maxEntries), skew);
        const model: Uint8Array[] = Array.from({ length: maxEntries }, () => new Uint8Array(valueSize));
        for (const operation of sequence) {
          if (operation.op === "first") {
            expect(map.nextKey(undefined)).toEqual({ ok: true, key: u32(0) });
            continue;
          }
          const index = new DataView(operation.key.buffer).getUint32(0, true);
          const inside = index < maxEntries;
          switch (operation.op) {
            case "lookup":
              expect(map.lookup(operation.key)).toEqual(
                inside ? { ok: true, value: model[index] } : { ok: false, errno: "ENOENT" },
              );
              break;
            case "delete":
              expect(map.delete(operation.key)).toEqual({ ok: false, errno: "EINVAL" });
              break;
            case "next":
              expect(map.nextKey(operation.key)).toEqual(
                index === maxEntries - 1
                  ? { ok: false, errno: "ENOENT" }
                  : { ok: true, key: u32(inside ? index + 1 : 0) },
              );
              break;
            case "update": {
              const errno =
                operation.flags > 2 ? "EINVAL" : !inside ? "E2BIG" : operation.flags === 1 ? "EEXIST" : undefined;
              expect(map.update(operation.key, operation.value, operation.flags)).toEqual(
                errno ? { ok: false, errno } : { ok: true },
              );
              if (!errno) model[index] = operation.value;
            }
          }
        }
        expect(map.dump()).toEqual(model.map((value, index) => [u32(index), value]));
      }),
      { numRuns: 60 },
    );
  });

  test("elements lie at base + index * stride, the stride a multiple of 8, as inlined lookups need", () => {
    const map = new BareMap(spec(13, 7));
    const key = map.memory.allocate(4);
    const { base, stride } = map.runtime.elements!;
    expect(stride).toBe(16);
    for (let index = 0; index < 7; index++) {
      map.memory.u32[key >> 2] = index;
      expect(map.runtime.lookup(key)).toBe(base + index * stride);
    }
    expect(map.runtime.size).toBe(7);
  });

  test("the bytes between a value's end and the next value stay as they were", () => {
    const map = new BareMap(spec(3, 2));
    map.update(u32(0), new Uint8Array([1, 2, 3]));
    const { base } = map.runtime.elements!;
    expect([...map.memory.u8.slice(base, base + 8)]).toEqual([1, 2, 3, 0, 0, 0, 0, 0]);
  });
});
