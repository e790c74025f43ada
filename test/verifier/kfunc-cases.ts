/** Kernel functions of all families: slices of dynptrs, text, masks of CPUs, connections, constants. What Linux 6.18 says. */
import type { TypedText } from "./typed-programs.ts";

const RETURN = "r0 = 0\n exit";
const tc = (text: string): Pick<TypedText, "type" | "text"> => ({
  type: "sched_cls",
  text: `r6 = r1\n ${text}\n ${RETURN}`,
});
const xdp = (text: string): Pick<TypedText, "type" | "text"> => ({
  type: "xdp",
  text: `r6 = r1\n ${text}\n ${RETURN}`,
});
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
const at = (register: number, offset: number): string => `r${register} = r10\n r${register} += -${offset}`;
const FROM_SKB = `r1 = r6\n r2 = 0\n ${at(3, 16)}\n call bpf_dynptr_from_skb`;
const FROM_XDP = `r1 = r6\n r2 = 0\n ${at(3, 16)}\n call bpf_dynptr_from_xdp`;
const slice = (size: number | string = 16, rdwr = "", buffer = at(3, 40)): string =>
  `*(u64 *)(r10 - 40) = 0\n *(u64 *)(r10 - 32) = 0\n ${at(1, 16)}\n r2 = 0\n ${buffer}\n r4 = ${size}\n call bpf_dynptr_slice${rdwr}`;
const LOCAL = `*(u32 *)(r10 - 60) = 0\n r1 = map[array]\n ${at(2, 60)}\n call map_lookup_elem\n if r0 == 0 goto +1\n goto +2\n r0 = 0\n exit\n r1 = r0\n r2 = 16\n r3 = 0\n ${at(4, 16)}\n call dynptr_from_mem`;

