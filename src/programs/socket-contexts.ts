/** Contexts of programs that run for sockets and cgroups: one layout for each structure of Linux's user API. */
import type { AttachType } from "./attach-types.ts";
import type { ContextField, ContextLayout, FieldKind, Width } from "./row.ts";

/** What a program may do with a field: how it may read it, how it may write it. */
type Rights = readonly [read?: Width | undefined, write?: Width];

/** Fields in a row, each `[name, bytes, unit bytes, kind]`, or a number of bytes that nobody may touch. */
type Member = readonly [name: string, size: number, unit?: number, kind?: FieldKind];

/** Lays out fields one after the other; `rights` by name, `common` for those that it does not name. */
function layout(
  struct: string,
  members: readonly (Member | number)[],
  common: Rights,
  rights: Readonly<Record<string, Rights>> = {},
): ContextLayout {
  const fields: ContextField[] = [];
  let offset = 0;
  for (const member of members) {
    if (typeof member === "number") {
      offset += member;
      continue;
    }
    const [name, size, unit = size, kind = "scalar"] = member;
    const [read, write] = rights[name] ?? common;
    fields.push({ name, offset, size, unit, kind, ...(read && { read }), ...(write && { write }) });
    offset += size;
  }
  return { struct, size: offset, fields };
}

const NONE: Rights = [];
const READ: Rights = ["whole"];
const PART: Rights = ["narrow"];
const BOTH: Rights = ["whole", "whole"];

const BPF_SOCK: readonly (Member | number)[] = [
  ["bound_dev_if", 4],
  ["family", 4],
  ["type", 4],
  ["protocol", 4],
  ["mark", 4],
  ["priority", 4],
  ["src_ip4", 4],
  ["src_ip6", 16, 4],
  ["src_port", 4],
  ["dst_port", 2],
  2,
  ["dst_ip4", 4],
  ["dst_ip6", 16, 4],
  ["state", 4],
  ["rx_queue_mapping", 4],
];

/** What all may read of a socket. */
const SOCK_COMMON: Readonly<Record<string, Rights>> = {
  family: ["start"],
  type: ["start"],
  protocol: ["start"],
  src_port: ["start"],
  dst_port: ["port"],
  state: ["start"],
  rx_queue_mapping: ["start"],
};

/** `struct bpf_sock` as programs see it through a pointer to a socket. */
export const SOCK_FIELDS: ContextLayout = layout("bpf_sock", BPF_SOCK, PART, {
  ...SOCK_COMMON,
  bound_dev_if: READ,
  mark: READ,
  priority: READ,
});

/** The same as a context; before the socket is bound it has no address of its own, after that it cannot be changed. */
const cgroupSock = (more: Readonly<Record<string, Rights>>): ContextLayout =>
  layout("bpf_sock", BPF_SOCK, PART, {
    ...SOCK_COMMON,
    bound_dev_if: NONE,
    mark: NONE,
    priority: NONE,
    src_ip4: NONE,
    src_ip6: NONE,
    src_port: NONE,
    ...more,
  });

export const CGROUP_SOCK_CONTEXT: ContextLayout = cgroupSock({ bound_dev_if: BOTH, mark: BOTH, priority: BOTH });
export const POST_BIND4_CONTEXT: ContextLayout = cgroupSock({ src_ip4: PART, src_port: ["start"] });
export const POST_BIND6_CONTEXT: ContextLayout = cgroupSock({ src_ip6: PART, src_port: ["start"] });

const SOCK_OPS_NUMBERS = `
  is_fullsock snd_cwnd srtt_us bpf_sock_ops_cb_flags state rtt_min snd_ssthresh rcv_nxt snd_nxt snd_una mss_cache ecn_flags
  rate_delivered rate_interval_us packets_out retrans_out total_retrans segs_in data_segs_in segs_out data_segs_out lost_out
  sacked_out sk_txhash
`
  .trim()
  .split(/\s+/);

/** `struct bpf_sock_ops`: an event of a TCP connection; `reply` is the answer. */
export const SOCK_OPS_CONTEXT: ContextLayout = layout(
  "bpf_sock_ops",
  [
    ["op", 4],
    ["reply", 4],
    ["args", 12, 4],
    ["family", 4],
    ["remote_ip4", 4],
    ["local_ip4", 4],
    ["remote_ip6", 16, 4],
    ["local_ip6", 16, 4],
    ["remote_port", 4],
    ["local_port", 4],
    ...SOCK_OPS_NUMBERS.map((name): Member => [name, 4]),
    ["bytes_received", 8],
    ["bytes_acked", 8],
    ["sk", 8, 8, "sock_or_null"],
    ["skb_data", 8, 8, "packet"],
    ["skb_data_end", 8, 8, "packet_end"],
    ["skb_len", 4],
    ["skb_tcp_flags", 4],
    ["skb_hwtstamp", 8],
  ],
  READ,
  { reply: BOTH, sk_txhash: BOTH, skb_tcp_flags: ["start"] },
);

/** `struct bpf_cgroup_dev_ctx`: which device is opened, and how. */
export const CGROUP_DEVICE_CONTEXT: ContextLayout = layout(
  "bpf_cgroup_dev_ctx",
  [
    ["access_type", 4],
    ["major", 4],
    ["minor", 4],
  ],
  READ,
  { access_type: PART },
);

