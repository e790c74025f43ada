/** Examples of messages about objects of Linux, calls, and constants that name something. */
import { ARRAY, HASH, type MessageExample, PACKET, RETURN, RING } from "./example.ts";

export const OBJECT_EXAMPLES = {
  buffer_offset: { type: "raw_tracepoint_writable", text: `r6 = *(u64 *)(r1 + 0)\nr1 = *(u64 *)(r6 - 8)\n${RETURN}` },
  buffer_variable: {
    type: "raw_tracepoint_writable",
    text: `r6 = *(u64 *)(r1 + 0)\n call get_prandom_u32\nr0 &= 7\nr6 += r0\nr1 = *(u8 *)(r6 + 0)\n${RETURN}`,
  },
  call_depth: {
    text: `r0 = 0\ncall f0\nexit\nf0:\ncall f1\nexit\nf1:\ncall f2\nexit\nf2:\ncall f3\nexit\nf3:\ncall f4\nexit\nf4:\ncall f5\nexit\nf5:\ncall f6\nexit\nf6:\ncall f7\nexit\nf7:\ncall f8\nexit\nf8:\n${RETURN}`,
  },
  cast_arena: { hex: "b700000001000000bf00010001000000b7000000000000009500000000000000" },
  cast_spaces: { hex: "b700000001000000bf00010000000000b7000000000000009500000000000000" },
  cgroup_storages: {
    type: "cgroup_skb",
    text: `.map s1, cgroup_storage_deprecated, key 16, value 8, entries 0\n.map s2, cgroup_storage_deprecated, key 16, value 8, entries 0\nr1 = map[s1]\nr1 = map[s2]\n${RETURN}`,
  },
  direct_value_elements: { text: `${ARRAY}\nr1 = map[array][0]\n${RETURN}` },
  direct_value_range: { text: `.map one, array, key 4, value 16, entries 1\nr1 = map[one][0]+16\n${RETURN}` },
  direct_value_size: { text: `.map one, array, key 4, value 16, entries 1\nr1 = map[one][0]+536870912\n${RETURN}` },
  dynptr_initialized: { text: `${RING}\nr1 = r10\nr1 += -16\nr2 = 0\nr3 = 8\ncall dynptr_data\n${RETURN}` },
  dynptr_memory: {
    text: `*(u64 *)(r10 - 8) = 0\nr1 = r10\nr1 += -8\nr2 = 8\nr3 = 0\nr4 = r10\nr4 += -24\ncall dynptr_from_mem\n${RETURN}`,
  },
  dynptr_overwrite: {
    text: `${RING}\nr1 = map[ring]\nr2 = 8\nr3 = 0\nr4 = r10\nr4 += -16\ncall ringbuf_reserve_dynptr\n*(u64 *)(r10 - 8) = 0\n${RETURN}`,
  },
  dynptr_unacquired: {
    text: `${RING}\n*(u64 *)(r10 - 8) = 0\nr1 = r10\nr1 += -16\nr2 = 0\ncall ringbuf_submit_dynptr\n${RETURN}`,
  },
  dynptr_uninit: {
    text: `${RING}\nr1 = map[ring]\nr2 = 8\nr3 = 0\nr4 = r10\nr4 += -12\ncall ringbuf_reserve_dynptr\n${RETURN}`,
  },
  flow_keys_access: { type: "flow_dissector", text: `r1 = *(u64 *)(r1 + 144)\nr2 = *(u64 *)(r1 + 56)\n${RETURN}` },
  helper_packet: {
    type: "xdp",
    text: `${PACKET}\nr4 = r2\nr4 += 8\nif r4 > r3 goto out\nr1 = r2\nr2 = 4\nr3 = 0\ncall trace_printk\nout:\n${RETURN}`,
  },
  kfunc_no_module: { hex: "b7000000010000008520010000000000b7000000000000009500000000000000" },
  kfunc_not_function: { hex: "b7000000010000008520000001000000b7000000000000009500000000000000" },
  kfunc_unresolved: { hex: "b7000000010000008520000000000000b7000000000000009500000000000000" },
  ld_abs_reserved: { hex: "b7000000010000002000010000000000b7000000000000009500000000000000" },
  ld_abs_subprogram: { text: "r6 = *(u32 *)(r1 + 0)\ncall f\nr0 = 0\nexit\nf:\nr6 = r1\nr0 = *(u32 *)skb[0]\nexit" },
  map_index: { hex: "18500000000000000000000000000000b7000000000000009500000000000000" },
  map_struct_negative: { text: `${HASH}\nr2 = map[hash]\nr3 = *(u32 *)(r2 - 4)\n${RETURN}` },
  map_struct_write: {
    text: `${HASH}\nr1 = map[hash]\nr1 = *(u32 *)(r1 + 0)\nr2 = map[hash]\n*(u32 *)(r2 + 0) = 1\n${RETURN}`,
  },
  may_goto: { hex: "b700000001000000e500000001000000b7000000000000009500000000000000" },
  might_sleep: {
    type: "kprobe",
    text: `*(u64 *)(r10 - 8) = 0\nr1 = r10\nr1 += -8\nr2 = 8\nr3 = 0\ncall copy_from_user\n${RETURN}`,
  },
  modified_pointer: { text: `r1 += 4\nr2 = *(u32 *)(r1 + 0)\n${RETURN}` },
  packet_at_end: { type: "xdp", text: `${PACKET}\nif r3 > r2 goto +1\nr4 = *(u8 *)(r2 + 0)\n${RETURN}` },
  size_constant: {
    text: `${RING}\ncall get_prandom_u32\nr6 = r0\nr1 = map[ring]\nr2 = r6\nr3 = 0\ncall ringbuf_reserve\n${RETURN}`,
  },
  size_zero: {
    type: "kprobe",
    text: `call get_prandom_u32\nr6 = r0\nr6 &= 7\n*(u64 *)(r10 - 8) = 0\nr1 = r10\nr1 += -8\nr2 = r6\ncall get_current_comm\n${RETURN}`,
  },
  sleepable_map: { type: "syscall", text: `.map x, cpumap, key 4, value 4, entries 4\nr1 = map[x]\n${RETURN}` },
  socket_access: {
    type: "sched_cls",
    text: `r1 = *(u64 *)(r1 + 168)\nif r1 == 0 goto out\nr2 = *(u64 *)(r1 + 200)\nout:\n${RETURN}`,
  },
  function_address: { type: "tracepoint", text: `call get_func_ip\n${RETURN}` },
  storage_flags: {
    type: "cgroup_skb",
    text: `.map store, cgroup_storage_deprecated, key 16, value 8, entries 0\nr1 = map[store]\nr2 = 1\ncall get_local_storage\n${RETURN}`,
  },
  string_writable: {
    text: `${ARRAY}\n*(u32 *)(r10 - 4) = 0\nr1 = map[array]\nr2 = r10\nr2 += -4\ncall map_lookup_elem\nif r0 == 0 goto out\nr3 = r0\n*(u64 *)(r10 - 16) = 0\nr1 = r10\nr1 += -16\nr2 = 8\ncall strncmp\nout:\n${RETURN}`,
  },
  symbol_kind: { hex: "18300000000000000000000000000000b7000000000000009500000000000000" },
  socket_map_argument: {
    type: "sched_cls",
    text: `.map sockets, sockmap, key 4, value 4, entries 4\n*(u64 *)(r10 - 8) = 0\nr1 = map[sockets]\nr2 = r10\nr2 += -8\ncall map_peek_elem\n${RETURN}`,
  },
  symbol_module: { hex: "18300000010000000000000001000000b7000000000000009500000000000000" },
  symbol_unknown: { hex: "18300000ffffff7f0000000000000000b7000000000000009500000000000000" },
  too_many_maps: {
    text: `${Array.from({ length: 65 }, (_, k) => `.map m${k}, array, key 4, value 4, entries 1`).join("\n")}\n${Array.from({ length: 65 }, (_, k) => `r1 = map[m${k}]`).join("\n")}\n${RETURN}`,
  },
  tail_call_subprogram: {
    text: `.map programs, prog_array, key 4, value 4, entries 4\n*(u64 *)(r10 - 300) = 0\ncall f\nr0 = 0\nexit\nf:\nr2 = map[programs]\nr3 = 0\ncall tail_call\n${RETURN}`,
  },
} as const satisfies Readonly<Record<string, MessageExample>>;
