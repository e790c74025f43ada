import type { TcpSock } from "../sock.ts";
import type { TcpHost } from "./host.ts";

/** `TCP_RTO_MIN`, `TCP_RTO_MAX`, `TCP_DELACK_MIN`: nanoseconds. */
const RTO_MIN = 200_000_000;
export const RTO_MAX = 120_000_000_000;
const DELACK = 40_000_000;

/** Tells the host when to look at the socket next, after any of its times has changed. */
export function rearm(host: TcpHost, sk: TcpSock): void {
  const deadline = Math.min(sk.rtoAt, sk.delackAt);
  if (deadline === sk.deadline) return;
  sk.deadline = deadline;
  if (deadline !== Number.POSITIVE_INFINITY) host.arm(sk);
}

/** An answer may still carry the acknowledgement; otherwise it goes alone. */
export function delayAck(host: TcpHost, sk: TcpSock): void {
  sk.ackPending = true;
  if (sk.delackAt === Number.POSITIVE_INFINITY) sk.delackAt = host.now() + DELACK;
  rearm(host, sk);
}

/** A round trip was measured (RFC 6298). */
export function measured(sk: TcpSock, rtt: number): void {
  if (sk.srtt === 0) {
    sk.srtt = rtt;
    sk.rttvar = rtt / 2;
  } else {
    sk.rttvar += (Math.abs(sk.srtt - rtt) - sk.rttvar) / 4;
    sk.srtt += (rtt - sk.srtt) / 8;
  }
  forgetBackoff(sk);
}

/** Something new has arrived: the time until the next retransmission is that of the connection again, not the doubled one. */
export function forgetBackoff(sk: TcpSock): void {
  if (sk.srtt > 0) sk.rto = Math.min(RTO_MAX, Math.round(sk.srtt + Math.max(RTO_MIN, 4 * sk.rttvar)));
}
