import { ERRNO } from "../../maps/errno.ts";
import { MAX_LOOPS } from "../callback-helpers.ts";
import { kernelOffset } from "../probe-read.ts";
import type { KfuncImplementation } from "./implementation.ts";

/** `struct bpf_iter_num` as Linux uses it: the number that was given last, and the end. */
const NUM = { current: 0, end: 4 } as const;

/** `struct bpf_iter_bits`: one word of bits, or the address of a copy of several; how many bits; the bit that was given last. */
const BITS = { words: 0, count: 8, bit: 12 } as const;

/** The most words of `bpf_iter_bits_new`: what Linux's allocator gives at once. */
const MAX_WORDS = 511;

/** Iterators over numbers and over bits: their state is the program's own stack. */
export const ITERATOR_KFUNCS: readonly KfuncImplementation[] = [
  {
    name: "bpf_iter_num_new",
    passing: "u32",
    args: ["ptr_to_stack_or_null", "const_size", "const_size"],
    implement:
      ({ memory }) =>
      (at, first, end) => {
        const state = memory.i32.subarray(at! >> 2, (at! >> 2) + 2);
        state.fill(0);
        if (first! > end!) return -ERRNO.EINVAL;
        if (end! - first! > MAX_LOOPS) return -ERRNO.E2BIG;
        state[0] = first! - 1;
        state[1] = end!;
        return 0;
      },
  },
  {
    name: "bpf_iter_num_next",
    passing: "pointer",
    args: ["ptr_to_stack_or_null"],
    implement:
      ({ memory }) =>
      (at) => {
        const current = (at! + NUM.current) >> 2;
        const end = (at! + NUM.end) >> 2;
        const next = (memory.i32[current]! + 1) | 0;
        if (next >= memory.i32[end]!) {
          memory.i32[current] = 0;
          memory.i32[end] = 0;
          return 0;
        }
        memory.i32[current] = next;
        return at! + NUM.current;
      },
  },
  {
    name: "bpf_iter_num_destroy",
    passing: "void",
    args: ["ptr_to_stack_or_null"],
    implement:
      ({ memory }) =>
      (at) => {
        memory.i32.fill(0, at! >> 2, (at! >> 2) + 2);
        return 0;
      },
  },
  {
    name: "bpf_iter_bits_new",
    passing: "u32",
    args: ["ptr_to_stack_or_null", "anything", "const_size"],
    implement:
      ({ memory }) =>
      (at, low, high, words) => {
        memory.i32.fill(0, at! >> 2, (at! >> 2) + 4);
        memory.i32[(at! + BITS.bit) >> 2] = -1;
        if ((low === 0 && high === 0) || words === 0) return -ERRNO.EINVAL;
        if (words! >>> 0 > MAX_WORDS) return -ERRNO.E2BIG;
        const from = kernelOffset(memory, low!, high!, 8 * words!);
        if (from < 0) return words === 1 ? -ERRNO.EFAULT : from;
        const copy = words === 1 ? at! + BITS.words : memory.allocate(8 * words!);
        memory.u8.copyWithin(copy, from, from + 8 * words!);
        if (words !== 1) memory.i32[(at! + BITS.words) >> 2] = copy;
        memory.i32[(at! + BITS.count) >> 2] = 64 * words!;
        return 0;
      },
  },
  {
    name: "bpf_iter_bits_next",
    passing: "pointer",
    args: ["ptr_to_stack_or_null"],
    implement:
      ({ memory }) =>
      (at) => {
        const count = memory.i32[(at! + BITS.count) >> 2]!;
        let bit = memory.i32[(at! + BITS.bit) >> 2]!;
        if (count === 0 || bit >= count) return 0;
        const bits = count === 64 ? at! + BITS.words : memory.i32[(at! + BITS.words) >> 2]!;
        do bit++;
        while (bit < count && ((memory.u8[bits + (bit >> 3)]! >> (bit & 7)) & 1) === 0);
        memory.i32[(at! + BITS.bit) >> 2] = bit;
        return bit < count ? at! + BITS.bit : 0;
      },
  },
  {
    name: "bpf_iter_bits_destroy",
    passing: "void",
    args: ["ptr_to_stack_or_null"],
    implement:
      ({ memory }) =>
      (at) => {
        const count = memory.i32[(at! + BITS.count) >> 2]!;
        if (count > 64) memory.free(memory.i32[(at! + BITS.words) >> 2]!, count / 8);
        return 0;
      },
  },
];
