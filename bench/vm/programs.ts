import type { MapSpec } from "../../src/maps/spec.ts";

/** One program of the comparison, of a type that BPF_PROG_TEST_RUN runs on Linux. */
export interface BenchProgram {
  readonly name: string;
  readonly type: "socket_filter" | "xdp";
  readonly maps: readonly MapSpec[];
  /** Elements that exist before the run, for each map: keys 0..n-1. In an array of programs they are the program itself. */
  readonly filled: readonly number[];
  /** Runs in all, where each uses something up: all runs of a ring buffer must fit into it, since nobody reads. */
  readonly runs?: number;
  /** A second program of the same type and maps, at index 1 of an array of programs that holds this one at 0. */
  readonly partner?: string;
  /** Instructions of one run, where tail calls make them those of several programs. */
  readonly executed?: number;
  /** What is measured is in a loop, so that what BPF_PROG_TEST_RUN does around a run weighs little. */
  readonly text: string;
}

const hash: MapSpec = { name: "counts", type: "hash", keySize: 4, valueSize: 8, maxEntries: 1024, flags: 0 };
const array: MapSpec = { name: "slots", type: "array", keySize: 4, valueSize: 8, maxEntries: 256, flags: 0 };

const percpu: MapSpec = { ...array, name: "percpu", type: "percpu_array" };
const programs: MapSpec = { name: "programs", type: "prog_array", keySize: 4, valueSize: 4, maxEntries: 2, flags: 0 };
const RING_SIZE = 2 ** 26;
const ring: MapSpec = { name: "events", type: "ringbuf", keySize: 0, valueSize: 0, maxEntries: RING_SIZE, flags: 0 };

const alone = { type: "socket_filter", maps: [], filled: [] } as const;
const withHash = { type: "socket_filter", maps: [hash], filled: [1024] } as const;
const withArray = { type: "socket_filter", maps: [array], filled: [256] } as const;
const onPacket = { type: "xdp", maps: [], filled: [] } as const;

/** `body` executed `times` times, counted in r6. The sum of what it leaves in r8 is returned, so that nothing is done in vain. */
const loop = (times: number, body: string, before = ""): string => `
  ${before}
  r6 = 0
  r8 = 0
loop:
  ${body}
  r6 += 1
  if r6 < ${times} goto loop
  r0 = r8
  exit`;

