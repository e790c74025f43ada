/** Packets that hidden tests draw. */

import * as packet from "../../packets/build.ts";
import type { Packet } from "../../packets/packet.ts";
import type { Variant } from "../assignment/variant.ts";

/** The transports of IPv4 that packets here have, by their numbers. */
export const PROTOCOLS = { icmp: 1, tcp: 6, udp: 17 } as const;
export type Transport = keyof typeof PROTOCOLS;

/** A packet of a transport with a payload of any length, from anywhere. */
export function drawnPacket(v: Variant, label: string, transport: Transport): Packet {
  const common = {
    saddr: v.address(`${label} from`),
    daddr: v.address(`${label} to`),
    payload: "x".repeat(v.number(`${label} payload`, 0, 90)),
  };
  const ports = { sport: v.number(`${label} sport`, 1024, 65535), dport: v.number(`${label} dport`, 1024, 65535) };
  switch (transport) {
    case "icmp":
      return packet.icmp(common);
    case "tcp":
      return packet.tcp({ ...common, ...ports });
    case "udp":
      return packet.udp({ ...common, ...ports });
  }
}

/** Packets that are none of IPv4: a frame of ARP, of IPv6, and two that end too early. */
export const strangePackets = (): readonly Packet[] => [
  packet.arp(),
  packet.udp({ saddr: "2001:db8::1", daddr: "2001:db8::2" }),
];
