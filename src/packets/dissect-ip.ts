import { formatIpv4, formatIpv6 } from "./address.ts";
import { internetChecksum, pseudoHeaderSum } from "./checksum.ts";
import { dissectTransport, type Segment } from "./dissect-transport.ts";
import { checked, hexField, LayerReader, type PacketLayer, payloadLayer } from "./layer.ts";
import { protocolName, protocolText } from "./names.ts";

export function dissectIpv4(bytes: Uint8Array, at: number): readonly PacketLayer[] {
  const reader = new LayerReader(bytes, "IPv4", at, bytes.length);
  if (!reader.needs(20)) return [reader.layer()];
  const [version, header] = [reader.u8(0) >> 4, (reader.u8(0) & 0xf) * 4];
  const [total, fragment, protocol] = [reader.u16(2), reader.u16(6), reader.u8(9)];
  const [saddr, daddr] = [reader.slice(12, 4), reader.slice(16, 4)];
  reader.field("version", 0, 1, version);
  reader.field("header length", 0, 1, header);
  reader.field("type of service", 1, 1, hexField(reader.u8(1), 2));
  reader.field("total length", 2, 2, total);
  reader.field("identification", 4, 2, hexField(reader.u16(4), 4));
  reader.field("flags", 6, 2, fragmentFlags(fragment));
  reader.field("fragment offset", 6, 2, (fragment & 0x1fff) * 8);
  reader.field("time to live", 8, 1, reader.u8(8));
  reader.field("protocol", 9, 1, protocolText(protocol));
  if (version !== 4) reader.problems.push(`version ${version} in a packet of type IPv4`);
  if (header < 20) reader.problems.push(`header length ${header} is below 20`);
  if (header < 20 || !reader.needs(header)) return [reader.layer()];
  reader.field("checksum", 10, 2, checked(reader, reader.u16(10), internetChecksum(reader.slice(0, header)) === 0));
  reader.field("source", 12, 4, formatIpv4(saddr));
  reader.field("destination", 16, 4, formatIpv4(daddr));
  if (header > 20) reader.field("options", 20, header - 20, `${header - 20} bytes`);
  reader.summary = `${formatIpv4(saddr)} > ${formatIpv4(daddr)}, ${protocolName(protocol)}`;
  if (total < header) reader.problems.push(`total length ${total} is below the header's ${header}`);
  if (total > reader.length) reader.problems.push(`cut short: ${reader.length} of ${total} bytes`);
  const end = at + Math.max(header, Math.min(total, reader.length));
  const whole = (fragment & 0x3fff) === 0 && total <= reader.length;
  const rest =
    fragment & 0x1fff
      ? payloadLayer(bytes, at + header, end, "Fragment")
      : transport({ bytes, start: at + header, end, saddr, daddr, whole, protocol });
  return [reader.layer(header), ...rest, ...payloadLayer(bytes, end, bytes.length, "Padding")];
}

function fragmentFlags(bits: number): string {
  const names = [bits & 0x8000 && "reserved", bits & 0x4000 && "don't fragment", bits & 0x2000 && "more fragments"];
  return names.filter(Boolean).join(", ") || "none";
}

/** Headers that may stand between IPv6 and its payload: hop-by-hop, routing, fragment, destination options. */
const EXTENSIONS: readonly number[] = [0, 43, 44, 60];

export function dissectIpv6(bytes: Uint8Array, at: number): readonly PacketLayer[] {
  const reader = new LayerReader(bytes, "IPv6", at, bytes.length);
  if (!reader.needs(40)) return [reader.layer()];
  const [version, length] = [reader.u8(0) >> 4, reader.u16(4)];
  const [saddr, daddr] = [reader.slice(8, 16), reader.slice(24, 16)];
  reader.field("version", 0, 1, version);
  reader.field("traffic class", 0, 2, hexField((reader.u16(0) >> 4) & 0xff, 2));
  reader.field("flow label", 1, 3, hexField(reader.u32(0) & 0xfffff, 5));
  reader.field("payload length", 4, 2, length);
  reader.field("next header", 6, 1, protocolText(reader.u8(6)));
  reader.field("hop limit", 7, 1, reader.u8(7));
  reader.field("source", 8, 16, formatIpv6(saddr));
  reader.field("destination", 24, 16, formatIpv6(daddr));
  if (version !== 6) reader.problems.push(`version ${version} in a packet of type IPv6`);
  if (40 + length > reader.length) reader.problems.push(`cut short: ${reader.length} of ${40 + length} bytes`);
  const layers: PacketLayer[] = [];
  const end = at + Math.min(40 + length, reader.length);
  let [next, start] = [reader.u8(6), at + 40];
  let whole = 40 + length <= reader.length;
  let fragment = 0;
  while (EXTENSIONS.includes(next)) {
    const extension = new LayerReader(bytes, "IPv6 extension", start, end);
    if (!extension.needs(8)) return [reader.layer(40), ...layers, extension.layer()];
    const size = next === 44 ? 8 : 8 + 8 * extension.u8(1);
    extension.summary = protocolName(next);
    if (next === 44) {
      fragment = extension.u16(2) & 0xfff8;
      extension.field("fragment offset", 2, 2, fragment);
      extension.field("more fragments", 2, 2, extension.u16(2) & 1);
      if (extension.u16(2) & 0xfff9) whole = false;
    }
    extension.field("next header", 0, 1, protocolText(extension.u8(0)));
    const complete = extension.needs(size);
    layers.push(extension.layer(size));
    if (!complete) return [reader.layer(40), ...layers];
    next = extension.u8(0);
    start += size;
  }
  reader.summary = `${formatIpv6(saddr)} > ${formatIpv6(daddr)}, ${protocolName(next)}`;
  const rest =
    fragment > 0
      ? payloadLayer(bytes, start, end, "Fragment")
      : transport({ bytes, start, end, saddr, daddr, whole, protocol: next });
  return [reader.layer(40), ...layers, ...rest, ...payloadLayer(bytes, end, bytes.length, "Padding")];
}

function transport(packet: Omit<Segment, "pseudo"> & { saddr: Uint8Array; daddr: Uint8Array }): readonly PacketLayer[] {
  const { saddr, daddr, protocol, start, end } = packet;
  return dissectTransport({ ...packet, pseudo: pseudoHeaderSum(saddr, daddr, protocol, end - start) });
}
