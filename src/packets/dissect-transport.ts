import { formatIp } from "./address.ts";
import { internetChecksum } from "./checksum.ts";
import { dissectDns } from "./dissect-dns.ts";
import { checked, hexField, LayerReader, type PacketLayer, payloadLayer } from "./layer.ts";
import { icmpName, icmpText, PROTOCOL, TCP_FLAGS } from "./names.ts";

/** What lies in an IP packet. */
export interface Segment {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly saddr: Uint8Array;
  readonly daddr: Uint8Array;
  readonly protocol: number;
  /** All of it is here, so its checksum can be checked. */
  readonly whole: boolean;
  /** Sum over the pseudo header. */
  readonly pseudo: number;
}

export function dissectTransport(segment: Segment): readonly PacketLayer[] {
  const six = segment.saddr.length === 16;
  switch (segment.protocol) {
    case PROTOCOL.udp:
      return dissectUdp(segment);
    case PROTOCOL.tcp:
      return dissectTcp(segment);
    case PROTOCOL.icmp:
      return six ? payloadLayer(segment.bytes, segment.start, segment.end) : dissectIcmp(segment, "icmp");
    case PROTOCOL.icmpv6:
      return six ? dissectIcmp(segment, "icmpv6") : payloadLayer(segment.bytes, segment.start, segment.end);
    default:
      return payloadLayer(segment.bytes, segment.start, segment.end);
  }
}

/** The checksum at `at`, checked where the whole segment is there. */
function checksumText(reader: LayerReader, at: number, { whole, pseudo }: Segment): string {
  const sum = reader.u16(at);
  if (!whole) return `${hexField(sum, 4)} (not checked: parts of the packet are not here)`;
  return checked(reader, sum, internetChecksum(reader.slice(0, reader.length), pseudo) === 0);
}

const ports = (reader: LayerReader, { saddr, daddr }: Segment): string => {
  const end = (address: Uint8Array, port: number): string =>
    address.length === 16 ? `[${formatIp(address)}]:${port}` : `${formatIp(address)}:${port}`;
  return `${end(saddr, reader.u16(0))} > ${end(daddr, reader.u16(2))}`;
};

const DNS_PORTS: readonly number[] = [53, 5353];

function dissectUdp(segment: Segment): readonly PacketLayer[] {
  const { bytes, start, end } = segment;
  const reader = new LayerReader(bytes, "UDP", start, end);
  if (!reader.needs(8)) return [reader.layer()];
  const [sport, dport, length, sum] = [reader.u16(0), reader.u16(2), reader.u16(4), reader.u16(6)];
  reader.field("source port", 0, 2, sport);
  reader.field("destination port", 2, 2, dport);
  reader.field("length", 4, 2, length);
  const unused = sum === 0 && segment.saddr.length === 4;
  reader.field("checksum", 6, 2, unused ? "0x0000 (not used)" : checksumText(reader, 6, segment));
  reader.summary = ports(reader, segment);
  if (length < 8 || (segment.whole && length > reader.length))
    reader.problems.push(`length ${length} does not fit the packet's ${reader.length} bytes`);
  const isDns = DNS_PORTS.includes(sport) || DNS_PORTS.includes(dport);
  const rest = isDns && end > start + 8 ? [dissectDns(bytes, start + 8, end)] : payloadLayer(bytes, start + 8, end);
  return [reader.layer(8), ...rest];
}

function dissectTcp(segment: Segment): readonly PacketLayer[] {
  const { bytes, start, end } = segment;
  const reader = new LayerReader(bytes, "TCP", start, end);
  if (!reader.needs(20)) return [reader.layer()];
  const header = (reader.u8(12) >> 4) * 4;
  const flags = TCP_FLAGS.filter((_, bit) => reader.u8(13) & (1 << bit)).join(" ") || "none";
  reader.field("source port", 0, 2, reader.u16(0));
  reader.field("destination port", 2, 2, reader.u16(2));
  reader.field("sequence number", 4, 4, reader.u32(4));
  reader.field("acknowledged", 8, 4, reader.u32(8));
  reader.field("header length", 12, 1, header);
  reader.field("flags", 13, 1, flags);
  reader.field("window", 14, 2, reader.u16(14));
  reader.field("checksum", 16, 2, checksumText(reader, 16, segment));
  reader.field("urgent pointer", 18, 2, reader.u16(18));
  reader.summary = `${ports(reader, segment)}, ${flags}`;
  if (header < 20) reader.problems.push(`header length ${header} is below 20`);
  if (header < 20 || !reader.needs(header)) return [reader.layer()];
  if (header > 20) reader.field("options", 20, header - 20, `${header - 20} bytes`);
  return [reader.layer(header), ...payloadLayer(bytes, start + header, end)];
}

function dissectIcmp(segment: Segment, kind: "icmp" | "icmpv6"): readonly PacketLayer[] {
  const { bytes, start, end } = segment;
  const reader = new LayerReader(bytes, kind === "icmp" ? "ICMP" : "ICMPv6", start, end);
  if (!reader.needs(8)) return [reader.layer()];
  const type = reader.u8(0);
  const name = icmpName(kind, type);
  reader.field("type", 0, 1, icmpText(kind, type));
  reader.field("code", 1, 1, reader.u8(1));
  const own = kind === "icmp" ? { ...segment, pseudo: 0 } : segment;
  reader.field("checksum", 2, 2, checksumText(reader, 2, own));
  if (name?.startsWith("echo")) {
    reader.field("identifier", 4, 2, reader.u16(4));
    reader.field("sequence number", 6, 2, reader.u16(6));
  } else reader.field("rest of header", 4, 4, hexField(reader.u32(4), 8));
  reader.summary = name ?? `type ${type}`;
  return [reader.layer(8), ...payloadLayer(bytes, start + 8, end)];
}
