/** Contexts by prototype, and pointers to structures of Linux. What Linux 6.18 says of each program. */
import type { TypedText } from "./typed-programs.ts";

const RETURN = "r0 = 0\n exit";

/** At a tracepoint, whose second argument is a task. */
const atSwitch = (text: string): Pick<TypedText, "type" | "attach" | "text"> => ({
  type: "tracing",
  attach: { to: "btf_trace_sched_switch" },
  text: `${text}\n ${RETURN}`,
});

const TASK = "r6 = *(u64 *)(r1 + 8)";
const onTask = (text: string): ReturnType<typeof atSwitch> => atSwitch(`${TASK}\n ${text}`);

/** For each task. */
const iterator = (to: string, text: string): Pick<TypedText, "type" | "attach" | "text"> => ({
  type: "tracing",
  attach: { to, as: "trace_iter" },
  text: `${text}\n ${RETURN}`,
});

const EACCES = "EACCES";

export const CONTEXT_CASES: readonly TypedText[] = [
  { name: "an argument that is a structure", ...onTask("r1 = *(u32 *)(r6 + task_struct->pid)") },
  { name: "an argument that is a number", ...atSwitch("r2 = *(u64 *)(r1 + 0)") },
  { name: "an argument in part", ...atSwitch("r2 = *(u32 *)(r1 + 0)") },
  {
    name: "a pointer in part",
    ...atSwitch("r2 = *(u32 *)(r1 + 8)"),
    error: "invalid bpf_context access off=8 size=4",
    errno: EACCES,
  },
  {
    name: "an argument that does not exist",
    ...atSwitch("r2 = *(u64 *)(r1 + 32)"),
    error: "invalid bpf_context access off=32 size=8",
    errno: EACCES,
  },
  {
    name: "an argument far behind the last",
    ...atSwitch("r2 = *(u64 *)(r1 + 80)"),
    error: "invalid bpf_context access off=80 size=8",
    errno: EACCES,
  },
  {
    name: "an offset between arguments",
    ...atSwitch("r2 = *(u32 *)(r1 + 4)"),
    error: "invalid bpf_context access off=4 size=4",
    errno: EACCES,
  },
  {
    name: "a context cannot be written",
    ...atSwitch("*(u64 *)(r1 + 0) = 0"),
    error: "invalid bpf_context access off=0 size=8",
    errno: EACCES,
  },
  {
    name: "an argument that may be NULL",
    type: "tracing",
    attach: { to: "btf_trace_kfree_skb" },
    text: `r6 = *(u64 *)(r1 + 24)\n r1 = *(u64 *)(r6 + 0)\n ${RETURN}`,
    error: "R6 invalid mem access 'trusted_ptr_or_null_'",
    errno: EACCES,
  },
  {
    name: "an argument that is compared with NULL",
    type: "tracing",
    attach: { to: "btf_trace_kfree_skb" },
    text: `r6 = *(u64 *)(r1 + 24)\n if r6 == 0 goto +1\n r1 = *(u64 *)(r6 + 0)\n ${RETURN}`,
  },
  {
    name: "no tracepoint",
    type: "tracing",
    attach: { to: "no such type" },
    text: RETURN,
    error: "Tracing programs must provide btf_id",
    errno: "EINVAL",
  },
  { name: "a program for each task", ...iterator("bpf_iter_task", "r2 = *(u64 *)(r1 + 8)\n r3 = *(u64 *)(r1 + 0)") },
  {
    name: "the task of an iterator is NULL at the end",
    ...iterator("bpf_iter_task", "r2 = *(u64 *)(r1 + 8)\n r3 = *(u32 *)(r2 + task_struct->pid)"),
    error: "R2 invalid mem access 'trusted_ptr_or_null_'",
    errno: EACCES,
  },
  {
    name: "what an iterator writes to",
    ...iterator(
      "bpf_iter_task",
      "r6 = *(u64 *)(r1 + 0)\n r1 = *(u64 *)(r6 + bpf_iter_meta->seq)\n r2 = r10\n r2 += -8\n *(u64 *)(r10 - 8) = 5\n r3 = 8\n call seq_write",
    ),
  },
  {
    name: "an iterator returns 0 or 1",
    type: "tracing",
    attach: { to: "bpf_iter_task", as: "trace_iter" },
    text: "r0 = 2\n exit",
    error: "At program exit the register R0 has smin=2 smax=2 should have been in [0, 1]",
    errno: "EINVAL",
  },
];

