/** Messages that no other case is about: each said by Linux 6.18 of a small program. */
import type { TypedText } from "./typed-programs.ts";

const RETURN = "r0 = 0\n exit";
const at = (register: number, offset: number): string => `r${register} = r10\n r${register} += -${offset}`;
const ALLOCATE = "r1 = map[arena]\n r2 = 0\n r3 = 1\n r4 = -1\n r5 = 0\n call bpf_arena_alloc_pages";
const global = (signature: string): Pick<TypedText, "functions" | "signatures" | "linkage"> => ({
  functions: ["f"],
  signatures: [signature],
  linkage: "global",
});
const called = (body = RETURN): string => `r1 = 0\n call f\n ${RETURN}\n f: ${body}`;
const atSwitch = { type: "tracing", attach: { to: "btf_trace_sched_switch" } } as const;
const record = (place: number): string =>
  `r1 = map[ring]\n r2 = 8\n r3 = 0\n call ringbuf_reserve\n if r0 == 0 goto out\n *(u64 *)(r10 - ${place}) = r0`;

/** What is wrong is in the program's types, or in what it is attached to. */
const ABOUT_TYPES: readonly TypedText[] = [
  {
    name: "a global function with six arguments",
    text: called(),
    ...global("int, int, int, int, int, int -> int"),
    error: "Caller passes invalid args into func#1 ('f1')",
    errno: "EINVAL",
  },
  {
    name: "a global function without a result",
    text: called(),
    ...global("int -> void"),
    error: "Caller passes invalid args into func#1 ('f1')",
    errno: "EINVAL",
  },
  {
    name: "a global function that takes a structure",
    text: called(),
    ...global("struct -> int"),
    error: "Caller passes invalid args into func#1 ('f1')",
    errno: "EINVAL",
  },
  {
    name: "records of functions that begin too late",
    text: called(),
    ...global("int -> int"),
    records: [{ insn: 1 }],
    error: "nonzero insn_off 1 for the first func info record",
    errno: "EINVAL",
  },
  {
    name: "records of functions at the same place",
    text: called(),
    ...global("int -> int"),
    records: [{}, { insn: 0 }],
    error: "same or smaller insn offset (0) than previous func info record (0)",
    errno: "EINVAL",
  },
  {
    name: "a record of a function without a type",
    text: called(),
    ...global("int -> int"),
    records: [{}, { type: 1 }],
    error: "invalid type id 1 in func info",
    errno: "EINVAL",
  },
  {
    name: "a record within a function",
    text: called(),
    ...global("int -> int"),
    records: [{}, { insn: 3 }],
    error: "func_info BTF section doesn't match subprog layout in BPF program",
    errno: "EINVAL",
  },
  {
    name: "attached to something that is no tracepoint",
    type: "tracing",
    attach: { to: "task_struct" },
    text: RETURN,
    error: "attach_btf_id type[task_struct] is not a typedef",
    errno: "EINVAL",
  },
  {
    name: "attached to a typedef that is no tracepoint",
    type: "tracing",
    attach: { to: "size_t" },
    text: RETURN,
    error: "attach_btf_id type[size_t] points to wrong type name size_t",
    errno: "EINVAL",
  },
  {
    name: "a tracepoint's program that may wait",
    ...atSwitch,
    sleepable: true,
    text: RETURN,
    error: "Only fentry/fexit/fmod_ret, lsm, iter, uprobe, and struct_ops programs can be sleepable",
    errno: "EINVAL",
  },
  {
    name: "operations that no program may implement",
    type: "struct_ops",
    attach: { to: "file_operations", member: "llseek" },
    text: RETURN,
    error: "attach_btf_id type[file_operations] is not a supported struct",
    errno: "ENOTSUPP",
  },
  {
    name: "an operation that does not exist",
    type: "struct_ops",
    attach: { to: "tcp_congestion_ops", member: "none" },
    text: RETURN,
    error: "attach to invalid member idx 18 of struct tcp_congestion_ops",
    errno: "EINVAL",
  },
];

