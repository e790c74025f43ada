/** Tracepoints that packets and connections raise, with the fields of 6.18. Each costs one look where nobody does. */
import type { Arg, Task } from "../task.ts";
import { TP } from "../tracepoints.ts";
import { AF_INET, AF_INET6, type Ip, ipBytes } from "./address.ts";
import type { NetDevice } from "./device.ts";
import { ETH_P_IP, ETH_P_IPV6, IPPROTO_TCP } from "./protocol.ts";
import type { Skb } from "./skb.ts";
import type { Sock, TcpSock } from "./sock.ts";

const NONE4 = new Uint8Array(4);
const NO_CLASS = 64;
/** Of the card: the first one that is no CPU's. */
const NAPI_ID = 0x2001;
/** `sizeof(struct sk_buff)` and what ends a packet's buffer. */
const SKB_OVERHEAD = 576;

/** An address in the four bytes that IPv4 has; zeros for IPv6. */
const v4 = (ip: Ip): Uint8Array => (typeof ip === "number" ? ipBytes(ip) : NONE4);

/** An address in sixteen bytes: IPv4 as `::ffff:a.b.c.d`, as these tracepoints show it. */
function v6(ip: Ip): Uint8Array {
  if (typeof ip === "string") return ipBytes(ip);
  const bytes = new Uint8Array(16);
  bytes[10] = bytes[11] = 0xff;
  bytes.set(ipBytes(ip), 12);
  return bytes;
}

/** A `struct sockaddr_in` or `sockaddr_in6` in 28 bytes. */
function sockaddr(ip: Ip, port: number): Uint8Array {
  const bytes = new Uint8Array(28);
  bytes[0] = typeof ip === "number" ? AF_INET : AF_INET6;
  bytes[2] = port >> 8;
  bytes[3] = port;
  bytes.set(ipBytes(ip), typeof ip === "number" ? 4 : 8);
  return bytes;
}

/** Four addresses as most of these records have them. */
const addresses = (sk: Pick<Sock, "saddr" | "daddr">): Uint8Array[] => [
  v4(sk.saddr),
  v4(sk.daddr),
  v6(sk.saddr),
  v6(sk.daddr),
];

export function setState(t: Task, sk: TcpSock, old: number, state: number): void {
  const hook = t.linux.hooks.live[TP.inet_sock_set_state];
  if (hook === undefined) return;
  const { sport, dport, family } = sk;
  t.linux.hooks.trace(hook, t, [sk, old, state, sport, dport, family, IPPROTO_TCP, ...addresses(sk)], sk, old, state);
}

/** `tcp_rcv_established` with a segment of a connection. */
export function probe(t: Task, sk: TcpSock, skb: Skb): void {
  const hook = t.linux.hooks.live[TP.tcp_probe];
  if (hook === undefined) return;
  const values = [
    ...[
      sockaddr(sk.saddr, sk.sport),
      sockaddr(sk.daddr, sk.dport),
      sk.sport,
      sk.dport,
      sk.family,
      skb.mark,
      skb.length,
    ],
    ...[sk.sndNxt, sk.sndUna, sk.cwnd, sk.ssthresh, sk.sndWnd, Math.round(sk.srtt / 1000), sk.receiveWindow, sk.cookie],
    ...[skb, sk],
  ];
  t.linux.hooks.trace(hook, t, values, sk, skb);
}

export function retransmitted(t: Task, sk: TcpSock, skb: Skb): void {
  const hook = t.linux.hooks.live[TP.tcp_retransmit_skb];
  if (hook === undefined) return;
  const values = [skb, sk, sk.state, sk.sport, sk.dport, sk.family, ...addresses(sk), 0];
  t.linux.hooks.trace(hook, t, values, sk, skb, 0);
}

/** `reason`: `enum sk_rst_reason`. The addresses are those of the reset. */
export function sendReset(t: Task, sk: TcpSock | undefined, skb: Skb, reason: number): void {
  const hook = t.linux.hooks.live[TP.tcp_send_reset];
  if (hook === undefined) return;
  const ends = sk ?? { saddr: skb.daddr, sport: skb.dport, daddr: skb.saddr, dport: skb.sport };
  const from = sockaddr(ends.saddr, ends.sport);
  const to = sockaddr(ends.daddr, ends.dport);
  t.linux.hooks.trace(hook, t, [skb, sk, sk?.state ?? 0, reason, from, to], sk, skb, reason);
}

/** Tracepoints that tell one socket: its address, ports, family, addresses, cookie. */
function aboutSocket(t: Task, at: number, sk: TcpSock): void {
  const hook = t.linux.hooks.live[at];
  if (hook === undefined) return;
  const values = [sk, sk.sport, sk.dport, sk.family, ...addresses(sk), sk.cookie];
  t.linux.hooks.trace(hook, t, values, sk);
}

