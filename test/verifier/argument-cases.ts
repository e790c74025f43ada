/** Constant texts, structures of maps, buffers of iterators and functions that get a sample: what Linux 6.18 says. */
import type { TypedText } from "./typed-programs.ts";

const RETURN = "r0 = 0\n exit";
const lookup = (map: string): string => `*(u32 *)(r10 - 36) = 0
  r1 = map[${map}]
  r2 = r10
  r2 += -36
  call map_lookup_elem
  if r0 == 0 goto none`;
const COMPARE = "*(u64 *)(r10 - 8) = 5\n r1 = r10\n r1 += -8\n r2 = 8\n call strncmp";
const compareWith = (set: string): string => `${set}\n ${COMPARE}\nnone:\n ${RETURN}`;
const format = (at: number, bytes: number): string => `*(u64 *)(r10 - 40) = 1
  *(u64 *)(r10 - 32) = 0
  r1 = r10
  r1 += -24
  *(u64 *)(r10 - 24) = 0
  *(u64 *)(r10 - 16) = 0
  r2 = 16
  r3 = map[texts][0]+${at}
  r4 = r10
  r4 += -40
  r5 = ${bytes}
  call snprintf
  ${RETURN}`;

export const STRING_CASES: readonly TypedText[] = [
  { name: "a constant text", text: compareWith("r3 = map[texts][0]") },
  { name: "a constant text of a lookup", text: compareWith(`${lookup("texts")}\n r3 = r0`) },
  {
    name: "a text that programs may write",
    text: compareWith(`${lookup("array")}\n r3 = r0`),
    error: "R3 does not point to a readonly map'",
    errno: "EACCES",
  },
  {
    name: "a text that is not frozen for programs",
    text: compareWith("r3 = map[settled][0]"),
    error: "R3 does not point to a readonly map'",
    errno: "EACCES",
  },
  {
    name: "a text at an unknown place",
    text: compareWith("call get_prandom_u32\n r0 &= 7\n r3 = map[texts][0]\n r3 += r0"),
    error: "R3 is not a constant address'",
    errno: "EACCES",
  },
  {
    name: "a text in a hash",
    text: compareWith(`${lookup("frozenHash")}\n r3 = r0`),
    error: "no direct value access support for this map type",
    errno: "EACCES",
  },
  {
    name: "a text in one of several elements",
    text: compareWith(`${lookup("frozenMany")}\n r3 = r0`),
    error: "direct value access on string failed",
    errno: "ENOTSUPP",
  },
  {
    name: "a text without an end",
    text: compareWith("r3 = map[texts][0]+56"),
    error: "string is not zero-terminated",
    errno: "EINVAL",
  },
  {
    name: "a text on the stack",
    text: compareWith("*(u64 *)(r10 - 16) = 0\n r3 = r10\n r3 += -16"),
    error: "R3 type=fp expected=map_value",
    errno: "EACCES",
  },
  { name: "a format without arguments", text: format(0, 0) },
  { name: "a format with two arguments", text: format(8, 16) },
  { name: "a format with wide numbers", text: format(24, 16) },
  { name: "a format with fewer arguments", text: format(8, 8), error: "Invalid format string", errno: "EINVAL" },
  { name: "a format that does not exist", text: format(16, 16), error: "Invalid format string", errno: "EINVAL" },
  { name: "a format that does not print", text: format(40, 0), error: "Invalid format string", errno: "EINVAL" },
];

const atSwitch = (text: string): Pick<TypedText, "type" | "attach" | "text"> => ({
  type: "tracing",
  attach: { to: "btf_trace_sched_switch" },
  text: `r6 = *(u64 *)(r1 + 8)\n ${text}\n ${RETURN}`,
});