/** `struct sk_msg_md`: a message that a program sends, before it is cut into packets. */
export const SK_MSG_CONTEXT: ContextLayout = layout(
  "sk_msg_md",
  [
    ["data", 8, 8, "packet"],
    ["data_end", 8, 8, "packet_end"],
    ["family", 4],
    ["remote_ip4", 4],
    ["local_ip4", 4],
    ["remote_ip6", 16, 4],
    ["local_ip6", 16, 4],
    ["remote_port", 4],
    ["local_port", 4],
    ["size", 4],
    ["sk", 8, 8, "sock"],
  ],
  READ,
);

const SOCK_ADDR: readonly Member[] = [
  ["user_family", 4],
  ["user_ip4", 4],
  ["user_ip6", 16, 4],
  ["user_port", 4],
  ["family", 4],
  ["type", 4],
  ["protocol", 4],
  ["msg_src_ip4", 4],
  ["msg_src_ip6", 16, 4],
];

/** `struct bpf_sock_addr`: an address that a user passed; which of its forms is there depends on the system call. */
export function sockAddrContext(attach: AttachType): ContextLayout {
  const address4: Rights = ["narrow", "whole"];
  const address6: Rights = ["any", "wide"];
  const sends = attach === "cgroup_udp4_sendmsg" || attach === "cgroup_udp6_sendmsg";
  const version = /4/.test(attach) ? 4 : /6/.test(attach) ? 6 : 0;
  return layout("bpf_sock_addr", [...SOCK_ADDR, 4, ["sk", 8, 8, "sock"]], READ, {
    user_ip4: version === 4 ? address4 : NONE,
    user_ip6: version === 6 ? address6 : NONE,
    user_port: address4,
    msg_src_ip4: sends && version === 4 ? address4 : NONE,
    msg_src_ip6: sends && version === 6 ? address6 : NONE,
  });
}

/** `struct sk_reuseport_md`: a packet for which one of several sockets is to be chosen. */
export const SK_REUSEPORT_CONTEXT: ContextLayout = layout(
  "sk_reuseport_md",
  [
    ["data", 8, 8, "packet"],
    ["data_end", 8, 8, "packet_end"],
    ["len", 4],
    ["eth_protocol", 4],
    ["ip_protocol", 4],
    ["bind_inany", 4],
    ["hash", 4],
    4,
    ["sk", 8, 8, "sock"],
    ["migrating_sk", 8, 8, "sock_common_or_null"],
  ],
  READ,
  { len: PART, eth_protocol: ["halves"], ip_protocol: PART, bind_inany: PART },
);

/** `struct bpf_sysctl`: which way a sysctl is accessed, and where. */
export const CGROUP_SYSCTL_CONTEXT: ContextLayout = layout(
  "bpf_sysctl",
  [
    ["write", 4],
    ["file_pos", 4],
  ],
  PART,
  { file_pos: ["narrow", "whole"] },
);

/** `struct bpf_sockopt`: an option that a user gets or sets. */
const sockopt = (more: Readonly<Record<string, Rights>>): ContextLayout =>
  layout(
    "bpf_sockopt",
    [
      ["sk", 8, 8, "sock"],
      ["optval", 8, 8, "packet"],
      ["optval_end", 8, 8, "packet_end"],
      ["level", 4],
      ["optname", 4],
      ["optlen", 4],
      ["retval", 4],
    ],
    READ,
    { optlen: BOTH, ...more },
  );

export const GETSOCKOPT_CONTEXT: ContextLayout = sockopt({ retval: BOTH });
export const SETSOCKOPT_CONTEXT: ContextLayout = sockopt({ level: BOTH, optname: BOTH, retval: NONE });

/** `struct bpf_sk_lookup`: addresses for which a socket is to be found. */
export const SK_LOOKUP_CONTEXT: ContextLayout = layout(
  "bpf_sk_lookup",
  [
    ["sk", 8, 8, "sock_or_null"],
    ["family", 4],
    ["protocol", 4],
    ["remote_ip4", 4],
    ["remote_ip6", 16, 4],
    ["remote_port", 2],
    ["padding", 2],
    ["local_ip4", 4],
    ["local_ip6", 16, 4],
    ["local_port", 4],
    ["ingress_ifindex", 4],
  ],
  PART,
  { sk: READ, remote_port: ["port"] },
);

/** What is there of every socket, small ones too. */
export const SOCK_COMMON_FIELDS: ContextLayout = layout("bpf_sock", BPF_SOCK, PART, {
  ...SOCK_COMMON,
  bound_dev_if: READ,
  type: NONE,
  protocol: NONE,
  mark: NONE,
  priority: NONE,
});

const TCP_SOCK_NUMBERS = `
  snd_cwnd srtt_us rtt_min snd_ssthresh rcv_nxt snd_nxt snd_una mss_cache ecn_flags rate_delivered rate_interval_us
  packets_out retrans_out total_retrans segs_in data_segs_in segs_out data_segs_out lost_out sacked_out
`
  .trim()
  .split(/\s+/);

/** `struct bpf_tcp_sock`. */
export const TCP_SOCK_FIELDS: ContextLayout = layout(
  "bpf_tcp_sock",
  [
    ...TCP_SOCK_NUMBERS.map((name): Member => [name, 4]),
    ["bytes_received", 8],
    ["bytes_acked", 8],
    ["dsack_dups", 4],
    ["delivered", 4],
    ["delivered_ce", 4],
    ["icsk_retransmits", 4],
  ],
  READ,
);

/** `struct bpf_xdp_sock`. */
export const XDP_SOCK_FIELDS: ContextLayout = layout("bpf_xdp_sock", [["queue_id", 4]], READ);
