import { internetChecksum, internetSum, pseudoHeaderSum } from "../../packets/checksum.ts";
import { ipAt, ipBytes, macAt, putMac } from "./address.ts";
import { DROP } from "./drop-reason.ts";
import { ETH_P_ARP, ETH_P_IP, ETH_P_IPV6, IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP } from "./protocol.ts";
import type { Skb } from "./skb.ts";

const ETHERNET = 14;

function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

function put32(bytes: Uint8Array, at: number, value: number): void {
  put16(bytes, at, value >>> 16);
  put16(bytes, at + 2, value);
}

const get16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
const get32 = (bytes: Uint8Array, at: number): number => ((get16(bytes, at) << 16) | get16(bytes, at + 2)) >>> 0;

/** The bytes of a packet whose fields are known, with lengths and checksums. */
export function buildFrame(skb: Skb): Uint8Array {
  const frame = new Uint8Array(skb.size);
  putMac(frame, 0, skb.dmac);
  putMac(frame, 6, skb.smac);
  put16(frame, 12, skb.protocol);
  if (skb.protocol !== ETH_P_IP && skb.protocol !== ETH_P_IPV6) {
    if (skb.data !== undefined) frame.set(skb.data.subarray(0, frame.length - ETHERNET), ETHERNET);
    return frame;
  }
  const [source, target] = [ipBytes(skb.saddr), ipBytes(skb.daddr)];
  const head = source.length === 4 ? 20 : 40;
  const transport = ETHERNET + head;
  const total = frame.length - ETHERNET;
  if (head === 20) {
    frame[14] = 0x45;
    frame[15] = skb.tos;
    put16(frame, 16, Math.min(total, 0xffff));
    frame[20] = 0x40;
    frame[22] = skb.ttl;
    frame[23] = skb.proto;
    frame.set(source, 26);
    frame.set(target, 30);
    put16(frame, 24, internetChecksum(frame.subarray(14, 34)));
  } else {
    frame[14] = 0x60 | (skb.tos >> 4);
    frame[15] = (skb.tos & 0xf) << 4;
    put16(frame, 18, Math.min(total - 40, 0xffff));
    frame[20] = skb.proto;
    frame[21] = skb.ttl;
    frame.set(source, 22);
    frame.set(target, 38);
  }
  const payload = putTransport(frame, transport, skb);
  if (skb.data !== undefined) frame.set(skb.data.subarray(0, skb.length), payload);
  const field = checksumField(skb.proto);
  if (field >= 0) {
    const segment = frame.subarray(transport);
    const start = skb.proto === IPPROTO_ICMP ? 0 : pseudoHeaderSum(source, target, skb.proto, segment.length);
    if (skb.proto === IPPROTO_ICMP || skb.proto === IPPROTO_ICMPV6) put16(segment, field, 0);
    const sum = internetChecksum(segment, start);
    put16(segment, field, skb.proto === IPPROTO_UDP && sum === 0 ? 0xffff : sum);
  }
  return frame;
}

/** Where the checksum lies in the transport's header; -1 where there is none. */
function checksumField(proto: number): number {
  switch (proto) {
    case IPPROTO_TCP:
      return 16;
    case IPPROTO_UDP:
      return 6;
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6:
      return 2;
    default:
      return -1;
  }
}

/** The transport's header without its checksum; where the payload begins. */
function putTransport(frame: Uint8Array, at: number, skb: Skb): number {
  if (skb.proto !== IPPROTO_TCP && skb.proto !== IPPROTO_UDP) return at;
  put16(frame, at, skb.sport);
  put16(frame, at + 2, skb.dport);
  if (skb.proto === IPPROTO_UDP) {
    put16(frame, at + 4, 8 + skb.length);
    return at + 8;
  }
  const header = 20 + skb.optionBytes;
  put32(frame, at + 4, skb.seq);
  put32(frame, at + 8, skb.ack);
  frame[at + 12] = (header >> 2) << 4;
  frame[at + 13] = skb.flags;
  put16(frame, at + 14, skb.window);
  let option = at + 20;
  if (skb.mss > 0) {
    frame.set([2, 4, skb.mss >> 8, skb.mss & 0xff], option);
    option += 4;
  }
  // A byte that says nothing, then the scale: options fill whole words.
  if (skb.wscale >= 0) frame.set([1, 3, 3, skb.wscale], option);
  return at + header;
}

