/** What must be given back: records of ring buffers, plain and as dynptrs; other dynptrs. What Linux 6.18 says of each program. */
import type { TypedText } from "./typed-programs.ts";

const RETURN = "r0 = 0\n exit";

/** A record of 8 bytes in r6. */
const record = (body: string): string => `
  r1 = map[ring]
  r2 = 8
  r3 = 0
  call ringbuf_reserve
  if r0 == 0 goto none
  r6 = r0
  ${body}
none:
  ${RETURN}`;

const SUBMIT = "r1 = r6\n r2 = 0\n call ringbuf_submit";

const AT_DYNPTR = "r1 = r10\n r1 += -16";

const SUBMIT_DYNPTR = `${AT_DYNPTR}\n r2 = 0\n call ringbuf_submit_dynptr`;

const DATA = `${AT_DYNPTR}\n r2 = 0\n r3 = 8\n call dynptr_data`;

/** A record of 8 bytes as a dynptr at fp-16. */
const dynptr = (body: string, end = SUBMIT_DYNPTR): string => `
  r1 = map[ring]
  r2 = 8
  r3 = 0
  r4 = r10
  r4 += -16
  call ringbuf_reserve_dynptr
  ${body}
  ${end}
  ${RETURN}`;

const LOCAL = "r1 = r6\n r2 = 16\n r3 = 0\n r4 = r10\n r4 += -16\n call dynptr_from_mem";

/** A dynptr at fp-16 to an element of an array. */
const local = (body: string): string => `
  *(u32 *)(r10 - 20) = 0
  r1 = map[array]
  r2 = r10
  r2 += -20
  call map_lookup_elem
  r6 = r0
  ${LOCAL}
  ${body}
  ${RETURN}`;