export const SLICE_CASES: readonly TypedText[] = [
  { name: "a slice of a packet", ...tc(`${FROM_SKB}\n ${slice()}\n if r0 == 0 goto +1\n r1 = *(u64 *)(r0 + 8)`) },
  { name: "a slice of a frame", ...xdp(`${FROM_XDP}\n ${slice()}\n if r0 == 0 goto +1\n r1 = *(u64 *)(r0 + 8)`) },
  {
    name: "a slice of a packet that is written",
    ...tc(`${FROM_SKB}\n ${slice(16, "_rdwr")}\n if r0 == 0 goto +1\n *(u64 *)(r0 + 8) = 1`),
  },
  {
    name: "a slice to read is written",
    ...tc(`${FROM_SKB}\n ${slice()}\n if r0 == 0 goto +1\n *(u64 *)(r0 + 8) = 1`),
    error: "R0 cannot write into rdonly_mem",
    errno: "EACCES",
  },
  {
    name: "a slice to write where packets are only read",
    type: "cgroup_skb",
    text: `r6 = r1\n ${FROM_SKB}\n ${slice(16, "_rdwr")}\n ${RETURN}`,
    error: "the prog does not allow writes to packet data",
    errno: "EINVAL",
  },
  {
    name: "a slice without a check",
    ...tc(`${FROM_SKB}\n ${slice()}\n r1 = *(u64 *)(r0 + 8)`),
    error: "R0 invalid mem access 'rdonly_mem_or_null'",
    errno: "EACCES",
  },
  {
    name: "behind a slice",
    ...tc(`${FROM_SKB}\n ${slice(8)}\n if r0 == 0 goto +1\n r1 = *(u64 *)(r0 + 4)`),
    error: "R0 min value is outside of the allowed memory range",
    errno: "EACCES",
  },
  {
    name: "a slice of an unknown size",
    ...tc(`call get_prandom_u32\n r7 = r0\n r7 &= 7\n ${FROM_SKB}\n ${slice("r7")}`),
    error: "R4 must be a known constant",
    errno: "EINVAL",
  },
  {
    name: "a slice larger than its buffer",
    ...tc(`${FROM_SKB}\n ${slice(64)}`),
    error: "arg#2 arg#3 memory, len pair leads to invalid memory access",
    errno: "EINVAL",
  },
  {
    name: "a slice without a buffer",
    ...tc(`${FROM_SKB}\n ${slice(8, "", "r3 = 0")}\n if r0 == 0 goto +1\n r1 = *(u64 *)(r0 + 0)`),
  },
  {
    name: "a slice after the packet has changed",
    ...tc(
      `${FROM_SKB}\n ${slice()}\n if r0 == 0 goto +5\n r7 = r0\n r1 = r6\n r2 = 0\n call skb_pull_data\n r1 = *(u64 *)(r7 + 8)`,
    ),
    error: "R7 invalid mem access 'scalar'",
    errno: "EACCES",
  },
  {
    name: "a slice of a packet is passed to a helper",
    ...tc(
      `${FROM_SKB}\n ${slice()}\n if r0 == 0 goto none\n r3 = r0\n r1 = 0\n r2 = 0\n r4 = 16\n r5 = 0\n call csum_diff\n none:`,
    ),
  },
  {
    name: "a slice after its dynptr was overwritten",
    ...tc(`${FROM_SKB}\n ${slice()}\n if r0 == 0 goto +3\n r7 = r0\n *(u64 *)(r10 - 16) = 0\n r1 = *(u64 *)(r7 + 8)`),
  },
  { name: "a slice of a map's value", ...tc(`${LOCAL}\n ${slice(8)}\n if r0 == 0 goto +1\n r1 = *(u64 *)(r0 + 0)`) },
  {
    name: "a slice of a map's value stays when the packet changes",
    ...tc(
      `${LOCAL}\n ${slice(8)}\n if r0 == 0 goto +5\n r7 = r0\n r1 = r6\n r2 = 0\n call skb_pull_data\n r1 = *(u64 *)(r7 + 0)`,
    ),
  },
  {
    name: "metadata of a packet",
    ...tc(`r1 = r6\n r2 = 0\n ${at(3, 16)}\n call bpf_dynptr_from_skb_meta\n ${slice(8)}`),
  },
  {
    name: "a dynptr is copied",
    ...tc(`${FROM_SKB}\n ${at(1, 16)}\n r2 = 0\n ${at(3, 16)}\n r4 = 0\n r5 = 8\n call bpf_dynptr_copy`),
  },
  {
    name: "a dynptr is filled",
    ...tc(`${FROM_SKB}\n ${at(1, 16)}\n r2 = 0\n r3 = 8\n r4 = 1\n call bpf_dynptr_memset`),
  },
  {
    name: "a clone of a packet's dynptr",
    ...tc(`${FROM_SKB}\n ${at(1, 16)}\n ${at(2, 56)}\n call bpf_dynptr_clone\n ${at(1, 56)}\n call bpf_dynptr_size`),
  },
  {
    name: "data of a frame is pulled",
    ...xdp("r7 = *(u32 *)(r6 + 0)\n r1 = r6\n r2 = 64\n call bpf_xdp_pull_data\n r1 = *(u8 *)(r7 + 0)"),
    error: "R7 invalid mem access 'scalar'",
    errno: "EACCES",
  },
  {
    name: "a text is printed to the stream",
    ...tc(
      `*(u64 *)(r10 - 8) = 0\n r1 = 1\n r2 = map[texts][0]+24\n ${at(3, 8)}\n r4 = 8\n r5 = 0\n call bpf_stream_vprintk_impl`,
    ),
  },
  {
    name: "a text that is none is printed to the stream",
    ...tc(
      `*(u64 *)(r10 - 8) = 0\n r1 = 1\n ${at(2, 8)}\n ${at(3, 8)}\n r4 = 8\n r5 = 0\n call bpf_stream_vprintk_impl`,
    ),
    error: "arg#1 doesn't point to a const string",
    errno: "EINVAL",
  },
  {
    name: "a text of a map that can change is printed to the stream",
    ...tc(
      `*(u64 *)(r10 - 8) = 0\n r1 = 1\n r2 = map[settled][0]\n ${at(3, 8)}\n r4 = 8\n r5 = 0\n call bpf_stream_vprintk_impl`,
    ),
    error: "R2 does not point to a readonly map'",
    errno: "EACCES",
  },
  { name: "texts are compared", ...tc("r1 = r10\n r2 = 5\n call bpf_strcmp\n r1 = 0\n call bpf_strlen") },
  { name: "a text without an address", ...tc("r1 = 0\n call bpf_strlen") },
  {
    name: "a text that was never set",
    ...tc("call bpf_strlen\n r0 = r3"),
    error: "R3 !read_ok",
    errno: "EACCES",
  },
];

