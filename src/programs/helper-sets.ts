/**
 * Which helpers Linux 6.18 lets each program type call, by families: most types take `BASE` and some others. The names are
 * Linux's without `bpf_`; a test asks the running Linux for each of them.
 */

const set = (names: string): readonly string[] => names.trim().split(/\s+/);

/** What every type here may call. */
export const BASE = set(`
  map_lookup_elem map_update_elem map_delete_elem map_push_elem map_pop_elem map_peek_elem map_lookup_percpu_elem
  for_each_map_elem loop tail_call
  ktime_get_ns ktime_get_boot_ns ktime_get_tai_ns jiffies64 get_prandom_u32 get_smp_processor_id get_numa_node_id
  get_current_pid_tgid get_ns_current_pid_tgid get_current_uid_gid get_current_comm get_current_task get_current_task_btf
  get_current_cgroup_id get_current_ancestor_cgroup_id get_cgroup_classid current_task_under_cgroup
  task_pt_regs task_storage_get task_storage_delete get_task_stack find_vma
  trace_printk trace_vprintk snprintf snprintf_btf strtol strtoul strncmp
  perf_event_read perf_event_read_value perf_event_output get_branch_snapshot
  probe_read_user probe_read_kernel probe_read_user_str probe_read_kernel_str copy_from_user copy_from_user_task
  ringbuf_output ringbuf_reserve ringbuf_submit ringbuf_discard ringbuf_query
  ringbuf_reserve_dynptr ringbuf_submit_dynptr ringbuf_discard_dynptr user_ringbuf_drain
  dynptr_from_mem dynptr_read dynptr_write dynptr_data
  spin_lock spin_unlock kptr_xchg per_cpu_ptr this_cpu_ptr
  timer_init timer_set_callback timer_start timer_cancel
  send_signal send_signal_thread cgrp_storage_get cgrp_storage_delete
`);

/** Probes of all kinds. */
export const TRACING = set(`probe_read probe_read_str get_stackid get_stack get_func_ip get_attach_cookie`);

/** Samples. */
export const PERF_EVENT = set(`perf_prog_read_value read_branch_records`);

/** All that see packets: casts of sockets. */
export const NETWORK = set(`
  skc_to_tcp6_sock skc_to_tcp_sock skc_to_tcp_timewait_sock skc_to_tcp_request_sock skc_to_udp6_sock skc_to_unix_sock
  skc_to_mptcp_sock ktime_get_coarse_ns
`);

/** All that see a socket buffer. */
export const SOCKET_BUFFER = set(`
  skb_load_bytes skb_load_bytes_relative get_socket_cookie get_socket_uid get_netns_cookie
`);

/** On the way in, before or after the socket buffer exists. */
export const INGRESS = set(`
  redirect csum_diff fib_lookup check_mtu sk_lookup_tcp sk_lookup_udp sk_release skc_lookup_tcp tcp_check_syncookie
  tcp_gen_syncookie tcp_raw_gen_syncookie_ipv4 tcp_raw_gen_syncookie_ipv6 tcp_raw_check_syncookie_ipv4
  tcp_raw_check_syncookie_ipv6
`);

/** Traffic control. */
export const SCHED_CLS = set(`
  skb_store_bytes l3_csum_replace l4_csum_replace clone_redirect skb_vlan_push skb_vlan_pop skb_get_tunnel_key
  skb_set_tunnel_key get_route_realm skb_get_tunnel_opt skb_set_tunnel_opt skb_change_proto skb_change_type
  skb_under_cgroup get_hash_recalc skb_change_tail skb_pull_data csum_update set_hash_invalid skb_change_head set_hash
  skb_adjust_room skb_get_xfrm_state skb_cgroup_id skb_ancestor_cgroup_id sk_fullsock tcp_sock skb_ecn_set_ce
  get_listener_sock sk_storage_get sk_storage_delete sk_assign csum_level skb_cgroup_classid redirect_neigh redirect_peer
  skb_set_tstamp
`);

export const XDP = set(`
  xdp_adjust_head redirect_map xdp_adjust_meta xdp_adjust_tail xdp_get_buff_len xdp_load_bytes xdp_store_bytes
`);