export const BTF_POINTER_CASES: readonly TypedText[] = [
  {
    name: "a walk through structures",
    ...onTask("r7 = *(u64 *)(r6 + task_struct->mm)\n r1 = *(u64 *)(r7 + mm_struct->pgd)"),
  },
  { name: "a number in a structure within", ...onTask("r1 = *(u64 *)(r6 + task_struct->se.vruntime)") },
  { name: "one byte of an array", ...onTask("r1 = *(u8 *)(r6 + task_struct->comm)") },
  {
    name: "a member that Linux trusts in an RCU section",
    ...onTask("r7 = *(u64 *)(r6 + task_struct->real_parent)\n r1 = *(u32 *)(r7 + task_struct->pid)"),
  },
  { name: "a member of a union", ...onTask("r7 = *(u64 *)(r6 + task_struct->sched_class)\n r1 = *(u64 *)(r7 + 0)") },
  {
    name: "behind the structure",
    ...onTask("r1 = *(u64 *)(r6 + 32000)"),
    error: "access beyond struct task_struct at off 32000 size 8",
    errno: EACCES,
  },
  {
    name: "in front of the structure",
    ...onTask("r1 = *(u64 *)(r6 - 8)"),
    error: "R6 is ptr_task_struct invalid negative access: off=-8",
    errno: EACCES,
  },
  {
    name: "a pointer in part from a structure",
    ...onTask("r1 = *(u32 *)(r6 + task_struct->stack)"),
    error: "cannot access ptr member stack with moff 32 in struct task_struct with off 32 size 4",
    errno: EACCES,
  },
  {
    name: "a variable offset",
    ...onTask("call get_prandom_u32\n r0 &= 8\n r6 += r0\n r1 = *(u32 *)(r6 + 0)"),
    error: "R6 is ptr_task_struct invalid variable offset: off=0, var_off=(0x0; 0x8)",
    errno: EACCES,
  },
  { name: "a constant offset", ...onTask("r6 += task_struct->pid\n r1 = *(u32 *)(r6 + 0)") },
  {
    name: "a structure cannot be written",
    ...onTask("*(u32 *)(r6 + task_struct->pid) = 0"),
    error: "only read is supported",
    errno: EACCES,
  },
  {
    name: "a structure is for programs under the GPL",
    ...onTask("r1 = *(u32 *)(r6 + task_struct->pid)"),
    license: "MIT",
    error: "Cannot access kernel 'struct task_struct' from non-GPL compatible program",
    errno: "EINVAL",
  },
  {
    name: "memory that nobody vouches for",
    ...onTask("r7 = *(u64 *)(r6 + task_struct->stack)\n r1 = *(u64 *)(r7 + 4096)"),
  },
  {
    name: "memory that nobody vouches for cannot be written",
    ...onTask("r7 = *(u64 *)(r6 + task_struct->stack)\n *(u64 *)(r7 + 0) = 1"),
    error: "R7 cannot write into rdonly_untrusted_mem",
    errno: EACCES,
  },
  {
    name: "memory that nobody vouches for, moved",
    ...onTask("r7 = *(u64 *)(r6 + task_struct->stack)\n call get_prandom_u32\n r7 += r0\n r1 = *(u64 *)(r7 + 0)"),
  },
  {
    name: "a number plus memory that nobody vouches for",
    ...onTask("r7 = *(u64 *)(r6 + task_struct->stack)\n r8 = 8\n r8 += r7\n r8 += 1"),
  },
  { name: "a trusted pointer is not NULL", ...onTask("if r6 != 0 goto +1\n r1 = *(u64 *)(r10 + 8)") },
  {
    name: "any other pointer may be NULL",
    ...onTask("r7 = *(u64 *)(r6 + task_struct->mm)\n if r7 == 0 goto +1\n r1 = *(u64 *)(r7 + mm_struct->pgd)"),
  },
  { name: "the current task", ...atSwitch("call get_current_task_btf\n r1 = *(u32 *)(r0 + task_struct->pid)") },
  { name: "the registers of a task", ...onTask("r1 = r6\n call task_pt_regs\n r1 = *(u64 *)(r0 + pt_regs->ip)") },
  {
    name: "a helper gets the wrong structure",
    ...onTask("r1 = *(u64 *)(r6 + task_struct->mm)\n call task_pt_regs"),
    error: "R1 is of type mm_struct but task_struct is expected",
    errno: EACCES,
  },
  {
    name: "a helper gets a part of a structure",
    ...onTask("r1 = r6\n r1 += 8\n call task_pt_regs"),
    error: "R1 is of type task_struct but task_struct is expected",
    errno: EACCES,
  },
  {
    name: "a helper gets a pointer that may be NULL",
    ...iterator("bpf_iter_task", "r1 = *(u64 *)(r1 + 8)\n call task_pt_regs"),
    error: "R1 type=trusted_ptr_or_null_ expected=ptr_, trusted_ptr_, rcu_ptr_",
    errno: EACCES,
  },
  { name: "a helper copies a structure", ...onTask("r1 = r10\n r1 += -8\n r2 = 8\n r3 = r6\n call probe_read_kernel") },
  { name: "a structure as memory of a helper", ...onTask("r2 = 8\n r1 = r6\n call trace_printk") },
  {
    name: "a structure that a helper would write",
    ...onTask("r1 = r6\n r2 = 8\n r3 = r6\n call probe_read_kernel"),
    error: "bpf_probe_read_kernel() may write into memory pointed by R1 type=trusted_ptr_",
    errno: EACCES,
  },
  {
    name: "the same load through pointers of different trust",
    ...onTask(
      "call get_prandom_u32\n r7 = r6\n if r0 == 0 goto +1\n r7 = *(u64 *)(r6 + task_struct->real_parent)\n r1 = *(u32 *)(r7 + task_struct->pid)",
    ),
  },
  {
    name: "the same load through a structure and the stack",
    ...onTask(
      "call get_prandom_u32\n *(u64 *)(r10 - 8) = 0\n r7 = r6\n if r0 == 0 goto +2\n r7 = r10\n r7 += -8\n r1 = *(u64 *)(r7 + 0)",
    ),
    error: "same insn cannot be used with different pointers",
    errno: "EINVAL",
  },
  {
    name: "a file's inode",
    type: "tracing",
    attach: { to: "bpf_iter_task_file", as: "trace_iter" },
    text: `r6 = *(u64 *)(r1 + 24)\n if r6 == 0 goto +2\n r7 = *(u64 *)(r6 + file->f_inode)\n r1 = *(u64 *)(r7 + inode->i_ino)\n ${RETURN}`,
  },
  {
    name: "an atomic operation on a structure",
    ...onTask("r1 = 1\n lock *(u32 *)(r6 + task_struct->pid) += r1"),
    error: "only read is supported",
    errno: EACCES,
  },
  {
    name: "sk of a packet in RCU",
    type: "tracing",
    attach: { to: "btf_trace_consume_skb" },
    text: `r6 = *(u64 *)(r1 + 0)\n r7 = *(u64 *)(r6 + sk_buff->sk)\n if r7 == 0 goto +1\n r1 = *(u32 *)(r7 + sock->__sk_common.skc_hash)\n ${RETURN}`,
  },
  {
    name: "sk of a packet to a helper",
    type: "tracing",
    attach: { to: "btf_trace_consume_skb" },
    text: `r6 = *(u64 *)(r1 + 0)\n r1 = *(u64 *)(r6 + sk_buff->sk)\n call skc_to_tcp_sock\n if r0 == 0 goto +1\n r1 = *(u32 *)(r0 + 16)\n ${RETURN}`,
    error: "R1 type=rcu_ptr_or_null_ expected=sock_common, sock, tcp_sock, xdp_sock, ptr_, trusted_ptr_",
    errno: EACCES,
  },
  {
    name: "a socket as another",
    type: "tracing",
    attach: { to: "btf_trace_tcp_probe" },
    text: `r1 = *(u64 *)(r1 + 0)\n call skc_to_tcp_sock\n if r0 == 0 goto +1\n r1 = *(u32 *)(r0 + tcp_sock->snd_cwnd)\n ${RETURN}`,
  },
];