export const PROGRAMS: readonly BenchProgram[] = [
  {
    ...alone,
    name: "arithmetic",
    text: `
      r1 = 0
      r0 = 1
    loop:
      r0 *= 1103515245
      r0 += 12345
      r2 = r0
      r2 >>= 17
      r0 ^= r2
      r1 += 1
      if r1 < 10000 goto loop
      w0 = w0
      exit`,
  },
  {
    ...alone,
    name: "hashing",
    text: loop(
      1000,
      `w1 = w6
       w1 *= 0x9e3779b1
       w2 = w1
       w2 >>= 15
       w1 ^= w2
       w1 *= 0x85ebca77
       w2 = w1
       w2 <<= 13
       w3 = w1
       w3 >>= 19
       w2 |= w3
       w8 ^= w2
       w8 *= 5`,
    ),
  },
  {
    ...alone,
    name: "bounded loop",
    text: loop(
      100,
      `r1 = r6
       r1 &= 15
       r2 = 0
     inner:
       if r2 >= r1 goto done
       r8 += r2
       r2 += 1
       if r2 < 16 goto inner
     done:`,
    ),
  },
  {
    ...alone,
    name: "branches",
    text: `
      r1 = 0
      r0 = 0
      r3 = 88172645463325252 ll
    loop:
      r2 = r3
      r2 <<= 13
      r3 ^= r2
      r2 = r3
      r2 >>= 7
      r3 ^= r2
      r2 = r3
      r2 &= 7
      if r2 > 3 goto high
      if r2 == 1 goto one
      r0 += 1
      goto next
    one:
      r0 += 2
      goto next
    high:
      if r2 s> 5 goto next
      r0 += 3
    next:
      r1 += 1
      if r1 < 1000 goto loop
      exit`,
  },
  {
    ...withHash,
    name: "hash lookup and atomic add",
    text: loop(
      200,
      `*(u32 *)(r10 - 4) = r6
       r2 = r10
       r2 += -4
       r1 = map[counts]
       call map_lookup_elem
       if r0 == 0 goto next
       r1 = 1
       lock *(u64 *)(r0 + 0) += r1
     next:`,
    ),
  },
  {
    ...withHash,
    name: "hash update",
    text: loop(
      100,
      `*(u32 *)(r10 - 4) = r6
       *(u64 *)(r10 - 16) = r6
       r2 = r10
       r2 += -4
       r3 = r10
       r3 += -16
       r4 = 0
       r1 = map[counts]
       call map_update_elem
       r8 += r0`,
    ),
  },
  {
    ...withArray,
    name: "array lookup and add",
    text: loop(
      200,
      `*(u32 *)(r10 - 4) = r6
       r2 = r10
       r2 += -4
       r1 = map[slots]
       call map_lookup_elem
       if r0 == 0 goto next
       r1 = *(u64 *)(r0 + 0)
       r1 += r6
       *(u64 *)(r0 + 0) = r1
     next:`,
    ),
  },
  {
    ...withArray,
    name: "array with a constant key",
    text: loop(
      200,
      `*(u32 *)(r10 - 4) = 7
       r2 = r10
       r2 += -4
       r1 = map[slots]
       call map_lookup_elem
       if r0 == 0 goto next
       r1 = 1
       lock *(u64 *)(r0 + 0) += r1
     next:`,
    ),
  },
  {
    ...{ type: "socket_filter", maps: [percpu], filled: [256] },
    name: "per-CPU array lookup and add",
    text: loop(
      200,
      `*(u32 *)(r10 - 4) = r6
       r2 = r10
       r2 += -4
       r1 = map[percpu]
       call map_lookup_elem
       if r0 == 0 goto next
       r1 = *(u64 *)(r0 + 0)
       r1 += r6
       *(u64 *)(r0 + 0) = r1
     next:`,
    ),
  },
  {
    ...{ type: "socket_filter", maps: [programs], filled: [1], executed: 34 * 3 + 2 },
    name: "33 tail calls to itself",
    text: tailCall(0),
  },
  {
    ...{ type: "socket_filter", maps: [programs], filled: [1], executed: 34 * 3 + 2 },
    name: "33 tail calls of two programs",
    text: tailCall(1),
    partner: tailCall(0),
  },
  {
    ...{ type: "socket_filter", maps: [ring], filled: [0], runs: RING_SIZE / (24 * 10) / 2 },
    name: "ring buffer output",
    text: loop(
      10,
      `*(u64 *)(r10 - 8) = r6
       *(u64 *)(r10 - 16) = r6
       r1 = map[events]
       r2 = r10
       r2 += -16
       r3 = 16
       r4 = 1
       call ringbuf_output
       r8 += r0`,
    ),
  },
  { ...alone, name: "memory copy", text: loop(50, copyAndSum(16)) },
  { ...alone, name: "sort on the stack", text: loop(20, sort(8)) },
  {
    ...alone,
    name: "subprogram calls",
    text: `
      r6 = 0
      r7 = 1
    loop:
      r1 = r7
      r2 = r6
      call step
      r7 = r0
      r6 += 1
      if r6 < 1000 goto loop
      r0 = r7
      exit
    step:
      r0 = r1
      r0 *= 31
      r0 += r2
      exit`,
  },
  {
    ...onPacket,
    name: "packet parsing",
    text: loop(
      100,
      `r2 = *(u32 *)(r7 + 0)
       r3 = *(u32 *)(r7 + 4)
       r4 = r2
       r4 += 42
       if r4 > r3 goto next
       r5 = *(u16 *)(r2 + 12)
       if r5 != 8 goto next
       r5 = *(u8 *)(r2 + 14)
       r5 &= 15
       if r5 != 5 goto next
       r5 = *(u8 *)(r2 + 23)
       if r5 != 17 goto next
       r5 = *(u16 *)(r2 + 36)
       r5 = be16 r5
       if r5 != 53 goto next
       *(u16 *)(r2 + 34) = r6
     next:`,
      "r7 = r1",
    ),
  },
  {
    ...onPacket,
    name: "checksum of a header",
    text: loop(
      100,
      `r2 = *(u32 *)(r7 + 0)
       r3 = *(u32 *)(r7 + 4)
       r0 = 0
       r4 = r2
       r4 += 34
       if r4 > r3 goto next
       ${Array.from({ length: 10 }, (_, i) => `r5 = *(u16 *)(r2 + ${14 + 2 * i})\nr0 += r5`).join("\n")}
       r1 = r0
       r1 >>= 16
       r0 &= 65535
       r0 += r1
       r0 ^= 65535
       *(u16 *)(r2 + 24) = r0
     next:`,
      "r7 = r1",
    ),
  },
];

/** Goes on with the program at an index, as long as Linux lets it. */
function tailCall(index: number): string {
  return `
    r2 = map[programs]
    r3 = ${index}
    call tail_call
    r0 = 7
    exit`;
}

/** `count` words written, copied and summed, unrolled as clang does it. */
function copyAndSum(count: number): string {
  const words = Array.from({ length: count }, (_, i) => 8 * i);
  return [
    "r1 = r6",
    ...words.map((at) => `r1 += ${at}\n*(u64 *)(r10 - ${256 - at}) = r1`),
    ...words.map((at) => `r2 = *(u64 *)(r10 - ${256 - at})\n*(u64 *)(r10 - ${128 - at}) = r2`),
    ...words.map((at) => `r2 = *(u64 *)(r10 - ${128 - at})\nr8 += r2`),
  ].join("\n");
}

/** Sorts `count` numbers by exchanging neighbours without branches (minimum and maximum), unrolled. */
function sort(count: number): string {
  const lines = ["r1 = r6"];
  const place = (i: number): string => `*(u32 *)(r10 - ${4 * count - 4 * i})`;
  for (let i = 0; i < count; i++) lines.push("r1 *= 1103515245", "w1 += 12345", `${place(i)} = r1`);
  for (let end = count - 1; end > 0; end--) {
    for (let i = 0; i < end; i++) {
      // r4 = all ones where the first is the greater one; then both are exchanged by the bits in which they differ.
      lines.push(`r2 = ${place(i)}`, `r3 = ${place(i + 1)}`, "r4 = r3", "r4 -= r2", "r4 s>>= 63");
      lines.push("r5 = r2", "r5 ^= r3", "r5 &= r4", "r2 ^= r5", "r3 ^= r5", `${place(i)} = r2`, `${place(i + 1)} = r3`);
    }
  }
  lines.push(`r2 = ${place(0)}`, "r8 ^= r2");
  return lines.join("\n");
}
