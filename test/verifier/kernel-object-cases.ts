/** Kernel functions that take and return objects of Linux, iterators over them, symbols and casts. What Linux 6.18 says. */
import type { TypedText } from "./typed-programs.ts";

const RETURN = "r0 = 0\n exit";
const atSwitch = (text: string): Pick<TypedText, "type" | "attach" | "text"> => ({
  type: "tracing",
  attach: { to: "btf_trace_sched_switch" },
  text: `r6 = *(u64 *)(r1 + 8)\n ${text}\n ${RETURN}`,
});
const sleeping = (text: string): Pick<TypedText, "type" | "attach" | "text" | "sleepable"> => ({
  type: "tracing",
  attach: { to: "bpf_iter_task", as: "trace_iter" },
  text: `r6 = *(u64 *)(r1 + 8)\n if r6 == 0 goto end\n ${text}\n end:\n ${RETURN}`,
  sleepable: true,
});
const ACQUIRE = "r1 = r6\n call bpf_task_acquire";
const RELEASE = "r1 = r0\n call bpf_task_release";
const AT_STACK = "r1 = r10\n r1 += -24";
const tasks = (body: string): string => `${AT_STACK}\n r2 = 0\n r3 = 0\n call bpf_iter_task_new
  again:\n ${AT_STACK}\n call bpf_iter_task_next\n if r0 == 0 goto done\n ${body}\n goto again
  done:\n ${AT_STACK}\n call bpf_iter_task_destroy`;