/** Reads a packet's fields from its bytes; says in `skb.wrong` why Linux would drop it. */
export function readFrame(skb: Skb, frame: Uint8Array): void {
  Object.assign(skb, { proto: 0, sport: 0, dport: 0, flags: 0, seq: 0, ack: 0, window: 0, mss: 0, wscale: -1 });
  Object.assign(skb, { saddr: 0, daddr: 0, length: 0, data: undefined, wrong: 0 });
  if (frame.length < ETHERNET) {
    skb.wrong = DROP.PKT_TOO_SMALL;
    return;
  }
  skb.dmac = macAt(frame, 0);
  skb.smac = macAt(frame, 6);
  skb.protocol = get16(frame, 12);
  if (skb.protocol === ETH_P_IP) readIp4(skb, frame);
  else if (skb.protocol === ETH_P_IPV6) readIp6(skb, frame);
  else {
    skb.length = frame.length - ETHERNET;
    skb.data = frame.subarray(ETHERNET);
    if (skb.protocol === ETH_P_ARP && skb.length < 28) skb.wrong = DROP.PKT_TOO_SMALL;
  }
}

function readIp4(skb: Skb, frame: Uint8Array): void {
  const head = 4 * (frame[14]! & 0xf);
  const total = get16(frame, 16);
  if (frame.length < 34) {
    skb.wrong = DROP.PKT_TOO_SMALL;
    return;
  }
  if (frame[14]! >> 4 !== 4 || head < 20 || total < head || frame.length < ETHERNET + total) {
    skb.wrong = frame.length < ETHERNET + total ? DROP.PKT_TOO_SMALL : DROP.IP_INHDR;
    return;
  }
  Object.assign(skb, { tos: frame[15], ttl: frame[22], proto: frame[23] });
  skb.saddr = ipAt(frame, 26, 4);
  skb.daddr = ipAt(frame, 30, 4);
  if (internetChecksum(frame.subarray(14, 14 + head)) !== 0) skb.wrong = DROP.IP_CSUM;
  readTransport(skb, frame.subarray(ETHERNET + head, ETHERNET + total), frame.subarray(26, 34));
}

function readIp6(skb: Skb, frame: Uint8Array): void {
  const length = get16(frame, 18);
  if (frame.length < 54 || frame.length < 54 + length) {
    skb.wrong = DROP.PKT_TOO_SMALL;
    return;
  }
  if (frame[14]! >> 4 !== 6) {
    skb.wrong = DROP.IP_INHDR;
    return;
  }
  Object.assign(skb, { tos: ((frame[14]! & 0xf) << 4) | (frame[15]! >> 4), proto: frame[20], ttl: frame[21] });
  skb.saddr = ipAt(frame, 22, 16);
  skb.daddr = ipAt(frame, 38, 16);
  readTransport(skb, frame.subarray(54, 54 + length), frame.subarray(22, 54));
}

/** `addresses`: sender and receiver, one behind the other as in the header. */
function readTransport(skb: Skb, segment: Uint8Array, addresses: Uint8Array): void {
  const { proto } = skb;
  let header = 0;
  if (proto === IPPROTO_TCP || proto === IPPROTO_UDP) {
    header = proto === IPPROTO_UDP ? 8 : 4 * ((segment[12] ?? 0) >> 4);
    if (
      segment.length < (proto === IPPROTO_UDP ? 8 : 20) ||
      header < (proto === IPPROTO_UDP ? 8 : 20) ||
      segment.length < header
    ) {
      skb.wrong ||= DROP.PKT_TOO_SMALL;
      return;
    }
    skb.sport = get16(segment, 0);
    skb.dport = get16(segment, 2);
    if (proto === IPPROTO_TCP) readTcp(skb, segment, header);
    // No checksum at all is allowed for UDP over IPv4.
    if (proto === IPPROTO_TCP || get16(segment, 6) !== 0) {
      const sum = internetSum(segment, internetSum(addresses, proto + segment.length));
      if (sum !== 0xffff) skb.wrong ||= proto === IPPROTO_TCP ? DROP.TCP_CSUM : DROP.UDP_CSUM;
    }
  }
  skb.length = segment.length - header;
  skb.data = segment.subarray(header);
}

function readTcp(skb: Skb, segment: Uint8Array, header: number): void {
  skb.seq = get32(segment, 4);
  skb.ack = get32(segment, 8);
  skb.flags = segment[13]! & 0x1f;
  skb.window = get16(segment, 14);
  for (let at = 20; at < header; ) {
    const kind = segment[at]!;
    if (kind === 0) break;
    if (kind === 1) {
      at++;
      continue;
    }
    const size = segment[at + 1] ?? 0;
    if (size < 2 || at + size > header) break;
    if (kind === 2 && size === 4) skb.mss = get16(segment, at + 2);
    if (kind === 3 && size === 3) skb.wscale = Math.min(14, segment[at + 2]!);
    at += size;
  }
}
