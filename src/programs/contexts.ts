/** What r1 points to: one layout for each structure of Linux's user API, one row for each field. */
import { SK_BUFF, XDP_BUFF } from "../memory/objects.ts";
import type { ContextField, ContextLayout } from "./row.ts";

const skb = SK_BUFF.members;
const xdp = XDP_BUFF.members;

/**
 * `struct __sk_buff`, as far as any socket buffer program gets: what all may read. Widths follow Linux's rule that plain
 * 32-bit fields may be read in part but only be written whole, and that packet pointers are read whole.
 */
const SK_BUFF_FIELDS: readonly ContextField[] = [
  { name: "len", offset: 0, size: 4, kind: "scalar", read: "narrow", object: skb.len },
  { name: "pkt_type", offset: 4, size: 4, kind: "scalar", read: "narrow", object: skb.pkt_type },
  { name: "mark", offset: 8, size: 4, kind: "scalar", read: "narrow", object: skb.mark },
  {
    name: "queue_mapping",
    offset: 12,
    size: 4,
    kind: "scalar",
    read: "narrow",
    object: skb.queue_mapping,
    storeBelow: 0xffff,
  },
  { name: "protocol", offset: 16, size: 4, kind: "scalar", read: "narrow", object: skb.protocol },
  { name: "vlan_present", offset: 20, size: 4, kind: "scalar", read: "narrow", object: skb.vlan_present },
  { name: "vlan_tci", offset: 24, size: 4, kind: "scalar", read: "narrow", object: skb.vlan_tci },
  { name: "vlan_proto", offset: 28, size: 4, kind: "scalar", read: "narrow", object: skb.vlan_proto },
  { name: "priority", offset: 32, size: 4, kind: "scalar", read: "narrow", object: skb.priority },
  { name: "ingress_ifindex", offset: 36, size: 4, kind: "scalar", read: "narrow", object: skb.ingress_ifindex },
  { name: "ifindex", offset: 40, size: 4, kind: "scalar", read: "narrow", object: skb.ifindex },
  { name: "tc_index", offset: 44, size: 4, kind: "scalar", read: "narrow", object: skb.tc_index },
  { name: "cb", offset: 48, size: 20, unit: 4, kind: "scalar", read: "any", write: "any", object: skb.cb },
  { name: "hash", offset: 68, size: 4, kind: "scalar", read: "narrow", object: skb.hash },
  { name: "tc_classid", offset: 72, size: 4, kind: "scalar", object: skb.tc_classid },
  { name: "data", offset: 76, size: 4, kind: "packet", object: skb.data },
  { name: "data_end", offset: 80, size: 4, kind: "packet_end", object: skb.data_end },
  { name: "napi_id", offset: 84, size: 4, kind: "scalar", read: "narrow", object: skb.napi_id },
  { name: "family", offset: 88, size: 4, kind: "scalar", object: skb.family },
  { name: "remote_ip4", offset: 92, size: 4, kind: "scalar", object: skb.remote_ip4 },
  { name: "local_ip4", offset: 96, size: 4, kind: "scalar", object: skb.local_ip4 },
  { name: "remote_ip6", offset: 100, size: 16, unit: 4, kind: "scalar", object: skb.remote_ip6 },
  { name: "local_ip6", offset: 116, size: 16, unit: 4, kind: "scalar", object: skb.local_ip6 },
  { name: "remote_port", offset: 132, size: 4, kind: "scalar", object: skb.remote_port },
  { name: "local_port", offset: 136, size: 4, kind: "scalar", object: skb.local_port },
  { name: "data_meta", offset: 140, size: 4, kind: "packet_meta", object: skb.data_meta },
  { name: "flow_keys", offset: 144, size: 8, kind: "flow_keys", object: skb.flow_keys },
  { name: "tstamp", offset: 152, size: 8, kind: "scalar", object: skb.tstamp },
  { name: "wire_len", offset: 160, size: 4, kind: "scalar", object: skb.wire_len },
  { name: "gso_segs", offset: 164, size: 4, kind: "scalar", read: "narrow", object: skb.gso_segs },
  { name: "sk", offset: 168, size: 8, kind: "sock_common_or_null", read: "whole", object: skb.sk },
  { name: "gso_size", offset: 176, size: 4, kind: "scalar", read: "narrow", object: skb.gso_size },
  { name: "tstamp_type", offset: 180, size: 1, kind: "scalar", object: skb.tstamp_type },
  { name: "hwtstamp", offset: 184, size: 8, kind: "scalar", object: skb.hwtstamp },
];

