import { describe, expect, test } from "vitest";
import type { PercpuArrayMap } from "../../src/maps/percpu-array.ts";
import type { PercpuHashMap } from "../../src/maps/percpu-hash.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import { LinearMemory } from "../../src/memory/memory.ts";
import { BareMap } from "./bare-map.ts";

const words = (...values: number[]): Uint8Array => new Uint8Array(new Uint32Array(values).buffer);
const key = words(1);

describe.each(["percpu_array", "percpu_hash"] as const)("%s", (type) => {
  const spec: MapSpec = { type, name: "p", keySize: 4, valueSize: 4, maxEntries: 3, flags: 0 };
  const map = (): BareMap => new BareMap(spec, 0, new LinearMemory(), 3);

  test("a program sees and writes the value of its CPU, bpf(2) all of them", () => {
    const counts = map();
    expect(counts.update(key, words(1, 0, 2, 0, 3, 0)).ok).toBe(true);
    for (const cpu of [0, 1, 2]) {
      counts.memory.cpu = cpu;
      expect(counts.program.lookup(key)).toEqual(words(cpu + 1));
      counts.program.update(key, words(10 + cpu));
    }
    expect(counts.lookup(key).value).toEqual(words(10, 0, 11, 0, 12, 0));
    expect(counts.runtime.userValueSize).toBe(24);
  });

  test("a new element is zero on the other CPUs, even where another was deleted", () => {
    const counts = map();
    counts.update(key, words(1, 1, 1, 1, 1, 1));
    if (type === "percpu_array") return;
    counts.delete(key);
    counts.memory.cpu = 2;
    counts.program.update(words(5), words(9));
    expect(counts.lookup(words(5)).value).toEqual(words(0, 0, 0, 0, 9, 0));
  });

  test("the value of any CPU", () => {
    const counts = map();
    counts.update(key, words(1, 0, 2, 0, 3, 0));
    const at = counts.memory.allocate(8);
    counts.memory.u8.set(key, at);
    const runtime = counts.runtime as PercpuArrayMap | PercpuHashMap;
    const value = (cpu: number): number | undefined => {
      const offset = runtime.lookupCpu(at, cpu);
      return offset === 0 ? undefined : counts.memory.i32[offset >> 2];
    };
    expect([value(0), value(2), value(3), value(-1)]).toEqual([1, 3, undefined, undefined]);
  });
});

test("an array's elements lie where the contract says", () => {
  const map = new BareMap({ type: "percpu_array", name: "p", keySize: 4, valueSize: 12, maxEntries: 5, flags: 0 });
  const { base, stride, perCpu } = map.runtime.elements!;
  expect([stride, perCpu]).toEqual([16, 80]);
  const at = map.memory.allocate(4);
  map.memory.i32[at >> 2] = 3;
  map.memory.cpu = 1;
  expect(map.runtime.lookup(at)).toBe(base + 80 + 3 * 16);
});
