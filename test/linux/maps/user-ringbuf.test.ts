/** The ring buffer from users to programs, and dynptrs: the same programs on the same bytes, there and here. */
import fc from "fast-check";
import koffi from "koffi";
import { describe, expect, test } from "vitest";
import { encode } from "../../../src/isa/encode.ts";
import type { MapSpec } from "../../../src/maps/spec.ts";
import type { UserRingbufMap } from "../../../src/maps/user-ringbuf.ts";
import type { ProgramSpec } from "../../../src/programs/spec.ts";
import { prepareTestRun } from "../../../src/programs/test-run.ts";
import { type TypedText, typedProgram } from "../../verifier/typed-programs.ts";
import { available, btfLoad, close, mapCreate, mapLookup, progLoad, progTestRun, suiteName } from "../bpf.ts";
import { SharedMachine } from "../shared-machine.ts";
import { KERNEL } from "../verifier-compare.ts";

const SIZE = 4096;
const PAGE = 4096;
const RESULTS: MapSpec = { type: "array", name: "results", keySize: 4, valueSize: 64, maxEntries: 1, flags: 0 };
const SAMPLES: MapSpec = {
  type: "user_ringbuf",
  name: "samples",
  keySize: 0,
  valueSize: 0,
  maxEntries: SIZE,
  flags: 0,
};
const RECORDS: MapSpec = { type: "ringbuf", name: "records", keySize: 0, valueSize: 0, maxEntries: SIZE, flags: 0 };

/** Stores r0 of what went before as result `index`. */
const keep = (index: number): string => `*(u64 *)(r9 + ${8 * index}) = r0`;
const begin = `*(u32 *)(r10 - 4) = 0\n r1 = map[results]\n r2 = r10\n r2 += -4\n call map_lookup_elem
 if r0 != 0 goto +2\n r0 = 0\n exit\n r9 = r0`;

/** Drains; the callback folds each record's first four bytes into a sum and stops where their lowest bit is set. */
const drain = (flags: number): TypedText => ({
  name: "drain",
  functions: ["each"],
  text: `${begin}\n *(u64 *)(r10 - 16) = 0\n r1 = map[samples]\n r2 = func[each]\n r3 = r10\n r3 += -16\n r4 = ${flags}
 call user_ringbuf_drain\n ${keep(0)}\n r1 = *(u64 *)(r10 - 16)\n *(u64 *)(r9 + 8) = r1\n r0 = 0\n exit
each:\n r6 = r2\n r3 = r1\n r1 = r10\n r1 += -8\n *(u64 *)(r10 - 8) = 0\n r2 = 4\n r4 = 0\n r5 = 0\n call dynptr_read
 r1 = *(u64 *)(r6 + 0)\n r1 *= 31\n r1 += r0\n r2 = *(u32 *)(r10 - 8)\n r1 += r2\n *(u64 *)(r6 + 0) = r1
 r0 = r2\n r0 &= 1\n exit`,
});

const machine = new SharedMachine();

function onLinux(program: ProgramSpec, fds: readonly number[]): string | undefined {
  const btf = program.btf ? btfLoad(program.btf.bytes).fd : -1;
  const types = program.functions ? { btfFd: btf, functions: program.functions } : {};
  const loaded = progLoad({
    type: program.type,
    insns: encode(program.insns),
    mapFds: [...fds],
    logLevel: 1,
    ...types,
  });
  try {
    if (!loaded.ok) return loaded.log.slice(-400);
    const run = progTestRun(loaded.fd, { data: new Uint8Array(64) });
    return run.ok ? undefined : run.errno;
  } finally {
    if (loaded.ok) close(loaded.fd);
    if (btf >= 0) close(btf);
  }
}

const words = (bytes: Uint8Array): bigint[] => [...new BigInt64Array(bytes.slice().buffer)];

/** The pages that a process of Linux sees: where it reads, then where it writes. */
function mapped(fd: number): { positions: DataView; data: DataView; unmap: () => void } {
  const libc = koffi.load("libc.so.6");
  const mmap = libc.func("void *mmap(void *, size_t, int, int, int, long)");
  const munmap = libc.func("int munmap(void *, size_t)");
  const [read, write, shared] = [1, 2, 1];
  const consumer = mmap(null, PAGE, read, shared, fd, 0);
  const producer = mmap(null, PAGE + 2 * SIZE, read | write, shared, fd, PAGE);
  return {
    positions: new DataView(koffi.view(consumer, PAGE)),
    data: new DataView(koffi.view(producer, PAGE + 2 * SIZE)),
    unmap: () => {
      munmap(consumer, PAGE);
      munmap(producer, PAGE + 2 * SIZE);
    },
  };
}

type Step =
  | { readonly do: "write"; readonly size: number; readonly word: number; readonly end: "submit" | "discard" | "leave" }
  | { readonly do: "forge"; readonly add: number; readonly length: number }
  | { readonly do: "drain"; readonly flags: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      size: fc.oneof(fc.nat(64), fc.constantFrom(0, 3, 4, 1000, 4080, 4088)),
      word: fc.nat(1000),
      end: fc.constantFrom("submit" as const, "submit" as const, "submit" as const, "discard" as const),
    }),
  },
  // What no library writes: positions and lengths that are wrong.
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("forge" as const),
      add: fc.constantFrom(4, 8, 16, 4096, 8192),
      length: fc.constantFrom(0, 8, 100, 5000, 0x0fff_ffff, 0x4000_0008 | 0, 0x8000_0008 | 0),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("drain" as const), flags: fc.constantFrom(0, 0, 0, 1, 2, 4) }) },
);

