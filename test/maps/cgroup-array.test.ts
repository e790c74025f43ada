import { expect, test } from "vitest";
import { createMap } from "../../src/maps/create.ts";
import { LinearMemory } from "../../src/memory/memory.ts";

test("a cgroup array takes what the machine has, and tells nothing", () => {
  const spec = { type: "cgroup_array", name: "c", keySize: 4, valueSize: 4, maxEntries: 2, flags: 0 } as const;
  const memory = new LinearMemory();
  const map = createMap(memory, 0, spec, { cpus: 1, maps: [], hasCgroup: (id) => id === 7 });
  const [key, value] = [memory.allocate(4), memory.allocate(4)];
  const put = (index: number, id: number, flags = 0): number => {
    memory.u32[key >> 2] = index;
    memory.u32[value >> 2] = id;
    return map.userUpdate(key, value, flags);
  };
  expect([put(0, 7), put(1, 8), put(2, 7), put(0, 7, 1)]).toEqual([0, -9, -7, -22]);
  memory.u32[key >> 2] = 0;
  expect([map.userLookup(key, value), map.size, map.userDelete(key), map.userDelete(key), map.size]).toEqual([
    -524, 1, 0, -2, 0,
  ]);
  expect(map.userLookup(key, value)).toBe(-2);
});
