import type { LinearMemory } from "../memory/memory.ts";

/** From here on the engine's own copy is faster than a loop over words. */
const LONG = 64;

/**
 * Copies bytes within memory; the two places do not overlap. Keys and values are mostly a few aligned words, for which a
 * call of `copyWithin` costs more than the copying.
 */
export function copyBytes({ i32, u8 }: LinearMemory, to: number, from: number, size: number): void {
  if (((to | from | size) & 3) === 0 && size <= LONG) {
    for (let at = 0; at < size; at += 4) i32[(to + at) >> 2] = i32[(from + at) >> 2];
  } else {
    u8.copyWithin(to, from, from + size);
  }
}
