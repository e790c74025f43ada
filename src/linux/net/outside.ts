import type { Linux } from "../linux.ts";
import { type Ip, macOf, prefixOf } from "./address.ts";
import { NetDevice } from "./device.ts";
import { DROP } from "./drop-reason.ts";
import { Link, type LinkOptions } from "./link.ts";
import { NetNamespace } from "./namespace.ts";
import { ETH_P_ARP, IPPROTO_TCP, IPPROTO_UDP, RST, SYN } from "./protocol.ts";
import type { Skb } from "./skb.ts";
import { Listener, RequestSock, TCP, TcpSock } from "./sock.ts";
import type { TcpHost } from "./tcp/host.ts";
import { input, reset } from "./tcp/input.ts";
import { answers, establish, listen, synAck } from "./tcp/listen.ts";
import { answerTo, resetFor, sendFin, sendReset, sendSyn, write } from "./tcp/output.ts";
import { expire } from "./tcp/timers.ts";
import { TimerWheel } from "./timer-wheel.ts";

/** Hardware address of the router, behind which everybody else is. */
export const GATEWAY_MAC = macOf("gateway", "02:00:00:00:00:01");

/** One connection of somebody outside: what its owner is told, and does. */
export interface Peer {
  readonly connected?: (connection: RemoteConnection, time: number) => void;
  /** Bytes of the machine arrive. */
  readonly received?: (connection: RemoteConnection, bytes: number, time: number) => void;
  /** The machine has closed its side, or the connection is gone. */
  readonly closed?: (connection: RemoteConnection, time: number) => void;
}

/** The other end of a connection of the machine. */
export class RemoteConnection {
  readonly sk: TcpSock;
  readonly peer: Peer;
  /** The virtual time at which its owner gives up. */
  patience = Number.POSITIVE_INFINITY;
  readonly #outside: Outside;

  constructor(outside: Outside, sk: TcpSock, peer: Peer) {
    this.#outside = outside;
    this.sk = sk;
    this.peer = peer;
  }

