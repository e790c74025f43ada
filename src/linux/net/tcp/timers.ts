import { ERRNO } from "../../errno.ts";
import { TCP, type TcpSock } from "../sock.ts";
import { RTO_MAX, rearm } from "./clock.ts";
import { CA_EVENT, CA_STATE } from "./congestion.ts";
import type { TcpHost } from "./host.ts";
import { reset } from "./input.ts";
import { probeWindow, retransmit, sendAck } from "./output.ts";

/** `tcp_syn_retries`, `tcp_retries2`; a socket without an owner gives up earlier. */
const SYN_RETRIES = 6;
const RETRIES = 15;
const ORPHAN_RETRIES = 8;

/** Whether the retransmission timer is over now; otherwise it is the delayed acknowledgement. */
export const isRetransmission = (host: TcpHost, sk: TcpSock): boolean => sk.rtoAt <= host.now();

/** The socket's time has come. */
export function expire(host: TcpHost, sk: TcpSock): void {
  sk.deadline = Number.POSITIVE_INFINITY;
  const now = host.now();
  if (sk.delackAt <= now) {
    sk.delackAt = Number.POSITIVE_INFINITY;
    // Somebody waits for answers that do not come: acknowledge at once for a while.
    sk.pingpong = false;
    if (sk.ackPending) sendAck(host, sk);
  }
  if (sk.rtoAt <= now) timeout(host, sk);
  if (sk.state !== TCP.CLOSE) rearm(host, sk);
}

function timeout(host: TcpHost, sk: TcpSock): void {
  sk.rtoAt = Number.POSITIVE_INFINITY;
  if (sk.inFlight.length === 0 && sk.unsentBytes === 0) return;
  const most = sk.state === TCP.SYN_SENT ? SYN_RETRIES : sk.dead ? ORPHAN_RETRIES : RETRIES;
  if (++sk.retries > most) {
    reset(host, sk, -ERRNO.ETIMEDOUT!);
    return;
  }
  sk.rto = Math.min(RTO_MAX, sk.rto * 2);
  sk.rtoAt = host.now() + sk.rto;
  if (sk.inFlight.length === 0) {
    probeWindow(host, sk);
    return;
  }
  // All in flight is taken for lost: slow start again.
  sk.ssthresh = sk.congestion.ssthresh(sk, true);
  sk.cwnd = 1;
  sk.congestion.setState?.(sk, CA_STATE.LOSS);
  sk.congestion.cwndEvent?.(sk, CA_EVENT.LOSS);
  sk.inRecovery = true;
  sk.recover = sk.sndNxt;
  sk.dupAcks = 0;
  retransmit(host, sk);
}
