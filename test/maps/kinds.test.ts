import { describe, expect, test } from "vitest";
import { Machine } from "../../src/machine.ts";
import { bytes, char, u16, u32, u64 } from "../../src/maps/codec.ts";
import type { MapError } from "../../src/maps/error.ts";
import { map } from "../../src/maps/map.ts";
import { RingbufMap } from "../../src/maps/ringbuf.ts";
import { struct } from "../../src/maps/struct.ts";
import { DISPLAY } from "../../src/plot/displayable.ts";

const errnoOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as MapError).errno;
  }
};

describe("per-CPU maps show an array by CPU", () => {
  test.each([
    ["percpuArray", () => map.percpuArray({ name: "n", value: u32, maxEntries: 4 })],
    ["percpuHash", () => map.percpuHash({ name: "n", key: u32, value: u32, maxEntries: 4 })],
    ["lruPercpuHash", () => map.lruPercpuHash({ name: "n", key: u32, value: u32, maxEntries: 4 })],
  ] as const)("%s", (_name, declare) => {
    const declaration = declare();
    declaration.set(1, [7]);
    const view = new Machine({ cpus: 3 }).map(declaration);
    expect(view.get(1)).toEqual([7, 0, 0]);
    view.set(1, [1, 2, 3]);
    expect(new Map(view).get(1)).toEqual([1, 2, 3]);
    expect(declaration.get(1)).toEqual([1, 2, 3]);
    view.set(1, [9]);
    expect(view.get(1)).toEqual([9, 0, 0]);
    expect(() => view.set(1, [1, 2, 3, 4])).toThrow("an array of at most 3 values, one for each CPU");
    expect(() => view.set(1, [-1])).toThrow("value[0] must be an integer");
  });
});

test("an LRU hash evicts rather than refuse", () => {
  const seen = map.lruHash({ name: "seen", key: u32, value: u64, maxEntries: 10 });
  for (let key = 0; key < 50; key++) seen.set(key, BigInt(key));
  expect(seen.size).toBeLessThanOrEqual(10);
  expect(seen.get(49)).toBe(49n);
});

test("an LPM trie finds the longest prefix", () => {
  const routes = map.lpmTrie({ name: "routes", data: bytes(4), value: u32, maxEntries: 10 });
  const net = (bits: number, ...data: number[]) => ({ bits, data: Uint8Array.from(data) });
  routes
    .set(net(8, 10, 0, 0, 0), 1)
    .set(net(24, 10, 1, 2, 0), 2)
    .set(net(0, 0, 0, 0, 0), 3);
  expect([net(32, 10, 1, 2, 3), net(32, 10, 9, 9, 9), net(32, 8, 8, 8, 8)].map((key) => routes.get(key))).toEqual([
    2, 1, 3,
  ]);
  expect([...routes.keys()].map(({ bits }) => bits)).toEqual([24, 8, 0]);
  expect(() => map.lpmTrie({ name: "r", data: u64, value: u32, maxEntries: 1 })).toThrow("right behind the 4 bytes");
});