/** `undefined` takes a right away. */
type Access = { readonly [Way in "read" | "write"]?: ContextField[Way] | undefined };

/** `struct __sk_buff` with what one program type may do beyond the common fields, or may not. */
function skBuff(access: Readonly<Record<string, Access>>): ContextLayout {
  const fields = SK_BUFF_FIELDS.map((field) => ({ ...field, ...access[field.name] }));
  return { struct: "__sk_buff", size: 192, fields };
}

const READ = { read: "whole" } as const;
const WRITE = { write: "whole" } as const;
/** The packet itself. */
const PACKET = { data: READ, data_end: READ } as const;
/** The addresses of the packet's socket. */
const ADDRESSES = {
  family: { read: "narrow" },
  remote_ip4: READ,
  local_ip4: READ,
  remote_ip6: READ,
  local_ip6: READ,
  remote_port: { read: "narrow" },
  local_port: { read: "narrow" },
} as const;

/** Socket filters look at a packet through helpers and `ld_abs`; they write nothing but `cb`. */
export const SOCKET_FILTER_CONTEXT: ContextLayout = skBuff({});

/** Traffic control: reads the packet itself, and steers it by what it writes. */
export const SCHED_CLS_CONTEXT: ContextLayout = skBuff({
  ...PACKET,
  mark: WRITE,
  queue_mapping: WRITE,
  priority: WRITE,
  tc_index: WRITE,
  tc_classid: { read: "narrow", write: "whole" },
  data_meta: READ,
  tstamp: { read: "whole", write: "whole" },
  wire_len: { read: "narrow" },
  tstamp_type: READ,
  hwtstamp: READ,
});

/** Packets of a cgroup's sockets. */
export const CGROUP_SKB_CONTEXT: ContextLayout = skBuff({
  ...PACKET,
  ...ADDRESSES,
  mark: WRITE,
  priority: WRITE,
  tstamp: { read: "whole", write: "whole" },
  hwtstamp: READ,
});

/** Packets in lightweight tunnels. */
export const LWT_CONTEXT: ContextLayout = skBuff({ ...PACKET, mark: WRITE, priority: WRITE });

/** Packets of sockets in a map; `cb` belongs to Linux here, and the mark is not to be seen. */
export const SK_SKB_CONTEXT: ContextLayout = skBuff({
  ...PACKET,
  ...ADDRESSES,
  mark: { read: undefined },
  priority: WRITE,
  tc_index: WRITE,
  cb: { write: undefined },
});

/** The flow dissector sees the packet and the keys that it fills, nothing else. */
export const FLOW_DISSECTOR_CONTEXT: ContextLayout = {
  struct: "__sk_buff",
  size: 192,
  fields: SK_BUFF_FIELDS.map(({ read, write, ...field }) =>
    field.name === "data" || field.name === "data_end" || field.name === "flow_keys"
      ? { ...field, read: "whole" as const }
      : field,
  ),
};

function xdpMd(egress: Access): ContextLayout {
  const fields: readonly ContextField[] = [
    { name: "data", offset: 0, size: 4, kind: "packet", read: "whole", object: xdp.data },
    { name: "data_end", offset: 4, size: 4, kind: "packet_end", read: "whole", object: xdp.data_end },
    { name: "data_meta", offset: 8, size: 4, kind: "packet_meta", read: "whole", object: xdp.data_meta },
    { name: "ingress_ifindex", offset: 12, size: 4, kind: "scalar", read: "whole", object: xdp.ingress_ifindex },
    { name: "rx_queue_index", offset: 16, size: 4, kind: "scalar", read: "whole", object: xdp.rx_queue_index },
    { name: "egress_ifindex", offset: 20, size: 4, kind: "scalar", object: xdp.egress_ifindex, ...egress },
  ];
  return { struct: "xdp_md", size: 24, fields };
}

/** `struct xdp_md`: every field is read whole. */
export const XDP_CONTEXT: ContextLayout = xdpMd({});

/** Programs of a devmap also see where the packet goes. */
export const XDP_DEVMAP_CONTEXT: ContextLayout = xdpMd(READ);

/** The registers of x86-64 in the order of `struct pt_regs`, 8 bytes each. */
export const PT_REGS = [
  "r15",
  "r14",
  "r13",
  "r12",
  "rbp",
  "rbx",
  "r11",
  "r10",
  "r9",
  "r8",
  "rax",
  "rcx",
  "rdx",
  "rsi",
  "rdi",
  "orig_rax",
  "rip",
  "cs",
  "eflags",
  "rsp",
  "ss",
] as const;

