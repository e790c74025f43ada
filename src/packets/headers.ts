/** Headers as bytes: each function makes one header in front of what follows it. */
import { ArgumentError } from "../isa/argument.ts";
import { internetChecksum, pseudoHeaderSum } from "./checksum.ts";
import { ETHER_TYPE, PROTOCOL } from "./names.ts";
import type { Options } from "./options.ts";

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Two bytes in network order. */
export const be16 = (value: number): readonly [number, number] => [(value >>> 8) & 0xff, value & 0xff];
/** Four bytes in network order. */
export const be32 = (value: number): readonly [number, number, number, number] => [
  value >>> 24,
  (value >>> 16) & 0xff,
  (value >>> 8) & 0xff,
  value & 0xff,
];

/** Options that every frame has. */
export interface EthernetOptions {
  /** Hardware address of the sender; default `02:00:00:00:00:01`. */
  readonly smac?: string;
  /** Hardware address of the receiver; default `02:00:00:00:00:02`. */
  readonly dmac?: string;
}
export const ETHERNET_OPTIONS = ["smac", "dmac"] as const;

export function ethernet(
  options: Options,
  etherType: number,
  payload: Uint8Array,
  dmac = "02:00:00:00:00:02",
): Uint8Array {
  const head = [...options.mac("dmac", dmac), ...options.mac("smac", "02:00:00:00:00:01"), ...be16(etherType)];
  return concat(Uint8Array.from(head), payload);
}

/** Options of packets of the Internet: IPv6 where the addresses are. */
export interface IpOptions extends EthernetOptions {
  /** Sender; default `10.0.0.1`, or `fd00::1` where `daddr` is IPv6. */
  readonly saddr?: string;
  /** Receiver; default `10.0.0.2`, or `fd00::2` where `saddr` is IPv6. */
  readonly daddr?: string;
  /** Hops that the packet may still make, 0 to 255; default 64. IPv6 calls it hop limit. */
  readonly ttl?: number;
  /** Type of service, in IPv6 traffic class, 0 to 255; default 0. */
  readonly tos?: number;
}
export const IP_OPTIONS = [...ETHERNET_OPTIONS, "saddr", "daddr", "ttl", "tos"] as const;

/** Sender and receiver, both of one family; the family's own defaults where one is not given. */
export function addresses(options: Options, family?: 4 | 6): { saddr: Uint8Array; daddr: Uint8Array } {
  const given = ["saddr", "daddr"].filter((name) => options.has(name)).map((name) => options.ip(name, ""));
  const six = family === 6 || (family === undefined && given[0]?.length === 16);
  const saddr = options.ip("saddr", six ? "fd00::1" : "10.0.0.1");
  const daddr = options.ip("daddr", six ? "fd00::2" : "10.0.0.2");
  const length = six ? 16 : 4;
  for (const [name, bytes] of [
    ["saddr", saddr],
    ["daddr", daddr],
  ] as const)
    if (bytes.length !== length)
      throw new ArgumentError(options.path(name), `an IPv${six ? 6 : 4} address as the other one`, options.get(name));
  return { saddr, daddr };
}

/** The frame of an IP packet. `payload` gets its addresses, for its checksum counts them in. */
export function ip(
  options: Options,
  protocol: number,
  payload: (saddr: Uint8Array, daddr: Uint8Array) => Uint8Array,
  family?: 4 | 6,
): Uint8Array {
  const { saddr, daddr } = addresses(options, family);
  const body = payload(saddr, daddr);
  const [ttl, tos] = [options.whole("ttl", 255, 64), options.whole("tos", 255, 0)];
  const longest = saddr.length === 4 ? 0xffff - 20 : 0xffff;
  if (body.length > longest)
    throw new ArgumentError(options.path("payload"), `short enough for a packet of ${longest} bytes`, body);
  if (saddr.length === 16) {
    const head = [0x60 | (tos >> 4), (tos & 0xf) << 4, 0, 0, ...be16(body.length), protocol, ttl, ...saddr, ...daddr];
    return ethernet(options, ETHER_TYPE.ipv6, concat(Uint8Array.from(head), body));
  }
  // Not to be cut into fragments, so it needs no identification.
  const head = [0x45, tos, ...be16(20 + body.length), 0, 0, 0x40, 0, ttl, protocol, 0, 0, ...saddr, ...daddr];
  const header = Uint8Array.from(head);
  header.set(be16(internetChecksum(header)), 10);
  return ethernet(options, ETHER_TYPE.ipv4, concat(header, body));
}

/** Fills in the checksum of a segment, at `at`, over its pseudo header. */
export function withChecksum(
  segment: Uint8Array,
  at: number,
  saddr: Uint8Array,
  daddr: Uint8Array,
  protocol: number,
): Uint8Array {
  const start = protocol === PROTOCOL.icmp ? 0 : pseudoHeaderSum(saddr, daddr, protocol, segment.length);
  const sum = internetChecksum(segment, start);
  // UDP says with 0 that there is no checksum, so it sends 0xffff, which is the same number.
  segment.set(be16(protocol === PROTOCOL.udp && sum === 0 ? 0xffff : sum), at);
  return segment;
}