describe("maps without keys", () => {
  test("a queue gives the oldest, a stack the newest; both list what would come out", () => {
    const queue = map.queue({ name: "q", value: u16, maxEntries: 3 });
    const stack = map.stack({ name: "s", value: u16, maxEntries: 3 });
    for (const each of [queue, stack]) {
      for (const value of [1, 2, 3]) each.push(value);
      expect(errnoOf(() => each.push(4))).toBe("E2BIG");
      each.push(4, "exist");
    }
    expect([...queue]).toEqual([
      [0, 2],
      [1, 3],
      [2, 4],
    ]);
    expect([...stack.values()]).toEqual([4, 3, 2]);
    expect([queue.peek(), stack.peek()]).toEqual([2, 4]);
    expect([queue.pop(), queue.pop(), queue.pop(), queue.pop()]).toEqual([2, 3, 4, undefined]);
    expect([queue.size, stack.size, stack.get(1), stack.get(5)]).toEqual([0, 3, 3, undefined]);
    const view = new Machine().map(stack);
    expect([...view.values()].sort()).toEqual([2, 3, 4]);
    expect([view.pop(), stack.peek()]).toEqual([4, 3]);
  });

  test("initial contents keep their order", () => {
    const declare = [
      map.queue({ name: "q", value: u16, maxEntries: 3 }),
      map.stack({ name: "s", value: u16, maxEntries: 3 }),
    ];
    for (const declaration of declare) {
      declaration.push(1).push(2).push(3);
      const before = [...declaration.values()];
      expect([...new Machine().map(declaration).values()]).toEqual(before);
    }
  });

  test("a Bloom filter never says no to what it has", () => {
    const known = map.bloomFilter({ name: "b", value: u32, maxEntries: 100, hashes: 3 });
    for (let value = 0; value < 100; value++) known.push(value * 7);
    for (let value = 0; value < 100; value++) expect(known.mayHave(value * 7)).toBe(true);
    const view = new Machine().map(known);
    expect(view.mayHave(7)).toBe(true);
    const wrong = Array.from({ length: 1000 }, (_, at) => at + 10_000).filter((value) => known.mayHave(value));
    expect(wrong.length).toBeLessThan(300);
    expect([...known]).toEqual([]);
    expect(errnoOf(() => known.pop())).toBe("EOPNOTSUPP");
  });
});

describe("ring buffers", () => {
  test("typed records, in order, once; what is short is filled up", () => {
    const events = map.ringbuf({ name: "events", value: struct({ pid: u32, comm: char(4) }), size: 4096 });
    const view = new Machine().map(events);
    const ring = view.runtime as RingbufMap;
    expect(ring).toBeInstanceOf(RingbufMap);
    const put = (...data: number[]): void => {
      const at = ring.reserve(data.length);
      ring.memory.u8.set(data, at);
      ring.commit(at, 0, false);
    };
    put(1, 0, 0, 0, 97, 98, 0, 0);
    put(2, 0);
    expect([...events]).toEqual([
      [0, { pid: 1, comm: "ab" }],
      [1, { pid: 2, comm: "" }],
    ]);
    expect(events.read()).toEqual([
      { pid: 1, comm: "ab" },
      { pid: 2, comm: "" },
    ]);
    expect([events.read(), view.available, ring.reserve(5000), events.dropped]).toEqual([[], 0, 0, 1]);
    // The second record found one that waits: its reader was on the way.
    expect([events.wakeups, view.wakeups]).toEqual([1, 1]);
  });

  test("without a type records are bytes", () => {
    const events = map.ringbuf({ name: "events", size: 4096 });
    const ring = new Machine().map(events).runtime as RingbufMap;
    ring.commit(ring.reserve(3), 0, false);
    expect(events.read()).toEqual([new Uint8Array(3)]);
    expect(errnoOf(() => map.ringbuf({ name: "e", size: 5000 }))).toBe("EINVAL");
    expect(() => map.ringbuf({ name: "e", size: 4096, value: 5 as never })).toThrow("a codec");
  });
});

test("every kind shows as a table", async () => {
  const kinds = [
    map.percpuArray({ name: "a", value: u32, maxEntries: 2 }),
    map.queue({ name: "q", value: u16, maxEntries: 3 }).push(5),
    map.ringbuf({ name: "r", size: 4096 }),
    map.bloomFilter({ name: "b", value: u32, maxEntries: 3 }),
  ];
  for (const kind of kinds) expect(await kind[DISPLAY]()).toBeDefined();
});

test("take removes what it gives", () => {
  const sizes = map.hash({ name: "t", key: u32, value: u32, maxEntries: 3 });
  sizes.set(1, 5);
  expect([sizes.take(1), sizes.take(1), sizes.size]).toEqual([5, undefined, 0]);
});
