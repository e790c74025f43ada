import type { Ip } from "../address.ts";
import type { NetNamespace } from "../namespace.ts";
import { ACK, ETH_P_IP, ETH_P_IPV6, FIN, IPPROTO_TCP, PSH, RST, SYN } from "../protocol.ts";
import { Skb } from "../skb.ts";
import { type Sent, TCP, type TcpSock, type Unsent } from "../sock.ts";
import { rearm } from "./clock.ts";
import { CA_EVENT } from "./congestion.ts";
import type { TcpHost } from "./host.ts";

/** The largest piece that a card cuts into packets by itself. */
const GSO_MOST = 65_160;

/** Linux's default scale of the window for its largest receive buffer of 6 MB. */
export const WSCALE = 7;

const MOST_WINDOW = 65_535;

/** A segment of this connection with nothing in it. */
export function segment(sk: TcpSock, flags: number, seq = sk.sndNxt): Skb {
  const skb = new Skb();
  skb.sk = sk;
  skb.protocol = typeof sk.saddr === "number" ? ETH_P_IP : ETH_P_IPV6;
  skb.proto = IPPROTO_TCP;
  skb.saddr = sk.saddr;
  skb.daddr = sk.daddr;
  skb.sport = sk.sport;
  skb.dport = sk.dport;
  skb.flags = flags;
  skb.seq = seq;
  skb.ack = flags & ACK ? sk.rcvNxt : 0;
  const window = sk.receiveWindow;
  skb.window = Math.min(MOST_WINDOW, flags & SYN ? window : window >> sk.rcvWscale);
  return skb;
}

/** The segment that carries a piece of what was written. */
function pieceOf(sk: TcpSock, piece: Sent): Skb {
  const skb = segment(sk, piece.flag & SYN && sk.state === TCP.SYN_SENT ? SYN : ACK | piece.flag, piece.seq);
  skb.length = piece.length;
  skb.data = piece.data;
  if (piece.length > sk.mss) skb.gsoSize = sk.mss;
  if (piece.length > 0) skb.flags |= PSH;
  if (piece.flag & SYN) {
    skb.mss = mssFor(sk.netns, sk.daddr);
    skb.wscale = WSCALE;
  }
  return skb;
}

/** What this side tells the other of its largest segment: the device's packets less the headers. */
export function mssFor(netns: NetNamespace, daddr: Ip): number {
  return netns.mtuTo(daddr) - (typeof daddr === "number" ? 40 : 60);
}

function transmit(host: TcpHost, sk: TcpSock, skb: Skb): void {
  sk.segsOut += skb.segments;
  if (skb.flags & ACK) {
    sk.ackPending = false;
    sk.delackAt = Number.POSITIVE_INFINITY;
    sk.rcvWup = sk.rcvNxt;
  }
  if (skb.length > 0) sk.pingpong = true;
  host.transmit(sk, skb);
}

/** Sends `piece` for the first time; it stays in flight until it is acknowledged. */
function launch(host: TcpHost, sk: TcpSock, piece: Sent): void {
  sk.inFlight.push(piece);
  sk.sndNxt = (piece.seq + piece.length + (piece.flag ? 1 : 0)) >>> 0;
  if (sk.rtoAt === Number.POSITIVE_INFINITY) sk.rtoAt = host.now() + sk.rto;
  transmit(host, sk, pieceOf(sk, piece));
}

/** The active side begins: SYN. Addresses and ports are set. */
export function sendSyn(host: TcpHost, sk: TcpSock): void {
  sk.isn = host.isn();
  sk.sndUna = sk.isn;
  sk.sndNxt = sk.isn;
  sk.rcvWscale = WSCALE;
  launch(host, sk, { seq: sk.isn, length: 0, data: undefined, flag: SYN, at: host.now(), retransmitted: false });
  rearm(host, sk);
}

/** Only says what has arrived. */
export function sendAck(host: TcpHost, sk: TcpSock): void {
  transmit(host, sk, segment(sk, ACK));
}

/** Puts bytes behind what waits to be sent, and sends what the windows allow. */
export function write(host: TcpHost, sk: TcpSock, length: number, data?: Uint8Array): void {
  const last = sk.unsent[sk.unsent.length - 1];
  if (last !== undefined && last.data === undefined && data === undefined) last.length += length;
  else sk.unsent.push({ length, data });
  sk.unsentBytes += length;
  sk.bytesSent += length;
  push(host, sk);
}

