import type { HeldProgram } from "../../helpers/packet-host.ts";
import type { CapturedPacket } from "../../packets/capture.ts";
import type { Ip, Mac, Prefix } from "./address.ts";
import type { NetNamespace } from "./namespace.ts";
import type { Skb } from "./skb.ts";
import type { Xsk } from "./xsk.ts";

/** What a device is behind its name: itself again, a card with the world behind it, one end of a pair. */
export type DeviceKind = "loopback" | "ethernet" | "veth";

/** A program on a device, or one that a target of a map has. */
export interface PacketProgram extends HeldProgram {
  /** It reads `sk` of its context. */
  readonly readsSocket?: boolean;
}

/** Where XDP runs: in the driver, after Linux made a socket buffer, or on the card itself. */
export const XDP_MODES = ["native", "generic", "offloaded"] as const;
export type XdpMode = (typeof XDP_MODES)[number];

/** A program of traffic control: by `tc filter` (clsact) or by a tcx link. */
export interface TcProgram extends PacketProgram {
  readonly kind: "clsact" | "tcx";
  /** For clsact: lower ones run first. */
  readonly priority: number;
}

/** Packets that somebody watches on a device, as `tcpdump -i` does. */
export interface Tap {
  readonly keep: (packet: CapturedPacket) => void;
}

/** Numbers of a device, named as `ip -s link` and `ethtool -S` have them. */
export interface DeviceCounters {
  rxPackets: number;
  rxBytes: number;
  rxDropped: number;
  txPackets: number;
  txBytes: number;
  txDropped: number;
  xdpPass: number;
  xdpDrop: number;
  xdpTx: number;
  xdpRedirect: number;
  xdpAborted: number;
  tcIngressDrop: number;
  tcEgressDrop: number;
  tcRedirect: number;
}

/** `struct net_device`. */
export class NetDevice {
  readonly ifindex: number;
  readonly name: string;
  readonly kind: DeviceKind;
  netns: NetNamespace;
  /** Packets that XDP programs here have sent on by another device. */
  readonly redirected = new Map<NetDevice, number>();
  mac: Mac;
  mtu: number;
  up = true;
  /** The other end of a pair. */
  peer: NetDevice | undefined;
  /** Its own addresses with the networks that they are in. */
  readonly addresses: { readonly ip: Ip; readonly network: Prefix }[] = [];
  readonly counters: DeviceCounters = {
    ...{ rxPackets: 0, rxBytes: 0, rxDropped: 0, txPackets: 0, txBytes: 0, txDropped: 0 },
    ...{ xdpPass: 0, xdpDrop: 0, xdpTx: 0, xdpRedirect: 0, xdpAborted: 0 },
    ...{ tcIngressDrop: 0, tcEgressDrop: 0, tcRedirect: 0 },
  };
  xdp: { readonly mode: XdpMode; readonly program: PacketProgram } | undefined;
  ingress: readonly TcProgram[] = [];
  egress: readonly TcProgram[] = [];
  taps: readonly Tap[] = [];

  constructor(netns: NetNamespace, options: Pick<NetDevice, "ifindex" | "name" | "kind" | "mac" | "mtu">) {
    this.netns = netns;
    this.ifindex = options.ifindex;
    this.name = options.name;
    this.kind = options.kind;
    this.mac = options.mac;
    this.mtu = options.mtu;
  }

  /** Who gets the packets of a queue that XDP sends there: AF_XDP sockets, by queue. */
  readonly xsks = new Map<number, Xsk>();

  /** Receive queues: a card has one for each CPU, as the flow's hash says; others have one. */
  queues(cpus: number): number {
    return this.kind === "ethernet" ? cpus : 1;
  }

  /** The queue of a packet that a CPU takes out of the device. */
  queue(cpu: number): number {
    return this.kind === "ethernet" ? cpu : 0;
  }

  /** Shows a packet to those who watch. */
  tap(skb: Skb, now: number): void {
    const { frame } = skb;
    for (const tap of this.taps)
      tap.keep({ packet: frame as CapturedPacket["packet"], timeNs: BigInt(now), originalLength: frame.length });
  }
}
