import { type Ip, inPrefix, isLoopback, type Mac, type Prefix, prefixOf } from "./address.ts";
import type { NetDevice } from "./device.ts";
import { EstablishedTable } from "./established.ts";
import { Fifo } from "./fifo.ts";
import { joinGroup, mayShare } from "./reuseport.ts";
import type { LookupProgram } from "./sk-lookup.ts";
import { type Listener, RequestSock, SOCK_DGRAM, Sock, TCP, type TcpSock, TimeWaitSock } from "./sock.ts";
import { CongestionControls } from "./tcp/congestion.ts";

/** One route: which way packets to a network go. */
export interface Route {
  readonly network: Prefix;
  readonly dev: NetDevice;
  /** The next hop; undefined where the network is on the device's own wire. */
  readonly gateway: Ip | undefined;
  readonly kind: "unicast" | "blackhole" | "unreachable" | "prohibit";
}

/** A way that was looked up: of a route, with the hardware address of the next hop. */
export interface Destination {
  readonly ip: Ip;
  readonly dev: NetDevice;
  readonly mac: Mac;
  /** `NetNamespace.generation` when it was looked up. */
  readonly generation: number;
}

/** `TCP_TIMEWAIT_LEN`; `tcp_max_tw_buckets` of a small machine. */
const TIME_WAIT = 60_000_000_000;
const MOST_TIME_WAIT = 8192;

const FIRST_PORT = 32_768;
const LAST_PORT = 60_999;

const portKey = (sk: Sock, port: number): number => sk.type * 65_536 + port;

/** Whether one of two sockets of the same port keeps the other from it. */
const conflict = (sk: Sock, other: Sock): boolean =>
  (other.boundTo(sk.saddr) || sk.boundTo(other.saddr)) && !mayShare(sk, other);

/** `struct net`: devices, routes, neighbours and sockets that see only each other. */
export class NetNamespace {
  readonly name: string;
  /** Its number in `/proc/PID/ns/net`, and what `bpf_get_netns_cookie` gives. */
  readonly inum: number;
  readonly cookie: number;
  readonly devices = new Map<number, NetDevice>();
  readonly routes: Route[] = [];
  readonly neighbours = new Map<Ip, Mac>();
  /** `net.ipv4.ip_forward`. */
  forwarding = false;
  /** The machine's congestion controls: all its namespaces share them. */
  readonly congestion: CongestionControls;
  /** Programs that choose sockets for packets. */
  lookups: readonly LookupProgram[] = [];
  /** Grows when the ways to addresses may have changed. */
  generation = 0;
  readonly #local: { readonly ip: Ip; readonly dev: NetDevice }[] = [];
  readonly established = new EstablishedTable();
  readonly #timeWait = new Fifo<TimeWaitSock>();
  readonly #listeners = new Map<number, Listener[]>();
  /** Sockets that were bound to a port, by type and port. */
  readonly #bound = new Map<number, Sock[]>();
  #nextPort = FIRST_PORT;

  constructor(name: string, inum: number, cookie: number, congestion = new CongestionControls()) {
    this.congestion = congestion;
    this.name = name;
    this.inum = inum;
    this.cookie = cookie;
  }

  device(name: string): NetDevice | undefined {
    for (const dev of this.devices.values()) if (dev.name === name) return dev;
    return undefined;
  }

  /** Gives a device an address; its network is reached by it from then on. */
  addAddress(dev: NetDevice, ip: Ip, bits: number): void {
    const network = prefixOf(ip, bits);
    dev.addresses.push({ ip, network });
    this.#local.push({ ip, dev });
    this.generation++;
    if (dev.kind !== "loopback") this.addRoute({ network, dev, gateway: undefined, kind: "unicast" });
  }

  addRoute(route: Route): void {
    this.routes.push(route);
    this.generation++;
    // The longest prefix wins; among equal ones the first.
    this.routes.sort((a, b) => b.network.bits - a.network.bits);
  }

