import { SocketPrograms } from "./bpf/socket-programs.ts";
import type { Cpu } from "./cpu.ts";
import { irqExit, raiseSoftirq, SOFTIRQ } from "./interrupts.ts";
import type { Linux } from "./linux.ts";
import { type Ip, ipOf, type Mac, macOf, prefixOf } from "./net/address.ts";
import { cgroupSkb } from "./net/cgroup-hooks.ts";
import { NetDevice } from "./net/device.ts";
import { DROP } from "./net/drop-reason.ts";
import { Ledger } from "./net/ledger.ts";
import type { LinkOptions } from "./net/link.ts";
import { MachineTcp } from "./net/machine-tcp.ts";
import { dnsService } from "./net/name-server.ts";
import { NetNamespace } from "./net/namespace.ts";
import { GATEWAY_MAC, Outside, type Peer } from "./net/outside.ts";
import { PacketPrograms } from "./net/packet-programs.ts";
import { IPPROTO_TCP, IPPROTO_UDP } from "./net/protocol.ts";
import { Skb } from "./net/skb.ts";
import { SOCK_DGRAM, SOCK_STREAM, Sock, TcpSock } from "./net/sock.ts";
import { BACKLOG, cardInterrupt, netRxAction, Softnet } from "./net/softirq.ts";
import { CongestionControls } from "./net/tcp/congestion.ts";
import * as tracing from "./net/tracing.ts";
import { offloadedXdp } from "./net/xdp.ts";
import { NEVER_YET } from "./never-yet.ts";
import { Random } from "./random.ts";
import { F } from "./symbols.ts";
import type { Task } from "./task.ts";

/** The other side of a connection: a client somewhere on the network. */
export interface Client {
  /** Bytes of the machine's answer arrive. */
  readonly received: (bytes: number, time: number) => void;
  /** The machine has closed the connection. */
  readonly closed: (time: number) => void;
}

/** Nanoseconds after which a client gives up, as browsers and load generators do. */
const PATIENCE = 30_000_000_000;

/** Clients notice it at the next of these intervals. */
const SWEEP = 1_000_000_000;

/** Packets of a made-up request have this text. */
const REQUEST = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: 10.0.0.2\r\nConnection: close\r\nX-Padding: ");

const INITIAL_NETNS = 4_026_531_840;

/**
 * The machine's network: namespaces with devices, what is on its way between them, and the world outside. `eth0` has the
 * addresses that `packet.*` sends to by default: 10.0.0.2 and fd00::2, hardware address 02:00:00:00:00:02.
 */
export class Network {
  readonly #linux: Linux;
  readonly random: Random;
  readonly ledger = new Ledger();
  readonly tcp: MachineTcp;
  readonly outside: Outside;
  readonly programs: PacketPrograms;
  readonly sockets: SocketPrograms;
  /** Congestion controls of TCP, those of programs too. */
  readonly congestion = new CongestionControls();
  readonly namespaces: NetNamespace[] = [];
  readonly initial: NetNamespace;
  readonly eth0: NetDevice;
  /** Segments that were sent again. */
  retransmits = 0;
  readonly #softnets: readonly Softnet[];
  #nextIndex = 1;
  #nextCookie = 1;
  #nextClient = 0;
  /** When it was last looked for clients that give up. */
  #swept = NEVER_YET;

  constructor(linux: Linux, options: LinkOptions = {}) {
    this.#linux = linux;
    this.random = new Random(linux.seed, 2);
    this.tcp = new MachineTcp(linux);
    this.programs = new PacketPrograms(linux);
    this.sockets = new SocketPrograms(linux);
    this.#softnets = linux.cpus.map(() => new Softnet());
    this.initial = this.addNamespace("");
    this.eth0 = this.addDevice(this.initial, "eth0", "ethernet", macOf("mac", "02:00:00:00:00:02"), 1500);
    this.initial.addAddress(this.eth0, ipOf("address", "10.0.0.2"), 24);
    this.initial.addAddress(this.eth0, ipOf("address", "fd00::2"), 64);
    const gateway = ["10.0.0.1", "fd00::1"].map((text) => ipOf("gateway", text));
    for (const ip of gateway) {
      const network = prefixOf(typeof ip === "number" ? 0 : "::", 0);
      this.initial.addRoute({ network, dev: this.eth0, gateway: ip, kind: "unicast" });
      this.initial.neighbours.set(ip, GATEWAY_MAC);
    }
    linux.softirqs[SOFTIRQ.NET_RX] = netRxAction;
    linux.hooks.others = () => this.namespaces.flatMap(hooksOf);
    this.outside = new Outside(linux, options);
    this.outside.answer(53, dnsService);
  }

