import type { DropReason } from "../drop-reason.ts";
import type { Skb } from "../skb.ts";
import type { RequestSock, TcpSock } from "../sock.ts";

/**
 * Who has a connection: the machine, whose functions and tracepoints surround what happens, or a computer somewhere
 * outside. The protocol itself (`input.ts`, `output.ts`, `timers.ts`) is the same for both and knows neither.
 */
export interface TcpHost {
  /** Virtual nanoseconds. */
  now(): number;
  /** A random initial sequence number. */
  isn(): number;
  /** A segment leaves. */
  transmit(sk: TcpSock, skb: Skb): void;
  /** A reset leaves, which is no part of the connection. */
  reply(sk: TcpSock, skb: Skb): void;
  setState(sk: TcpSock, state: number): void;
  /** The handshake is over, on the side that began it. */
  connected(sk: TcpSock): void;
  /** There is something to read: bytes, the end, an error. */
  readable(sk: TcpSock): void;
  /** There is room to write. */
  writable(sk: TcpSock): void;
  /** The last state that the other side will hear of; the socket waits for stray packets, or is gone. */
  timeWait(sk: TcpSock, state: number): void;
  gone(sk: TcpSock): void;
  /** Wants to be told when `sk.deadline` has come. */
  arm(sk: TcpSock): void;
  armRequest(request: RequestSock): void;
  retransmitted(sk: TcpSock, skb: Skb): void;
  /** A reset came. */
  reset(sk: TcpSock): void;
  /** A packet ends here. */
  drop(skb: Skb, reason: DropReason, sk?: TcpSock): void;
  consume(skb: Skb): void;
}
