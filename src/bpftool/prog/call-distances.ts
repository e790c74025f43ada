/**
 * How far functions lie from `__bpf_call_base` in Linux 6.18.44 (its `/proc/kallsyms`): the number behind `#` of a call, and the
 * immediate of its instruction after the verifier has rewritten it.
 */

/** Helpers, by the names of their functions. */
const HELPERS =
  "bpf_map_lookup_elem 268192 bpf_map_update_elem 268240 bpf_map_delete_elem 268288 bpf_ktime_get_ns 269488 " +
  "bpf_trace_printk -61360 bpf_get_smp_processor_id 268528 bpf_skb_store_bytes 10270128 " +
  "bpf_l3_csum_replace 10264448 bpf_l4_csum_replace 10264880 bpf_clone_redirect 10266336 " +
  "bpf_get_current_pid_tgid 269056 bpf_get_current_uid_gid 269712 bpf_get_current_comm 269840 " +
  "bpf_get_cgroup_classid 10230240 bpf_skb_vlan_push 10262224 bpf_skb_vlan_pop 10261888 " +
  "bpf_skb_get_tunnel_key 10247408 bpf_skb_set_tunnel_key 10252160 bpf_perf_event_read -68496 " +
  "bpf_redirect 10278784 bpf_get_route_realm 10199008 bpf_perf_event_output -60288 bpf_skb_load_bytes 10251776 " +
  "bpf_get_stackid 554416 bpf_csum_diff 10229472 bpf_skb_get_tunnel_opt 10257712 bpf_skb_set_tunnel_opt 10257968 " +
  "bpf_skb_change_proto 10279216 bpf_skb_change_type 10224512 bpf_skb_under_cgroup 10255536 " +
  "bpf_get_hash_recalc 10230400 bpf_get_current_task -76912 bpf_probe_write_user -55760 " +
  "bpf_current_task_under_cgroup 269136 bpf_skb_change_tail 10256832 bpf_skb_pull_data 10257600 " +
  "bpf_csum_update 10198528 bpf_set_hash_invalid 10199072 bpf_get_numa_node_id 268576 " +
  "bpf_skb_change_head 10264016 bpf_xdp_adjust_head 10230496 bpf_get_socket_cookie 10231568 " +
  "bpf_get_socket_uid 10254944 bpf_set_hash 10199120 bpf_skb_adjust_room 10280496 bpf_sk_redirect_map 10498208 " +
  "bpf_sock_map_update 10505360 bpf_xdp_adjust_meta 10224688 bpf_perf_event_read_value -68304 " +
  "bpf_perf_prog_read_value -68096 bpf_sock_ops_cb_flags_set 10199744 bpf_msg_redirect_map 10498608 " +
  "bpf_msg_apply_bytes 10198912 bpf_msg_cork_bytes 10198960 bpf_msg_pull_data 10272512 bpf_bind 10234336 " +
  "bpf_xdp_adjust_tail 10249024 bpf_skb_get_xfrm_state 10225200 bpf_get_stack 553232 " +
  "bpf_skb_load_bytes_relative 10224848 bpf_sock_hash_update 10506304 bpf_msg_redirect_hash 10498384 " +
  "bpf_sk_redirect_hash 10497744 bpf_lwt_seg6_store_bytes 10271136 bpf_lwt_seg6_adjust_srh 10266656 " +
  "bpf_lwt_seg6_action 10263296 bpf_skb_cgroup_id 10254176 bpf_get_current_cgroup_id 270208 " +
  "bpf_get_local_storage 559424 bpf_skb_ancestor_cgroup_id 10255360 bpf_sk_lookup_tcp 10261792 " +
  "bpf_sk_lookup_udp 10261840 bpf_sk_release 10255104 bpf_map_push_elem 268336 bpf_map_pop_elem 268384 " +
  "bpf_map_peek_elem 268432 bpf_msg_push_data 10285584 bpf_msg_pop_data 10276192 bpf_spin_lock 269456 " +
  "bpf_spin_unlock 272336 bpf_sk_fullsock 10198464 bpf_tcp_sock 10199840 bpf_skb_ecn_set_ce 10253312 " +
  "bpf_get_listener_sock 10256192 bpf_skc_lookup_tcp 10251552 bpf_tcp_check_syncookie 10235248 " +
  "bpf_sysctl_get_name 562784 bpf_sysctl_get_current_value 562112 bpf_sysctl_get_new_value 562176 " +
  "bpf_sysctl_set_new_value 562288 bpf_strtol 270816 bpf_strtoul 270976 bpf_sk_storage_get 10514048 " +
  "bpf_sk_storage_delete 10511920 bpf_send_signal -63680 bpf_tcp_gen_syncookie 10235616 " +
  "bpf_probe_read_user -58208 bpf_probe_read_kernel -69024 bpf_probe_read_user_str -57856 " +
  "bpf_probe_read_kernel_str -68912 bpf_tcp_send_ack 12405360 bpf_send_signal_thread -63632 bpf_jiffies64 268624 " +
  "bpf_read_branch_records -75328 bpf_get_ns_current_pid_tgid 271168 bpf_get_netns_cookie 10199216 " +
  "bpf_get_current_ancestor_cgroup_id 270288 bpf_sk_assign 10256320 bpf_ktime_get_boot_ns 269520 " +
  "bpf_seq_printf -68800 bpf_seq_write -68544 bpf_sk_cgroup_id 10253168 bpf_sk_ancestor_cgroup_id 10255184 " +
  "bpf_ringbuf_output 381376 bpf_ringbuf_reserve 381328 bpf_ringbuf_submit 383104 bpf_ringbuf_discard 383232 " +
  "bpf_ringbuf_query 380176 bpf_csum_level 10198624 bpf_skc_to_tcp6_sock 10223936 bpf_skc_to_tcp_sock 10224032 " +
  "bpf_skc_to_tcp_timewait_sock 10224112 bpf_skc_to_tcp_request_sock 10224224 bpf_skc_to_udp6_sock 10224336 " +
  "bpf_get_task_stack 554352 bpf_inode_storage_get 393376 bpf_inode_storage_delete 393600 bpf_d_path -67952 " +
  "bpf_copy_from_user 276848 bpf_snprintf_btf -67760 bpf_seq_printf_btf -60944 bpf_skb_cgroup_classid 10253040 " +
  "bpf_redirect_neigh 10280272 bpf_per_cpu_ptr 268672 bpf_this_cpu_ptr 268736 bpf_redirect_peer 10278928 " +
  "bpf_task_storage_get 392064 bpf_task_storage_delete 390928 bpf_get_current_task_btf -64576 " +
  "bpf_bprm_opts_set 597232 bpf_ktime_get_coarse_ns 269552 bpf_ima_inode_hash 597296 bpf_sock_from_file 10241152 " +
  "bpf_for_each_map_elem 312032 bpf_snprintf 280320 bpf_sys_bpf 78800 bpf_btf_find_by_name_kind 450368 " +
  "bpf_sys_close 31344 bpf_timer_init 272832 bpf_timer_set_callback 273632 bpf_timer_start 273216 " +
  "bpf_timer_cancel 272912 bpf_get_attach_cookie 597344 bpf_task_pt_regs -58512 bpf_get_branch_snapshot -67488 " +
  "bpf_trace_vprintk -62928 bpf_skc_to_unix_sock 10224432 bpf_kallsyms_lookup_name 31392 bpf_find_vma 319472 " +
  "bpf_loop 312080 bpf_strncmp 271120 bpf_get_retval 559520 bpf_set_retval 559568 bpf_xdp_get_buff_len 10224608 " +
  "bpf_xdp_load_bytes 10294256 bpf_xdp_store_bytes 10294416 bpf_copy_from_user_task 277296 " +
  "bpf_skb_set_tstamp 10200032 bpf_ima_file_hash 597392 bpf_kptr_xchg 269008 bpf_map_lookup_percpu_elem 268480 " +
  "bpf_skc_to_mptcp_sock 10241120 bpf_dynptr_from_mem 281328 bpf_ringbuf_reserve_dynptr 381600 " +
  "bpf_ringbuf_submit_dynptr 383376 bpf_ringbuf_discard_dynptr 383584 bpf_dynptr_read 272048 " +
  "bpf_dynptr_write 281856 bpf_dynptr_data 270032 bpf_tcp_raw_gen_syncookie_ipv4 10236624 " +
  "bpf_tcp_raw_gen_syncookie_ipv6 10236800 bpf_tcp_raw_check_syncookie_ipv4 10235184 " +
  "bpf_tcp_raw_check_syncookie_ipv6 10235552 bpf_ktime_get_tai_ns 269680 bpf_user_ringbuf_drain 381808 " +
  "bpf_cgrp_storage_get 557328 bpf_cgrp_storage_delete 558192";

