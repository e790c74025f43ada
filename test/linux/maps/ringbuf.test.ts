import fc from "fast-check";
import koffi from "koffi";
import { describe, expect, test } from "vitest";
import { createMap } from "../../../src/maps/create.ts";
import { RINGBUF_WAKEUP, type RingbufMap } from "../../../src/maps/ringbuf.ts";
import { BareHost } from "../../helpers/bare-host.ts";
import { available, close, mapCreate, progLoad, progTestRun, suiteName } from "../bpf.ts";
import { add, call, EXIT, move, program, set, slot, store, wide } from "../slots.ts";

const SIZE = 4096;
const PAGE = 4096;

/** A process's view of Linux's buffer: the page that it writes, and those that it reads. */
function mapped(fd: number): { positions: DataView; data: DataView; unmap: () => void } {
  const libc = koffi.load("libc.so.6");
  const mmap = libc.func("void *mmap(void *, size_t, int, int, int, long)");
  const munmap = libc.func("int munmap(void *, size_t)");
  const [read, write, shared] = [1, 2, 1];
  const consumer = mmap(null, PAGE, read | write, shared, fd, 0);
  const producer = mmap(null, PAGE + 2 * SIZE, read, shared, fd, PAGE);
  return {
    positions: new DataView(koffi.view(consumer, PAGE)),
    data: new DataView(koffi.view(producer, PAGE + 2 * SIZE)),
    unmap: () => {
      munmap(consumer, PAGE);
      munmap(producer, PAGE + 2 * SIZE);
    },
  };
}

/** What one run of a program does with the buffer. */
type Step =
  | { readonly do: "output"; readonly size: number; readonly flags: number; readonly fill: number }
  | { readonly do: "reserve"; readonly size: number; readonly discard: boolean; readonly fill: number }
  | { readonly do: "query"; readonly what: number }
  | { readonly do: "read" };

/** The step as a program; r0 is what the helper returned, or whether the reservation succeeded. */
function asProgram(step: Exclude<Step, { do: "read" }>): Uint8Array {
  switch (step.do) {
    case "query":
      return program([...wide(1, 0, 1), set(2, step.what), call(134), EXIT]);
    case "output": {
      const words = Array.from({ length: 64 }, (_, at) => store(8, 10, -512 + 8 * at, step.fill));
      return program(words, [
        ...wide(1, 0, 1),
        move(2, 10),
        add(2, -512),
        set(3, step.size),
        set(4, step.flags),
        call(130),
        EXIT,
      ]);
    }
    case "reserve":
      return program([
        ...wide(1, 0, 1),
        set(2, step.size),
        set(3, 0),
        call(131),
        slot(0x55, 0, 0, 1, 0), // if r0 != 0 goto +1
        EXIT,
        ...(step.size >= 4 ? [store(4, 0, 0, step.fill)] : []),
        move(1, 0),
        set(2, RINGBUF_WAKEUP.no),
        call(step.discard ? 133 : 132),
        set(0, 1),
        EXIT,
      ]);
  }
}

/** The same step through our helpers. */
function ours(host: BareHost, step: Exclude<Step, { do: "read" }>): number {
  const { header } = host.maps[0];
  switch (step.do) {
    case "query":
      return host.call("ringbuf_query", header, step.what, 0);
    case "output":
      return host.call(
        "ringbuf_output",
        header,
        host.put(
          new Uint8Array(new Int32Array(128).map((_, at) => (at % 2 ? (step.fill < 0 ? -1 : 0) : step.fill)).buffer),
        ),
        step.size,
        step.flags,
        0,
      );
    case "reserve": {
      const sample = host.call("ringbuf_reserve", header, step.size, 0, 0);
      if (sample === 0) return 0;
      if (step.size >= 4) host.memory.i32[sample >> 2] = step.fill;
      host.call(step.discard ? "ringbuf_discard" : "ringbuf_submit", sample, RINGBUF_WAKEUP.no, 0);
      return 1;
    }
  }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("output" as const),
      size: fc.nat(512),
      flags: fc.constantFrom(0, 1, 2, 3, 4),
      fill: fc.integer(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("reserve" as const),
      size: fc.oneof(fc.nat(900), fc.constantFrom(4079, 4080, 4081, 4088, 4089, 4096, 0x3fff_ffff)),
      discard: fc.boolean(),
      fill: fc.integer(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("query" as const), what: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("read" as const) }) },
);

describe.skipIf(!available)(suiteName("ring buffer against the running Linux"), () => {
  test("results, positions and records are the same at every step", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 30 }), (steps) => {
        const { fd } = mapCreate({ type: "ringbuf", keySize: 0, valueSize: 0, maxEntries: SIZE });
        const { positions, data, unmap } = mapped(fd);
        const host = new BareHost();
        const spec = { type: "ringbuf", name: "r", keySize: 0, valueSize: 0, maxEntries: SIZE, flags: 0 } as const;
        const map = createMap(host.memory, 0, spec) as RingbufMap;
        host.maps.push(map);
        /** What a reader as libbpf's gets from Linux's buffer. */
        const readLinux = (): string[] => {
          const records: string[] = [];
          let at = positions.getUint32(0, true);
          for (; at < data.getUint32(0, true); ) {
            const length = data.getUint32(PAGE + (at & (SIZE - 1)), true);
            const size = length & 0x3fff_ffff;
            const bytes = new Uint8Array(data.buffer, data.byteOffset + PAGE + (at & (SIZE - 1)) + 8, size);
            if (!(length & 0x4000_0000)) records.push(Buffer.from(bytes.slice(0, size)).toString("hex"));
            at += (size + 15) & ~7;
          }
          positions.setUint32(0, at, true);
          return records;
        };
        const readOurs = (): string[] => {
          const records: string[] = [];
          map.consume((at, size) => records.push(Buffer.from(map.memory.u8.slice(at, at + size)).toString("hex")));
          return records;
        };
        try {
          for (const each of steps) {
            if (each.do === "read") {
              // Bytes of a reservation that nobody wrote are what was there before.
              const first = (record: string): string => `${record.length} ${record.slice(0, 8)}`;
              expect(readOurs().map(first)).toEqual(readLinux().map(first));
            } else {
              const { fd: loaded, ok } = progLoad({ type: "socket_filter", insns: asProgram(each), mapFds: [fd] });
              expect(ok).toBe(true);
              const { retval } = progTestRun(loaded, { data: new Uint8Array(64) });
              close(loaded);
              expect([each, ours(host, each) | 0]).toEqual([each, retval | 0]);
            }
            expect(map.producerPosition).toBe(data.getUint32(0, true));
            expect(map.consumerPosition).toBe(positions.getUint32(0, true));
          }
        } finally {
          unmap();
          close(fd);
        }
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 500 : 25 },
    );
  });
});
