/** What the bytes of a frame mean. Any bytes are taken: what does not fit is told in a layer's problems. */
import { formatIpv4, formatMac } from "./address.ts";
import { dissectIpv4, dissectIpv6 } from "./dissect-ip.ts";
import { hexField, LayerReader, type PacketLayer, payloadLayer } from "./layer.ts";
import { ETHER_TYPE, etherTypeText } from "./names.ts";

/**
 * The layers of an Ethernet frame, outermost first; whatever follows the last header that is known is `Payload`.
 * Time and memory grow with the bytes, whatever they are.
 *
 * @example dissect(packet.udp({ dport: 9 })).map((layer) => layer.summary)
 */
export function dissect(bytes: Uint8Array): readonly PacketLayer[] {
  const layers: PacketLayer[] = [];
  const reader = new LayerReader(bytes, "Ethernet", 0, bytes.length);
  if (!reader.needs(14)) return [reader.layer()];
  const [dst, src] = [formatMac(reader.slice(0, 6)), formatMac(reader.slice(6, 6))];
  let type = reader.u16(12);
  reader.field("destination", 0, 6, dst);
  reader.field("source", 6, 6, src);
  // Below 0x600 it is not a type but how long the payload is.
  reader.field(type < 0x600 ? "length" : "type", 12, 2, type < 0x600 ? type : etherTypeText(type));
  reader.summary = `${src} > ${dst}`;
  layers.push(reader.layer(14));
  let at = 14;
  while (type === ETHER_TYPE.vlan || type === ETHER_TYPE.serviceVlan) {
    const tag = new LayerReader(bytes, "VLAN", at, bytes.length);
    if (!tag.needs(4)) return [...layers, tag.layer()];
    const tci = tag.u16(0);
    tag.field("priority", 0, 2, tci >> 13);
    tag.field("drop eligible", 0, 2, (tci >> 12) & 1);
    tag.field("id", 0, 2, tci & 0xfff);
    type = tag.u16(2);
    tag.field("type", 2, 2, etherTypeText(type));
    tag.summary = `id ${tci & 0xfff}`;
    layers.push(tag.layer(4));
    at += 4;
  }
  layers.push(...network(bytes, at, type));
  return layers;
}

function network(bytes: Uint8Array, at: number, type: number): readonly PacketLayer[] {
  if (type === ETHER_TYPE.ipv4) return dissectIpv4(bytes, at);
  if (type === ETHER_TYPE.ipv6) return dissectIpv6(bytes, at);
  if (type === ETHER_TYPE.arp) return dissectArp(bytes, at);
  return payloadLayer(bytes, at, bytes.length);
}

const ARP_SIZE = 28;

function dissectArp(bytes: Uint8Array, at: number): readonly PacketLayer[] {
  const reader = new LayerReader(bytes, "ARP", at, bytes.length);
  if (!reader.needs(8)) return [reader.layer()];
  const [hardware, protocol, op] = [reader.u16(0), reader.u16(2), reader.u16(6)];
  reader.field("hardware type", 0, 2, hardware === 1 ? "1 (Ethernet)" : hardware);
  reader.field("protocol type", 2, 2, etherTypeText(protocol));
  reader.field("hardware size", 4, 1, reader.u8(4));
  reader.field("protocol size", 5, 1, reader.u8(5));
  reader.field("operation", 6, 2, op === 1 ? "1 (request)" : op === 2 ? "2 (reply)" : op);
  // Other kinds of addresses have other places.
  if (hardware !== 1 || protocol !== ETHER_TYPE.ipv4 || reader.u8(4) !== 6 || reader.u8(5) !== 4) {
    reader.summary = `operation ${op} of ${hexField(protocol, 4)}`;
    return [reader.layer(8), ...payloadLayer(bytes, at + 8, bytes.length)];
  }
  if (!reader.needs(ARP_SIZE)) return [reader.layer()];
  const [from, to] = [formatIpv4(reader.slice(14, 4)), formatIpv4(reader.slice(24, 4))];
  reader.field("sender hardware", 8, 6, formatMac(reader.slice(8, 6)));
  reader.field("sender", 14, 4, from);
  reader.field("target hardware", 18, 6, formatMac(reader.slice(18, 6)));
  reader.field("target", 24, 4, to);
  reader.summary = op === 2 ? `${from} is at ${formatMac(reader.slice(8, 6))}` : `who has ${to}? tell ${from}`;
  return [reader.layer(ARP_SIZE), ...payloadLayer(bytes, at + ARP_SIZE, bytes.length, "Padding")];
}
