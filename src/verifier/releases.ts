/** What gives back what a function of Linux hands out. */

const RELEASES: readonly (readonly [handsOut: RegExp, givesBack: string])[] = [
  [/^bpf_ringbuf_reserve$/, "bpf_ringbuf_discard"],
  [/^bpf_ringbuf_reserve_dynptr$/, "bpf_ringbuf_discard_dynptr"],
  [/^bpf_(sk|skc)_lookup_(tcp|udp)$/, "bpf_sk_release"],
  [/^bpf_task_(acquire|from_pid|from_vpid)$/, "bpf_task_release"],
  [/^bpf_cgroup_(acquire|from_id|ancestor)$|^bpf_task_get_cgroup1$/, "bpf_cgroup_release"],
  [/^bpf_cpumask_(create|acquire)$/, "bpf_cpumask_release"],
  [/^bpf_get_task_exe_file$/, "bpf_put_file"],
  [/^bpf_lookup_(user|system)_key$/, "bpf_key_put"],
  [/^bpf_(obj_new|refcount_acquire)_impl$/, "bpf_obj_drop_impl"],
  [/^bpf_crypto_ctx_(create|acquire)$/, "bpf_crypto_ctx_release"],
];

/**
 * The function that gives back what `callee` hands out, where one name says it.
 *
 * @example releaseOf("bpf_iter_num_new") // "bpf_iter_num_destroy"
 */
export function releaseOf(callee: string): string | undefined {
  const iterator = /^(bpf_iter_\w+)_new$/.exec(callee)?.[1];
  return iterator ? `${iterator}_destroy` : RELEASES.find(([handsOut]) => handsOut.test(callee))?.[1];
}