describe.skipIf(!available || KERNEL === undefined)(suiteName("user ring buffer against the running Linux"), () => {
  test("results, positions and what callbacks saw are the same at every step", () => {
    const programs = [0, 1, 2, 4].map((flags) => typedProgram(drain(flags), KERNEL!, [RESULTS, SAMPLES]));
    fc.assert(
      fc.property(fc.array(step, { minLength: 4, maxLength: 25 }), (steps) => {
        const fds = [RESULTS, SAMPLES].map((spec) => mapCreate(spec).fd);
        const { positions, data, unmap } = mapped(fds[1]!);
        const bpf = machine.fresh();
        const { memory } = bpf.host;
        const maps = [RESULTS, SAMPLES].map((spec) => bpf.createMap(spec));
        const ring = maps[1] as UserRingbufMap;
        const key = memory.allocate(4);
        try {
          for (const each of steps) {
            if (each.do === "drain") {
              const program = programs[[0, 1, 2, 4].indexOf(each.flags)]!;
              expect(onLinux(program, fds)).toBeUndefined();
              const loaded = bpf.load(program, { maps });
              loaded.runnable.run(prepareTestRun(memory, "socket_filter", { data: new Uint8Array(64) }).context);
              const at = maps[0]!.lookup(key);
              const linux = words(mapLookup(fds[0]!, new Uint8Array(4), 64).value!);
              expect([each, ...words(memory.u8.slice(at, at + 64))]).toEqual([each, ...linux]);
            } else if (each.do === "forge") {
              const from = ring.producerPosition;
              memory.view.setInt32(ring.headerAt(from), each.length, true);
              data.setInt32(PAGE + (from & (SIZE - 1)), each.length, true);
              ring.producerPosition = from + each.add;
              data.setUint32(0, from + each.add, true);
            } else {
              const before = ring.producerPosition;
              if (before % 8 !== 0) continue;
              const sample = ring.reserve(each.size);
              if (sample < 0) continue;
              if (each.size >= 4) memory.view.setUint32(sample, each.word, true);
              if (each.end === "discard") ring.discard(sample);
              else ring.submit(sample);
              const at = PAGE + (before & (SIZE - 1));
              data.setInt32(at, each.size | (each.end === "discard" ? 0x4000_0000 : 0), true);
              if (each.size >= 4) data.setUint32(at + 8, each.word, true);
              data.setUint32(0, ring.producerPosition, true);
            }
            expect([each, ring.consumerPosition]).toEqual([each, positions.getUint32(0, true)]);
          }
        } finally {
          unmap();
          for (const fd of fds) close(fd);
        }
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 300 : 25 },
    );
  });

  test("dynptrs: reading, writing, pieces, records of a ring buffer", () => {
    const number = fc.constantFrom(0, 1, 4, 7, 8, 16, 24, 32, 33, -1, 5000);
    fc.assert(
      fc.property(
        number,
        number,
        fc.constantFrom(0, 0, 0, 1),
        fc.constantFrom(8, 24, 4080, 4096),
        (a, b, flags, size) => {
          const text = `${begin}
 *(u64 *)(r9 + 32) = 5\n *(u64 *)(r9 + 40) = 6\n *(u64 *)(r9 + 48) = 7\n *(u64 *)(r9 + 56) = 8
 r1 = r9\n r1 += 32\n r2 = 32\n r3 = ${flags}\n r4 = r10\n r4 += -24\n call dynptr_from_mem\n ${keep(0)}
 r1 = r10\n r1 += -32\n *(u64 *)(r10 - 32) = 0\n r2 = 8\n r3 = r10\n r3 += -24\n r4 = ${a}\n r5 = 0\n call dynptr_read\n ${keep(1)}
 r1 = r10\n r1 += -24\n r2 = ${b}\n r3 = r10\n r3 += -32\n r4 = 4\n r5 = 0\n call dynptr_write\n ${keep(2)}
 r1 = r10\n r1 += -24\n r2 = ${a}\n r3 = 8\n call dynptr_data
 if r0 == 0 goto +2\n r1 = 77\n *(u8 *)(r0 + 3) = r1
 r1 = map[records]\n r2 = ${size}\n r3 = ${flags}\n r4 = r10\n r4 += -24\n call ringbuf_reserve_dynptr\n ${keep(3)}
 r1 = r10\n r1 += -24\n r2 = 0\n r3 = r9\n r3 += 32\n r4 = 8\n r5 = 0\n call dynptr_write\n ${keep(0)}
 r1 = r10\n r1 += -24\n r2 = 0\n call ringbuf_submit_dynptr
 r1 = map[records]\n r2 = 0\n call ringbuf_query\n *(u64 *)(r9 + 56) = r0\n r0 = 0\n exit`;
          const specs = [RESULTS, RECORDS];
          // The first dynptr may be overwritten: it holds nothing.
          const program = typedProgram({ name: "dynptrs", text }, KERNEL!, specs);
          const fds = specs.map((spec) => mapCreate(spec).fd);
          const bpf = machine.fresh();
          const { memory } = bpf.host;
          try {
            expect(onLinux(program, fds)).toBeUndefined();
            const loaded = bpf.load(program);
            loaded.runnable.run(prepareTestRun(memory, "socket_filter", { data: new Uint8Array(64) }).context);
            const at = loaded.maps[0]!.lookup(memory.allocate(4));
            const linux = words(mapLookup(fds[0]!, new Uint8Array(4), 64).value!);
            expect([a, b, flags, ...words(memory.u8.slice(at, at + 64))]).toEqual([a, b, flags, ...linux]);
          } finally {
            for (const fd of fds) close(fd);
          }
        },
      ),
      { numRuns: process.env.BPFBOOK_NIGHT ? 1000 : 60 },
    );
  });
});