export const MAP_STRUCT_CASES: readonly TypedText[] = [
  {
    name: "members of a map",
    text: `r1 = map[hash]\n r2 = *(u32 *)(r1 + bpf_map->max_entries)\n r3 = *(u64 *)(r1 + bpf_htab->buckets)\n r4 = *(u64 *)(r1 + bpf_map->ops)\n r5 = *(u64 *)(r4 + 0)\n ${RETURN}`,
  },
  {
    name: "elements in the map itself",
    text: `r1 = map[array]\n r3 = *(u32 *)(r1 + bpf_array->elem_size)\n r2 = *(u64 *)(r1 + bpf_array->value)\n ${RETURN}`,
    error: "access beyond struct bpf_array at off 312 size 8",
    errno: "EACCES",
  },
  { name: "a ring's pages", text: `r1 = map[ring]\n r2 = *(u64 *)(r1 + bpf_ringbuf_map->rb)\n ${RETURN}` },
  {
    name: "a map's structure is written",
    text: `r1 = map[hash]\n *(u32 *)(r1 + 0) = 1\n ${RETURN}`,
    error: "only read from bpf_htab is supported",
    errno: "EACCES",
  },
  {
    name: "in front of a map's structure",
    text: `r1 = map[stacks]\n r2 = *(u32 *)(r1 - 4)\n ${RETURN}`,
    error: "R1 is bpf_stack_map invalid negative access: off=-4",
    errno: "EACCES",
  },
  {
    name: "a part of a pointer of a map",
    text: `r1 = map[programs]\n r2 = *(u32 *)(r1 + bpf_map->ops)\n ${RETURN}`,
    error: "cannot access ptr member ops with moff 40 in struct bpf_map with off 40 size 4",
    errno: "EACCES",
  },
];

const atElements = (text: string): Pick<TypedText, "type" | "attach" | "text"> => ({
  type: "tracing",
  attach: { to: "bpf_iter_bpf_map_elem", as: "trace_iter" },
  text: `r9 = *(u64 *)(r1 + 0)\n r6 = *(u64 *)(r1 + 16)\n r7 = *(u64 *)(r1 + 24)\n if r6 == 0 goto none\n if r7 == 0 goto none\n ${text}\nnone:\n ${RETURN}`,
});
const write = (from: string, size: number): string =>
  `r1 = *(u64 *)(r9 + bpf_iter_meta->seq)\n r2 = ${from}\n r3 = ${size}\n call seq_write`;

export const BUFFER_CASES: readonly TypedText[] = [
  { name: "key and value of an element", ...atElements("r1 = *(u64 *)(r6 + 0)\n *(u64 *)(r7 + 8) = r1") },
  { name: "a key is printed", ...atElements(write("r6", 8)) },
  {
    name: "a key is written",
    ...atElements("*(u64 *)(r6 + 0) = 1"),
    error: "R6 cannot write into rdonly_buf",
    errno: "EACCES",
  },
  {
    name: "a key is filled by a helper",
    ...atElements("r1 = r6\n r2 = 4\n r3 = 0\n call probe_read_kernel"),
    error: "R1 type=rdonly_buf expected=fp, pkt, pkt_meta, map_key, map_value, mem, ringbuf_mem, buf, trusted_ptr_",
    errno: "EACCES",
  },
  { name: "a value is filled by a helper", ...atElements("r1 = r7\n r2 = 4\n r3 = 0\n call probe_read_kernel") },
  {
    name: "in front of a value",
    ...atElements("r1 = *(u64 *)(r7 - 8)"),
    error: "R7 invalid rdwr buffer access: off=-8, size=8",
    errno: "EACCES",
  },
  {
    name: "an unknown place of a value",
    ...atElements("call get_prandom_u32\n r0 &= 7\n r7 += r0\n r1 = *(u8 *)(r7 + 0)"),
    error: "R7 invalid variable buffer offset: off=0, var_off=(0x0; 0x7)",
    errno: "EACCES",
  },
  {
    name: "a key that may be missing",
    type: "tracing",
    attach: { to: "bpf_iter_bpf_map_elem", as: "trace_iter" },
    text: `r6 = *(u64 *)(r1 + 16)\n r1 = *(u64 *)(r6 + 0)\n ${RETURN}`,
    error: "R6 invalid mem access 'rdonly_buf_or_null'",
    errno: "EACCES",
  },
];

