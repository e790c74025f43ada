/**
 * Helpers that the verifier knows and that are not run yet: prototypes only. A row leaves this file for its family's file
 * when it gets an implementation.
 */
import type { ArgType, HelperRow, ReturnType } from "./row.ts";

/** Short forms for one-line rows. */
const PASSING = { integer: "u64", void: "void", ptr_to_map_value_or_null: "pointer" } as const;
const GPL = { gplOnly: true } as const;
const MOVES = { changesPacket: true } as const;

function row(
  id: number,
  name: string,
  args: readonly ArgType[],
  doc: string,
  more: Partial<Pick<HelperRow, "gplOnly" | "changesPacket" | "result">> & { returns?: ReturnType } = {},
): HelperRow {
  const returns = more.returns ?? "integer";
  return { id, name, gplOnly: false, args, passing: PASSING[returns], doc, ...more, returns };
}

const ctx = "ptr_to_ctx";
const map = "const_map_ptr";
const any = "anything";
const out = "ptr_to_uninit_mem";
const bytes = "ptr_to_mem_rdonly";
const size = "const_size";
const size0 = "const_size_or_zero";

export const PROTOTYPES: readonly HelperRow[] = [
  row(4, "probe_read", [out, size0, any], "Copies bytes from a kernel or user address.", GPL),
  row(9, "skb_store_bytes", [ctx, any, bytes, size, any], "Writes into the packet.", MOVES),
  row(10, "l3_csum_replace", [ctx, any, any, any, any], "Mends the IP checksum after a change.", MOVES),
  row(11, "l4_csum_replace", [ctx, any, any, any, any], "Mends the TCP or UDP checksum after a change.", MOVES),
  row(12, "tail_call", [ctx, map, any], "Goes on with another program; returns only if there is none.", {
    returns: "void",
  }),
  row(13, "clone_redirect", [ctx, any, any], "Sends a copy of the packet to another device.", MOVES),
  // Traffic control has another helper under this number, which takes the packet's context.
  row(17, "get_cgroup_classid", [], "The net_cls class of the task's cgroup."),
  row(18, "skb_vlan_push", [ctx, any, any], "Adds a VLAN tag.", MOVES),
  row(19, "skb_vlan_pop", [ctx], "Takes a VLAN tag off.", MOVES),
  row(20, "skb_get_tunnel_key", [ctx, out, size, any], "The tunnel that the packet came through."),
  row(21, "skb_set_tunnel_key", [ctx, bytes, size, any], "The tunnel that the packet shall take."),
  row(22, "perf_event_read", [map, any], "A hardware counter.", GPL),
  row(23, "redirect", [any, any], "Sends the packet to another device when the program ends."),
  row(24, "get_route_realm", [ctx], "The realm of the packet's route."),
  row(25, "perf_event_output", [ctx, map, any, bytes, size0], "Writes a record into a perf event array.", GPL),
  row(26, "skb_load_bytes", [ctx, any, out, size], "Copies bytes out of the packet."),
  row(34, "get_hash_recalc", [ctx], "The packet's flow hash."),
  row(35, "get_current_task", [], "The address of the current `task_struct`.", GPL),
  row(37, "current_task_under_cgroup", [map, any], "Whether the task is in a cgroup of the map."),
  row(38, "skb_change_tail", [ctx, any, any], "Changes the packet's length at its end.", MOVES),
  row(39, "skb_pull_data", [ctx, any], "Makes more of the packet directly readable.", MOVES),
  row(40, "csum_update", [ctx, any], "Adds to the packet's hardware checksum."),
  row(41, "set_hash_invalid", [ctx], "Forgets the packet's flow hash."),
  row(42, "get_numa_node_id", [], "The memory node of this CPU."),
  row(43, "skb_change_head", [ctx, any, any], "Makes room before the packet.", MOVES),
  row(44, "xdp_adjust_head", [ctx, any], "Moves the packet's start.", MOVES),
  row(45, "probe_read_str", [out, size0, any], "Copies a string from a kernel or user address.", {
    ...GPL,
    result: "size_or_errno",
  }),
  row(46, "get_socket_cookie", [ctx], "A number that names the packet's socket."),
  row(47, "get_socket_uid", [ctx], "The user of the packet's socket."),
  row(48, "set_hash", [ctx, any], "Sets the packet's flow hash."),
  row(50, "skb_adjust_room", [ctx, any, any, any], "Makes or takes room between headers.", MOVES),
  row(51, "redirect_map", [map, any, any], "Sends the packet to a device, CPU or socket of a map."),
  row(54, "xdp_adjust_meta", [ctx, any], "Moves the start of the metadata before the packet.", MOVES),
  row(55, "perf_event_read_value", [map, any, out, size], "A hardware counter with its times.", GPL),
  row(56, "perf_prog_read_value", [ctx, out, size], "The counter that this sample came from.", GPL),
  row(65, "xdp_adjust_tail", [ctx, any], "Moves the packet's end.", MOVES),
  row(68, "skb_load_bytes_relative", [ctx, any, out, size, any], "Copies bytes, counted from a header."),
  row(79, "skb_cgroup_id", [ctx], "The cgroup of the packet's socket."),
  row(80, "get_current_cgroup_id", [], "The task's cgroup."),
  row(83, "skb_ancestor_cgroup_id", [ctx, any], "An ancestor of the cgroup of the packet's socket."),
  row(87, "map_push_elem", [map, "ptr_to_map_value", any], "Adds to a queue or stack."),
  row(97, "skb_ecn_set_ce", [ctx], "Marks congestion on the packet."),
  row(109, "send_signal", [any], "Signals the task's process."),
  row(112, "probe_read_user", [out, size0, any], "Copies bytes from a user address.", GPL),
  row(114, "probe_read_user_str", [out, size0, any], "Copies a string from a user address.", {
    ...GPL,
    result: "size_or_errno",
  }),
  row(117, "send_signal_thread", [any], "Signals the task's thread."),
  row(118, "jiffies64", [], "Timer ticks since boot."),
  row(120, "get_ns_current_pid_tgid", [any, any, out, size], "The task's ids as seen in a pid namespace."),
  row(123, "get_current_ancestor_cgroup_id", [any], "An ancestor of the task's cgroup."),
  row(130, "ringbuf_output", [map, bytes, size0, any], "Copies a record into a ring buffer."),
  row(134, "ringbuf_query", [map, any], "How full a ring buffer is."),
  row(135, "csum_level", [ctx, any], "Changes how many checksums the hardware has checked."),
  row(151, "skb_cgroup_classid", [ctx], "The net_cls class of the packet's socket."),
  row(155, "redirect_peer", [any, any], "Sends the packet to the other end of a device pair."),
  row(160, "ktime_get_coarse_ns", [], "Nanoseconds since boot as of the last tick."),
  row(173, "get_func_ip", [ctx], "The address of the probed function.", GPL),
  row(174, "get_attach_cookie", [ctx], "The number given at attaching."),
  row(176, "get_branch_snapshot", [out, size0], "The last branches that the CPU took.", GPL),
  row(188, "xdp_get_buff_len", [ctx], "The packet's length with all fragments."),
  row(189, "xdp_load_bytes", [ctx, any, out, size], "Copies bytes out of the packet."),
  row(190, "xdp_store_bytes", [ctx, any, bytes, size], "Copies bytes into the packet."),
  row(195, "map_lookup_percpu_elem", [map, "ptr_to_map_key", any], "The value for a key on another CPU.", {
    returns: "ptr_to_map_value_or_null",
  }),
  row(208, "ktime_get_tai_ns", [], "Nanoseconds of international atomic time."),
];
