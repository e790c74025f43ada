import { type LinearMemory, RETURN_HIGH } from "../memory/memory.ts";

/** Returns 64 bits: the upper half through memory, the lower half as the result. */
export function u64(memory: LinearMemory, low: number, high: number): number {
  memory.i32[RETURN_HIGH >> 2] = high;
  return low | 0;
}

/** A number below 2^53 as a 64-bit result; negative ones (an errno) too. */
export const u64Of = (memory: LinearMemory, value: number): number =>
  u64(memory, value % 2 ** 32, Math.floor(value / 2 ** 32));