const drain = (body: string, result = "r0 = 0"): Pick<TypedText, "text" | "functions"> => ({
  text: `r1 = map[samples]\n r2 = func[each]\n r3 = r10\n r3 += -8\n *(u64 *)(r10 - 8) = 0\n r4 = 0\n call user_ringbuf_drain\n ${RETURN}
each:\n r6 = r1\n r7 = r2\n ${body}\n ${result}\n exit`,
  functions: ["each"],
});
const GET = "r1 = r6\n r2 = 0\n r3 = 8\n call dynptr_data\n if r0 == 0 goto +1";

export const SAMPLE_CASES: readonly TypedText[] = [
  { name: "a sample is counted", ...drain("r1 = *(u64 *)(r7 + 0)\n r1 += 1\n *(u64 *)(r7 + 0) = r1") },
  { name: "a sample is read", ...drain(`${GET}\n r1 = *(u64 *)(r0 + 0)`) },
  {
    name: "behind what was asked for of a sample",
    ...drain(`${GET}\n r1 = *(u64 *)(r0 + 8)`),
    error: "R0 min value is outside of the allowed memory range",
    errno: "EACCES",
  },
  {
    name: "a sample is copied",
    ...drain("r1 = r10\n r1 += -16\n r2 = 16\n r3 = r6\n r4 = 0\n r5 = 0\n call dynptr_read"),
  },
  { name: "how long a sample is", ...drain("r1 = r6\n call bpf_dynptr_size") },
  {
    name: "a sample is narrowed",
    ...drain("r1 = r6\n r2 = 0\n r3 = 8\n call bpf_dynptr_adjust"),
  },
  {
    name: "a sample is submitted",
    ...drain("r1 = r6\n r2 = 0\n call ringbuf_submit_dynptr"),
    error: "cannot release unowned const bpf_dynptr",
    errno: "EINVAL",
  },
  {
    name: "a dynptr is made where a sample is",
    ...drain("r1 = map[ring]\n r2 = 8\n r3 = 0\n r4 = r6\n call ringbuf_reserve_dynptr"),
    error: "Dynptr has to be an uninitialized dynptr",
    errno: "EINVAL",
  },
  {
    name: "a sample is loaded",
    ...drain("r1 = *(u64 *)(r6 + 0)"),
    error: "R6 invalid mem access 'dynptr_ptr'",
    errno: "EACCES",
  },
  {
    name: "a sample with an offset",
    ...drain("r6 += 8\n r1 = r6\n call bpf_dynptr_size"),
    error: "dereference of modified dynptr_ptr ptr R1 off=8 disallowed",
    errno: "EACCES",
  },
  {
    name: "what a function for samples may return",
    ...drain("", "r0 = 2"),
    error: "At callback return the register R0 has smin=2 smax=2 should have been in [0, 1]",
    errno: "EINVAL",
  },
  {
    name: "a copy of a sample",
    ...drain("r1 = r6\n r2 = r10\n r2 += -16\n call bpf_dynptr_clone\n r1 = r10\n r1 += -16\n call bpf_dynptr_size"),
  },
];

const area = (body: string): Pick<TypedText, "type" | "attach" | "text" | "functions"> => {
  const { type, attach, text } = atSwitch(
    "r1 = r6\n r2 = 4096\n r3 = func[each]\n r4 = r10\n r4 += -8\n *(u64 *)(r10 - 8) = 0\n r5 = 0\n call find_vma",
  );
  return { type, attach, text: `${text}\neach:\n ${body}\n r0 = 0\n exit`, functions: ["each"] } as never;
};

export const AREA_CASES: readonly TypedText[] = [
  { name: "an area of a task's memory", ...area("r4 = *(u64 *)(r2 + vm_area_struct->vm_mm)\n *(u64 *)(r3 + 0) = r4") },
  { name: "the task of an area", ...area("r4 = *(u32 *)(r1 + task_struct->pid)\n *(u64 *)(r3 + 0) = r4") },
];

export const ARGUMENT_CASES: readonly TypedText[] = [
  ...STRING_CASES,
  ...MAP_STRUCT_CASES,
  ...BUFFER_CASES,
  ...SAMPLE_CASES,
  ...AREA_CASES,
];
