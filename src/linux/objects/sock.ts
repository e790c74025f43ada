import { AF_INET6, familyOf, type Ip, ipBytes } from "../net/address.ts";
import type { NetDevice } from "../net/device.ts";
import type { NetNamespace } from "../net/namespace.ts";
import { ETH_P_IP, ETH_P_IPV6, IPPROTO_TCP } from "../net/protocol.ts";
import type { Skb } from "../net/skb.ts";
import { type Established, Sock, TCP, type TcpSock } from "../net/sock.ts";
import type { UnixSkb } from "../net/unix-skb.ts";
import type { StructRow } from "./row.ts";
import type { StructWriter } from "./struct-writer.ts";

const swap16 = (value: number): number => ((value & 0xff) << 8) | (value >> 8);
const word = (bytes: Uint8Array): number =>
  (bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24)) >>> 0;

/** What `struct net` is of a namespace. */
export const NET: StructRow<NetNamespace> = {
  struct: "net",
  write(w, netns) {
    w.int("ns.inum", netns.inum);
    w.int("net_cookie", netns.cookie);
    w.pointer("loopback_dev", netns.device("lo"));
  },
};

/** What `struct net_device` is of a device. */
export const NET_DEVICE: StructRow<NetDevice> = {
  struct: "net_device",
  write(w, dev) {
    w.text("name", dev.name);
    w.int("ifindex", dev.ifindex);
    w.int("mtu", dev.mtu);
    // IFF_UP, and IFF_LOOPBACK or IFF_BROADCAST.
    w.int("flags", (dev.up ? 1 : 0) | (dev.kind === "loopback" ? 8 : 2));
    w.int("type", dev.kind === "loopback" ? 772 : 1);
    w.pointer("nd_net.net", dev.netns);
  },
};

/** `sk` is the prefix of the path to `struct sock`: empty, or where a larger struct holds it. */
function common(w: StructWriter, sk: Sock, path: string): void {
  const at = (member: string) => `${path}__sk_common.${member}`;
  w.int(at("skc_family"), sk.family);
  w.int(at("skc_state"), sk.state);
  w.int(at("skc_dport"), swap16(sk.dport));
  w.int(at("skc_num"), sk.sport);
  w.int(at("skc_cookie.counter"), sk.cookie);
  w.pointer(at("skc_net.net"), sk.netns);
  if (typeof sk.daddr === "number") w.int(at("skc_daddr"), word(ipBytes(sk.daddr)));
  else w.bytes(at("skc_v6_daddr.in6_u.u6_addr8"), ipBytes(sk.daddr));
  if (typeof sk.saddr === "number") w.int(at("skc_rcv_saddr"), word(ipBytes(sk.saddr)));
  else w.bytes(at("skc_v6_rcv_saddr.in6_u.u6_addr8"), ipBytes(sk.saddr));
  if (sk.family === AF_INET6) w.int(at("skc_ipv6only"), 0);
  w.int(`${path}sk_protocol`, sk.proto);
  w.int(`${path}sk_type`, sk.type);
  w.int(`${path}sk_uid.val`, sk.uid);
  w.int(`${path}sk_err`, -sk.error);
}

/** What `struct sock` is of a socket of datagrams. */
export const SOCK: StructRow<Sock> = {
  struct: "udp_sock",
  write(w, sk) {
    common(w, sk, "inet.sk.");
    w.int("inet.inet_sport", swap16(sk.sport));
  },
};

/** What `struct tcp_sock` is of a connection; it begins with its `sock`. */
export const TCP_SOCK: StructRow<TcpSock> = {
  struct: "tcp_sock",
  write(w, sk) {
    common(w, sk, "inet_conn.icsk_inet.sk.");
    w.int("inet_conn.icsk_inet.inet_sport", swap16(sk.sport));
    w.int("inet_conn.icsk_inet.sk.sk_ack_backlog", sk.listener?.ready.length ?? 0);
    w.int("inet_conn.icsk_inet.sk.sk_max_ack_backlog", sk.listener?.backlog ?? 0);
    w.int("inet_conn.icsk_retransmits", sk.retries);
    // In eighths of a microsecond.
    w.int("srtt_us", Math.round(sk.srtt / 125));
    w.int("mdev_us", Math.round(sk.rttvar / 250));
    w.int("snd_cwnd", sk.cwnd);
    w.int("snd_cwnd_clamp", 0xffff_ffff);
    w.int("snd_ssthresh", sk.ssthresh);
    w.int("snd_una", sk.sndUna);
    w.int("snd_nxt", sk.sndNxt);
    w.int("snd_wnd", sk.sndWnd);
    w.int("write_seq", (sk.sndNxt + sk.unsentBytes) >>> 0);
    w.int("rcv_nxt", sk.rcvNxt);
    w.int("rcv_wup", sk.rcvWup);
    w.int("rcv_wnd", sk.receiveWindow);
    w.int("mss_cache", sk.mss);
    w.int("bytes_acked", sk.bytesAcked);
    w.int("bytes_received", sk.bytesReceived);
    w.int("bytes_sent", sk.bytesSent);
    w.int("total_retrans", sk.totalRetrans);
    w.int("segs_in", sk.segsIn);
    w.int("segs_out", sk.segsOut);
    w.int("packets_out", sk.inFlight.length);
  },
};

