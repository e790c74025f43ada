/** Builders of packets: typed options with defaults, lengths and checksums computed. */
import { ArgumentError, requireBytes } from "../isa/argument.ts";
import { DNS_OPTIONS, type DnsOptions, dnsMessage } from "./dns-message.ts";
import {
  be16,
  be32,
  concat,
  ETHERNET_OPTIONS,
  type EthernetOptions,
  ethernet as ethernetFrame,
  IP_OPTIONS,
  type IpOptions,
  ip,
  withChecksum,
} from "./headers.ts";
import { ETHER_TYPE, ICMP_MESSAGES, type IcmpMessage, PROTOCOL, TCP_FLAGS, type TcpFlag } from "./names.ts";
import { Options, type Payload } from "./options.ts";
import { Packet } from "./packet.ts";

interface WithPayload {
  /** What follows the last header; text becomes UTF-8. Default: nothing. */
  readonly payload?: Payload;
}

export interface UdpOptions extends IpOptions, WithPayload {
  /** Default 40000. */
  readonly sport?: number;
  /** Default 9, the port that discards. */
  readonly dport?: number;
}

/**
 * A UDP datagram in an Ethernet frame, over IPv6 where an address is.
 *
 * @example packet.udp({ dport: 53, payload: "hello" })
 */
export function udp(given: UdpOptions = {}): Packet {
  const options = new Options("packet.udp", given, [...IP_OPTIONS, "sport", "dport", "payload"]);
  const ports = { sport: options.whole("sport", 0xffff, 40000), dport: options.whole("dport", 0xffff, 9) };
  return new Packet(datagram(options, ports, options.payload()));
}

function datagram(options: Options, ports: { sport: number; dport: number }, payload: Uint8Array): Uint8Array {
  return ip(options, PROTOCOL.udp, (saddr, daddr) => {
    const head = [...be16(ports.sport), ...be16(ports.dport), ...be16((8 + payload.length) & 0xffff), 0, 0];
    return withChecksum(concat(Uint8Array.from(head), payload), 6, saddr, daddr, PROTOCOL.udp);
  });
}

export interface TcpOptions extends IpOptions, WithPayload {
  /** Default 40000. */
  readonly sport?: number;
  /** Default 80. */
  readonly dport?: number;
  /** Default: `syn`. */
  readonly flags?: readonly TcpFlag[];
  /** Sequence number; default 1. */
  readonly seq?: number;
  /** Acknowledged sequence number; default 0. */
  readonly ack?: number;
  /** Bytes that the sender would take; default 64240. */
  readonly window?: number;
}

/**
 * A TCP segment in an Ethernet frame, over IPv6 where an address is.
 *
 * @example packet.tcp({ dport: 80, flags: ["psh", "ack"], payload: "GET / HTTP/1.0\r\n\r\n" })
 */
export function tcp(given: TcpOptions = {}): Packet {
  const names = ["sport", "dport", "flags", "seq", "ack", "window", "payload"];
  const options = new Options("packet.tcp", given, [...IP_OPTIONS, ...names]);
  const head = [
    ...be16(options.whole("sport", 0xffff, 40000)),
    ...be16(options.whole("dport", 0xffff, 80)),
    ...be32(options.whole("seq", 0xffff_ffff, 1)),
    ...be32(options.whole("ack", 0xffff_ffff, 0)),
    ...[0x50, tcpFlags(options), ...be16(options.whole("window", 0xffff, 64240)), 0, 0, 0, 0],
  ];
  const segment = concat(Uint8Array.from(head), options.payload());
  return new Packet(ip(options, PROTOCOL.tcp, (saddr, daddr) => withChecksum(segment, 16, saddr, daddr, PROTOCOL.tcp)));
}

function tcpFlags(options: Options): number {
  const flags = options.get("flags") ?? ["syn"];
  const wanted = `a list of ${TCP_FLAGS.join(", ")}`;
  if (!Array.isArray(flags)) throw new ArgumentError(options.path("flags"), wanted, flags);
  return flags.reduce((bits: number, flag) => {
    const bit = TCP_FLAGS.indexOf(flag);
    if (bit < 0) throw new ArgumentError(options.path("flags"), wanted, flag);
    return bits | (1 << bit);
  }, 0);
}

export interface IcmpOptions extends IpOptions, WithPayload {
  /** A name, which has its own number in ICMPv6, or a number; default `echo-request`. */
  readonly type?: IcmpMessage | number;
  /** Default 0. */
  readonly code?: number;
  /** Identifier of an echo; default 1. */
  readonly id?: number;
  /** Sequence number of an echo; default 1. */
  readonly seq?: number;
}

/**
 * An ICMP message in an Ethernet frame; ICMPv6 where an address is IPv6.
 *
 * @example packet.icmp({ type: "echo-request", payload: "ping" })
 */
export function icmp(given: IcmpOptions = {}): Packet {
  const options = new Options("packet.icmp", given, [...IP_OPTIONS, "type", "code", "id", "seq", "payload"]);
  const six = [given.saddr, given.daddr].some((address) => typeof address === "string" && address.includes(":"));
  const kind = six ? "icmpv6" : "icmp";
  const numbers = Object.fromEntries(Object.entries(ICMP_MESSAGES).map(([name, row]) => [name, row[kind]]));
  const type = options.choice<string>("type", numbers, "echo-request", 255);
  const ids = [...be16(options.whole("id", 0xffff, 1)), ...be16(options.whole("seq", 0xffff, 1))];
  const message = concat(Uint8Array.from([type, options.whole("code", 255, 0), 0, 0, ...ids]), options.payload());
  return new Packet(
    ip(options, PROTOCOL[kind], (saddr, daddr) => withChecksum(message, 2, saddr, daddr, PROTOCOL[kind])),
  );
}