export const OBJECT_CASES: readonly TypedText[] = [
  { name: "a task is kept and given back", ...atSwitch(`${ACQUIRE}\n if r0 == 0 goto +2\n ${RELEASE}`) },
  {
    name: "a task is kept and not given back",
    ...atSwitch(ACQUIRE),
    error: "BPF_EXIT instruction in main prog would lead to reference leak",
    errno: "EINVAL",
  },
  {
    name: "a task is given back without a look",
    ...atSwitch(`${ACQUIRE}\n ${RELEASE}`),
    error: "Possibly NULL pointer passed to trusted arg0",
    errno: "EACCES",
  },
  {
    name: "a task that was not acquired is given back",
    ...atSwitch("r1 = r6\n call bpf_task_release"),
    error: "release kernel function bpf_task_release expects refcounted PTR_TO_BTF_ID",
    errno: "EINVAL",
  },
  {
    name: "NULL is given to a function that wants a task",
    ...atSwitch("r1 = 0\n call bpf_task_acquire"),
    error: "Possibly NULL pointer passed to trusted arg0",
    errno: "EACCES",
  },
  {
    name: "a number is given to a function that wants a task",
    ...atSwitch("r1 = 5\n call bpf_task_acquire"),
    error: "arg#0 pointer type STRUCT task_struct must point to scalar, or struct with scalar",
    errno: "EINVAL",
  },
  {
    name: "a parent of a task is kept",
    ...atSwitch(
      "r1 = *(u64 *)(r6 + task_struct->real_parent)\n call bpf_task_acquire\n if r0 == 0 goto +2\n r1 = r0\n call bpf_task_release",
    ),
  },
  {
    name: "a task that nobody vouches for",
    ...atSwitch("r1 = *(u64 *)(r6 + task_struct->parent)\n call bpf_task_acquire"),
    error: "R1 must be a rcu pointer",
    errno: "EINVAL",
  },
  {
    name: "a task that nobody protects",
    ...atSwitch("r1 = *(u64 *)(r6 + task_struct->last_wakee)\n call bpf_task_acquire"),
    error: "R1 must be a rcu pointer",
    errno: "EINVAL",
  },
  {
    name: "the wrong structure",
    ...atSwitch("r1 = *(u64 *)(r6 + task_struct->cgroups)\n call bpf_task_acquire"),
    error:
      "kernel function bpf_task_acquire args#0 expected pointer to STRUCT task_struct but R1 has a pointer to STRUCT css_set",
    errno: "EINVAL",
  },
  {
    name: "a part of a structure that is acquired",
    ...atSwitch("r1 = r6\n r1 += 8\n call bpf_task_acquire"),
    error:
      "kernel function bpf_task_acquire args#0 expected pointer to STRUCT task_struct but R1 has a pointer to STRUCT task_struct",
    errno: "EINVAL",
  },
  {
    name: "a task by its number",
    ...atSwitch(
      `r1 = 1\n call bpf_task_from_pid\n if r0 == 0 goto +3\n r2 = *(u32 *)(r0 + task_struct->pid)\n ${RELEASE}`,
    ),
  },
  {
    name: "a task after it was given back",
    ...atSwitch(`r1 = 1\n call bpf_task_from_pid\n if r0 == 0 goto +4\n r7 = r0\n ${RELEASE}\n r2 = *(u32 *)(r7 + 0)`),
    error: "R7 invalid mem access 'scalar'",
    errno: "EACCES",
  },
  {
    name: "the group of a task",
    ...atSwitch(
      "r7 = *(u64 *)(r6 + task_struct->cgroups)\n r1 = *(u64 *)(r7 + css_set->dfl_cgrp)\n call bpf_cgroup_acquire\n if r0 == 0 goto +2\n r1 = r0\n call bpf_cgroup_release",
    ),
  },
  {
    name: "a task in a group",
    ...atSwitch(
      "r7 = *(u64 *)(r6 + task_struct->cgroups)\n r2 = *(u64 *)(r7 + css_set->dfl_cgrp)\n r1 = r6\n call bpf_task_under_cgroup",
    ),
  },
  { name: "all tasks", ...atSwitch(tasks("r1 = *(u32 *)(r0 + task_struct->pid)")) },
  {
    name: "all tasks, one is kept",
    ...atSwitch(tasks("r1 = r0\n call bpf_task_acquire\n if r0 == 0 goto again\n r1 = r0\n call bpf_task_release")),
  },
  {
    name: "all tasks, from a program that waits",
    ...sleeping(tasks("")),
    error: "kernel func bpf_iter_task_new requires RCU critical section protection",
    errno: "EACCES",
  },
  {
    name: "all tasks in a section, from a program that waits",
    ...sleeping(`call bpf_rcu_read_lock\n ${tasks("r1 = *(u32 *)(r0 + task_struct->pid)")}\n call bpf_rcu_read_unlock`),
  },
  {
    name: "an iterator behind its section",
    ...sleeping(
      `call bpf_rcu_read_lock\n ${AT_STACK}\n r2 = 0\n r3 = 0\n call bpf_iter_task_new\n call bpf_rcu_read_unlock\n ${AT_STACK}\n call bpf_iter_task_next\n ${AT_STACK}\n call bpf_iter_task_destroy`,
    ),
    error: "expected an RCU CS when using bpf_iter_task_next",
    errno: "EPROTO",
  },
  {
    name: "all bits",
    ...atSwitch(`*(u64 *)(r10 - 8) = 5\n ${AT_STACK}\n r2 = r10\n r2 += -8\n r3 = 1\n call bpf_iter_bits_new
    again:\n ${AT_STACK}\n call bpf_iter_bits_next\n if r0 == 0 goto done\n r1 = *(u32 *)(r0 + 0)\n goto again
    done:\n ${AT_STACK}\n call bpf_iter_bits_destroy`),
  },
  {
    name: "a walk in a section of a program that waits",
    ...sleeping(
      "call bpf_rcu_read_lock\n r7 = *(u64 *)(r6 + task_struct->real_parent)\n r1 = *(u32 *)(r7 + task_struct->pid)\n call bpf_rcu_read_unlock",
    ),
  },
  {
    name: "a walk without a section, and a call",
    ...sleeping("r1 = *(u64 *)(r6 + task_struct->real_parent)\n call bpf_task_acquire"),
    error: "R1 must be a rcu pointer",
    errno: "EINVAL",
  },
  {
    name: "a pointer behind its section",
    ...sleeping(
      "call bpf_rcu_read_lock\n r7 = *(u64 *)(r6 + task_struct->real_parent)\n call bpf_rcu_read_unlock\n r1 = *(u32 *)(r7 + task_struct->pid)\n r1 = r7\n call bpf_task_acquire",
    ),
    error: "R1 must be a rcu pointer",
    errno: "EINVAL",
  },
  {
    name: "a cast",
    ...atSwitch(
      "r1 = r6\n r2 = type[task_struct]\n call bpf_rdonly_cast\n r1 = *(u64 *)(r0 + task_struct->mm)\n r2 = *(u64 *)(r1 + mm_struct->pgd)",
    ),
  },
  { name: "a cast of a number", ...atSwitch("r1 = 5\n r2 = 0\n call bpf_rdonly_cast\n r1 = *(u64 *)(r0 + 100)") },
  {
    name: "a cast to a number",
    ...atSwitch("r1 = 5\n r2 = 1\n call bpf_rdonly_cast"),
    error: "kfunc bpf_rdonly_cast type ID argument must be of a struct or void",
    errno: "EINVAL",
  },
  {
    name: "a cast to what nobody knows",
    ...atSwitch("call get_prandom_u32\n r1 = 5\n r2 = r0\n call bpf_rdonly_cast"),
    error: "R2 must be a known constant",
    errno: "EINVAL",
  },
  {
    name: "what lies behind the context",
    type: "sched_cls",
    text: `call bpf_cast_to_kern_ctx\n r1 = *(u32 *)(r0 + sk_buff->len)\n ${RETURN}`,
  },
  {
    name: "what lies behind the context of XDP",
    type: "xdp",
    text: `call bpf_cast_to_kern_ctx\n r1 = *(u64 *)(r0 + xdp_buff->data)\n ${RETURN}`,
  },
  {
    name: "a variable of each CPU",
    ...atSwitch(`r1 = ksym[runqueues]\n call this_cpu_ptr\n r1 = *(u32 *)(r0 + rq->nr_running)`),
    error: "ldimm64 failed to find the address for kernel symbol 'runqueues'.",
    errno: "ENOENT",
  },
  { name: "a function's address", ...atSwitch("r1 = ksym[bpf_task_acquire]\n r2 = r1") },
  {
    name: "a socket buffer as dynptr in a tracing program",
    type: "tracing",
    attach: { to: "btf_trace_consume_skb" },
    text: `r1 = *(u64 *)(r1 + 0)\n r2 = 0\n r3 = r10\n r3 += -16\n call bpf_dynptr_from_skb\n ${RETURN}`,
  },
];
