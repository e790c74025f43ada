import { ERRNO } from "../../errno.ts";
import { DROP } from "../drop-reason.ts";
import { ACK, FIN, RST, SYN } from "../protocol.ts";
import type { Skb } from "../skb.ts";
import { before, TCP, type TcpSock } from "../sock.ts";
import { delayAck, forgetBackoff, measured, rearm } from "./clock.ts";
import { CA_STATE, RENO } from "./congestion.ts";
import type { TcpHost } from "./host.ts";
import { push, resetFor, retransmit, sendAck } from "./output.ts";

const FAST_RETRANSMIT = 3;

/** A segment arrives at its socket (RFC 9293, 3.10.7), which is neither closed nor listening. */
export function input(host: TcpHost, sk: TcpSock, skb: Skb): void {
  sk.segsIn += skb.segments;
  if (sk.state === TCP.SYN_SENT) {
    synSent(host, sk, skb);
    return;
  }
  if (!acceptable(sk, skb)) {
    if (!(skb.flags & RST)) sendAck(host, sk);
    host.drop(
      skb,
      before(skb.endSeq, sk.rcvNxt) || skb.endSeq === sk.rcvNxt ? DROP.TCP_OLD_SEQUENCE : DROP.TCP_INVALID_SEQUENCE,
      sk,
    );
    return;
  }
  if (skb.flags & RST) {
    host.reset(sk);
    const refused = sk.state === TCP.CLOSE_WAIT ? ERRNO.EPIPE! : ERRNO.ECONNRESET!;
    reset(host, sk, -refused);
    host.drop(skb, DROP.TCP_RESET, sk);
    return;
  }
  if (skb.flags & SYN) {
    sendAck(host, sk);
    host.drop(skb, DROP.TCP_INVALID_SYN, sk);
    return;
  }
  if (!(skb.flags & ACK)) {
    host.drop(skb, DROP.TCP_FLAGS, sk);
    return;
  }
  if (sk.state === TCP.SYN_RECV) {
    sk.sndWnd = skb.window << sk.sndWscale;
    host.setState(sk, TCP.ESTABLISHED);
  }
  if (before(sk.sndNxt, skb.ack)) {
    sendAck(host, sk);
    host.drop(skb, DROP.TCP_ACK_UNSENT_DATA, sk);
    return;
  }
  if (!acknowledged(host, sk, skb)) return;
  deliver(host, sk, skb);
}

/** RFC 9293's first check: is any of it within what is expected? */
function acceptable(sk: TcpSock, skb: Skb): boolean {
  const end = (sk.rcvNxt + sk.receiveWindow) >>> 0;
  return (
    !before(skb.endSeq, sk.rcvWup) &&
    !before(end, skb.seq) &&
    !(skb.endSeq !== skb.seq && !before(sk.rcvNxt, skb.endSeq))
  );
}

/** The answer to our SYN. */
function synSent(host: TcpHost, sk: TcpSock, skb: Skb): void {
  const acks = (skb.flags & ACK) !== 0;
  if (acks && skb.ack !== sk.sndNxt) {
    if (!(skb.flags & RST)) host.reply(sk, resetFor(skb));
    host.drop(skb, DROP.TCP_INVALID_ACK_SEQUENCE, sk);
    return;
  }
  if (skb.flags & RST) {
    if (acks) {
      host.reset(sk);
      reset(host, sk, -ERRNO.ECONNREFUSED!);
    }
    host.drop(skb, DROP.TCP_RESET, sk);
    return;
  }
  // Both at the same time, which this machine does not do, or nonsense.
  if (!(skb.flags & SYN) || !acks) {
    host.drop(skb, DROP.TCP_FLAGS, sk);
    return;
  }
  const syn = sk.inFlight.shift()!;
  if (!syn.retransmitted) measured(sk, host.now() - syn.at);
  sk.sndUna = skb.ack;
  sk.irs = skb.seq;
  sk.rcvNxt = (skb.seq + 1) >>> 0;
  sk.rcvWup = sk.rcvNxt;
  sk.sndWnd = skb.window;
  agree(sk, skb.mss, skb.wscale);
  sk.retries = 0;
  sk.rtoAt = Number.POSITIVE_INFINITY;
  sk.pingpong = true;
  host.setState(sk, TCP.ESTABLISHED);
  host.consume(skb);
  host.connected(sk);
  // What the owner wrote at once carries the acknowledgement.
  if (sk.sndNxt === sk.sndUna && sk.state === TCP.ESTABLISHED) sendAck(host, sk);
  rearm(host, sk);
}

