import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../src/isa/argument.ts";
import { char, u32, u64 } from "../../src/maps/codec.ts";
import { createMap } from "../../src/maps/create.ts";
import type { MapDeclaration } from "../../src/maps/declaration.ts";
import { MapError } from "../../src/maps/error.ts";
import { latestDeclaration } from "../../src/maps/latest.ts";
import { map } from "../../src/maps/map.ts";
import type { StackTraceMap } from "../../src/maps/stack-trace.ts";
import { struct } from "../../src/maps/struct.ts";
import type { MapView } from "../../src/maps/view.ts";
import { LinearMemory } from "../../src/memory/memory.ts";
import { DISPLAY } from "../../src/plot/displayable.ts";
import { register } from "../../src/plot/registry.ts";

const counts = (maxEntries = 4): MapDeclaration<number, bigint> =>
  map.hash({ name: "counts", key: u32, value: u64, maxEntries });

/** Loads a declaration into a machine of its own, as the loader does. */
function load<K, V>(declaration: MapDeclaration<K, V>): { machine: object; view: MapView<K, V> } {
  const machine = {};
  const runtime = createMap(new LinearMemory(), 3, declaration);
  return { machine, view: declaration.bind(runtime, machine) };
}

function refusal(use: () => unknown): MapError {
  try {
    use();
  } catch (error) {
    expect(error).toBeInstanceOf(MapError);
    return error as MapError;
  }
  return expect.fail("nothing was refused");
}

/** How a typed map behaves, whether declared, bound, or seen through a view. */
const faces = [
  ["before it is loaded", () => counts()],
  [
    "after it is loaded",
    () => {
      const declaration = counts();
      load(declaration);
      return declaration;
    },
  ],
  ["through a machine's view", () => load(counts()).view],
] as const;

describe.each(faces)("a typed hash map %s", (_, make) => {
  test("gets, sets, deletes, counts", () => {
    const sizes = make();
    expect(sizes.set(512, 1n).set(4096, 2n)).toBe(sizes);
    sizes.set(512, 7n);
    expect([sizes.get(512), sizes.get(4096), sizes.get(1)]).toEqual([7n, 2n, undefined]);
    expect([sizes.has(512), sizes.has(1), sizes.size]).toEqual([true, false, 2]);
    expect([sizes.delete(512), sizes.delete(512), sizes.size]).toEqual([true, false, 1]);
  });

  test("is a list of [key, value] pairs", () => {
    const sizes = make();
    for (const key of [3, 1, 2]) sizes.set(key, BigInt(key) * 10n);
    const byKey = ([a]: [number, bigint], [b]: [number, bigint]): number => a - b;
    expect([...sizes].sort(byKey)).toEqual([
      [1, 10n],
      [2, 20n],
      [3, 30n],
    ]);
    expect([...sizes.keys()].sort()).toEqual([1, 2, 3]);
    expect([...sizes.values()].sort()).toEqual([10n, 20n, 30n]);
    expect(new Map(sizes).get(2)).toBe(20n);
  });

  test("may change while it is read: deleted elements are left out, values are those of the moment", () => {
    const sizes = make();
    for (const key of [1, 2, 3, 4]) sizes.set(key, 0n);
    const seen: [number, bigint][] = [];
    for (const [key, value] of sizes) {
      seen.push([key, value]);
      sizes.delete(key);
      const next = [...sizes.keys()].find((other) => !seen.some(([done]) => done === other));
      if (seen.length === 2 && next !== undefined) sizes.delete(next);
      for (const other of sizes.keys()) sizes.set(other, BigInt(seen.length));
    }
    expect(seen.map(([, value]) => value)).toEqual([0n, 1n, 2n]);
    expect(sizes.size).toBe(0);
  });

  test("refuses as Linux does, and says what to do", () => {
    const sizes = make();
    for (const key of [1, 2, 3, 4]) sizes.set(key, 0n);
    expect(refusal(() => sizes.set(5, 0n))).toMatchObject({ errno: "E2BIG", map: "counts" });
    expect(refusal(() => sizes.set(1, 0n, "noexist")).errno).toBe("EEXIST");
    expect(refusal(() => sizes.set(9, 0n, "exist")).message).toContain("leave out");
    const bad = refusal(() => sizes.set(1, 5 as never));
    expect(bad).toMatchObject({ errno: "EINVAL" });
    expect(bad.message).toContain("write 5n for 5");
    expect(refusal(() => sizes.get(-1)).message).toContain("key must be an integer from 0");
  });

  test("shows itself through the registry", async () => {
    register("map", (shown: Iterable<[number, bigint]>) => ({ "text/plain": [...shown].join(";") }));
    const sizes = make().set(5, 6n);
    expect(await sizes[DISPLAY]()).toEqual({ "text/plain": "5,6" });
  });
});

