/**
 * Which helpers Linux 6.18 lets each program type call, by families: most types take `BASE` and some others. The names are
 * Linux's without `bpf_`; a test asks the running Linux for each of them.
 */

const set = (names: string): readonly string[] => names.trim().split(/\s+/);

/** What nearly every type may call. */
export const BASE = set(`
  map_lookup_elem map_update_elem map_delete_elem map_push_elem map_pop_elem map_peek_elem map_lookup_percpu_elem
  for_each_map_elem loop tail_call
  ktime_get_ns ktime_get_boot_ns ktime_get_tai_ns jiffies64 get_prandom_u32 get_smp_processor_id get_numa_node_id
  get_current_pid_tgid get_ns_current_pid_tgid get_current_uid_gid get_current_comm get_current_task get_current_task_btf
  get_current_cgroup_id get_current_ancestor_cgroup_id get_cgroup_classid current_task_under_cgroup
  task_pt_regs task_storage_get task_storage_delete get_task_stack find_vma
  trace_printk trace_vprintk snprintf snprintf_btf strtol strtoul strncmp
  perf_event_read perf_event_read_value get_branch_snapshot
  probe_read_user probe_read_kernel probe_read_user_str probe_read_kernel_str copy_from_user copy_from_user_task
  ringbuf_output ringbuf_reserve ringbuf_submit ringbuf_discard ringbuf_query
  ringbuf_reserve_dynptr ringbuf_submit_dynptr ringbuf_discard_dynptr user_ringbuf_drain
  dynptr_from_mem dynptr_read dynptr_write dynptr_data
  spin_lock spin_unlock kptr_xchg per_cpu_ptr this_cpu_ptr
  timer_init timer_set_callback timer_start timer_cancel
  send_signal send_signal_thread cgrp_storage_get cgrp_storage_delete
`);

export const PERF_OUTPUT = set("perf_event_output");

/** Probes of all kinds. */
export const TRACING = set(`
  perf_event_output probe_read probe_read_str get_stackid get_stack get_func_ip
`);

/** Probes that can be given a number when they are attached. */
export const COOKIE = set("get_attach_cookie");

/** Probes of functions, on a Linux built with CONFIG_BPF_KPROBE_OVERRIDE: that of the simulated machine is. */
export const OVERRIDE = set("override_return");

/** Samples. */
export const PERF_EVENT = set("perf_prog_read_value read_branch_records");

export const COARSE_TIME = set("ktime_get_coarse_ns");

/** Casts of sockets. */
export const SOCKET_CASTS = set(`
  skc_to_tcp6_sock skc_to_tcp_sock skc_to_tcp_timewait_sock skc_to_tcp_request_sock skc_to_udp6_sock skc_to_unix_sock
  skc_to_mptcp_sock
`);

/** What most network programs share. */
export const NETWORK = [...SOCKET_CASTS, ...COARSE_TIME, ...PERF_OUTPUT];

/** All that see a socket buffer with its socket. */
export const SOCKET_BUFFER = set(`
  skb_load_bytes skb_load_bytes_relative get_socket_cookie get_socket_uid get_netns_cookie
`);

export const SOCKET_LOOKUP = set("sk_lookup_tcp sk_lookup_udp sk_release skc_lookup_tcp");
export const SOCKET_STORAGE = set("sk_storage_get sk_storage_delete");
/** What programs that control congestion may call. */
export const OPERATIONS = set(
  "tcp_send_ack sk_storage_get sk_storage_delete setsockopt getsockopt ktime_get_coarse_ns",
);
export const SOCKET_OPTIONS = set("setsockopt getsockopt");
/** Programs of a cgroup: its storage; and what the system call returns, at most places. */
export const CGROUP = set("get_local_storage perf_event_output");
export const RETVAL = set("get_retval set_retval");

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

export const CGROUP_SKB = set(`
  get_listener_sock sk_ancestor_cgroup_id sk_cgroup_id sk_fullsock skb_ancestor_cgroup_id skb_cgroup_id skb_ecn_set_ce
  tcp_sock
`);

/** Lightweight tunnels, both ways. */
export const LWT = set(`
  csum_diff get_hash_recalc get_route_realm skb_load_bytes skb_pull_data skb_under_cgroup
`);

/** The tunnel's own transmission. */
export const LWT_XMIT = set(`
  clone_redirect csum_level csum_update l3_csum_replace l4_csum_replace lwt_push_encap redirect set_hash_invalid
  skb_change_head skb_change_tail skb_get_tunnel_key skb_get_tunnel_opt skb_set_tunnel_key skb_set_tunnel_opt
  skb_store_bytes
`);

export const LWT_SEG6 = set("lwt_seg6_action lwt_seg6_adjust_srh lwt_seg6_store_bytes");

export const SOCK_OPS = set(`
  load_hdr_opt store_hdr_opt reserve_hdr_opt sock_hash_update sock_map_update sock_ops_cb_flags_set tcp_sock
  get_socket_cookie get_netns_cookie
`);

export const SK_SKB = set(`
  get_socket_cookie get_socket_uid sk_redirect_hash sk_redirect_map skb_adjust_room skb_change_head skb_change_tail
  skb_load_bytes skb_pull_data skb_store_bytes
`);

export const SK_MSG = set(`
  get_netns_cookie msg_apply_bytes msg_cork_bytes msg_pop_data msg_pull_data msg_push_data msg_redirect_hash
  msg_redirect_map
`);

export const SK_REUSEPORT = set("get_socket_cookie sk_select_reuseport skb_load_bytes skb_load_bytes_relative");

export const CGROUP_SYSCTL = set(`
  sysctl_get_current_value sysctl_get_name sysctl_get_new_value sysctl_set_new_value
`);

/** Infrared receivers take few of the common helpers. */
export const LIRC_MODE2 = set(`
  rc_repeat rc_keydown rc_pointer_rel map_lookup_elem map_update_elem map_delete_elem map_push_elem map_pop_elem
  map_peek_elem ktime_get_ns ktime_get_boot_ns tail_call get_prandom_u32 trace_printk
`);

/** Programs on kernel functions with typed arguments. */
export const TYPED_TRACING = set(`
  skb_output xdp_output sock_from_file get_socket_cookie xdp_get_buff_len sk_storage_get sk_storage_delete d_path
`);

/** Arguments and result of the function, where there is one. */
export const FUNCTION_ARGUMENTS = set("get_func_arg get_func_ret get_func_arg_cnt get_attach_cookie");

export const ITERATOR = set("seq_printf seq_write seq_printf_btf");

export const LSM = set(`
  inode_storage_get inode_storage_delete bprm_opts_set ima_inode_hash ima_file_hash get_attach_cookie
`);

/** Programs that are run as a system call, to load others. */
export const SYSCALL = set("sys_bpf btf_find_by_name_kind sys_close kallsyms_lookup_name");

/** Of all these, what tells of other tasks or of Linux itself: only for users with CAP_PERFMON. */
export const OBSERVING: ReadonlySet<string> = new Set([
  ...SOCKET_CASTS,
  ...set(`
    trace_printk trace_vprintk get_current_comm get_current_task get_current_task_btf get_task_stack task_pt_regs find_vma
    perf_event_read perf_event_read_value send_signal send_signal_thread get_branch_snapshot snprintf snprintf_btf
    probe_read_user probe_read_user_str probe_read_kernel probe_read_kernel_str copy_from_user copy_from_user_task sys_bpf
  `),
]);