/** Both sides have told their largest segments and scales. */
export function agree(sk: TcpSock, mss: number, wscale: number): void {
  sk.mss = Math.max(88, Math.min(mss || 536, sk.netns.mtuTo(sk.daddr) - (typeof sk.daddr === "number" ? 40 : 60)));
  sk.sndWscale = Math.max(0, wscale);
  if (wscale < 0) sk.rcvWscale = 0;
}

/** What the other side says has arrived. False: the connection has ended. */
function acknowledged(host: TcpHost, sk: TcpSock, skb: Skb): boolean {
  const { inFlight } = sk;
  const newly = (skb.ack - sk.sndUna) | 0;
  const window = skb.window << sk.sndWscale;
  if (newly <= 0) {
    const duplicate =
      newly === 0 && skb.length === 0 && window === sk.sndWnd && inFlight.length > 0 && !(skb.flags & FIN);
    sk.sndWnd = window;
    if (duplicate && ++sk.dupAcks === FAST_RETRANSMIT && !sk.inRecovery) {
      sk.ssthresh = sk.congestion.ssthresh(sk, false);
      sk.cwnd = Math.max(1, sk.ssthresh);
      sk.congestion.setState?.(sk, CA_STATE.RECOVERY);
      sk.inRecovery = true;
      sk.recover = sk.sndNxt;
      retransmit(host, sk);
    } else if (newly === 0 && sk.unsentBytes > 0) push(host, sk);
    return true;
  }
  sk.sndWnd = window;
  sk.sndUna = skb.ack;
  sk.bytesAcked += newly;
  sk.dupAcks = 0;
  sk.retries = 0;
  let rtt = -1;
  let again = false;
  let pieces = 0;
  let segments = 0;
  sk.congestion.inAckEvent?.(sk);
  while (inFlight.length > 0) {
    const first = inFlight[0]!;
    const end = (first.seq + first.length + (first.flag ? 1 : 0)) >>> 0;
    if (before(skb.ack, end)) {
      const part = (skb.ack - first.seq) | 0;
      if (part > 0) {
        first.seq = skb.ack;
        first.length -= part;
        first.data = first.data?.subarray(part);
      }
      break;
    }
    if (first.retransmitted) again = true;
    else rtt = host.now() - first.at;
    inFlight.shift();
    segments += Math.max(1, Math.ceil(first.length / sk.mss));
    pieces++;
  }
  // Reno here counts pieces, as they left; programs are told of segments, as Linux tells them.
  if (pieces > 0) sk.congestion.congAvoid(sk, skb.ack, sk.congestion === RENO ? pieces : segments, host.now());
  // Which of the two was acknowledged nobody knows (Karn), and what came behind it has waited for it.
  if (rtt >= 0 && !again) measured(sk, rtt);
  else forgetBackoff(sk);
  sk.rtoAt = inFlight.length > 0 ? host.now() + sk.rto : Number.POSITIVE_INFINITY;
  if (sk.inRecovery) {
    if (before(skb.ack, sk.recover)) retransmit(host, sk);
    else {
      sk.inRecovery = false;
      sk.congestion.setState?.(sk, CA_STATE.OPEN);
    }
  }
  if (!ended(host, sk, skb)) return false;
  if (sk.unsentBytes > 0 || sk.finQueued) push(host, sk);
  if (!sk.dead) host.writable(sk);
  rearm(host, sk);
  return true;
}

/** States that follow from the acknowledgement of our FIN. False: nothing is left of the socket. */
function ended(host: TcpHost, sk: TcpSock, skb: Skb): boolean {
  if (!sk.allAcked || sk.finQueued) return true;
  switch (sk.state) {
    case TCP.FIN_WAIT1:
      host.setState(sk, TCP.FIN_WAIT2);
      // Without an owner a small socket takes over, unless the end comes in the same packet.
      if (sk.dead && !(skb.flags & FIN)) {
        host.consume(skb);
        host.timeWait(sk, TCP.FIN_WAIT2);
        return false;
      }
      return true;
    case TCP.CLOSING:
      host.consume(skb);
      host.timeWait(sk, TCP.TIME_WAIT);
      return false;
    case TCP.LAST_ACK:
      host.consume(skb);
      done(host, sk);
      return false;
    default:
      return true;
  }
}

/** The connection is over, and its owner learns of it. */
export function done(host: TcpHost, sk: TcpSock): void {
  sk.rtoAt = Number.POSITIVE_INFINITY;
  sk.delackAt = Number.POSITIVE_INFINITY;
  sk.deadline = Number.POSITIVE_INFINITY;
  host.setState(sk, TCP.CLOSE);
  sk.readShutdown = true;
  sk.writeShutdown = true;
  if (sk.dead) host.gone(sk);
  else {
    host.readable(sk);
    host.writable(sk);
  }
}