/** Functions of map types, which calls on a known map go to directly. */
const MAPS =
  "__htab_map_lookup_elem 330864 htab_map_lookup_elem 337200 htab_map_update_elem 343552 " +
  "htab_map_delete_elem 339904 htab_percpu_map_lookup_elem 337488 htab_percpu_map_update_elem 341248 " +
  "htab_percpu_map_lookup_percpu_elem 338096 htab_lru_map_lookup_elem 337776 htab_lru_map_update_elem 341984 " +
  "htab_lru_map_delete_elem 340256 htab_lru_percpu_map_lookup_elem 337936 htab_lru_percpu_map_update_elem 341952 " +
  "htab_lru_percpu_map_lookup_percpu_elem 338544 array_map_lookup_elem 350240 array_map_update_elem 353184 " +
  "array_map_delete_elem 349536 percpu_array_map_lookup_elem 350512 percpu_array_map_lookup_percpu_elem 350416 " +
  "trie_lookup_elem 367264 trie_update_elem 369760 trie_delete_elem 369040 queue_stack_map_push_elem 378656 " +
  "queue_map_pop_elem 378624 queue_map_peek_elem 378592 stack_map_pop_elem 379600 stack_map_peek_elem 379568 " +
  "bloom_map_push_elem 373536 bloom_map_peek_elem 372944 array_of_map_lookup_elem 350320 " +
  "htab_of_map_lookup_elem 337632 dev_map_redirect 517200 dev_hash_map_redirect 522560 cpu_map_redirect 529184 " +
  "dev_map_lookup_elem 516848 dev_map_hash_lookup_elem 521936 cpu_map_lookup_elem 525408 " +
  "stack_map_lookup_elem 549120 bpf_for_each_hash_elem 330384 bpf_for_each_array_elem 349856";

const distances = new Map<string, number>();
for (const words of [HELPERS.split(" "), MAPS.split(" ")])
  for (let at = 0; at < words.length; at += 2) distances.set(words[at]!, Number(words[at + 1]));

/**
 * The distance of a function, or undefined where Linux's table has none of that name: most programs see another one then.
 *
 * @example callDistance("__htab_map_lookup_elem") // 330864
 */
export const distanceOf = (name: string): number | undefined => distances.get(name);