  /** A namespace with nothing but a loopback device. */
  addNamespace(name: string): NetNamespace {
    const inum = INITIAL_NETNS + (this.namespaces.length === 0 ? 0 : 232 + this.namespaces.length);
    const netns = new NetNamespace(name, inum, this.namespaces.length + 1, this.congestion);
    this.namespaces.push(netns);
    // Each namespace has a loopback device with number 1.
    const lo = new NetDevice(netns, { ifindex: 1, name: "lo", kind: "loopback", mac: 0, mtu: 65_536 });
    netns.devices.set(1, lo);
    netns.addAddress(lo, ipOf("address", "127.0.0.1"), 8);
    netns.addAddress(lo, ipOf("address", "::1"), 128);
    return netns;
  }

  addDevice(netns: NetNamespace, name: string, kind: NetDevice["kind"], mac: Mac, mtu: number): NetDevice {
    const dev = new NetDevice(netns, { ifindex: ++this.#nextIndex, name, kind, mac, mtu });
    netns.devices.set(dev.ifindex, dev);
    return dev;
  }

  /** Devices that were made. */
  get devices(): number {
    return this.#nextIndex;
  }

  softnet(cpu: Cpu): Softnet {
    return this.#softnets[cpu.id]!;
  }

  /** A cookie for a new socket. */
  get cookie(): number {
    return this.#nextCookie++;
  }

  tcpSock(netns: NetNamespace, family: number): TcpSock {
    return new TcpSock(netns, { family, type: SOCK_STREAM, proto: IPPROTO_TCP, cookie: this.cookie });
  }

  udpSock(netns: NetNamespace, family: number): Sock {
    return new Sock(netns, { family, type: SOCK_DGRAM, proto: IPPROTO_UDP, cookie: this.cookie });
  }

  // Packets.

  /** A new packet. */
  make(): Skb {
    return this.adopt(new Skb());
  }

  /** A packet that somebody made: it is counted from now on. */
  adopt(skb: Skb): Skb {
    this.ledger.made++;
    return skb;
  }

  /** `sk_skb_reason_drop`: a packet ends without having reached what it was for. */
  drop(t: Task, skb: Skb, reason: number, sk?: Sock): void {
    t.enter(F.sk_skb_reason_drop, 30, sk, skb, reason);
    tracing.dropped(t, skb, reason, sk);
    t.leave(undefined);
    this.ledger.drop(reason);
    this.#linux.objects.forget(skb);
    skb.fate?.(`dropped: ${reasonText(reason)}`);
  }

  /** `consume_skb`: a packet has done what it was for. */
  consume(t: Task, skb: Skb): void {
    t.enter(F.consume_skb, 15, skb);
    tracing.consumed(t, skb);
    t.leave(undefined);
    this.ledger.consumed++;
    this.#linux.objects.forget(skb);
    skb.fate?.("received");
  }

  /** A packet has done what it was for, where Linux says nothing about it. */
  delivered(skb: Skb, fate: string): void {
    this.ledger.consumed++;
    this.#linux.objects.forget(skb);
    skb.fate?.(fate);
  }

  /** A packet ends where Linux says nothing about it; gives `result` back. */
  end<R>(skb: Skb, reason: number, fate: string, result?: R): R {
    this.ledger.drop(reason);
    this.#linux.objects.forget(skb);
    skb.fate?.(fate);
    return result as R;
  }

  /** A socket goes: what nobody has read ends. */
  purge(t: Task, sk: Sock): void {
    for (const skb of sk.received) this.drop(t, skb, DROP.SOCKET_CLOSE, sk);
    sk.received.length = 0;
    sk.available = 0;
    if (!(sk instanceof TcpSock)) return;
    for (const skb of sk.outOfOrder) this.drop(t, skb, DROP.SOCKET_CLOSE, sk);
    sk.outOfOrder.length = 0;
  }

  /** `netif_rx`: a packet comes in by a device that is no card, on the same CPU. */
  backlog(t: Task, skb: Skb, dev: NetDevice): void {
    const softnet = this.softnet(t.cpu);
    t.enter(F.__netif_rx, 20, skb);
    t.enter(F.netif_rx_internal, 40, skb);
    skb.dev = dev;
    tracing.netifRx(t, skb, dev);
    if (softnet.queue.length >= BACKLOG) {
      dev.counters.rxDropped++;
      this.drop(t, skb, DROP.CPU_BACKLOG);
    } else {
      softnet.queue.push(skb);
      if (softnet.queue.length === 1 && (t.cpu.softirqs & (1 << SOFTIRQ.NET_RX)) === 0) raiseSoftirq(t, SOFTIRQ.NET_RX);
    }
    t.leave(0, 2);
  }

  /** The card sends a packet into the world. */
  leave(t: Task, skb: Skb): void {
    this.outside.link.fromMachine(skb, t.cpu.now);
  }

  /** Packets of one flow come out of the line at `time`: the flow decides which CPU takes them. */
  arrive(packets: readonly Skb[], time: number, from: { leave(skb: Skb): void } | undefined): void {
    const { cpus } = this.#linux;
    const cpu = cpus[flowHash(packets[0]!) % cpus.length]!;
    this.#linux.interrupt(cpu, time, (t) => {
      if (from !== undefined) for (const skb of packets) from.leave(skb);
      const kept =
        this.eth0.xdp?.mode === "offloaded" ? packets.filter((skb) => offloadedXdp(t, skb, this.eth0)) : packets;
      if (kept.length > 0) cardInterrupt(t, kept);
    });
  }