  /** The device that has this address; undefined if it is not the machine's own. */
  owner(ip: Ip): NetDevice | undefined {
    for (const own of this.#local) if (own.ip === ip) return own.dev;
    return isLoopback(ip) ? this.device("lo") : undefined;
  }

  /** The way to an address that is not the machine's own. */
  route(ip: Ip): Route | undefined {
    for (const route of this.routes) if (inPrefix(route.network, ip)) return route;
    return undefined;
  }

  /** The largest packet on the way there. */
  mtuTo(ip: Ip): number {
    if (this.owner(ip) !== undefined) return this.device("lo")?.mtu ?? 65_536;
    return this.route(ip)?.dev.mtu ?? 1500;
  }

  /** The address that packets to `ip` come from; undefined without a way there. */
  sourceFor(ip: Ip): Ip | undefined {
    if (this.owner(ip) !== undefined) return ip;
    const route = this.route(ip);
    if (route === undefined || route.kind !== "unicast") return undefined;
    const family = typeof ip;
    const own = route.dev.addresses.filter((address) => typeof address.ip === family);
    const near = own.find(({ network }) => inPrefix(network, route.gateway ?? ip));
    return (near ?? own[0])?.ip;
  }

  // Sockets.

  /** All connections, as `ss -t` lists them. */
  connections(): readonly Sock[] {
    return [...this.established].filter((one) => one instanceof Sock);
  }

  /** Handshakes under way with a listener. */
  requests(listener: Listener): readonly RequestSock[] {
    return [...this.established].filter((one) => one instanceof RequestSock).filter((one) => one.listener === listener);
  }

  /** All sockets that have a port or a connection. */
  sockets(): readonly Sock[] {
    return [
      ...new Set([...this.connections(), ...this.listeners().map(({ sk }) => sk), ...[...this.#bound.values()].flat()]),
    ];
  }

  listeners(): readonly Listener[] {
    return [...this.#listeners.values()].flat();
  }

  listener(ip: Ip, port: number): Listener | undefined {
    const all = this.#listeners.get(port);
    if (all === undefined) return undefined;
    return all.find(({ sk }) => sk.saddr === ip) ?? all.find(({ sk }) => sk.boundTo(ip));
  }

  addListener(listener: Listener): boolean {
    const { sk } = listener;
    const all = this.#listeners.get(sk.sport) ?? [];
    const others = all.map((other) => other.sk);
    if (others.some((other) => conflict(sk, other))) return false;
    this.#listeners.set(sk.sport, [...all, listener]);
    joinGroup(sk, others);
    return true;
  }

  removeListener(listener: Listener): void {
    const { sport } = listener.sk;
    listener.sk.reuseport?.remove(listener.sk);
    const rest = (this.#listeners.get(sport) ?? []).filter((other) => other !== listener);
    if (rest.length === 0) this.#listeners.delete(sport);
    else this.#listeners.set(sport, rest);
  }

  /** The socket for a datagram: a connected one first. */
  datagram(ip: Ip, port: number, from: Ip, fromPort: number): Sock | undefined {
    const all = this.#bound.get(SOCK_DGRAM * 65_536 + port);
    if (all === undefined) return undefined;
    let found: Sock | undefined;
    for (const sk of all) {
      if (!sk.boundTo(ip)) continue;
      if (sk.dport === 0) found ??= sk;
      else if (sk.dport === fromPort && sk.daddr === from) return sk;
    }
    return found;
  }

  /** Whether somebody else has this port. */
  isBound(sk: Sock, port: number): boolean {
    const all = this.#bound.get(portKey(sk, port)) ?? [];
    return all.some((other) => conflict(sk, other));
  }

  /** Gives a socket its port; false if somebody has it. */
  bind(sk: Sock): boolean {
    if (this.isBound(sk, sk.sport)) return false;
    const key = portKey(sk, sk.sport);
    const others = this.#bound.get(key) ?? [];
    this.#bound.set(key, [...others, sk]);
    // Streams share what they receive only once they listen.
    if (sk.type === SOCK_DGRAM) joinGroup(sk, others);
    return true;
  }

  unbind(sk: Sock): void {
    const key = portKey(sk, sk.sport);
    const all = this.#bound.get(key);
    if (all === undefined) return;
    sk.reuseport?.remove(sk);
    const rest = all.filter((other) => other !== sk);
    if (rest.length === 0) this.#bound.delete(key);
    else this.#bound.set(key, rest);
  }

  /** A free port of those that Linux chooses from; 0 if there is none. */
  freePort(taken: (port: number) => boolean): number {
    for (let tries = FIRST_PORT; tries <= LAST_PORT; tries++) {
      const port = this.#nextPort;
      this.#nextPort = port === LAST_PORT ? FIRST_PORT : port + 1;
      if (!taken(port) && !this.#listeners.has(port)) return port;
    }
    return 0;
  }

  /** A closed connection leaves its trace, until a minute is over or there are too many. */
  addTimeWait(sk: TcpSock, substate: number, now: number): void {
    const traces = this.#timeWait;
    // In the order in which they came, so those whose time is over are the first.
    while (traces.length > 0 && (traces.length >= MOST_TIME_WAIT || traces.first!.gone || traces.first!.until <= now))
      this.removeTimeWait(traces.shift()!);
    const trace = new TimeWaitSock(sk, substate, now + TIME_WAIT);
    traces.push(trace);
    this.established.add(trace);
  }

  removeTimeWait(trace: TimeWaitSock): void {
    if (trace.gone) return;
    trace.gone = true;
    this.established.remove(trace);
  }

  /** Traces of closed connections, as `ss -t state time-wait` counts them. */
  timeWaits(now: number): number {
    let count = 0;
    for (const one of this.established)
      if (one instanceof TimeWaitSock && one.until > now && one.substate === TCP.TIME_WAIT) count++;
    return count;
  }
}
