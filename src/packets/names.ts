/** Numbers of protocols and their names: one row each, read by builders and dissector. */

export const ETHER_TYPE = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd, serviceVlan: 0x88a8 } as const;

const ETHER_TYPE_NAMES: Readonly<Record<number, string>> = {
  [ETHER_TYPE.ipv4]: "IPv4",
  [ETHER_TYPE.arp]: "ARP",
  [ETHER_TYPE.vlan]: "VLAN",
  [ETHER_TYPE.ipv6]: "IPv6",
  [ETHER_TYPE.serviceVlan]: "service VLAN",
  34887: "MPLS",
  35020: "LLDP",
};

export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;

const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  0: "hop-by-hop options",
  1: "ICMP",
  2: "IGMP",
  4: "IPv4",
  6: "TCP",
  17: "UDP",
  41: "IPv6",
  43: "routing",
  44: "fragment",
  47: "GRE",
  50: "ESP",
  58: "ICMPv6",
  59: "none",
  60: "destination options",
  132: "SCTP",
};

/** Messages of ICMP and ICMPv6 by the name that `packet.icmp` takes: their number in each. */
export const ICMP_MESSAGES = {
  "echo-reply": { icmp: 0, icmpv6: 129 },
  unreachable: { icmp: 3, icmpv6: 1 },
  "echo-request": { icmp: 8, icmpv6: 128 },
  "time-exceeded": { icmp: 11, icmpv6: 3 },
  "parameter-problem": { icmp: 12, icmpv6: 4 },
} as const;
export type IcmpMessage = keyof typeof ICMP_MESSAGES;

/** Messages that only one of them has. */
const OTHER_ICMP: Readonly<Record<"icmp" | "icmpv6", Readonly<Record<number, string>>>> = {
  icmp: { 5: "redirect", 9: "router advertisement", 13: "timestamp" },
  icmpv6: {
    2: "packet too big",
    133: "router solicitation",
    134: "router advertisement",
    135: "neighbour solicitation",
    136: "neighbour advertisement",
  },
};

/** Flags of TCP by bit, lowest first. */
export const TCP_FLAGS = ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"] as const;
export type TcpFlag = (typeof TCP_FLAGS)[number];

/** Types of DNS records. */
export const DNS_TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  ANY: 255,
} as const;
export type DnsType = keyof typeof DNS_TYPES;

/** Outcomes of a DNS question. */
const DNS_CODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"] as const;

const named = (number: number, name: string | undefined): string =>
  name === undefined ? String(number) : `${number} (${name})`;

export const etherTypeText = (type: number): string =>
  `0x${type.toString(16).padStart(4, "0")}${ETHER_TYPE_NAMES[type] ? ` (${ETHER_TYPE_NAMES[type]})` : ""}`;
export const protocolText = (protocol: number): string => named(protocol, PROTOCOL_NAMES[protocol]);
export const protocolName = (protocol: number): string => PROTOCOL_NAMES[protocol] ?? `protocol ${protocol}`;
export const dnsTypeName = (type: number): string =>
  Object.entries(DNS_TYPES).find(([, number]) => number === type)?.[0] ?? `TYPE${type}`;
export const dnsCodeText = (code: number): string => named(code, DNS_CODES[code]);

/** `echo request` for type 8 of ICMP. */
export function icmpName(kind: "icmp" | "icmpv6", type: number): string | undefined {
  const common = Object.entries(ICMP_MESSAGES).find(([, numbers]) => numbers[kind] === type)?.[0];
  return common?.replace("-", " ") ?? OTHER_ICMP[kind][type];
}
export const icmpText = (kind: "icmp" | "icmpv6", type: number): string => named(type, icmpName(kind, type));
