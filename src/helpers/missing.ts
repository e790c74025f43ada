/** Why helpers of Linux have no implementation here: what the machine does not have. Those that are neither here nor implemented do not exist. */
const MISSING: Readonly<Record<string, string>> = {
  "options of TCP headers are not written by programs, and files do not lead to sockets": `
    tcp_send_ack load_hdr_opt store_hdr_opt reserve_hdr_opt sock_from_file`,
  "messages are sent as they are written, in one piece": "msg_apply_bytes msg_cork_bytes msg_push_data msg_pop_data",
  "the network has no SYN cookies": `
    tcp_check_syncookie tcp_gen_syncookie tcp_raw_gen_syncookie_ipv4 tcp_raw_gen_syncookie_ipv6
    tcp_raw_check_syncookie_ipv4 tcp_raw_check_syncookie_ipv6`,
  "the network has no tunnels and no segment routing": `
    skb_set_tunnel_key skb_set_tunnel_opt
    lwt_push_encap lwt_seg6_store_bytes lwt_seg6_adjust_srh lwt_seg6_action`,
  "the machine has no infrared receiver": "rc_repeat rc_keydown rc_pointer_rel",
  "the machine's CPUs have no counters that programs read, and no branch records": `
    perf_event_read perf_event_read_value perf_prog_read_value read_branch_records get_branch_snapshot`,
  "packets are not written into perf events yet": "skb_output xdp_output",
  "the machine's structs have no text form": "snprintf_btf seq_printf_btf",
  "the machine does not keep what other tasks' stacks, registers and memory are for programs": `
    get_task_stack task_pt_regs find_vma copy_from_user_task probe_write_user`,
  "variables of Linux have no places for each CPU": "per_cpu_ptr this_cpu_ptr",
  "files are not measured": "ima_inode_hash ima_file_hash",
  "programs that are about to start have no options": "bprm_opts_set",
  "programs of type syscall have no descriptors": "sys_bpf btf_find_by_name_kind sys_close kallsyms_lookup_name",
};

const REASONS: ReadonlyMap<string, string> = new Map(
  Object.entries(MISSING).flatMap(([reason, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, reason] as const),
  ),
);

/**
 * Why a helper cannot run; undefined for one that can.
 *
 * @example missingReason("rc_repeat") // "the machine has no infrared receiver"
 */
export const missingReason = (name: string): string | undefined => REASONS.get(name);

/** All helpers that cannot run. */
export const MISSING_HELPERS: readonly string[] = [...REASONS.keys()];
