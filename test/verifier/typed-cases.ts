/**
 * One program for each message about callbacks, iterators, sections, references, dynptrs and global functions, and one for each form that is accepted: what Linux
 * 6.18 says. Checked with a small made-up Linux here and with the running one in test/linux.
 */
import type { TypedText } from "./typed-programs.ts";

const AT_STACK = "r1 = r10\n r1 += -8";
const NEW = `${AT_STACK}\n r2 = 0\n r3 = 10\n call bpf_iter_num_new`;
const DESTROY = `${AT_STACK}\n call bpf_iter_num_destroy`;
const RETURN = "r0 = 0\n exit";

/** A loop over numbers. */
const over = (body: string): string => `
  ${NEW}
next:
  ${AT_STACK}
  call bpf_iter_num_next
  if r0 == 0 goto done
  ${body}
  goto next
done:
  ${DESTROY}
  ${RETURN}`;

/** A call of bpf_loop with a context of 8 bytes on the stack. */
const loop = (callback: string, count = "r1 = 10", after = ""): string => `
  *(u64 *)(r10 - 8) = 0
  ${count}
  r2 = func[callback]
  r3 = r10
  r3 += -8
  r4 = 0
  call loop
  ${after}
  ${RETURN}
callback:
  ${callback}`;

const forEach = (map: string, callback: string, end = RETURN): string => `
  *(u64 *)(r10 - 8) = 0
  r1 = map[${map}]
  r2 = func[callback]
  r3 = r10
  r3 += -8
  r4 = 0
  call for_each_map_elem
  ${RETURN}
callback:
  ${callback}
  ${end}`;

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

/** One global function with the label `f`. */
const globals = (signature: string): Pick<TypedText, "functions" | "linkage" | "signatures"> => ({
  functions: ["f"],
  linkage: "global",
  signatures: [signature],
});

const COUNT = "r3 = *(u64 *)(r2 + 0)\n r3 += 1\n *(u64 *)(r2 + 0) = r3";
const functions = ["callback"];