/** What is wrong is a call of a helper or a function of Linux. */
const ABOUT_CALLS: readonly TypedText[] = [
  {
    name: "a typed tracepoint is no function that has an address",
    type: "tracing",
    attach: { to: "btf_trace_sched_switch" },
    text: "call get_func_ip\nr0 = 0\nexit",
    error: "func bpf_get_func_ip#173 supported only for fentry/fexit/fmod_ret programs",
    errno: "ENOTSUPP",
  },
  {
    name: "a socket is given back that was never taken",
    type: "sched_cls",
    text: `r1 = *(u64 *)(r1 + 168)\n if r1 == 0 goto out\n call sk_fullsock\n if r0 == 0 goto out\n r1 = r0\n call sk_release\n out: ${RETURN}`,
    error: "R1 must be referenced when passed to release function",
    errno: "EINVAL",
  },
  {
    name: "a function of Linux without a license for it",
    text: `call bpf_rcu_read_lock\n call bpf_rcu_read_unlock\n ${RETURN}`,
    license: "Proprietary",
    error: "cannot call kernel function from non-GPL compatible program",
    errno: "EINVAL",
  },
  {
    name: "the stack for the context",
    type: "sched_cls",
    text: `r1 = r10\n r2 = 0\n ${at(3, 16)}\n call bpf_dynptr_from_skb\n ${RETURN}`,
    error: "arg#0 expected pointer to ctx, but got fp",
    errno: "EINVAL",
  },
  {
    name: "tasks of a group where nobody may wait",
    ...atSwitch,
    text: `r6 = *(u64 *)(r1 + 8)\n ${at(1, 8)}\n r2 = 0\n r3 = 0\n call bpf_iter_css_task_new\n ${RETURN}`,
    error: "css_task_iter is only allowed in bpf_lsm, bpf_iter and sleepable progs",
    errno: "EINVAL",
  },
  {
    name: "an iterator's bytes at an unknown offset",
    text: `${at(1, 8)}\n r2 = 0\n r3 = 5\n call bpf_iter_num_new\n call get_prandom_u32\n r0 &= 7\n r2 = r10\n r2 += -16\n r2 += r0\n *(u64 *)(r10 - 16) = 0\n r1 = *(u8 *)(r2 + 8)\n ${RETURN}`,
    error: "invalid read from stack R2 var_off (0x0; 0x7)+0 size 1",
    errno: "EACCES",
  },
  {
    name: "a number for a dynptr",
    text: `r1 = 0\n call bpf_dynptr_size\n ${RETURN}`,
    error: "arg#0 expected pointer to stack or const struct bpf_dynptr",
    errno: "EINVAL",
  },
  {
    name: "saved interrupts are restored by a lock",
    type: "sched_cls",
    text: `*(u32 *)(r10 - 36) = 0\n r1 = map[resilient]\n ${at(2, 36)}\n call map_lookup_elem\n if r0 == 0 goto out\n r6 = r0\n r6 += 8\n ${at(1, 8)}\n call bpf_local_irq_save\n r1 = r6\n ${at(2, 16)}\n call bpf_res_spin_lock_irqsave\n if r0 != 0 goto out\n r1 = r6\n ${at(2, 8)}\n call bpf_res_spin_unlock_irqrestore\n out: ${RETURN}`,
    error: "irq flag acquired by native kfuncs cannot be restored with lock kfuncs",
    errno: "EINVAL",
  },
  ...(
    [
      ["interrupts are off", `${at(1, 8)}\n call bpf_local_irq_save`, "within IRQ-disabled region"],
      ["in an RCU section", "call bpf_rcu_read_lock", "within rcu_read_lock region"],
      ["without preemption", "call bpf_preempt_disable", "within non-preemptible region"],
    ] as const
  ).map(
    ([name, begin, where]): TypedText => ({
      name: `a function of Linux that waits while ${name}`,
      type: "syscall",
      text: `${begin}\n ${ALLOCATE}\n ${RETURN}`,
      error: `kernel func bpf_arena_alloc_pages is sleepable ${where}`,
      errno: "EACCES",
    }),
  ),
  {
    name: "a cast to a type that does not exist",
    type: "sched_cls",
    text: `r2 = 99999999\n call bpf_rdonly_cast\n ${RETURN}`,
    error: "Unknown type ID 99999999 passed to kfunc bpf_rdonly_cast",
    errno: "EINVAL",
  },
  {
    name: "two records for one call",
    type: "sched_cls",
    text: `${record(8)}\n ${record(16)}\n r1 = *(u64 *)(r10 - 8)\n r2 = 8\n r3 = *(u64 *)(r10 - 16)\n r4 = 8\n r5 = 0\n call csum_diff\n out: ${RETURN}`,
    error: "more than one arg with ref_obj_id R3 4 2",
    errno: "EACCES",
  },
  {
    name: "an atomic load of the context",
    text: `r0 = load_acquire((u32 *)(r1 + 0))\n ${RETURN}`,
    error: "BPF_ATOMIC loads from R1 ctx is not allowed",
    errno: "EACCES",
  },
  {
    name: "a path's name where no path is",
    ...atSwitch,
    text: `*(u64 *)(r10 - 8) = 0\n r1 = *(u64 *)(r1 + 8)\n ${at(2, 8)}\n r3 = 8\n call d_path\n ${RETURN}`,
    error: "helper call is not allowed in probe",
    errno: "EINVAL",
  },
];

export const MESSAGE_CASES: readonly TypedText[] = [...ABOUT_TYPES, ...ABOUT_CALLS];