/** The connection ends at once; the owner's next call returns `error`. */
export function reset(host: TcpHost, sk: TcpSock, error: number): void {
  sk.error = error;
  sk.inFlight.length = 0;
  sk.unsent.length = 0;
  sk.unsentBytes = 0;
  sk.finQueued = false;
  done(host, sk);
}

/** Payload and the end. */
function deliver(host: TcpHost, sk: TcpSock, skb: Skb): void {
  const fin = (skb.flags & FIN) !== 0;
  if (skb.length === 0 && !fin) {
    host.consume(skb);
    return;
  }
  if (skb.length > 0 && (sk.dead || sk.readShutdown)) {
    // Nobody will read it: the sender must know.
    host.reply(sk, resetFor(skb));
    host.drop(skb, sk.dead ? DROP.TCP_ABORT_ON_DATA : DROP.TCP_OLD_DATA, sk);
    reset(host, sk, -ERRNO.EPIPE!);
    return;
  }
  if (before(sk.rcvNxt, skb.seq)) {
    outOfOrder(host, sk, skb);
    return;
  }
  accept(host, sk, skb);
  for (let next = sk.outOfOrder[0]; next !== undefined && !before(sk.rcvNxt, next.seq); next = sk.outOfOrder[0]) {
    sk.outOfOrder.shift();
    sk.outOfOrderBytes -= next.length;
    if (next.endSeq === sk.rcvNxt || before(next.endSeq, sk.rcvNxt)) host.drop(next, DROP.TCP_OLD_DATA, sk);
    else accept(host, sk, next);
  }
  if (sk.state === TCP.CLOSE) return;
  // The owner learns of it first: its answer may carry the acknowledgement.
  const state = sk.state;
  host.readable(sk);
  if (sk.state === TCP.CLOSE || state === TCP.TIME_WAIT) return;
  if ((sk.rcvNxt - sk.rcvWup) >>> 0 > 0) acknowledge(host, sk, fin);
  rearm(host, sk);
}

/** In order: into the receive queue, without what was received before. */
function accept(host: TcpHost, sk: TcpSock, skb: Skb): void {
  const again = (sk.rcvNxt - skb.seq) >>> 0;
  if (again > 0) {
    skb.data = skb.data?.subarray(again);
    skb.length -= again;
    skb.seq = sk.rcvNxt;
    skb.touch();
  }
  const end = skb.endSeq;
  sk.bytesReceived += skb.length;
  sk.rcvNxt = end;
  const fin = (skb.flags & FIN) !== 0;
  if (skb.length > 0) {
    sk.received.push(skb);
    sk.available += skb.length;
    skb.fate?.("received");
  } else host.consume(skb);
  if (fin) finished(host, sk);
}

/** `tcp_fin`: the other side has no more to say. */
function finished(host: TcpHost, sk: TcpSock): void {
  sk.readShutdown = true;
  sk.finReceived = true;
  switch (sk.state) {
    case TCP.SYN_RECV:
    case TCP.ESTABLISHED:
      host.setState(sk, TCP.CLOSE_WAIT);
      break;
    case TCP.FIN_WAIT1:
      sendAck(host, sk);
      host.setState(sk, TCP.CLOSING);
      break;
    case TCP.FIN_WAIT2:
      sendAck(host, sk);
      host.timeWait(sk, TCP.TIME_WAIT);
      break;
    default:
      break;
  }
}

function outOfOrder(host: TcpHost, sk: TcpSock, skb: Skb): void {
  const { outOfOrder: queue } = sk;
  if (queue.some((other) => other.seq === skb.seq && other.length >= skb.length)) host.drop(skb, DROP.TCP_OFOMERGE, sk);
  else {
    const place = queue.findIndex((other) => before(skb.seq, other.seq));
    queue.splice(place < 0 ? queue.length : place, 0, skb);
    sk.outOfOrderBytes += skb.length;
    skb.fate?.("received out of order");
  }
  // Says which byte is missing.
  sendAck(host, sk);
}

/** At once for two full packets, for the end, while a connection is young, and if nobody will answer soon. */
function acknowledge(host: TcpHost, sk: TcpSock, fin: boolean): void {
  const pending = (sk.rcvNxt - sk.rcvWup) >>> 0;
  if (fin || pending >= 2 * sk.mss || sk.outOfOrder.length > 0 || (!sk.pingpong && sk.quick > 0)) {
    if (sk.quick > 0) sk.quick--;
    sendAck(host, sk);
  } else delayAck(host, sk);
}