  /** Sends bytes; those beyond `data` are zeros. */
  write(length: number, data?: Uint8Array): void {
    write(this.#outside, this.sk, length, data);
  }

  /** Throws it away, whatever is under way. */
  abort(): void {
    if (this.sk.state !== TCP.SYN_SENT) sendReset(this.#outside, this.sk);
    reset(this.#outside, this.sk, 0);
  }

  /** No more to say. */
  close(): void {
    const { sk } = this;
    if (sk.state === TCP.ESTABLISHED) this.#outside.setState(sk, TCP.FIN_WAIT1);
    else if (sk.state === TCP.CLOSE_WAIT) this.#outside.setState(sk, TCP.LAST_ACK);
    else return;
    sendFin(this.#outside, sk);
  }
}

/** Somebody who answers datagrams: the payload of the answer, or nothing. */
export type DatagramService = (payload: Uint8Array, skb: Skb) => Uint8Array | undefined;

/**
 * The world behind `eth0`: computers that connect to the machine and that it connects to, over a line with a latency, a
 * bandwidth and losses. They speak the same TCP as the machine, in no time, and nobody traces them. Every address answers,
 * with a reset where no service is, except those of 192.0.2.0/24: nobody is there.
 */
export class Outside implements TcpHost {
  readonly #linux: Linux;
  readonly netns = new NetNamespace("outside", 0, 0);
  readonly link: Link;
  #connections = 0;
  readonly #services = new Map<number, Peer>();
  readonly #datagrams = new Map<number, DatagramService>();
  readonly #sockets: TimerWheel<TcpSock>;
  readonly #requests: TimerWheel<RequestSock>;
  readonly #nobody = prefixOf(0xc000_0200, 24);
  #burst: Skb[] = [];
  #now = 0;

  constructor(linux: Linux, options: LinkOptions) {
    this.#linux = linux;
    this.link = new Link(linux, options);
    const wire = new NetDevice(this.netns, { ifindex: 1, name: "wire", kind: "ethernet", mac: GATEWAY_MAC, mtu: 1500 });
    this.netns.addRoute({ network: prefixOf(0, 0), dev: wire, gateway: undefined, kind: "unicast" });
    this.netns.addRoute({ network: prefixOf("::", 0), dev: wire, gateway: undefined, kind: "unicast" });
    const at = (time: number, run: (time: number) => void) => linux.at(time, run);
    this.#sockets = new TimerWheel(at, (due, time) =>
      this.step(time, () => due.forEach((sk) => void expire(this, sk))),
    );
    // Nobody outside asks twice whether somebody is still there: requests just go.
    this.#requests = new TimerWheel(at, (due) => due.forEach((request) => void this.#forget(request)));
  }

  /** Something happens outside at `time`; what it sends leaves together. */
  step(time: number, body: () => void): void {
    this.#now = time;
    body();
    this.#leave(time);
  }

  #leave(time: number): void {
    if (this.#burst.length === 0) return;
    const burst = this.#burst;
    this.#burst = [];
    this.link.toMachine(burst, time);
  }

  /** Somebody at `ip`:`port` connects to the machine. Within a `step`. */
  connect(from: { ip: Ip; port: number }, to: { ip: Ip; port: number }, peer: Peer): RemoteConnection {
    const sk = this.#sock(typeof to.ip === "number" ? 2 : 10);
    sk.saddr = from.ip;
    sk.sport = from.port;
    sk.daddr = to.ip;
    sk.dport = to.port;
    const connection = new RemoteConnection(this, sk, peer);
    this.#adopt(sk, connection);
    this.netns.established.add(sk);
    sk.state = TCP.SYN_SENT;
    sendSyn(this, sk);
    return connection;
  }

  /** Those whose patience is over break their connections off. Within a `step`. */
  giveUp(): void {
    const all = this.netns.connections().map((sk) => (sk as TcpSock).remote);
    for (const connection of all) if (connection !== undefined && connection.patience <= this.#now) connection.abort();
  }

  /** Every computer outside offers `peer` on a port of TCP. */
  serve(port: number, peer: Peer): void {
    const sk = this.#sock(2);
    sk.saddr = "::";
    sk.sport = port;
    sk.state = TCP.LISTEN;
    this.netns.addListener(new Listener(sk, 4096));
    this.#services.set(port, peer);
  }

  /** Every computer outside answers datagrams to a port. */
  answer(port: number, service: DatagramService): void {
    this.#datagrams.set(port, service);
  }

  /** Connections that somebody outside has open. */
  get connections(): number {
    return this.#connections;
  }

  #adopt(sk: TcpSock, connection: RemoteConnection): void {
    sk.remote = connection;
    this.#connections++;
  }

  #sock(family: number): TcpSock {
    return new TcpSock(this.netns, { family, type: 1, proto: IPPROTO_TCP, cookie: 0 });
  }

  /** A packet of the machine comes out of the line. */
  receive(skb: Skb, time: number): void {
    this.#now = time;
    if (skb.wrong !== 0) this.drop(skb, DROP.NOT_SPECIFIED);
    else if (this.#isNobody(skb.daddr)) this.consume(skb);
    else if (skb.proto === IPPROTO_TCP) this.#tcp(skb);
    else if (skb.proto === IPPROTO_UDP && skb.protocol !== ETH_P_ARP) this.#udp(skb);
    else this.consume(skb);
    this.#leave(time);
  }

  #isNobody(ip: Ip): boolean {
    return typeof ip === "number" && (ip ^ (this.#nobody.ip as number)) >>> 8 === 0;
  }

  #tcp(skb: Skb): void {
    const one = this.netns.established.find(skb.daddr, skb.dport, skb.saddr, skb.sport);
    if (one instanceof TcpSock) {
      input(this, one, skb);
      return;
    }
    let request = one instanceof RequestSock ? one : undefined;
    const said = request && answers(request, skb);
    if (said === "yes") {
      this.#accept(request!, skb);
      return;
    }
    // The answer got lost.
    if (said === "again") this.#send(synAck(request!, request!.listener.sk));
    // It has given up, or its port belongs to another connection now.
    if (said === "reset" || (said === "no" && skb.flags & SYN)) {
      this.#forget(request!);
      request = undefined;
    }
    const listener = this.netns.listener("::", skb.dport);
    if (listener !== undefined && request === undefined) {
      const asked = listen(this, listener, skb);
      if (asked === undefined) return;
      this.netns.established.add(asked);
      this.#send(synAck(asked, listener.sk));
    } else if (!(skb.flags & RST) && listener === undefined) this.#send(resetFor(skb));
    this.consume(skb);
  }

  #accept(request: RequestSock, skb: Skb): void {
    this.#forget(request);
    const sk = this.#sock(typeof request.daddr === "number" ? 2 : 10);
    establish(sk, request);
    sk.state = TCP.SYN_RECV;
    const connection = new RemoteConnection(this, sk, this.#services.get(request.sport)!);
    this.#adopt(sk, connection);
    this.netns.established.add(sk);
    connection.peer.connected?.(connection, this.#now);
    input(this, sk, skb);
  }

  #forget(request: RequestSock): void {
    if (request.done) return;
    request.done = true;
    request.deadline = Number.POSITIVE_INFINITY;
    this.#requests.disarm(request);
    request.listener.requests--;
    this.netns.established.remove(request);
  }

  #udp(skb: Skb): void {
    const answer = this.#datagrams.get(skb.dport)?.(skb.data?.slice(0, skb.length) ?? new Uint8Array(skb.length), skb);
    if (answer !== undefined) {
      const packet = answerTo(skb);
      packet.data = answer;
      packet.length = answer.length;
      this.#send(packet);
    }
    this.consume(skb);
  }

  #send(skb: Skb): void {
    // A socket outside is nothing that the machine could see.
    skb.sk = undefined;
    skb.setHop(GATEWAY_MAC, this.#linux.network.eth0.mac);
    this.#linux.network.adopt(skb);
    this.#burst.push(skb);
  }

  // TcpHost

  now(): number {
    return this.#now;
  }

  isn(): number {
    return this.#linux.network.random.u32();
  }

  transmit(_sk: TcpSock, skb: Skb): void {
    this.#send(skb);
  }

  reply(_sk: TcpSock, skb: Skb): void {
    this.#send(skb);
  }

  setState(sk: TcpSock, state: number): void {
    sk.state = state;
    if (state !== TCP.CLOSE) return;
    this.netns.established.remove(sk);
    this.#sockets.disarm(sk);
    if (sk.remote === undefined) return;
    sk.remote = undefined;
    this.#connections--;
  }

  connected(sk: TcpSock): void {
    const connection = sk.remote;
    connection?.peer.connected?.(connection, this.#now);
  }

  readable(sk: TcpSock): void {
    const connection = sk.remote;
    const bytes = sk.available;
    for (const skb of sk.received) this.consume(skb);
    sk.received.length = 0;
    sk.available = 0;
    if (connection === undefined) return;
    if (bytes > 0) connection.peer.received?.(connection, bytes, this.#now);
    if (sk.readShutdown) connection.peer.closed?.(connection, this.#now);
  }

  writable(): void {}

  timeWait(sk: TcpSock): void {
    // Who closed first would wait here; nobody outside uses a port twice so soon.
    sk.rtoAt = sk.delackAt = sk.deadline = Number.POSITIVE_INFINITY;
    // What came just before the end is told first.
    sk.readShutdown = true;
    this.readable(sk);
    this.setState(sk, TCP.CLOSE);
  }

  gone(): void {}

  arm(sk: TcpSock): void {
    this.#sockets.arm(sk);
  }

  armRequest(request: RequestSock): void {
    request.deadline = this.#now + 63_000_000_000;
    this.#requests.arm(request);
  }

  retransmitted(): void {}

  reset(): void {}

  drop(skb: Skb, reason: number): void {
    skb.fate?.("refused outside");
    this.#linux.objects.forget(skb);
    this.#linux.network.ledger.drop(reason);
  }

  consume(skb: Skb): void {
    skb.fate?.("arrived outside");
    this.#linux.objects.forget(skb);
    this.#linux.network.ledger.consumed++;
  }
}
