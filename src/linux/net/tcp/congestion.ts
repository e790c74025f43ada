import type { TcpSock } from "../sock.ts";

/** `enum tcp_ca_state`: what a congestion control is told of a connection. */
export const CA_STATE = { OPEN: 0, RECOVERY: 3, LOSS: 4 } as const;

/** `enum tcp_ca_event`. */
export const CA_EVENT = { TX_START: 0, LOSS: 3 } as const;

/** `struct tcp_congestion_ops`: who decides how much of a connection may be in flight (`cwnd`, in segments). */
export interface CongestionControl {
  readonly name: string;
  /** Where slow start shall end after a packet was lost. `timedOut`: nothing at all was heard. */
  ssthresh(sk: TcpSock, timedOut: boolean): number;
  /** `acked` segments were acknowledged up to `ack`, and nothing is missing. */
  congAvoid(sk: TcpSock, ack: number, acked: number, now: number): void;
  setState?(sk: TcpSock, state: number): void;
  cwndEvent?(sk: TcpSock, event: number): void;
  /** An acknowledgement came that acknowledges something. */
  inAckEvent?(sk: TcpSock): void;
}

/**
 * Reno (RFC 5681), which this machine has as its own: in slow start a segment more for each that is acknowledged, then one
 * for each window; half of it when a packet was lost.
 */
export const RENO: CongestionControl = {
  name: "reno",
  ssthresh: (sk, timedOut) =>
    timedOut ? Math.max(2, Math.floor(Math.min(sk.cwnd, sk.inFlight.length * 2) / 2)) : Math.max(2, sk.cwnd >> 1),
  congAvoid(sk, _ack, acked, now) {
    for (let segment = 0; segment < acked; segment++) if (sk.cwnd < sk.ssthresh || now % sk.cwnd === 0) sk.cwnd++;
  },
};

/** The congestion controls of a machine by name, and the one that new sockets get (`net.ipv4.tcp_congestion_control`). */
export class CongestionControls {
  readonly #known = new Map<string, CongestionControl>([[RENO.name, RENO]]);
  initial: CongestionControl = RENO;

  get names(): readonly string[] {
    return [...this.#known.keys()];
  }

  find(name: string): CongestionControl | undefined {
    return this.#known.get(name);
  }

  /** False: there is one of that name. */
  add(control: CongestionControl): boolean {
    if (this.#known.has(control.name)) return false;
    this.#known.set(control.name, control);
    return true;
  }

  /** Sockets that have it keep it, as on Linux. */
  remove({ name }: CongestionControl): void {
    this.#known.delete(name);
    if (this.initial.name === name) this.initial = RENO;
  }
}
