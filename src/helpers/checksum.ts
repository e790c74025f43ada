/** Internet checksums (RFC 1071) as Linux computes them: 32-bit sums of 16-bit words in memory order, folded at the end. */
import type { LinearMemory } from "../memory/memory.ts";
import type { HelperImplementation } from "./row.ts";
import { u64Of } from "./u64.ts";

/** Adds with the carry that comes out on top added at the bottom. */
export const addSums = (a: number, b: number): number => {
  const sum = (a >>> 0) + (b >>> 0);
  return (sum > 0xffff_ffff ? sum - 0xffff_ffff : sum) >>> 0;
};

/** The sum of `size` bytes, added to `sum`. */
export function sumBytes({ u8 }: LinearMemory, at: number, size: number, sum: number): number {
  let total = 0;
  for (let byte = 0; byte + 1 < size; byte += 2) total += u8[at + byte] | (u8[at + byte + 1] << 8);
  if (size & 1) total += u8[at + size - 1];
  // At most 2^31 bytes, so the total is exact; what exceeds 32 bits comes back at the bottom.
  return addSums(sum, addSums(total % 2 ** 32, Math.floor(total / 2 ** 32)));
}

/** A sum in 16 bits, not inverted. */
export function foldSum(sum: number): number {
  const once = ((sum & 0xffff) + (sum >>> 16)) >>> 0;
  return ((once & 0xffff) + (once >>> 16)) & 0xffff;
}

export const CHECKSUM_HELPERS: readonly HelperImplementation[] = [
  {
    name: "csum_diff",
    passing: "u64",
    implement:
      ({ memory }) =>
      (from, fromSize, to, toSize, seed) => {
        const added = sumBytes(memory, to, toSize, seed);
        const removed = sumBytes(memory, from, fromSize, 0);
        return u64Of(memory, foldSum(fromSize === 0 ? added : addSums(added, ~removed)));
      },
  },
];