export const REFERENCE_CASES: readonly TypedText[] = [
  { name: "a record is submitted", text: record(`*(u64 *)(r6 + 0) = 1\n ${SUBMIT}`) },
  {
    name: "a record is discarded from the stack",
    text: record("*(u64 *)(r10 - 8) = r6\n r1 = *(u64 *)(r10 - 8)\n r2 = 0\n call ringbuf_discard"),
  },
  {
    name: "a record that is never given back",
    text: record(""),
    error: "BPF_EXIT instruction in main prog would lead to reference leak",
    errno: "EINVAL",
  },
  {
    name: "a record that is submitted twice",
    text: record(`${SUBMIT}\n ${SUBMIT}`),
    error: "R1 type=scalar expected=ringbuf_mem",
    errno: "EACCES",
  },
  {
    name: "a record after it was submitted",
    text: record(`${SUBMIT}\n *(u64 *)(r6 + 0) = 1`),
    error: "R6 invalid mem access 'scalar'",
    errno: "EACCES",
  },
  {
    name: "a record that was not checked for NULL",
    text: `r1 = map[ring]\n r2 = 8\n r3 = 0\n call ringbuf_reserve\n r1 = r0\n r2 = 0\n call ringbuf_submit\n ${RETURN}`,
    error: "R1 type=ringbuf_mem_or_null expected=ringbuf_mem",
    errno: "EACCES",
  },
  {
    name: "the middle of a record",
    text: record(`r6 += 4\n ${SUBMIT}`),
    error: "R1 must have zero offset when passed to release func or trusted arg to kfunc",
    errno: "EINVAL",
  },
  {
    name: "records in a loop",
    text: `r7 = 0\nagain: ${record(`${SUBMIT}\n r7 += 1\n if r7 < 5 goto again`)}`,
  },
  {
    name: "a record that a function gives back",
    text: `${record("r1 = r6\n call give")}\ngive: r2 = 0\n call ringbuf_submit\n ${RETURN}`,
  },

  { name: "a record as a dynptr", text: dynptr("") },
  { name: "a dynptr's memory", text: dynptr(`${DATA}\n if r0 == 0 goto +1\n *(u64 *)(r0 + 0) = 1`) },
  {
    name: "a dynptr is written",
    text: dynptr(`*(u64 *)(r10 - 24) = 5
      ${AT_DYNPTR}
      r2 = 0
      r3 = r10
      r3 += -24
      r4 = 8
      r5 = 0
      call dynptr_write`),
  },
  {
    name: "a dynptr is read",
    text: dynptr(`r1 = r10
      r1 += -24
      r2 = 8
      r3 = r10
      r3 += -16
      r4 = 0
      r5 = 0
      call dynptr_read
      r7 = *(u64 *)(r10 - 24)`),
  },
  { name: "a dynptr to a map's value", text: local("") },
  { name: "a dynptr to a map's value is made anew", text: local(LOCAL) },
  {
    name: "a dynptr that is never given back",
    text: dynptr("", ""),
    error: "BPF_EXIT instruction in main prog would lead to reference leak",
    errno: "EINVAL",
  },
  {
    name: "a dynptr that is given back twice",
    text: dynptr(`${AT_DYNPTR}\n r2 = 0\n call ringbuf_submit_dynptr`),
    error: "arg 1 is an unacquired reference",
    errno: "EINVAL",
  },
  {
    name: "behind a dynptr's memory",
    text: dynptr(`${DATA}\n if r0 == 0 goto +1\n *(u64 *)(r0 + 8) = 1`),
    error: "R0 min value is outside of the allowed memory range",
    errno: "EACCES",
  },
  {
    name: "a dynptr's memory that was not checked for NULL",
    text: dynptr(`${DATA}\n *(u64 *)(r0 + 0) = 1`),
    error: "R0 invalid mem access 'mem_or_null'",
    errno: "EACCES",
  },
  {
    name: "a dynptr's memory after it was given back",
    text: dynptr(`${DATA}\n r7 = r0`, `${SUBMIT_DYNPTR}\n if r7 == 0 goto +1\n *(u64 *)(r7 + 0) = 1`),
    error: "R7 invalid mem access 'scalar'",
    errno: "EACCES",
  },
  {
    name: "a dynptr that holds a record is overwritten",
    text: dynptr("*(u64 *)(r10 - 8) = 0"),
    error: "cannot overwrite referenced dynptr",
    errno: "EINVAL",
  },
  {
    name: "a dynptr that was overwritten",
    text: local(`*(u64 *)(r10 - 8) = 0\n ${DATA}`),
    error: "Expected an initialized dynptr as arg #0",
    errno: "EINVAL",
  },
  {
    name: "the memory of a dynptr that was overwritten",
    text: local(`${DATA}\n if r0 == 0 goto +2\n *(u64 *)(r10 - 8) = 0\n *(u64 *)(r0 + 0) = 1`),
    error: "R0 invalid mem access 'scalar'",
    errno: "EACCES",
  },
  {
    name: "a dynptr's bytes are not for the program",
    text: dynptr("r7 = *(u64 *)(r10 - 16)"),
    error: "invalid read from stack off -16+0 size 8",
    errno: "EACCES",
  },
  {
    name: "a helper that would write over a dynptr",
    text: dynptr(`${AT_DYNPTR}\n r2 = 8\n r3 = r1\n r4 = 0\n r5 = 0\n call dynptr_read`),
    error: "potential write to dynptr at off=-16 disallowed",
    errno: "EACCES",
  },
  {
    name: "the middle of a dynptr",
    text: dynptr(`r1 = r10\n r1 += -8\n r2 = 0\n r3 = 8\n call dynptr_data`),
    error: "Expected an initialized dynptr as arg #0",
    errno: "EINVAL",
  },
  {
    name: "a dynptr across slots",
    text: `r1 = map[ring]\n r2 = 8\n r3 = 0\n r4 = r10\n r4 += -12\n call ringbuf_reserve_dynptr\n ${RETURN}`,
    error: "Dynptr has to be an uninitialized dynptr",
    errno: "EINVAL",
  },
  {
    name: "a dynptr to the stack",
    text: `r1 = r10\n r1 += -32\n r2 = 16\n r3 = 0\n r4 = r10\n r4 += -16\n call dynptr_from_mem\n ${RETURN}`,
    error: "Unsupported reg type fp for bpf_dynptr_from_mem data",
    errno: "EACCES",
  },
];
