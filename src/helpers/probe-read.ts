import { ERRNO } from "../maps/errno.ts";
import { DIRECT_MAP_HIGH, FIRST_OFFSET, type LinearMemory } from "../memory/memory.ts";
import type { HelperRow } from "./row.ts";

/** Where x86-64's user half ends, as the upper 32 bits of an address; Linux forbids one page more. */
const USER_HIGH = 0x7fff;
/** The upper 17 bits of a kernel address are ones: what Linux calls canonical. */
const CANONICAL_HIGH = 0xffff_8000;

/**
 * Whether a kernel address may be tried at all. Linux refuses user addresses and those that no x86-64 CPU accepts without
 * trying (ERANGE), and finds out by a fault that nothing is there (EFAULT).
 */
const isKernelAddress = (high: number): boolean => high >>> 0 > USER_HIGH && high >>> 0 >= CANONICAL_HIGH;

/**
 * The offset in linear memory of `size` readable bytes at a kernel address, or a negative errno.
 *
 * @example kernelOffset(memory, 0x10000, DIRECT_MAP_HIGH, 8) // 0x10000
 */
export function kernelOffset(memory: LinearMemory, low: number, high: number, size: number): number {
  if (!isKernelAddress(high)) return -ERRNO.ERANGE;
  const offset = low >>> 0;
  const readable = high === DIRECT_MAP_HIGH && offset >= FIRST_OFFSET && offset + size <= memory.u8.length;
  // Linux copies nothing where it is asked for nothing, so no fault can happen.
  return readable || size === 0 ? offset : -ERRNO.EFAULT;
}

/** Memory that the verifier did not prove. */
export const PROBE_READ_HELPERS: readonly HelperRow[] = [
  {
    id: 113,
    name: "probe_read_kernel",
    gplOnly: true,
    args: ["ptr_to_uninit_mem", "const_size_or_zero", "anything"],
    returns: "integer",
    passing: "i32",
    doc: "Copies bytes from any kernel address; zeroes the destination and returns an error where that faults.",
    implement:
      ({ memory }) =>
      (to, size, low, high) => {
        const from = kernelOffset(memory, low, high, size);
        if (from < 0) {
          memory.u8.fill(0, to, to + size);
          return from;
        }
        memory.u8.copyWithin(to, from, from + size);
        return 0;
      },
  },
];