export interface ArpOptions extends EthernetOptions {
  /** Default `request`. */
  readonly op?: "request" | "reply";
  /** Who asks or answers; default `10.0.0.1`. */
  readonly saddr?: string;
  /** Whose hardware address is asked for; default `10.0.0.2`. */
  readonly daddr?: string;
}

/**
 * An ARP request, which goes to everybody, or reply.
 *
 * @example packet.arp({ daddr: "10.0.0.2" })
 */
export function arp(given: ArpOptions = {}): Packet {
  const options = new Options("packet.arp", given, [...ETHERNET_OPTIONS, "op", "saddr", "daddr"]);
  const op = options.choice("op", { request: 1, reply: 2 }, "request", 0xffff);
  const broadcast = op === 1 ? "ff:ff:ff:ff:ff:ff" : "02:00:00:00:00:02";
  const [smac, dmac] = [options.mac("smac", "02:00:00:00:00:01"), options.mac("dmac", broadcast)];
  const [saddr, daddr] = [options.ip("saddr", "10.0.0.1"), options.ip("daddr", "10.0.0.2")];
  for (const [name, bytes] of [
    ["saddr", saddr],
    ["daddr", daddr],
  ] as const)
    if (bytes.length !== 4) throw new ArgumentError(options.path(name), "an IPv4 address", options.get(name));
  const target = op === 1 ? new Uint8Array(6) : dmac;
  const body = Uint8Array.from([0, 1, 8, 0, 6, 4, ...be16(op), ...smac, ...saddr, ...target, ...daddr]);
  return new Packet(ethernetFrame(options, ETHER_TYPE.arp, body, broadcast));
}

/**
 * A DNS question over UDP, or with `answers` the answer to it.
 *
 * @example packet.dns({ name: "example.com", type: "AAAA" })
 */
export function dns(given: DnsOptions): Packet {
  const options = new Options("packet.dns", given, [...IP_OPTIONS, ...DNS_OPTIONS]);
  const port = options.whole("port", 0xffff, 40000);
  const ports = options.has("answers") ? { sport: 53, dport: port } : { sport: port, dport: 53 };
  return new Packet(datagram(options, ports, dnsMessage(options)));
}

export interface IpPacketOptions extends IpOptions, WithPayload {
  /** Number of what follows, 0 to 255; IPv6 calls it next header. */
  readonly protocol: number;
}

/** An IPv4 packet around a payload of any protocol, in an Ethernet frame. */
export const ipv4 = (given: IpPacketOptions): Packet => anyIp("packet.ipv4", given, 4);

/** An IPv6 packet around a payload of any protocol, in an Ethernet frame. */
export const ipv6 = (given: IpPacketOptions): Packet => anyIp("packet.ipv6", given, 6);

function anyIp(call: string, given: IpPacketOptions, family: 4 | 6): Packet {
  const options = new Options(call, given, [...IP_OPTIONS, "protocol", "payload"]);
  // 59 is "no next header"; 253 is kept for experiments.
  const protocol = options.whole("protocol", 255, family === 6 ? 59 : 253);
  const payload = options.payload();
  return new Packet(ip(options, protocol, () => payload, family));
}

export interface FrameOptions extends EthernetOptions, WithPayload {
  /** What the payload is, 0 to 65535; below 0x600 it is a length. Default 0x88b5, which is kept for experiments. */
  readonly etherType?: number;
}

/** An Ethernet frame around any payload. */
export function ethernet(given: FrameOptions = {}): Packet {
  const options = new Options("packet.ethernet", given, [...ETHERNET_OPTIONS, "etherType", "payload"]);
  return new Packet(ethernetFrame(options, options.whole("etherType", 0xffff, 0x88b5), options.payload()));
}

export interface VlanOptions {
  /** Number of the virtual network, 0 to 4095. */
  readonly id: number;
  /** 0 to 7; default 0. */
  readonly priority?: number;
  /** The tag of a provider (802.1ad), which lies around customers' tags. */
  readonly service?: boolean;
}

/**
 * The same frame with a VLAN tag in front of the others.
 *
 * @example packet.vlan(packet.udp({ dport: 53 }), { id: 5 })
 */
export function vlan(frame: Uint8Array, given: VlanOptions): Packet {
  requireBytes("packet.vlan's frame", frame);
  if (frame.length < 14)
    throw new ArgumentError("packet.vlan's frame", "an Ethernet frame of at least 14 bytes", frame);
  const options = new Options("packet.vlan", given, ["id", "priority", "service"]);
  const type = options.flag("service") ? ETHER_TYPE.serviceVlan : ETHER_TYPE.vlan;
  if (!options.has("id")) throw new ArgumentError(options.path("id"), "a whole number from 0 to 4095", given.id);
  const tag = (options.whole("priority", 7, 0) << 13) | options.whole("id", 4095, 0);
  return new Packet(concat(frame.subarray(0, 12), Uint8Array.from([...be16(type), ...be16(tag)]), frame.subarray(12)));
}

/** Bytes that came from elsewhere as a packet, which shows itself. */
export function from(bytes: Uint8Array): Packet {
  requireBytes("packet.from's bytes", bytes);
  return new Packet(bytes);
}
