import { describe, expect, test } from "vitest";
import { createMap } from "../../src/maps/create.ts";
import type { StackTraceMap } from "../../src/maps/stack-trace.ts";
import { LinearMemory } from "../../src/memory/memory.ts";

function stacks(maxEntries: number, depth = 4): { map: StackTraceMap; memory: LinearMemory; key: number } {
  const memory = new LinearMemory();
  const map = createMap(memory, 0, {
    type: "stack_trace",
    name: "s",
    keySize: 4,
    valueSize: 8 * depth,
    maxEntries,
    flags: 0,
  }) as StackTraceMap;
  return { map, memory, key: memory.allocate(4) };
}

const plain = { fast: false, reuse: false };
/** A stack of kernel addresses as [low, high] pairs. */
const stack = (...lows: number[]): number[] => lows.flatMap((low) => [low, -1]);

/** Ids in the map, in order. */
function ids({ map, memory, key }: ReturnType<typeof stacks>): number[] {
  const out = memory.allocate(4);
  const found: number[] = [];
  for (let at = 0; map.nextKey(at, out) === 0; at = key) {
    found.push(memory.u32[out >> 2]);
    memory.u32[key >> 2] = memory.u32[out >> 2];
  }
  return found;
}

/** Two different stacks that want the same slot. */
function rivals(map: StackTraceMap): [number[], number[]] {
  const seen = new Map<number, number[]>();
  for (let low = 1; ; low++) {
    const candidate = stack(low, low + 1);
    const other = stacks(map.spec.maxEntries).map.put(candidate, plain);
    const before = seen.get(other);
    if (before) return [before, candidate];
    seen.set(other, candidate);
  }
}

describe("stack trace map", () => {
  test("the same stack has the same id, and its addresses come back filled up with zeros", () => {
    const { map, memory, key } = stacks(16);
    const id = map.put(stack(0x81000010, 0x81000020), plain);
    expect(map.put(stack(0x81000010, 0x81000020), plain)).toBe(id);
    expect(map.size).toBe(1);
    memory.u32[key >> 2] = id;
    const at = map.lookup(key);
    expect([0, 8, 16, 24].map((offset) => memory.view.getBigUint64(at + offset, true))).toEqual([
      0xffffffff81000010n,
      0xffffffff81000020n,
      0n,
      0n,
    ]);
  });

  test("a slot taken by another stack: EEXIST, or replaced on request", () => {
    const world = stacks(4);
    const { map, memory, key } = world;
    const [first, second] = rivals(map);
    const id = map.put(first, plain);
    expect(map.put(second, plain)).toBe(-17);
    expect(map.put(second, { fast: false, reuse: true })).toBe(id);
    expect(map.size).toBe(1);
    memory.u32[key >> 2] = id;
    expect(memory.u32[map.lookup(key) >> 2]).toBe(second[0]);
    expect(ids(world)).toEqual([id]);
  });

  test("ids go up to the next power of two, as in Linux", () => {
    const { map } = stacks(5);
    const found = new Set<number>();
    for (let low = 0; low < 200; low++) found.add(map.put(stack(low + 1), { fast: false, reuse: true }));
    expect(Math.max(...found)).toBe(7);
  });

  test("a full map takes no other stack, not even in place of one", () => {
    const { map } = stacks(2);
    const ids = [1, 2, 3, 4, 5, 6, 7, 8].map((low) => map.put(stack(low), { fast: false, reuse: true }));
    // Once both slots have been filled, nothing can be swapped any more.
    const full = ids.findIndex((id, at) => id >= 0 && ids.slice(0, at).some((other) => other >= 0 && other !== id));
    expect(full).toBeGreaterThan(0);
    expect(ids.slice(full + 1).every((id) => id === -12)).toBe(true);
    expect(map.size).toBe(2);
  });

  test("deleting: ENOENT for a free slot, E2BIG beyond the slots, users cannot add", () => {
    const { map, memory, key } = stacks(4);
    const id = map.put(stack(1, 2, 3), plain);
    memory.u32[key >> 2] = id;
    expect(map.update(key, key, 0)).toBe(-22);
    expect(map.delete(key)).toBe(0);
    expect(map.delete(key)).toBe(-2);
    expect(map.lookup(key)).toBe(0);
    memory.u32[key >> 2] = 4;
    expect(map.delete(key)).toBe(-7);
    expect(map.size).toBe(0);
  });

  test("restoring the memory's bytes restores the map", () => {
    const world = stacks(16);
    world.map.put(stack(1), plain);
    const [before, bytes] = [ids(world), world.memory.u8.slice()];
    world.map.put(stack(2, 3), { fast: false, reuse: true });
    world.memory.u8.set(bytes);
    expect([world.map.size, ids(world)]).toEqual([1, before]);
  });

  test("iteration visits every stack once", () => {
    const world = stacks(64);
    const added = new Set<number>();
    for (let low = 1; low < 40; low++) added.add(world.map.put(stack(low), { fast: false, reuse: true }));
    expect(ids(world)).toEqual([...added].sort((a, b) => a - b));
    expect(world.map.size).toBe(added.size);
  });
});
