import type { MapSpec } from "../../src/maps/spec.ts";

/** One program of the comparison. All are socket filters, so that BPF_PROG_TEST_RUN runs them on Linux. */
export interface BenchProgram {
  readonly name: string;
  readonly maps: readonly MapSpec[];
  /** Elements that exist before the run, for each map: keys 0..n-1. */
  readonly filled: readonly number[];
  readonly text: string;
}

const hash: MapSpec = { name: "counts", type: "hash", keySize: 4, valueSize: 8, maxEntries: 1024, flags: 0 };
const array: MapSpec = { name: "slots", type: "array", keySize: 4, valueSize: 8, maxEntries: 256, flags: 0 };

export const PROGRAMS: readonly BenchProgram[] = [
  {
    name: "arithmetic loop",
    maps: [],
    filled: [],
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
    name: "branches",
    maps: [],
    filled: [],
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
    name: "hash lookup and add",
    maps: [hash],
    filled: [1024],
    text: `
      r1 = 0
      *(u32 *)(r10 - 4) = r1
      r2 = r10
      r2 += -4
      r1 = map[counts]
      call map_lookup_elem
      if r0 == 0 goto out
      r1 = 1
      lock *(u64 *)(r0 + 0) += r1
    out:
      r0 = 0
      exit`,
  },
  {
    name: "array lookup",
    maps: [array],
    filled: [256],
    text: `
      r6 = *(u32 *)(r1 + 0)
      r6 &= 255
      *(u32 *)(r10 - 4) = r6
      r2 = r10
      r2 += -4
      r1 = map[slots]
      call map_lookup_elem
      if r0 == 0 goto out
      r1 = *(u64 *)(r0 + 0)
      r1 += 1
      *(u64 *)(r0 + 0) = r1
    out:
      r0 = 0
      exit`,
  },
];