const PT_REGS_SIZE = PT_REGS.length * 8;

/** A kprobe sees the registers at the probed instruction, in pieces of any size. */
export const KPROBE_CONTEXT: ContextLayout = {
  struct: "pt_regs",
  size: PT_REGS_SIZE,
  fields: [{ name: "regs", offset: 0, size: PT_REGS_SIZE, unit: 8, kind: "scalar", read: "any" }],
};

/** `struct bpf_perf_event_data`: registers only whole, the sample's numbers also in part. */
export const PERF_EVENT_CONTEXT: ContextLayout = {
  struct: "bpf_perf_event_data",
  size: PT_REGS_SIZE + 16,
  fields: [
    { name: "regs", offset: 0, size: PT_REGS_SIZE, unit: 8, kind: "scalar", read: "whole" },
    { name: "sample_period", offset: PT_REGS_SIZE, size: 8, kind: "scalar", read: "narrow" },
    { name: "addr", offset: PT_REGS_SIZE + 8, size: 8, kind: "scalar", read: "narrow" },
  ],
};

/** Linux's `PERF_MAX_TRACE_SIZE`: how far a tracepoint program may read as far as the verifier knows. */
export const TRACEPOINT_MAX_SIZE = 8192;

/** The lowest offset that an instruction can have. */
const LOWEST_OFFSET = -0x8000;

/**
 * A tracepoint's record. The first 8 bytes are Linux's own (a pointer to the registers). The verifier allows reads up to
 * `TRACEPOINT_MAX_SIZE`; that they stay within the record of the event is checked at attaching (EACCES).
 *
 * Linux compares the offset with 8 as an unsigned number, so its verifier lets negative offsets pass, and so does ours.
 */
export const TRACEPOINT_CONTEXT: ContextLayout = {
  struct: "trace_entry",
  size: TRACEPOINT_MAX_SIZE,
  fields: [
    { name: "before", offset: LOWEST_OFFSET, size: -LOWEST_OFFSET, unit: 8, kind: "scalar", read: "any" },
    { name: "record", offset: 8, size: TRACEPOINT_MAX_SIZE - 8, unit: 8, kind: "scalar", read: "any" },
  ],
};

/** `struct bpf_raw_tracepoint_args`: at most 12 arguments of the tracepoint, as they were passed. */
export const RAW_TRACEPOINT_CONTEXT: ContextLayout = {
  struct: "bpf_raw_tracepoint_args",
  size: 96,
  fields: [{ name: "args", offset: 0, size: 96, unit: 8, kind: "scalar", read: "any" }],
};

/** The first argument is a buffer that the program may change. */
export const RAW_TRACEPOINT_WRITABLE_CONTEXT: ContextLayout = {
  struct: "bpf_raw_tracepoint_args",
  size: 96,
  fields: [
    { name: "buffer", offset: 0, size: 8, kind: "tp_buffer", read: "whole" },
    // Pieces of the pointer, but for its beginning, are numbers to Linux.
    { name: "pieces", offset: 1, size: 7, kind: "scalar", read: "any" },
    { name: "args", offset: 8, size: 88, unit: 8, kind: "scalar", read: "any" },
  ],
};

/** What the caller of `BPF_PROG_TEST_RUN` passes: any bytes. Linux takes offsets up to 65535, instructions reach half of that. */
export const SYSCALL_CONTEXT: ContextLayout = {
  struct: "ctx",
  size: 0xffff,
  fields: [{ name: "bytes", offset: 0, size: 0xffff, unit: 1, kind: "scalar", read: "any", write: "any" }],
};

/** One signal of an infrared receiver. */
export const LIRC_MODE2_CONTEXT: ContextLayout = {
  struct: "u32",
  size: 4,
  fields: [{ name: "sample", offset: 0, size: 4, kind: "scalar", read: "whole" }],
};

/** `struct bpf_nf_ctx`: what a netfilter hook is called with. */
export const NETFILTER_CONTEXT: ContextLayout = {
  struct: "bpf_nf_ctx",
  size: 16,
  fields: [
    { name: "state", offset: 0, size: 8, kind: "btf", struct: "nf_hook_state", read: "whole" },
    { name: "skb", offset: 8, size: 8, kind: "btf", struct: "sk_buff", read: "whole" },
  ],
};
