import type { Btf } from "../../src/btf/btf.ts";
import type { BtfType } from "../../src/btf/type.ts";
import { KERNEL_TEXT } from "../../src/linux/kallsyms.ts";

/** Structs that programs and lessons read, beside those that functions below take. */
const STRUCTS = new Set(
  `task_struct file inode dentry path super_block vfsmount mount qstr linux_binprm mm_struct vm_area_struct cred nsproxy
  pid pid_namespace uts_namespace net cgroup css_set kernfs_node signal_struct sighand_struct fs_struct files_struct
  fdtable sock socket sock_common inet_sock inet_connection_sock tcp_sock udp_sock unix_sock request_sock
  tcp_request_sock inet_timewait_sock tcp_timewait_sock sk_buff sk_buff_head skb_shared_info net_device xdp_md xdp_buff
  xdp_frame xdp_rxq_info request request_queue gendisk block_device bio bio_vec bvec_iter page folio address_space
  pt_regs thread_info thread_struct list_head hlist_head hlist_node rb_root rb_node iphdr ipv6hdr tcphdr udphdr ethhdr
  icmphdr icmp6hdr arphdr vlan_hdr msghdr iov_iter kiocb sockaddr sockaddr_in sockaddr_in6 in_addr in6_addr rq cfs_rq
  sched_entity trace_entry user_namespace timespec64 bpf_map bpf_prog bpf_prog_aux bpf_link bpf_iter_meta
  bpf_perf_event_data bpf_perf_event_data_kern bpf_user_pt_regs_t __sk_buff bpf_sock bpf_sock_addr bpf_sock_ops
  sk_msg_md sk_reuseport_md bpf_sk_lookup bpf_sysctl bpf_sockopt bpf_tcp_sock bpf_tunnel_key bpf_fib_lookup
  bpf_spin_lock bpf_timer bpf_wq bpf_dynptr bpf_list_head bpf_list_node bpf_rb_root bpf_rb_node bpf_refcount
  bpf_cgroup_dev_ctx bpf_raw_tracepoint_args bpf_pidns_info bpf_redir_neigh bpf_flow_keys tcp_congestion_ops
  sched_ext_ops hid_bpf_ops Qdisc_ops bpf_verifier_ops perf_event rtable flowi4 nf_hook_state nf_conn kobject device
  bpf_array bpf_htab bpf_stack_map lpm_trie bpf_dtab bpf_stab bpf_shtab bpf_cpu_map xsk_map bpf_cgroup_storage_map
  reuseport_array bpf_queue_stack bpf_local_storage_map bpf_struct_ops_map bpf_ringbuf_map bpf_bloom_filter bpf_arena
  bpf_ctx_convert
  module mutex spinlock wait_queue_head work_struct timer_list hrtimer rcu_head lockdep_map`.split(/\s+/),
);

const STRUCT_PATTERNS = [
  /^trace_event_raw_/,
  /^bpf_iter_/,
  /^bpf_iter__/,
  /^syscall_trace_/,
  /^trace_event_data_offsets_sys/,
];

/** Functions that the machine executes: those that can be probed. */
const EXECUTED = new Set(Object.keys(KERNEL_TEXT));

/** Functions that programs attach to: hooks of LSM, tests of BPF, and those that tools and lessons trace. */
const FUNCTIONS = [
  /^bpf_lsm_/,
  /^bpf_fentry_test/,
  /^bpf_modify_return_test/,
  /^bpf_iter_/,
  /^__x64_sys_/,
  /^vfs_/,
  /^do_(unlinkat|sys_openat2|filp_open|mkdirat|rmdir|exit|group_exit|nanosleep|syscall_64|mmap|munmap|task_dead)$/,
  /^tcp_(v4|v6)_(connect|rcv|destroy_sock|syn_recv_sock|send_reset|conn_request)$/,
  /^tcp_(connect|sendmsg|recvmsg|close|set_state|retransmit_skb|rcv_established|cleanup_rbuf|ack|drop|init_sock)$/,
  /^(udp|udpv6|inet|inet6|inet_csk)_(sendmsg|recvmsg|accept|listen|bind|destroy_sock|stream_connect)$/,
  /^ip_(rcv|output|local_deliver|queue_xmit|finish_output)$/,
  /^(__)?(netif_receive_skb|dev_queue_xmit|netif_rx|kfree_skb|consume_skb)(_core|_list)?$/,
  /^(wake_up_new_task|try_to_wake_up|finish_task_switch|schedule|copy_process|kernel_clone|begin_new_exec|wake_up_process)$/,
  /^(blk_mq_start_request|blk_account_io_(start|done)|__blk_account_io_(start|done)|submit_bio(_noacct)?|blk_mq_end_request)$/,
  /^(handle_mm_fault|filemap_fault|filemap_get_pages|mark_page_accessed|add_to_page_cache_lru|__kmalloc|kmalloc_trace)$/,
  /^(mutex_(lock|lock_interruptible|lock_killable|trylock|unlock)|(down|up)_(read|write)(_interruptible|_killable|_trylock)?)$/,
  /^(security_file_open|security_bprm_check|security_socket_connect|cap_capable|oom_kill_process|out_of_memory)$/,
  /^(ext4_file_(read_iter|write_iter|open)|ext4_sync_file|generic_file_read_iter|d_lookup|lookup_fast|path_openat)$/,
];

const isKfuncTag = (type: BtfType): boolean => type.kind === "decl_tag" && type.name === "bpf_kfunc";

/** Types of a Linux's BTF that its simulation keeps whole. */
export function rootsOf(btf: Btf): number[] {
  const roots: number[] = [];
  for (const type of btf.types()) {
    if (isKfuncTag(type)) roots.push((type as { type: number }).type);
    const { kind, name } = type;
    if (kind === "struct" || kind === "union") {
      if (STRUCTS.has(name) || STRUCT_PATTERNS.some((pattern) => pattern.test(name))) roots.push(type.id);
    } else if (kind === "typedef") {
      if (
        name.startsWith("btf_trace_") ||
        STRUCTS.has(name) ||
        /^(__)?(pid_t|[us](8|16|32|64)|dev_t|gfp_t)$/.test(name)
      )
        roots.push(type.id);
    } else if (kind === "enum" || kind === "enum64") {
      // Enums without a name are constants that programs use: BPF_ANY, true.
      if (name === "" || /^(bpf|xdp|BPF|tcp_|pid_type|sock_|req_op|scx_)/.test(name)) roots.push(type.id);
    } else if (kind === "func") {
      // Releases before 6.9 do not tag kfuncs; their names are known by how they begin.
      if (
        EXECUTED.has(name) ||
        FUNCTIONS.some((pattern) => pattern.test(name)) ||
        /^(bpf_(?!prog_|lsm_|map_|link_|get_|ringbuf_|trampoline|btf|verif|jit|int_|fd_|obj_|token)|scx_bpf_)/.test(
          name,
        )
      )
        roots.push(type.id);
    } else if (kind === "datasec" || kind === "var") {
      if (
        kind === "var" &&
        /^(runqueues|cpu_number|current_task|pcpu_hot|bpf_prog_active|kstat|numa_node|this_cpu_off)$/.test(name)
      )
        roots.push(type.id);
    }
  }
  return roots;
}