  /** A packet comes in by a device at `time`, as if its other end had sent it. */
  inject(dev: NetDevice, skb: Skb, time: number): void {
    if (dev.kind === "ethernet") {
      this.arrive([skb], time, undefined);
      return;
    }
    const { cpus } = this.#linux;
    this.#linux.interrupt(cpus[flowHash(skb) % cpus.length]!, time, (t) => {
      this.backlog(t, skb, dev);
      irqExit(t);
    });
  }

  /** The hardware address of a neighbour on a device's wire; undefined if nobody has this address. */
  resolve(dev: NetDevice, ip: Ip): Mac | undefined {
    const known = dev.netns.neighbours.get(ip);
    if (known !== undefined) return known;
    let mac: Mac | undefined;
    if (dev.kind === "loopback") mac = 0;
    else if (dev.kind === "ethernet") mac = GATEWAY_MAC;
    else if (dev.peer?.addresses.some((address) => address.ip === ip)) mac = dev.peer.mac;
    if (mac !== undefined) dev.netns.neighbours.set(ip, mac);
    return mac;
  }

  // Sockets.

  /** Programs and filters at a socket: 0, or the reason for which the packet is dropped. */
  filter(t: Task, sk: Sock, skb: Skb): number {
    if (sk.filter === undefined && this.#linux.cgroups.use.generation === 0) return 0;
    t.enter(F.sk_filter_trim_cap, 40, sk, skb, 1);
    if (cgroupSkb(t, sk, skb, "ingress") !== 0) return t.leave(DROP.SOCKET_FILTER);
    return t.leave(sk.filter?.(t, skb, sk) === false ? DROP.SOCKET_FILTER : 0);
  }

  /** `sk_data_ready`: who waits for something to read goes on. */
  wakeReaders(t: Task, sk: Sock): void {
    t.enter(F.sock_def_readable, 60, sk);
    sk.waiters.wakeAll();
    sk.poll?.();
    t.leave(undefined);
  }

  /** One of those who wait to accept goes on. */
  wakeOne(t: Task, sk: Sock): void {
    t.enter(F.sock_def_readable, 60, sk);
    sk.waiters.wakeOne();
    sk.poll?.();
    t.leave(undefined);
  }

  // The world outside.

  /** A client connects at `time` to a port of `eth0`, sends a request of `bytes`, and closes when the machine does. */
  request(time: number, port: number, bytes: number, client: Client): void {
    const number = this.#nextClient++;
    // 198.51.0.0/16: addresses of nobody (RFC 5737 has a part of it), and ports: the same pair comes again after 455,000 clients.
    const from = {
      ip: (0xc633_0000 + (number % 65_000) + 1) >>> 0,
      port: 32_768 + (number % 28_000),
    };
    const peer: Peer = {
      connected: (connection) => connection.write(bytes, REQUEST),
      received: (_, count, now) => client.received(count, now),
      closed: (connection, now) => {
        connection.close();
        client.closed(now);
      },
    };
    const to = { ip: this.eth0.addresses[0]!.ip, port };
    const connect = () => {
      this.outside.connect(from, to, peer).patience = time + PATIENCE;
      if (time - this.#swept < SWEEP) return;
      this.#swept = time;
      this.outside.giveUp();
    };
    if (time === this.#linux.ktimeNs()) this.outside.step(time, connect);
    else this.#linux.at(time, (now) => this.outside.step(now, connect));
  }
}

/** Places of a namespace's devices where programs attach: `xdp:eth0`, `tc:eth0:ingress`, `tcx:blue/veth1:egress`. */
function hooksOf({ name, devices }: NetNamespace): readonly string[] {
  return [...devices.values()].flatMap((dev) => {
    const place = name === "" ? dev.name : `${name}/${dev.name}`;
    const ways = ["ingress", "egress"].flatMap((way) => [`tc:${place}:${way}`, `tcx:${place}:${way}`]);
    return dev.kind === "loopback" ? ways : [`xdp:${place}`, ...ways];
  });
}

function reasonText(reason: number): string {
  for (const [name, number] of Object.entries(DROP)) if (number === reason) return name;
  return String(reason);
}

/** Which packets belong together: a number from addresses and ports. */
export function flowHash(skb: Skb): number {
  let hash = Math.imul(skb.sport ^ (skb.dport << 16), 0x9e37_79b1);
  for (const ip of [skb.saddr, skb.daddr]) {
    if (typeof ip === "number") hash = Math.imul(hash ^ ip, 0x85eb_ca6b);
    else for (let i = 0; i < ip.length; i++) hash = Math.imul(hash ^ ip.charCodeAt(i), 0x0100_0193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}
