/** Iterators on the stack, RCU sections and sections without preemption. What Linux 6.18 says of each program. */
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

export const ITERATOR_CASES: readonly TypedText[] = [
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
];