export const TYPED_CASES: readonly TypedText[] = [
  // Iterators
  { name: "a loop over numbers", text: over("r1 = *(u32 *)(r0 + 0)") },
  { name: "a sum over numbers converges", text: `r6 = 0\n${over("r1 = *(u32 *)(r0 + 0)\n r6 += r1")}` },
  { name: "a count that decides something", text: `r6 = 0\n${over("r6 += 1\n if r6 > 5 goto done")}` },
  {
    name: "a loop in a loop",
    text: over(`r1 = r10
      r1 += -16
      r2 = 0
      r3 = 3
      call bpf_iter_num_new
    inner:
      r1 = r10
      r1 += -16
      call bpf_iter_num_next
      if r0 == 0 goto inside
      r7 = *(u32 *)(r0 + 0)
      goto inner
    inside:
      r1 = r10
      r1 += -16
      call bpf_iter_num_destroy`),
  },
  {
    name: "an iterator that is not destroyed",
    text: `${NEW}\n${RETURN}`,
    error: "BPF_EXIT instruction in main prog would lead to reference leak",
    errno: "EINVAL",
  },
  {
    name: "an iterator that was never made",
    text: `${AT_STACK}\n call bpf_iter_num_next\n ${RETURN}`,
    error: "expected an initialized iter_num as arg #0",
    errno: "EINVAL",
  },
  {
    name: "an iterator that is made twice",
    text: `${NEW}\n${NEW}\n${RETURN}`,
    error: "expected uninitialized iter_num as arg #0",
    errno: "EINVAL",
  },
  {
    name: "an iterator across slots",
    text: `r1 = r10\n r1 += -9\n r2 = 0\n r3 = 1\n call bpf_iter_num_new\n ${RETURN}`,
    error: "expected uninitialized iter_num as arg #0",
    errno: "EINVAL",
  },
  {
    name: "an iterator that is not on the stack",
    text: `r2 = 0\n r3 = 1\n call bpf_iter_num_new\n ${RETURN}`,
    error: "arg#0 expected pointer to an iterator on stack",
    errno: "EINVAL",
  },
  {
    name: "an iterator's bytes are not for the program",
    text: over("r1 = *(u64 *)(r10 - 8)"),
    error: "invalid read from stack off -8+0 size 8",
    errno: "EACCES",
  },
  {
    name: "an iterator's bytes are not for helpers",
    text: over(`${AT_STACK}\n r2 = 8\n call trace_printk`),
    type: "tracepoint",
    error: "invalid read from stack R1 off -8+0 size 8",
    errno: "EACCES",
  },
  {
    name: "an iterator that is overwritten",
    text: over("*(u8 *)(r10 - 8) = 1"),
    error: "expected an initialized iter_num as arg #0",
    errno: "EINVAL",
  },
  {
    name: "an element after its iterator",
    text: `${NEW}\n${AT_STACK}\n call bpf_iter_num_next\n r6 = r0\n ${DESTROY}\n r0 = *(u32 *)(r6 + 0)\n exit`,
    error: "R6 invalid mem access 'scalar'",
    errno: "EACCES",
  },
  {
    name: "an element is read-only",
    text: over("*(u32 *)(r0 + 0) = 1"),
    error: "R0 cannot write into rdonly_mem",
    errno: "EACCES",
  },
  {
    name: "an address in place of a number",
    text: `${AT_STACK}\n r2 = r10\n r3 = 1\n call bpf_iter_num_new\n ${RETURN}`,
    error: "R2 is not a scalar",
    errno: "EINVAL",
  },

  // Sections
  { name: "an RCU section", text: `call bpf_rcu_read_lock\n call bpf_rcu_read_unlock\n ${RETURN}` },
  {
    name: "an RCU section in an RCU section",
    text: `call bpf_rcu_read_lock\n call bpf_rcu_read_lock\n ${RETURN}`,
    error: "nested rcu read lock (kernel function bpf_rcu_read_lock)",
    errno: "EINVAL",
  },
  {
    name: "an RCU section that is left open",
    text: `call bpf_rcu_read_lock\n ${RETURN}`,
    error: "BPF_EXIT instruction in main prog cannot be used inside bpf_rcu_read_lock-ed region",
    errno: "EINVAL",
  },
  {
    name: "an RCU section that was never opened",
    text: `call bpf_rcu_read_unlock\n ${RETURN}`,
    error: "unmatched rcu read unlock (kernel function bpf_rcu_read_unlock)",
    errno: "EINVAL",
  },
  {
    name: "sections without preemption nest",
    text: `${"call bpf_preempt_disable\n".repeat(2)}${"call bpf_preempt_enable\n".repeat(2)}${RETURN}`,
  },
  {
    name: "preemption that stays disabled",
    text: `call bpf_preempt_disable\n ${RETURN}`,
    error: "BPF_EXIT instruction in main prog cannot be used inside bpf_preempt_disable-ed region",
    errno: "EINVAL",
  },
  {
    name: "preemption that was never disabled",
    text: `call bpf_preempt_enable\n ${RETURN}`,
    error: "unmatched attempt to enable preemption (kernel function bpf_preempt_enable)",
    errno: "EINVAL",
  },
  {
    name: "a function of Linux that programs may not call",
    text: `call bpf_dynptr_init\n ${RETURN}`,
    error: "calling kernel function bpf_dynptr_init is not allowed",
    errno: "EACCES",
  },

  // Callbacks
  { name: "bpf_loop", text: loop(RETURN), functions },
  { name: "bpf_loop that counts", text: loop(`${COUNT}\n ${RETURN}`), functions },
  { name: "bpf_loop without a round", text: loop(RETURN, "r1 = 0"), functions },
  { name: "bpf_loop with one round", text: loop(`${COUNT}\n ${RETURN}`, "r1 = 1"), functions },
  { name: "bpf_loop with an unknown count", text: loop(RETURN, "call get_prandom_u32\n r1 = r0"), functions },
  {
    name: "what bpf_loop counted decides something",
    text: loop(`${COUNT}\n ${RETURN}`, "r1 = 1000", "r1 = *(u64 *)(r10 - 8)\n if r1 > 100 goto +1\n r1 = 0"),
    functions,
  },
  {
    name: "a callback with branches",
    text: loop(`if r1 > 3 goto +3\n *(u64 *)(r2 + 0) = 1\n r0 = 1\n exit\n *(u64 *)(r2 + 0) = 2\n ${RETURN}`),
    functions,
  },
  { name: "a loop in a callback", text: loop(`r3 = 0\n r3 += 1\n if r3 < 10 goto -2\n ${RETURN}`), functions },
  {
    name: "bpf_loop in a callback of bpf_loop",
    text: loop(`r1 = 4\n r2 = func[inner]\n r3 = r10\n r4 = 0\n call loop\n ${RETURN}\ninner:\n ${RETURN}`),
    functions: ["callback", "inner"],
  },
  {
    name: "a callback that returns too much",
    text: loop("r0 = 2\n exit"),
    functions,
    error: "At callback return the register R0 has smin=2 smax=2 should have been in [0, 1]",
    errno: "EINVAL",
  },
  {
    name: "a callback that returns anything",
    text: loop("r0 = r1\n exit"),
    functions,
    error: "At callback return the register R0 has unknown scalar value should have been in [0, 1]",
    errno: "EINVAL",
  },
  {
    name: "a callback that returns an address",
    text: forEach("hash", "", "r0 = r3\n exit"),
    functions,
    error: "R0 not a scalar value",
    errno: "EACCES",
  },
  {
    name: "a callback does not see its caller's registers",
    text: `r6 = 1\n${loop("r0 = r6\n exit")}`,
    functions,
    error: "R6 !read_ok",
    errno: "EACCES",
  },
  {
    name: "a callback that is not static",
    text: loop(RETURN),
    functions,
    linkage: "global",
    error: "callback function not static",
    errno: "EINVAL",
  },
  { name: "a callback without BTF", text: loop(RETURN), error: "missing btf func_info", errno: "EINVAL" },
  {
    name: "a number in place of a function",
    text: `r1 = 3\n r2 = 0\n r3 = 0\n r4 = 0\n call loop\n ${RETURN}`,
    error: "R2 type=scalar expected=func",
    errno: "EACCES",
  },
  {
    name: "a list of functions that is too short",
    text: loop(RETURN),
    functions: [],
    error: "number of funcs in func_info doesn't match number of subprogs",
    errno: "EINVAL",
  },
  {
    name: "the stack of a callback counts",
    text: `*(u64 *)(r10 - 200) = 0\n${loop(`*(u64 *)(r10 - 400) = 0\n ${RETURN}`)}`,
    functions,
    error: "combined stack size of 2 calls is 608. Too large",
    errno: "EACCES",
  },
  {
    name: "a callback that leaves an RCU section open",
    text: loop(`call bpf_rcu_read_lock\n ${RETURN}`),
    functions,
    error: "BPF_EXIT instruction in main prog cannot be used inside bpf_rcu_read_lock-ed region",
    errno: "EINVAL",
  },
  {
    name: "a callback that leaves an iterator",
    text: loop(`${NEW}\n ${RETURN}`),
    functions,
    error: "BPF_EXIT instruction in main prog would lead to reference leak",
    errno: "EINVAL",
  },
  { name: "an iterator in a callback", text: loop(over("r1 = *(u32 *)(r0 + 0)")), functions },
  { name: "each element of an array", text: forEach("array", ""), functions },
  {
    name: "each element of a hash",
    text: forEach("hash", "r5 = *(u64 *)(r3 + 8)\n *(u64 *)(r4 + 0) = r5\n r5 = *(u32 *)(r2 + 0)"),
    functions,
  },
  {
    name: "an index that comes back to the callback",
    text: forEach(
      "hash",
      `r5 = *(u64 *)(r4 + 0)
       if r5 > 3 goto out
       r3 += r5
       r5 = *(u8 *)(r3 + 0)
       r5 &= 3
       *(u64 *)(r4 + 0) = r5
     out:`,
    ),
    functions,
  },
  {
    name: "elements of a map that has none",
    text: forEach("stacks", ""),
    functions,
    error: "callback function not allowed for map",
    errno: "ENOTSUPP",
  },
  {
    name: "behind a key",
    text: forEach("hash", "r5 = *(u32 *)(r2 + 4)"),
    functions,
    error: "R2 min value is outside of the allowed memory range",
    errno: "EACCES",
  },
  {
    name: "a key that is written",
    text: forEach("hash", "*(u32 *)(r2 + 0) = 1"),
    functions,
    error: "write to change key R2 not allowed",
    errno: "EACCES",
  },

  // References
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

  // Global functions
  { name: "a global function", text: `r1 = 3\n call f\n ${RETURN}\nf: r0 = r1\n exit`, ...globals("int -> int") },
  {
    name: "a global function that indexes its stack with an argument",
    text: `r1 = 3\n call f\n ${RETURN}\nf: r1 &= 7\n r2 = r10\n r2 += -8\n r2 += r1\n r0 = *(u8 *)(r2 + 0)\n exit`,
    ...globals("int -> int"),
  },
  {
    name: "a global function that takes the context",
    text: `call f\n ${RETURN}\nf: r0 = *(u32 *)(r1 + 0)\n exit`,
    ...globals("ctx -> int"),
  },
  {
    name: "a global function that takes memory",
    text: `r1 = r10\n r1 += -16\n call f\n ${RETURN}\nf: if r1 == 0 goto +1\n r0 = *(u32 *)(r1 + 12)\n ${RETURN}`,
    ...globals("mem -> int"),
  },
  {
    name: "what a global function returns after its arguments made the stack larger",
    text: `r1 = r10\n r1 += -40\n call f\n r9 = r0\n r1 = r9\n ${RETURN}\nf: ${RETURN}`,
    ...globals("mem -> int"),
  },
  {
    name: "a callback that is never called, and another that is",
    text: `${loop(RETURN, "r1 = 0", "call f")}\nf: ${RETURN}`,
    functions: ["callback", "f"],
  },
  {
    name: "a global function that does not check its memory for NULL",
    text: `r1 = r10\n r1 += -16\n call f\n ${RETURN}\nf: r0 = *(u32 *)(r1 + 12)\n exit`,
    ...globals("mem -> int"),
    error: "R1 invalid mem access 'mem_or_null'",
    errno: "EACCES",
  },
  {
    name: "too little memory for a global function",
    text: `r1 = r10\n r1 += -8\n call f\n ${RETURN}\nf: ${RETURN}`,
    ...globals("mem -> int"),
    error: "Caller passes invalid args into func#1 ('f1')",
    errno: "EINVAL",
  },
  {
    name: "an address for a number of a global function",
    text: `r1 = r10\n call f\n ${RETURN}\nf: ${RETURN}`,
    ...globals("int -> int"),
    error: "Caller passes invalid args into func#1 ('f1')",
    errno: "EINVAL",
  },
  {
    name: "a moved context for a global function",
    text: `r1 += 4\n call f\n ${RETURN}\nf: ${RETURN}`,
    ...globals("ctx -> int"),
    error: "Caller passes invalid args into func#1 ('f1')",
    errno: "EACCES",
  },
  {
    name: "a global function with an argument of no size",
    text: `r1 = r10\n call f\n ${RETURN}\nf: ${RETURN}`,
    ...globals("void* -> int"),
    error: "Caller passes invalid args into func#1 ('f1')",
    errno: "EINVAL",
  },
  {
    name: "a global function that returns an address",
    text: `call f\n ${RETURN}\nf: r0 = r10\n exit`,
    ...globals("-> int"),
    error: "At subprogram exit the register R0 is not a scalar value (fp)",
    errno: "EINVAL",
  },
  {
    name: "a global function that calls itself",
    text: `call f\n ${RETURN}\nf: call f\n ${RETURN}`,
    ...globals("-> int"),
    error: "the call stack of 8 frames is too deep !",
    errno: "E2BIG",
  },
  {
    name: "a global function that keeps a record",
    text: `call f\n ${RETURN}\nf: r1 = map[ring]\n r2 = 8\n r3 = 0\n call ringbuf_reserve\n ${RETURN}`,
    ...globals("-> int"),
    error: "BPF_EXIT instruction in main prog would lead to reference leak",
    errno: "EINVAL",
  },
  {
    name: "a global function that may move the packet",
    text: `r6 = *(u32 *)(r1 + 0)
      r7 = *(u32 *)(r1 + 4)
      r8 = r6
      r8 += 4
      if r8 > r7 goto out
      call f
      r0 = *(u8 *)(r6 + 0)
    out:
      ${RETURN}
    f:
      r2 = 0
      call xdp_adjust_head
      ${RETURN}`,
    ...globals("ctx -> int"),
    type: "xdp",
    error: "R6 invalid mem access 'scalar'",
    errno: "EACCES",
  },
  {
    name: "a static function is followed with what it gets, whatever its types say",
    text: `r1 = r10\n call f\n ${RETURN}\nf: ${RETURN}`,
    functions: ["f"],
    signatures: ["int -> int"],
  },

  // Dynptrs
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
