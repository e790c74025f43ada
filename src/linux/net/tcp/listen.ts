import { DROP } from "../drop-reason.ts";
import { ACK, ETH_P_IP, ETH_P_IPV6, RST, SYN } from "../protocol.ts";
import { Skb } from "../skb.ts";
import { type Listener, RequestSock, TCP, type TcpSock } from "../sock.ts";
import type { TcpHost } from "./host.ts";
import { agree } from "./input.ts";
import { mssFor, resetFor, WSCALE } from "./output.ts";

/** `tcp_synack_retries`; the first answer is repeated after a second, then after twice as long. */
export const SYNACK_RETRIES = 5;
export const SYNACK_TIMEOUT = 1_000_000_000;

/** The answer to a SYN, made from what is remembered of it. */
export function synAck(request: RequestSock, sk: TcpSock): Skb {
  const answer = new Skb();
  answer.protocol = typeof request.daddr === "number" ? ETH_P_IP : ETH_P_IPV6;
  answer.saddr = request.saddr;
  answer.daddr = request.daddr;
  answer.sport = request.sport;
  answer.dport = request.dport;
  answer.sk = sk;
  answer.flags = SYN | ACK;
  answer.seq = request.isn;
  answer.ack = (request.irs + 1) >>> 0;
  answer.window = 65_160;
  answer.mss = mssFor(sk.netns, request.daddr);
  answer.wscale = request.wscale < 0 ? -1 : WSCALE;
  return answer;
}

/**
 * A segment comes to a listening socket: a SYN is remembered and answered, anything else is refused. Gives the new
 * request, which the caller puts into its table.
 */
export function listen(host: TcpHost, listener: Listener, skb: Skb): RequestSock | undefined {
  if (skb.flags & RST) {
    host.drop(skb, DROP.TCP_FLAGS, listener.sk);
    return undefined;
  }
  if (skb.flags & ACK) {
    host.reply(listener.sk, resetFor(skb));
    host.drop(skb, DROP.TCP_FLAGS, listener.sk);
    return undefined;
  }
  if (!(skb.flags & SYN)) {
    host.drop(skb, DROP.TCP_FLAGS, listener.sk);
    return undefined;
  }
  // Nobody accepts, or too many shake hands at once: as if the packet had been lost.
  if (listener.full || listener.requests > listener.backlog) {
    listener.overflows++;
    host.drop(skb, DROP.TCP_LISTEN_OVERFLOW, listener.sk);
    return undefined;
  }
  const request = new RequestSock(listener, skb, host.isn(), host.now() + SYNACK_TIMEOUT);
  listener.requests++;
  host.armRequest(request);
  return request;
}

/** The last packet of a handshake: a connection for which `child` is a new socket. */
export function establish(child: TcpSock, request: RequestSock): void {
  child.parent = request.listener;
  child.saddr = request.saddr;
  child.daddr = request.daddr;
  child.sport = request.sport;
  child.dport = request.dport;
  child.isn = request.isn;
  child.irs = request.irs;
  child.sndUna = (request.isn + 1) >>> 0;
  child.sndNxt = child.sndUna;
  child.rcvNxt = (request.irs + 1) >>> 0;
  child.rcvWup = child.rcvNxt;
  child.sndWnd = request.window;
  child.rcvWscale = WSCALE;
  child.uid = request.listener.sk.uid;
  agree(child, request.mss, request.wscale);
}

/** Whether this segment ends the handshake of a request; `again` is the SYN once more. */
export function answers(request: RequestSock, skb: Skb): "yes" | "again" | "reset" | "no" {
  if (skb.flags & SYN && !(skb.flags & ACK) && skb.seq === request.irs) return "again";
  if (skb.flags & RST) return skb.seq === (request.irs + 1) >>> 0 ? "reset" : "no";
  return skb.flags & ACK && skb.ack === (request.isn + 1) >>> 0 ? "yes" : "no";
}

/** States in which data may still be written. */
export const canWrite = (sk: TcpSock): boolean => sk.state === TCP.ESTABLISHED || sk.state === TCP.CLOSE_WAIT;