export const FAMILY_CASES: readonly TypedText[] = [
  {
    name: "a set of CPUs",
    ...atSwitch(
      "call bpf_cpumask_create\n if r0 == 0 goto end\n r7 = r0\n r1 = 3\n r2 = r7\n call bpf_cpumask_set_cpu\n r1 = r7\n call bpf_cpumask_weight\n r1 = r7\n call bpf_cpumask_release\n end:",
    ),
  },
  {
    name: "a set of CPUs is not given back",
    ...atSwitch("call bpf_cpumask_create"),
    error: "BPF_EXIT instruction in main prog would lead to reference leak",
    errno: "EINVAL",
  },
  {
    name: "a task's CPUs",
    ...atSwitch("r2 = *(u64 *)(r6 + task_struct->cpus_ptr)\n r1 = 1\n call bpf_cpumask_test_cpu"),
  },
  {
    name: "a task's CPUs are changed",
    ...atSwitch("r2 = *(u64 *)(r6 + task_struct->cpus_ptr)\n r1 = 1\n call bpf_cpumask_set_cpu"),
    error:
      "kernel function bpf_cpumask_set_cpu args#1 expected pointer to STRUCT bpf_cpumask but R2 has a pointer to STRUCT cpumask",
    errno: "EINVAL",
  },
  {
    name: "areas of a task",
    ...atSwitch(`${at(1, 8)}\n r2 = r6\n r3 = 0\n call bpf_iter_task_vma_new
    again:\n ${at(1, 8)}\n call bpf_iter_task_vma_next\n if r0 == 0 goto done\n r1 = *(u64 *)(r0 + 0)\n goto again
    done:\n ${at(1, 8)}\n call bpf_iter_task_vma_destroy`),
  },
  { name: "a signal for a task", ...atSwitch("r1 = r6\n r2 = 10\n r3 = 0\n r4 = 0\n call bpf_send_signal_task") },
  {
    name: "a signal for a task that may be gone",
    ...atSwitch("r1 = *(u64 *)(r6 + task_struct->parent)\n r2 = 10\n r3 = 0\n r4 = 0\n call bpf_send_signal_task"),
    error: "R1 must be referenced or trusted",
    errno: "EINVAL",
  },
  { name: "elements of a map", ...atSwitch("r1 = map[hash]\n call bpf_map_sum_elem_count") },
  {
    name: "elements of a map that is none",
    ...atSwitch("r1 = r6\n call bpf_map_sum_elem_count"),
    error:
      "kernel function bpf_map_sum_elem_count args#0 expected pointer to STRUCT bpf_map but R1 has a pointer to STRUCT task_struct",
    errno: "EINVAL",
  },
  {
    name: "the cache of an object",
    ...atSwitch("r1 = 64\n call bpf_get_kmem_cache\n if r0 == 0 goto +1\n r1 = *(u32 *)(r0 + kmem_cache->object_size)"),
  },
  {
    name: "a text of a user",
    ...sleeping(
      `${at(1, 16)}\n *(u64 *)(r10 - 16) = 0\n *(u64 *)(r10 - 8) = 0\n r2 = 16\n r3 = 0\n r4 = 0\n call bpf_copy_from_user_str`,
    ),
  },
  {
    name: "a text of a user in a program that may not wait",
    ...atSwitch(
      `${at(1, 16)}\n *(u64 *)(r10 - 16) = 0\n *(u64 *)(r10 - 8) = 0\n r2 = 16\n r3 = 0\n r4 = 0\n call bpf_copy_from_user_str`,
    ),
    error: "program must be sleepable to call sleepable kfunc bpf_copy_from_user_str",
    errno: "EACCES",
  },
  {
    name: "a text of a task",
    ...sleeping(
      `${at(1, 16)}\n *(u64 *)(r10 - 16) = 0\n *(u64 *)(r10 - 8) = 0\n r2 = 16\n r3 = 0\n r4 = r6\n r5 = 0\n call bpf_copy_from_user_task_str`,
    ),
  },
  {
    name: "caches of objects",
    ...sleeping(`${at(1, 8)}\n call bpf_iter_kmem_cache_new
    again:\n ${at(1, 8)}\n call bpf_iter_kmem_cache_next\n if r0 == 0 goto done\n r1 = *(u32 *)(r0 + kmem_cache->object_size)\n goto again
    done:\n ${at(1, 8)}\n call bpf_iter_kmem_cache_destroy`),
  },
  {
    name: "a user's text in a dynptr",
    ...tc(`${LOCAL}\n ${at(1, 16)}\n r2 = 0\n r3 = 8\n r4 = 0\n call bpf_probe_read_user_dynptr`),
  },
  {
    name: "a connection",
    ...tc(
      `*(u64 *)(r10 - 16) = 0\n *(u64 *)(r10 - 8) = 0\n *(u64 *)(r10 - 32) = 0\n *(u64 *)(r10 - 24) = 0\n r1 = r6\n ${at(2, 16)}\n r3 = 12\n ${at(4, 32)}\n r5 = 16\n call bpf_skb_ct_lookup\n if r0 == 0 goto +4\n r7 = *(u64 *)(r0 + nf_conn->status)\n r1 = r0\n call bpf_ct_release\n r0 = 0`,
    ),
  },
  {
    name: "a new connection",
    ...xdp(
      `*(u64 *)(r10 - 16) = 0\n *(u64 *)(r10 - 8) = 0\n *(u64 *)(r10 - 32) = 0\n *(u64 *)(r10 - 24) = 0\n r1 = r6\n ${at(2, 16)}\n r3 = 12\n ${at(4, 32)}\n r5 = 16\n call bpf_xdp_ct_alloc\n if r0 == 0 goto out\n r7 = r0\n r1 = r7\n r2 = 1000\n call bpf_ct_set_timeout\n r1 = r7\n call bpf_ct_insert_entry\n if r0 == 0 goto out\n r1 = r0\n call bpf_ct_release\n out:`,
    ),
  },
  {
    name: "a connection that is not yet one",
    ...xdp(
      `*(u64 *)(r10 - 16) = 0\n *(u64 *)(r10 - 8) = 0\n *(u64 *)(r10 - 32) = 0\n *(u64 *)(r10 - 24) = 0\n r1 = r6\n ${at(2, 16)}\n r3 = 12\n ${at(4, 32)}\n r5 = 16\n call bpf_xdp_ct_alloc\n if r0 == 0 goto out\n r1 = r0\n r2 = 1000\n call bpf_ct_change_timeout\n out:`,
    ),
    error:
      "kernel function bpf_ct_change_timeout args#0 expected pointer to STRUCT nf_conn but R1 has a pointer to STRUCT nf_conn___init",
    errno: "EINVAL",
  },
  {
    name: "a key",
    ...atSwitch("r1 = 1\n call bpf_lookup_system_key\n if r0 == 0 goto +2\n r1 = r0\n call bpf_key_put"),
  },
  {
    name: "what a network card knows",
    ...xdp(`*(u64 *)(r10 - 8) = 0\n r1 = r6\n ${at(2, 8)}\n call bpf_xdp_metadata_rx_timestamp`),
    error: "metadata kfuncs require device-bound program",
    errno: "EINVAL",
  },
  {
    name: "a variable that was never set",
    ...tc("call __bpf_trap"),
    error: "unexpected __bpf_trap() due to uninitialized variable?",
    errno: "EFAULT",
  },
  {
    name: "a function of a set for another type",
    text: `call bpf_cpumask_create\n ${RETURN}`,
    error: "calling kernel function bpf_cpumask_create is not allowed",
    errno: "EACCES",
  },
  {
    name: "a socket is closed where no socket is visited",
    ...atSwitch("r1 = r6\n call bpf_sock_destroy"),
    error: "calling kernel function bpf_sock_destroy is not allowed",
    errno: "EACCES",
  },
  {
    name: "a session's cookie",
    type: "kprobe",
    attach: { to: "void", as: "trace_kprobe_session" },
    text: `call bpf_session_cookie\n *(u64 *)(r0 + 0) = 1\n ${RETURN}`,
  },
  {
    name: "a call of no function",
    ...tc("call bpf_no_such_function"),
    error: "invalid kernel function call not eliminated in verifier pass",
    errno: "EINVAL",
  },
  {
    name: "a call of no function that nobody reaches",
    ...tc("r1 = 1\n if r1 == 1 goto +1\n call bpf_no_such_function"),
  },
  {
    name: "a group's numbers",
    ...atSwitch("r1 = *(u64 *)(r6 + task_struct->cgroups)\n r1 = *(u64 *)(r1 + 0)\n r2 = 0\n call css_rstat_updated"),
  },
];

export const KFUNC_CASES: readonly TypedText[] = [...SLICE_CASES, ...FAMILY_CASES];
