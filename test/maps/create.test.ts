import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../src/isa/argument.ts";
import { checkMap, createMap } from "../../src/maps/create.ts";
import { ERRNO, errnoName } from "../../src/maps/errno.ts";
import { MapError } from "../../src/maps/error.ts";
import { MAP_HEADER_SIZE, mapIndexAt } from "../../src/maps/header.ts";
import { MAP_TYPES, type MapSpec } from "../../src/maps/spec.ts";
import { LinearMemory } from "../../src/memory/memory.ts";

const good: MapSpec = { type: "hash", name: "ok", keySize: 4, valueSize: 8, maxEntries: 4, flags: 0 };

function refusal(change: Partial<MapSpec>, limit = 8 << 20): MapError | undefined {
  try {
    createMap(new LinearMemory({ limit }), 0, { ...good, ...change });
    return undefined;
  } catch (error) {
    return error as MapError;
  }
}

describe("creating maps", () => {
  test.each([
    [{ keySize: 0 }, "EINVAL"],
    [{ valueSize: 0 }, "EINVAL"],
    [{ maxEntries: 0 }, "EINVAL"],
    [{ maxEntries: 1.5 }, "EINVAL"],
    [{ maxEntries: 2 ** 32 }, "EINVAL"],
    [{ flags: 2 }, "EINVAL"],
    [{ name: "not a name" }, "EINVAL"],
    [{ name: "sixteen_letters_" }, "EINVAL"],
    [{ valueSize: 4 << 20 }, "E2BIG"],
    [{ type: "array", keySize: 8 }, "EINVAL"],
    [{ type: "lru_hash", flags: 1 }, "ENOTSUPP"],
    [{ type: "percpu_array", valueSize: 32769 }, "E2BIG"],
    [{ type: "ringbuf", keySize: 0, valueSize: 0, maxEntries: 5000 }, "EINVAL"],
    [{ type: "array_of_maps", valueSize: 4 }, "EBADF"],
    [{ mapExtra: 1n }, "EINVAL"],
    [{ flags: 8 | 16 }, "EINVAL"],
    [{ flags: 4, numaNode: 1 }, "EINVAL"],
    [{ type: "array", flags: 1 }, "EINVAL"],
    [{ type: "stack_trace", valueSize: 12 }, "EINVAL"],
    [{ type: "stack_trace", valueSize: 8 * 128 }, "EINVAL"],
    [{ maxEntries: 1 << 20 }, "ENOMEM"],
    [{ maxEntries: 2 ** 32 - 1 }, "E2BIG"],
    [{ type: "array", maxEntries: 2 ** 32 - 1 }, "ENOMEM"],
  ] as const)("%o is refused with %s, with what to do", (change, errno) => {
    const error = refusal(change)!;
    expect(error).toBeInstanceOf(MapError);
    expect(error.errno).toBe(errno);
    expect(error.message).toContain(`map "${"name" in change ? change.name : "ok"}"`);
    expect(error.hint).not.toBe("");
  });

  test("a structure of functions must say which it is", () => {
    const error = refusal({ type: "struct_ops", maxEntries: 1 })!;
    expect(error.errno).toBe("ENOTSUPP");
    expect(error.hint).toContain("tcp_congestion_ops");
  });

  test("names of Linux are taken", () => {
    for (const name of ["", "a", "fifteen_letters", ".bss", "x.y_1"]) expect(refusal({ name })).toBeUndefined();
  });

  test("a refused map takes no memory", () => {
    const memory = new LinearMemory();
    const before = memory.allocate(8);
    expect(() => createMap(memory, 0, { ...good, maxEntries: 0 })).toThrow(MapError);
    expect(memory.allocate(8)).toBe(before + 8);
  });

  test("neither does one that does not fit", () => {
    const memory = new LinearMemory({ limit: 1 << 20 });
    const before = memory.allocate(8);
    expect(() => createMap(memory, 0, { ...good, maxEntries: 1 << 20 })).toThrow("ENOMEM");
    expect(memory.allocate(8)).toBe(before + 8);
  });

  test("the header says what the map is, and which", () => {
    const memory = new LinearMemory();
    for (const [index, type] of (["hash", "array", "stack_trace"] as const).entries()) {
      const map = createMap(memory, index + 5, { ...good, type });
      expect(mapIndexAt(memory, map.header)).toBe(index + 5);
      const words = [...memory.u32.slice(map.header >> 2, (map.header + MAP_HEADER_SIZE) >> 2)];
      expect(words).toEqual([index + 5, MAP_TYPES[type], 4, 8, 4, 0, 0, 0]);
    }
  });

  test("errno names and numbers go together", () => {
    for (const [name, number] of Object.entries(ERRNO)) expect(errnoName(-number)).toBe(name);
    expect(errnoName(0)).toBeUndefined();
  });
});

describe("attributes that are no numbers of Linux", () => {
  test.each([-1, 1.5, Number.NaN, "5", 2 ** 40, undefined])("maxEntries %o", (maxEntries) => {
    const error = refusal({ maxEntries: maxEntries as number })!;
    expect(error).toBeInstanceOf(MapError);
    expect(error.errno).toBe("EINVAL");
    expect(error.message).toContain(`map "ok": maxEntries must be a whole number from 0 to 4294967295, got `);
  });

  test.each([
    [{ keySize: -4 }, "keySize must be a whole number from 0"],
    [{ valueSize: 1.5 }, "valueSize must be a whole number from 0"],
    [{ flags: "1" as never }, 'flags must be a whole number from 0 to 4294967295, got "1"'],
  ] as const)("%o", (change, message) => {
    expect(refusal(change)!.message).toContain(message);
  });

  test("a value that no array can have is too big, not a lack of memory", () => {
    expect(refusal({ type: "array", valueSize: 2 ** 31 })!.errno).toBe("E2BIG");
  });

  test.each([
    [undefined, "map must be a map, as map.hash({ ... }) declares it, got undefined."],
    [{ ...good, name: 5 }, "name of the map must be a string, got 5."],
    [{ ...good, type: "hsah" }, `type of the map must be one of ${Object.keys(MAP_TYPES).join(", ")}, got "hsah".`],
  ])("%o is no specification", (spec, message) => {
    const attempt = () => createMap(new LinearMemory(), 0, spec as never);
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(message);
  });
});

test("a map with values of each CPU takes the flag of a memory node with the number that means any", () => {
  const spec = { type: "percpu_hash", name: "n", keySize: 4, valueSize: 8, maxEntries: 1, flags: 4 } as const;
  expect(() => checkMap({ ...spec, numaNode: 0 })).toThrow(MapError);
  checkMap({ ...spec, numaNode: 0xffff_ffff });
  checkMap({ ...spec, type: "lru_percpu_hash", numaNode: 0xffff_ffff });
});
