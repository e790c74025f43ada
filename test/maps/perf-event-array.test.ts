import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMap } from "../../src/maps/create.ts";
import type { PerfEventArrayMap } from "../../src/maps/perf-event-array.ts";
import { LinearMemory } from "../../src/memory/memory.ts";

function array(maxEntries = 2): PerfEventArrayMap {
  const spec = { type: "perf_event_array", name: "p", keySize: 4, valueSize: 4, maxEntries, flags: 0 } as const;
  return createMap(new LinearMemory(), 0, spec, { cpus: 2, maps: [] }) as PerfEventArrayMap;
}

describe("perf event array", () => {
  test("a record goes to the buffer of the CPU that runs, with the padding that Linux counts", () => {
    const map = array();
    map.open(1);
    map.memory.cpu = 1;
    const data = map.memory.allocate(8);
    map.memory.u8.set([1, 2, 3], data);
    expect(map.output(0xffff_ffff, data, 3)).toBe(0);
    expect(map.output(1, data, 8)).toBe(0);
    const got: Uint8Array[] = [];
    map.buffer(1)!.consume(
      (bytes) => got.push(bytes),
      () => {},
    );
    expect(got).toEqual([Uint8Array.of(1, 2, 3, 0), Uint8Array.of(1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0)]);
  });

  test("what cannot be written, and why", () => {
    const map = array(1);
    expect(map.output(0, 0, 8)).toBe(-2);
    map.open(1);
    expect(map.output(1, 0, 8)).toBe(-7);
    map.memory.cpu = 1;
    expect(map.output(0, 0, 8)).toBe(-95);
    expect(map.output(0xffff_ffff, 0, 8)).toBe(-7);
  });

  test("no record is lost or doubled without being counted", () => {
    const step = fc.oneof({ weight: 9, arbitrary: fc.nat(900) }, { weight: 1, arbitrary: fc.constant(-1) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = array();
        map.open(1);
        const data = map.memory.allocate(1024);
        let [id, lost, told] = [0, 0, 0];
        const kept: number[] = [];
        const got: number[] = [];
        const read = (): void =>
          map.buffer(0)!.consume(
            (bytes) => got.push(new DataView(bytes.buffer).getUint32(0, true)),
            (count) => (told += count),
          );
        for (const size of steps) {
          if (size < 0) read();
          else {
            map.memory.u32[data >> 2] = ++id;
            if (map.output(0, data, size + 4) === 0) kept.push(id);
            else lost++;
          }
        }
        read();
        expect(got).toEqual(kept);
        expect(map.buffer(0)!.lost).toBe(lost);
        // Linux tells of the last losses only with the next record.
        expect(map.output(0, data, 4)).toBe(0);
        read();
        expect(told).toBe(lost);
      }),
    );
  });
});