/** What programs on packets and cgroups see of a socket, whichever kind it is: `struct bpf_sock`. Ports of this side are numbers, those of the other as on the wire. */
export const BPF_SOCK: StructRow<Established> = {
  struct: "bpf_sock",
  write(w, sk) {
    const whole = sk instanceof Sock ? sk : undefined;
    w.int("bound_dev_if", whole?.device ?? 0);
    w.int("family", whole?.family ?? familyOf(sk.saddr));
    w.int("type", whole?.type ?? 1);
    w.int("protocol", whole?.proto ?? IPPROTO_TCP);
    w.int("mark", whole?.mark ?? 0);
    w.int("priority", whole?.priority ?? 0);
    address(w, sk.saddr, "src_ip4", "src_ip6");
    w.int("src_port", sk.sport);
    w.int("dst_port", swap16(sk.dport));
    address(w, sk.daddr, "dst_ip4", "dst_ip6");
    w.int("state", whole?.state ?? ("substate" in sk ? TCP.TIME_WAIT : TCP.NEW_SYN_RECV));
    // No queue of a device.
    w.int("rx_queue_mapping", -1);
  },
};

function address(w: StructWriter, ip: Ip, four: string, six: string): void {
  if (typeof ip === "number") w.int(four, word(ipBytes(ip)));
  else w.bytes(six, ipBytes(ip));
}

/** The same of a connection's numbers: `struct bpf_tcp_sock`. */
export const BPF_TCP_SOCK: StructRow<TcpSock> = {
  struct: "bpf_tcp_sock",
  write(w, sk) {
    w.int("snd_cwnd", sk.cwnd);
    w.int("srtt_us", Math.round(sk.srtt / 125));
    w.int("rtt_min", sk.srtt === 0 ? 0xffff_ffff : Math.round(sk.srtt / 1000));
    w.int("snd_ssthresh", sk.ssthresh);
    w.int("rcv_nxt", sk.rcvNxt);
    w.int("snd_nxt", sk.sndNxt);
    w.int("snd_una", sk.sndUna);
    w.int("mss_cache", sk.mss);
    w.int("packets_out", sk.inFlight.length);
    w.int("total_retrans", sk.totalRetrans);
    w.int("segs_in", sk.segsIn);
    w.int("segs_out", sk.segsOut);
    w.int("bytes_received", sk.bytesReceived);
    w.int("bytes_acked", sk.bytesAcked);
    w.int("icsk_retransmits", sk.retries);
  },
};

/** Bytes in front of a packet in its buffer, and how many of its own lie there: the headers and what follows at once. */
const HEADROOM = 64;
const LINEAR = 448;

/** What `struct sk_buff` is of a packet: its headers' places and numbers; the bytes are those of its frame. */
export const SK_BUFF: StructRow<Skb> = {
  struct: "sk_buff",
  room: HEADROOM + LINEAR,
  write(w, skb) {
    const ip = skb.protocol === ETH_P_IP ? 20 : skb.protocol === ETH_P_IPV6 ? 40 : 0;
    w.int("len", skb.size);
    w.int("protocol", swap16(skb.protocol));
    w.int("mac_header", HEADROOM);
    w.int("mac_len", 14);
    w.int("network_header", HEADROOM + 14);
    w.int("transport_header", HEADROOM + 14 + ip);
    w.int("mark", skb.mark);
    w.int("priority", skb.priority);
    w.int("hash", skb.hash);
    w.int("skb_iif", skb.ifindex);
    w.pointer("dev", skb.dev);
    w.pointer("sk", skb.sk);
    const linear = skb.frame.subarray(0, LINEAR);
    w.bytesBehind(HEADROOM, linear);
    w.behind("head", 0);
    w.behind("data", HEADROOM);
    w.int("tail", HEADROOM + linear.length);
    w.int("end", HEADROOM + LINEAR);
    w.int("data_len", skb.size - linear.length);
  },
};

/** A packet between sockets of one machine: it has no headers. */
export const UNIX_SKB: StructRow<UnixSkb> = {
  struct: "sk_buff",
  room: LINEAR,
  write(w, { data }) {
    w.int("len", data.length);
    const linear = data.subarray(0, LINEAR);
    w.bytesBehind(0, linear);
    w.behind("head", 0);
    w.behind("data", 0);
    w.int("tail", linear.length);
    w.int("end", LINEAR);
    w.int("data_len", data.length - linear.length);
  },
};
