/** Examples of messages about pointers, memory and arguments. */
import { ARRAY, HASH, lookup, type MessageExample, PACKET, RECORD, RETURN, RING } from "./example.ts";

const ANY = "call get_prandom_u32\nr6 = r0";

export const MEMORY_EXAMPLES = {
  mem_access: { text: `${HASH}\n${lookup("hash")}\nr1 = *(u64 *)(r0 + 0)\n${RETURN}` },
  nullable_arithmetic: { text: `${HASH}\n${lookup("hash")}\nr0 += 4\n${RETURN}` },
  pointer_pointer: { text: `r2 = r10\nr2 += r1\n${RETURN}` },
  narrow_pointer: { text: `w1 += 4\n${RETURN}` },
  pointer_arithmetic: { text: `${HASH}\nr1 = map[hash]\nr1 += 8\n${RETURN}` },
  scalar_minus_pointer: { text: `r2 = 100\nr2 -= r10\n${RETURN}` },
  stack_subtraction: { text: `${ANY}\nr2 = r10\nr6 &= 7\nr2 -= r6\n${RETURN}` },
  bitwise_pointer: { text: `r2 = r10\nr2 &= -8\n${RETURN}` },
  operator_pointer: { text: `r2 = r10\nr2 *= 8\n${RETURN}` },
  offset_constant: { text: `r2 = r10\nr3 = 0x20000000\nr2 += r3\n${RETURN}` },
  offset_fixed: {
    text: `${HASH}\n${lookup("hash")}\nif r0 == 0 goto out\nr0 += 0x1ffffff0\nr0 += 0x1ffffff0\nr1 = *(u8 *)(r0 + 0)\nout:\n${RETURN}`,
  },
  offset_unbounded: {
    text: `${ARRAY}\n${lookup("array")}\nr7 = r0\ncall ktime_get_ns\nr7 += r0\nr1 = *(u8 *)(r7 + 0)\n${RETURN}`,
  },
  context_access: { text: `r2 = *(u32 *)(r1 + 400)\n${RETURN}` },
  negative_offset: { text: `r1 += -8\nr2 = *(u32 *)(r1 + 8)\n${RETURN}` },
  variable_pointer: { text: `r7 = r1\n${ANY}\nr6 &= 4\nr7 += r6\nr2 = *(u32 *)(r7 + 0)\n${RETURN}` },
  misaligned_packet: {
    type: "xdp",
    text: `${PACKET}\nr4 = r2\nr4 += 8\nif r4 > r3 goto out\nr5 = 0\nstore_release((u64 *)(r2 + 0), r5)\nout:\nr0 = 2\nexit`,
  },
  misaligned: { text: `*(u64 *)(r10 - 12) = 0\n${RETURN}` },
  min_negative: {
    text: `${ARRAY}\n${ANY}\nr6 &= 7\nr6 += -4\n${lookup("array")}\nr0 += r6\nr1 = *(u8 *)(r0 + 0)\n${RETURN}`,
  },
  min_outside: { text: `${ARRAY}\n${lookup("array")}\nr1 = *(u64 *)(r0 + 12)\n${RETURN}` },
  max_unbounded: { text: `${ARRAY}\n${ANY}\nr6 >>= 1\n${lookup("array")}\nr0 += r6\nr1 = *(u8 *)(r0 + 0)\n${RETURN}` },
  max_outside: { text: `${ARRAY}\n${ANY}\nr6 &= 31\n${lookup("array")}\nr0 += r6\nr1 = *(u8 *)(r0 + 0)\n${RETURN}` },
  packet_range: {
    text: `${PACKET}\nr4 = r2\nr4 += 14\nif r4 > r3 goto out\nr5 = *(u8 *)(r2 + 23)\nout:\nr0 = 2\nexit`,
    type: "xdp",
  },
  packet_write: {
    text: `r2 = *(u32 *)(r1 + 76)\nr3 = *(u32 *)(r1 + 80)\nr4 = r2\nr4 += 14\nif r4 > r3 goto out\n*(u8 *)(r2 + 0) = 1\nout:\n${RETURN}`,
    type: "cgroup_skb",
  },
  map_write: {
    text: `.map fixed, array, key 4, value 8, entries 1, flags 128\n${lookup("fixed")}\nif r0 == 0 goto out\n*(u64 *)(r0 + 0) = 1\nout:\n${RETURN}`,
  },
  map_read: {
    text: `.map sink, array, key 4, value 8, entries 1, flags 256\n${lookup("sink")}\nif r0 == 0 goto out\nr1 = *(u64 *)(r0 + 0)\nout:\n${RETURN}`,
  },
  map_change: {
    text: `.map fixed, hash, key 4, value 8, entries 1, flags 128\n*(u64 *)(r10 - 8) = 0\nr1 = map[fixed]\nr2 = r10\nr2 += -8\nr3 = r2\nr4 = 0\ncall map_update_elem\n${RETURN}`,
  },
  atomic_target: { text: `r2 = 1\nlock *(u32 *)(r1 + 0) += r2\n${RETURN}` },
  stack_range: { text: `*(u64 *)(r10 - 520) = 0\n${RETURN}` },
  stack_range_variable: { text: `${ANY}\nr6 &= 1023\nr2 = r10\nr2 += -512\nr2 += r6\n*(u8 *)(r2 + 0) = 0\n${RETURN}` },
  stack_unbounded: { text: `${ANY}\nr6 >>= 1\nr2 = r10\nr2 += r6\n*(u8 *)(r2 + 0) = 0\n${RETURN}` },
  spill_size: { text: `*(u32 *)(r10 - 8) = r1\n${RETURN}` },
  fill_size: { text: `*(u64 *)(r10 - 8) = r1\nr2 = *(u32 *)(r10 - 8)\n${RETURN}` },
  spill_to_caller: {
    text: "r1 = r10\nr1 += -8\ncall inner\nr0 = 0\nexit\ninner:\n*(u64 *)(r1 + 0) = r10\nr0 = 0\nexit",
  },
  argument_type: { text: `${HASH}\nr1 = map[hash]\nr2 = 0\ncall map_lookup_elem\n${RETURN}` },
  size_negative: {
    text: `${ANY}\nr1 = r10\nr1 += -8\nr2 = r6\nr2 <<= 32\nr2 s>>= 32\nr3 = 0\ncall probe_read_kernel\n${RETURN}`,
    type: "kprobe",
  },
  size_unbounded: {
    text: `${ANY}\n*(u64 *)(r10 - 8) = 0\nr1 = r10\nr1 += -8\nw2 = w6\nr3 = 0\ncall probe_read_kernel\n${RETURN}`,
    type: "kprobe",
  },
  offset_far: { text: `${ANY}\nr6 <<= 32\nr6 s>>= 33\nr2 = r10\nr2 += r6\n${RETURN}` },
  reference_leak: { text: `${RING}\n${RECORD}\nout:\n${RETURN}` },
  release_offset: { text: `${RING}\n${RECORD}\nr1 = r6\nr1 += 8\nr2 = 0\ncall ringbuf_submit\nout:\n${RETURN}` },
  tail_call_map: { text: `${HASH}\nr2 = map[hash]\nr3 = 0\ncall tail_call\n${RETURN}` },
} as const satisfies Readonly<Record<string, MessageExample>>;