describe("a declaration", () => {
  test("is a specification that programs are made with", () => {
    const flow = struct({ saddr: u32, comm: char(6) });
    expect(map.hash({ name: "flows", key: flow, value: u64, maxEntries: 8, flags: 1 })).toMatchObject({
      type: "hash",
      name: "flows",
      keySize: 12,
      valueSize: 8,
      maxEntries: 8,
      flags: 1,
    });
    expect(map.array({ name: "one", value: flow, maxEntries: 1 })).toMatchObject({
      type: "array",
      keySize: 4,
      valueSize: 12,
    });
    expect(map.stackTrace({ name: "stacks", maxEntries: 8 })).toMatchObject({
      type: "stack_trace",
      valueSize: 127 * 8,
    });
    expect(map.stackTrace({ name: "stacks", maxEntries: 8, depth: 20 }).valueSize).toBe(160);
  });

  test("copies its initial contents into each machine that loads it, and is the first one's from then on", () => {
    const sizes = counts().set(1, 10n);
    const first = load(sizes);
    expect(sizes.get(1)).toBe(10n);
    sizes.set(1, 11n);
    expect(first.view.get(1)).toBe(11n);
    const second = load(sizes);
    expect(second.view.get(1)).toBe(10n);
    second.view.set(1, 12n);
    expect([sizes.get(1), first.view.get(1), second.view.get(1)]).toEqual([11n, 11n, 12n]);
    expect(sizes.machine).toBe(first.machine);
  });

  test("used for another machine than its own is an error that says what to use", () => {
    const sizes = counts();
    sizes.requireMachine({});
    const { machine } = load(sizes);
    sizes.requireMachine(machine);
    const error = refusal(() => sizes.requireMachine({}));
    expect(error.errno).toBe("EBUSY");
    expect(error.message).toContain("machine.map(declaration)");
  });

  test("that Linux would refuse is refused at its first use", () => {
    expect(refusal(() => counts(0).set(1, 1n)).errno).toBe("EINVAL");
  });

  test("an array is there from the start, and deletes nothing", () => {
    const slots = map.array({ name: "slots", value: struct({ n: u64, who: char(8) }), maxEntries: 2 });
    expect([...slots]).toEqual([
      [0, { n: 0n, who: "" }],
      [1, { n: 0n, who: "" }],
    ]);
    slots.set(1, { n: 3n, who: "me" });
    expect(load(slots).view.get(1)).toEqual({ n: 3n, who: "me" });
    expect(refusal(() => slots.delete(0)).errno).toBe("EINVAL");
    expect(refusal(() => slots.set(2, { n: 0n, who: "" })).errno).toBe("E2BIG");
  });

  test("stacks are lists of addresses without the zeros at their end", () => {
    const stacks = map.stackTrace({ name: "stacks", maxEntries: 16, depth: 4 });
    const { view } = load(stacks);
    const id = (view.runtime as StackTraceMap).put([0x10, -1, 0x20, -1], { fast: false, reuse: false });
    expect([...stacks]).toEqual([[id, [0xffffffff00000010n, 0xffffffff00000020n]]]);
    expect(refusal(() => stacks.set(0, [1n])).errno).toBe("EINVAL");
    expect(stacks.delete(id)).toBe(true);
  });

  test("keeps working when the machine's memory grows", () => {
    const sizes = counts();
    const { view } = load(sizes);
    sizes.set(1, 1n);
    view.runtime.memory.allocate(8 << 20);
    expect(sizes.set(2, 2n).get(1)).toBe(1n);
    expect([...sizes].length).toBe(2);
    for (const [key] of sizes) {
      view.runtime.memory.allocate(16 << 20);
      expect(sizes.has(key)).toBe(true);
    }
  });
});

describe("a mistake in a declaration is found at its line", () => {
  const good = { name: "counts", key: u32, value: u64, maxEntries: 4 };

  test.each([-1, 1.5, "5", 2 ** 40, undefined])("maxEntries %o", (maxEntries) => {
    const error = refusal(() => map.hash({ ...good, maxEntries: maxEntries as number }));
    expect(error.errno).toBe("EINVAL");
    expect(error.message).toContain("maxEntries must be a whole number from 0 to 4294967295, got ");
  });

  test.each([
    ["a name with blanks", () => map.hash({ ...good, name: "my counts" })],
    ["a name that is too long", () => map.hash({ ...good, name: "a".repeat(16) })],
    ["flags that the type does not know", () => map.array({ name: "n", value: u64, maxEntries: 1, flags: 1 })],
  ])("%s", (_, declare) => {
    expect(refusal(declare).errno).toBe("EINVAL");
  });

  const loose = map as unknown as Record<"hash" | "array" | "stackTrace", (spec?: unknown) => unknown>;
  test.each([
    [
      () => loose.hash(),
      "the argument of map.hash(...) must be an object such as { name, ..., maxEntries }, got undefined.",
    ],
    [
      () => loose.stackTrace("s"),
      'the argument of map.stackTrace(...) must be an object such as { name, ..., maxEntries }, got "s".',
    ],
    [() => loose.hash({}), "name of the map must be a string, got undefined."],
    [
      () => loose.hash({ ...good, key: 4 }),
      'key of map "counts" must be a codec, such as u32, char(16) or struct({ port: u16 }), got 4.',
    ],
    [
      () => loose.array({ name: "n", maxEntries: 1 }),
      'value of map "n" must be a codec, such as u32, char(16) or struct({ port: u16 }), got undefined.',
    ],
    [
      () => loose.stackTrace({ name: "s", maxEntries: 1, depth: -1 }),
      "depth of map.stackTrace(...) must be a whole number from 1 to 127, got -1.",
    ],
  ])("%s", (declare, message) => {
    expect(declare).toThrow(ArgumentError);
    expect(declare).toThrow(message);
  });

  test("what was refused is not what its name stands for", () => {
    const declared = map.hash({ ...good, name: "kept" });
    expect(() => map.hash({ ...good, name: "kept", maxEntries: -1 })).toThrow(MapError);
    expect(latestDeclaration("kept")).toBe(declared);
  });
});