/** `tcp_write_xmit`: as much as the receiver's and the network's windows allow, then the end if it was asked for. */
export function push(host: TcpHost, sk: TcpSock): void {
  if (sk.state === TCP.SYN_SENT || sk.state === TCP.SYN_RECV) return;
  while (sk.unsentBytes > 0) {
    const flying = (sk.sndNxt - sk.sndUna) >>> 0;
    const room = Math.min(sk.sndWnd, sk.cwnd * sk.mss) - flying;
    // Nothing small while more is under way, unless it is all there is (RFC 1122's sender side of silly windows).
    if (room <= 0 || (room < Math.min(sk.mss, sk.unsentBytes) && flying > 0)) break;
    let length = Math.min(sk.unsentBytes, room, GSO_MOST);
    if (length > sk.mss && length < sk.unsentBytes) length -= length % sk.mss;
    if (sk.inFlight.length === 0) sk.congestion.cwndEvent?.(sk, CA_EVENT.TX_START);
    const piece = { seq: sk.sndNxt, length, data: take(sk, length), flag: 0, at: host.now(), retransmitted: false };
    launch(host, sk, piece);
  }
  // Nothing is in flight and the receiver has no room: its window is asked for from time to time.
  if (sk.unsentBytes > 0 && sk.inFlight.length === 0) sk.rtoAt = Math.min(sk.rtoAt, host.now() + sk.rto);
  if (sk.finQueued && sk.unsentBytes === 0) {
    sk.finQueued = false;
    launch(host, sk, { seq: sk.sndNxt, length: 0, data: undefined, flag: FIN, at: host.now(), retransmitted: false });
  }
  rearm(host, sk);
}

/** Takes bytes from the front of what waits; undefined if nobody knows what they are. */
function take(sk: TcpSock, length: number): Uint8Array | undefined {
  sk.unsentBytes -= length;
  const first = sk.unsent[0]!;
  if (first.length >= length) return cut(sk.unsent, length);
  const parts: { at: number; data: Uint8Array }[] = [];
  for (let at = 0; at < length; ) {
    const size = Math.min(length - at, sk.unsent[0]!.length);
    const data = cut(sk.unsent, size);
    if (data !== undefined) parts.push({ at, data });
    at += size;
  }
  if (parts.length === 0) return undefined;
  const all = new Uint8Array(length);
  for (const { at, data } of parts) all.set(data, at);
  return all;
}

/** Takes bytes of the first piece. */
function cut(queue: Unsent[], length: number): Uint8Array | undefined {
  const first = queue[0]!;
  if (first.length === length) {
    queue.shift();
    return first.data;
  }
  const data = first.data?.subarray(0, length);
  first.length -= length;
  first.data = first.data?.subarray(length);
  return data;
}

/** Sends the oldest piece that nobody has acknowledged once more: at most one packet of it. */
export function retransmit(host: TcpHost, sk: TcpSock): void {
  const first = sk.inFlight[0];
  if (first === undefined) return;
  if (first.length > sk.mss) {
    const rest: Sent = {
      ...first,
      seq: (first.seq + sk.mss) >>> 0,
      length: first.length - sk.mss,
      data: first.data?.subarray(sk.mss),
    };
    first.data = first.data?.subarray(0, sk.mss);
    first.length = sk.mss;
    sk.inFlight.splice(1, 0, rest);
  }
  first.retransmitted = true;
  first.at = host.now();
  sk.totalRetrans++;
  const skb = pieceOf(sk, first);
  host.retransmitted(sk, skb);
  transmit(host, sk, skb);
}

/** A byte beyond a closed window, to hear whether it has opened (`tcp_send_probe0`). */
export function probeWindow(host: TcpHost, sk: TcpSock): void {
  transmit(host, sk, segment(sk, ACK, (sk.sndUna - 1) >>> 0));
}

/** The owner has no more to send: FIN behind all that was written. */
export function sendFin(host: TcpHost, sk: TcpSock): void {
  sk.finQueued = true;
  push(host, sk);
}

/** The owner throws the connection away (`tcp_send_active_reset`). */
export function sendReset(host: TcpHost, sk: TcpSock): void {
  transmit(host, sk, segment(sk, RST | ACK));
}

/** The answer to a segment that nobody wants (RFC 9293, 3.5.2). */
export function resetFor(skb: Skb): Skb {
  const answer = answerTo(skb);
  answer.flags = RST;
  if (skb.flags & ACK) answer.seq = skb.ack;
  else {
    answer.flags |= ACK;
    answer.ack = skb.endSeq;
  }
  return answer;
}

/** A packet back to where this one came from. */
export function answerTo(skb: Pick<Skb, "protocol" | "proto" | "saddr" | "daddr" | "sport" | "dport">): Skb {
  const answer = new Skb();
  answer.protocol = skb.protocol;
  answer.proto = skb.proto;
  answer.saddr = skb.daddr;
  answer.daddr = skb.saddr;
  answer.sport = skb.dport;
  answer.dport = skb.sport;
  return answer;
}