export const receiveReset = (t: Task, sk: TcpSock): void => aboutSocket(t, TP.tcp_receive_reset, sk);
export const destroySock = (t: Task, sk: TcpSock): void => aboutSocket(t, TP.tcp_destroy_sock, sk);
export const spaceAdjust = (t: Task, sk: TcpSock): void => aboutSocket(t, TP.tcp_rcv_space_adjust, sk);

/** The address in the function that calls now, as these records tell where a packet ended. */
function location(t: Task, above: number): bigint {
  const symbol = t.linux.symbols.of(t.kernel[t.kernelDepth - 1 - above]!);
  return symbol.address + BigInt(symbol.at);
}

/** `sk_skb_reason_drop`, in which it is raised. */
export function dropped(t: Task, skb: Skb, reason: number, sk: Sock | undefined): void {
  const hook = t.linux.hooks.live[TP.kfree_skb];
  if (hook === undefined) return;
  const where = location(t, 1);
  t.linux.hooks.trace(hook, t, [skb, where, sk, skb.protocol, reason], skb, where, reason, sk);
}

export function consumed(t: Task, skb: Skb): void {
  const hook = t.linux.hooks.live[TP.consume_skb];
  if (hook === undefined) return;
  const where = location(t, 1);
  t.linux.hooks.trace(hook, t, [skb, where], skb, where);
}

/** `net_dev_queue`, `netif_receive_skb` and `netif_rx` tell the packet, its length and its device. */
function aboutPacket(t: Task, at: number, skb: Skb, length: number, dev: NetDevice): void {
  const hook = t.linux.hooks.live[at];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [skb, length, dev.name], skb);
}

export const queued = (t: Task, skb: Skb, dev: NetDevice): void => aboutPacket(t, TP.net_dev_queue, skb, skb.size, dev);
export const received = (t: Task, skb: Skb, dev: NetDevice): void =>
  aboutPacket(t, TP.netif_receive_skb, skb, skb.networkLength, dev);
export const netifRx = (t: Task, skb: Skb, dev: NetDevice): void =>
  aboutPacket(t, TP.netif_rx, skb, skb.networkLength, dev);

export function startXmit(t: Task, skb: Skb, dev: NetDevice): void {
  const hook = t.linux.hooks.live[TP.net_dev_start_xmit];
  if (hook === undefined) return;
  const ip = skb.protocol === ETH_P_IP || skb.protocol === ETH_P_IPV6;
  const transport = ip ? 14 + (skb.protocol === ETH_P_IPV6 ? 40 : 20) : 0;
  // SKB_GSO_TCPV4, SKB_GSO_TCPV6.
  const gsoType = skb.gsoSize === 0 ? 0 : skb.protocol === ETH_P_IPV6 ? 16 : 1;
  const values = [
    ...[dev.name, skb.queue, skb, 0, 0, 0, skb.protocol, skb.gsoSize > 0 ? 3 : 0, skb.size, 0, 14, ip ? 1 : 0],
    ...[transport, 0, skb.gsoSize, skb.gsoSize === 0 ? 0 : skb.segments, gsoType],
  ];
  t.linux.hooks.trace(hook, t, values, skb, dev);
}

export function xmitted(t: Task, skb: Skb, size: number, dev: NetDevice): void {
  const hook = t.linux.hooks.live[TP.net_dev_xmit];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [skb, size, 0, dev.name], skb, 0, dev, size);
}

export function napiPoll(t: Task, name: string, work: number): void {
  const hook = t.linux.hooks.live[TP.napi_poll];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [undefined, name, work, NO_CLASS], undefined, work, NO_CLASS);
}

/** `napi_gro_receive_entry`: a packet as the card's driver gives it to the stack. */
export function groEntry(t: Task, skb: Skb, dev: NetDevice): void {
  const hook = t.linux.hooks.live[TP.napi_gro_receive_entry];
  if (hook === undefined) return;
  const { networkLength, hash, protocol, gsoSize } = skb;
  const gsoType = gsoSize === 0 ? 0 : protocol === ETH_P_IPV6 ? 16 : 1;
  const values = [
    ...[dev.name, NAPI_ID, skb.queue + 1, skb, 0, 0, 0, protocol, 0, hash, hash === 0 ? 0 : 1, networkLength, 0],
    ...[networkLength + SKB_OVERHEAD, 1, -14, 0, gsoSize, gsoType],
  ];
  t.linux.hooks.trace(hook, t, values, skb);
}

/** The tracepoints of XDP: `values` after the four common fields. */
export function xdp(t: Task, at: number, values: readonly number[], ...args: readonly Arg[]): void {
  const hook = t.linux.hooks.live[at];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, values, ...args);
}
