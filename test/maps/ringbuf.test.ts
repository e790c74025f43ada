import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMap } from "../../src/maps/create.ts";
import {
  RINGBUF_BUSY,
  RINGBUF_DISCARD,
  RINGBUF_HEADER,
  RINGBUF_WAKEUP,
  type RingbufMap,
  ringbufOf,
} from "../../src/maps/ringbuf.ts";
import { LinearMemory } from "../../src/memory/memory.ts";

const SIZE = 4096;

function ring(index = 0): RingbufMap {
  const spec = { type: "ringbuf", name: "r", keySize: 0, valueSize: 0, maxEntries: SIZE, flags: 0 } as const;
  return createMap(new LinearMemory(), index, spec) as RingbufMap;
}

/** Everything that is ready, as numbers: the first word of each record. */
function read(map: RingbufMap): number[] {
  const words: number[] = [];
  map.consume((at) => words.push(map.memory.i32[at >> 2]));
  return words;
}

function output(map: RingbufMap, word: number, size = 8, flags = 0): number {
  const data = map.memory.allocate(size);
  map.memory.i32[data >> 2] = word;
  const result = map.output(data, size, flags);
  map.memory.free(data, size);
  return result;
}

describe("ring buffer", () => {
  test("records come in the order of their reservation, not of their commit", () => {
    const map = ring();
    const [first, second] = [map.reserve(4), map.reserve(4)];
    map.memory.i32[first >> 2] = 1;
    map.memory.i32[second >> 2] = 2;
    map.commit(second, 0, false);
    expect(read(map)).toEqual([]);
    map.commit(first, 0, false);
    expect(map.size).toBe(2);
    expect(read(map)).toEqual([1, 2]);
    expect(map.available).toBe(0);
  });

  test("the header says busy, then the length, then perhaps that it is discarded", () => {
    const map = ring();
    const sample = map.reserve(12);
    const header = (sample - RINGBUF_HEADER) >> 2;
    expect(map.memory.i32[header]).toBe(12 | RINGBUF_BUSY);
    map.commit(sample, 0, true);
    expect(map.memory.i32[header]).toBe(12 | RINGBUF_DISCARD);
    expect(map.producerPosition).toBe(24);
    expect(read(map)).toEqual([]);
    expect(map.consumerPosition).toBe(24);
  });

  test("a record leads back to its map", () => {
    const map = ring(7);
    for (let at = 0; at < 3 * SIZE; at += 1000) {
      const sample = map.reserve(992);
      expect(ringbufOf(map.memory, sample)).toBe(7);
      map.commit(sample, 0, false);
      read(map);
    }
  });

  test("one byte less than the size is the most that it holds, and what finds no room is counted", () => {
    const map = ring();
    expect(map.reserve(SIZE - RINGBUF_HEADER)).toBe(0);
    expect(map.reserve(SIZE)).toBe(0);
    expect(map.reserve(0x4000_0000)).toBe(0);
    expect(map.reserve(SIZE - 2 * RINGBUF_HEADER)).not.toBe(0);
    expect(map.reserve(0)).toBe(0);
    expect(map.dropped).toBe(4);
  });

  test("an old reservation holds up new ones though its reader has nothing to read", () => {
    const map = ring();
    const old = map.reserve(8);
    for (let record = 0; record < 4; record++) map.commit(map.reserve(1000), 0, false);
    expect(map.reserve(100)).toBe(0);
    map.commit(old, 0, true);
    expect(map.reserve(100)).toBe(0); // nobody has read yet
    read(map);
    expect(map.reserve(100)).not.toBe(0);
  });

  test("the reader is woken where it waits for this record, or as the flags say", () => {
    const map = ring();
    output(map, 1);
    output(map, 2); // the reader has been told already
    expect(map.wakeups).toBe(1);
    read(map);
    output(map, 3, 8, RINGBUF_WAKEUP.no);
    expect(map.wakeups).toBe(1);
    output(map, 4, 8, RINGBUF_WAKEUP.force);
    expect(map.wakeups).toBe(2);
    expect(output(map, 5, 8, 4)).toBe(-22);
  });

  test("what the queries tell", () => {
    const map = ring();
    output(map, 1, 20);
    read(map);
    output(map, 2, 1);
    expect([0, 1, 2, 3, 4].map((what) => map.query(what))).toEqual([16, SIZE, 32, 48, 0]);
  });

  test("positions go on past 32 bits", () => {
    const map = ring();
    const block = map.reserve(8) - RINGBUF_HEADER - 3 * 4096;
    for (const page of [1, 2]) map.memory.u32[(block + page * 4096) >> 2] = 0xffff_fff0;
    map.memory.u32[(block + 2 * 4096 + 8) >> 2] = 0xffff_fff0;
    expect(output(map, 7, 24)).toBe(0);
    expect(output(map, 8, 24)).toBe(0);
    expect(map.producerPosition).toBe(2 ** 32 - 16 + 64);
    expect(read(map)).toEqual([7, 8]);
    expect(map.consumerPosition).toBe(2 ** 32 + 48);
  });

  test("nothing can be looked up, updated or deleted", () => {
    const map = ring();
    expect([map.userLookup(0, 0), map.userUpdate(0, 0, 0), map.userDelete(0), map.nextKey(0, 0)]).toEqual([
      -524, -524, -524, -524,
    ]);
    expect(map.userLookup(0, 0, 1)).toBe(-22);
  });

  test("under many producers no record is lost or doubled without being counted", () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant("reserve" as const), size: fc.nat(1500) }) },
      {
        weight: 4,
        arbitrary: fc.record({ do: fc.constant("commit" as const), which: fc.nat(7), discard: fc.boolean() }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("read" as const) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const map = ring();
        const open: { sample: number; id: number; size: number }[] = [];
        const kept = new Map<number, number>();
        const got = new Map<number, number>();
        let [id, refused, last] = [0, 0, -1];
        const consume = () =>
          map.consume((at, size) => {
            const record = map.memory.i32[at >> 2];
            // In order, whole, and each once.
            expect(record).toBeGreaterThan(last);
            last = record;
            for (let byte = 4; byte < size; byte++) expect(map.memory.u8[at + byte]).toBe(record & 0xff);
            got.set(record, size);
          });
        for (const each of steps) {
          if (each.do === "read") consume();
          else if (each.do === "reserve") {
            const size = each.size + 4;
            const sample = map.reserve(size);
            if (sample === 0) refused++;
            else {
              map.memory.u8.fill(++id & 0xff, sample, sample + size);
              map.memory.i32[sample >> 2] = id;
              open.push({ sample, id, size });
            }
          } else if (open.length > 0) {
            const [record] = open.splice(each.which % open.length, 1);
            map.commit(record.sample, 0, each.discard);
            if (!each.discard) kept.set(record.id, record.size);
          }
        }
        for (const { sample, id, size } of open) {
          map.commit(sample, 0, false);
          kept.set(id, size);
        }
        consume();
        expect(new Map([...kept].sort(([a], [b]) => a - b))).toEqual(got);
        expect(map.dropped).toBe(refused);
        expect(map.available).toBe(0);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 3000 : 200 },
    );
  });

  test("what a program that names it calls leaves the same as reserve, copy and commit", () => {
    const step = fc.record({
      do: fc.constantFrom("output", "output", "output", "output", "reserve", "commit", "read"),
      at: fc.integer({ min: 0, max: 16 }),
      size: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(1000, 4088, 4089, 5000, -1)),
      flags: fc.constantFrom(0, 0, 0, 0, 1, 2, 3, 4),
      high: fc.constantFrom(0, 0, 0, 0, 0, 1),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const both = [ring(), ring()];
        const [bound, plain] = both as [RingbufMap, RingbufMap];
        const call = bound.bindOutput();
        const open: number[][] = [];
        const starts = both.map(({ memory }) => {
          const data = memory.allocate(8192);
          for (let i = 0; i < 8192; i++) memory.u8[data + i] = i * 7;
          return data;
        });
        const seen = (map: RingbufMap) => ({
          ...{ producer: map.producerPosition, consumer: map.consumerPosition },
          ...{ dropped: map.dropped, wakeups: map.wakeups },
          ready: map.ready().map(([at, size]) => [at, [...map.memory.u8.subarray(at - RINGBUF_HEADER, at + size)]]),
        });
        for (const { do: what, at, size, flags, high } of steps) {
          if (what === "output") {
            const expected = high === 0 ? plain.output(starts[1]! + at, size, flags) : -22;
            expect(call(starts[0]! + at, size, flags, high)).toBe(expected);
          } else if (what === "reserve") {
            const samples = both.map((map) => map.reserve(size));
            if (samples[0] !== 0) open.push(samples);
          } else if (what === "commit") {
            const samples = open.shift();
            for (const [i, sample] of samples?.entries() ?? []) both[i]!.commit(sample, flags, high === 1);
          } else for (const map of both) map.consume(() => {});
          expect(seen(bound)).toEqual(seen(plain));
        }
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 3000 : 100 },
    );
  });
});
