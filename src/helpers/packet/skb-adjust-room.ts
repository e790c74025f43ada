/** `skb_adjust_room`: room for an outer header between the link layer's and the network's, or behind the network's. */
import { ERRNO } from "../../maps/errno.ts";
import { ETHERNET, IPV4, IPV6, LONGEST_SKB, type SkBuffs } from "./sk-buff.ts";
import { forgetChecksums } from "./skb-checksum.ts";

const MODE = { network: 0, mac: 1 } as const;

const FLAG = {
  fixedGso: 1 << 0,
  encapIpv4: 1 << 1,
  encapIpv6: 1 << 2,
  encapGre: 1 << 3,
  encapUdp: 1 << 4,
  keepChecksums: 1 << 5,
  encapEthernet: 1 << 6,
  decapIpv4: 1 << 7,
  decapIpv6: 1 << 8,
} as const;
const ENCAP_IP = FLAG.encapIpv4 | FLAG.encapIpv6;
const DECAP_IP = FLAG.decapIpv4 | FLAG.decapIpv6;
const ALL = Object.values(FLAG).reduce((all, flag) => all | flag, 0);
/** The flags' highest byte: how long the link layer's header of the inner packet is. */
const INNER_MAC_SHIFT = 24;

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
/** More is not moved at once. */
const MOST = 0xfff;

/** What a program asks for. */
export interface RoomRequest {
  /** Bytes, signed. */
  readonly by: number;
  readonly mode: number;
  readonly flags: number;
  readonly flagsHigh: number;
}

const both = (flags: number, first: number, second: number): boolean => (flags & first) !== 0 && (flags & second) !== 0;

/** 0, or -errno with the packet as it was. */
export function adjustRoom(skbs: SkBuffs, skb: number, { by, mode, flags, flagsHigh }: RoomRequest): number {
  const shrink = by < 0;
  const size = Math.abs(by);
  const protocol = skbs.get(skb, "protocol");
  if (flags & ~ALL || flagsHigh & 0xff_ffff) return -ERRNO.EINVAL;
  if (size > MOST) return -ERRNO.EFAULT;
  if (protocol !== IPV4 && protocol !== IPV6) return -ERRNO.ENOTSUPP;
  const base = protocol === IPV4 ? IPV4_HEADER : IPV6_HEADER;
  const mac = skbs.get(skb, "network_header") - skbs.get(skb, "mac_header");
  if (mode !== MODE.network && mode !== MODE.mac) return -ERRNO.ENOTSUPP;
  const at = mode === MODE.network ? mac + base : mac;
  let least = base;
  if (flags & DECAP_IP) {
    if (!shrink || both(flags, FLAG.decapIpv4, FLAG.decapIpv6)) return -ERRNO.EINVAL;
    least = flags & FLAG.decapIpv4 ? IPV4_HEADER : IPV6_HEADER;
  }
  const length = skbs.length(skb);
  const current = length - skbs.headerOffset(skb, "network_header");
  if (shrink ? size >= current || current - size < least : length + size > LONGEST_SKB) return -ERRNO.ENOTSUPP;
  const failed = shrink
    ? shrinkRoom(skbs, skb, at, size, flags, flagsHigh)
    : growRoom(skbs, skb, at, size, flags, flagsHigh >>> INNER_MAC_SHIFT);
  if (failed === 0 && !(flags & FLAG.keepChecksums)) forgetChecksums(skbs, skb);
  return failed;
}

function growRoom(skbs: SkBuffs, skb: number, at: number, size: number, flags: number, innerMac: number): number {
  const encapsulates = (flags & ENCAP_IP) !== 0;
  const mac = skbs.get(skb, "network_header") - skbs.get(skb, "mac_header");
  if (encapsulates) {
    if (both(flags, FLAG.encapGre, FLAG.encapUdp) || both(flags, FLAG.encapIpv4, FLAG.encapIpv6)) return -ERRNO.EINVAL;
    if (flags & FLAG.encapEthernet && innerMac < ETHERNET) return -ERRNO.EINVAL;
    if (skbs.get(skb, "encapsulation") !== 0) return -ERRNO.EALREADY;
    if (innerMac > size) return -ERRNO.EINVAL;
  }
  const failed = skbs.insert(skb, at, size);
  if (failed !== 0 || !encapsulates) return failed;
  const network = skbs.data(skb) - skbs.get(skb, "head") + mac;
  const outer = flags & FLAG.encapIpv6 ? IPV6 : IPV4;
  skbs.set(skb, "encapsulation", 1);
  skbs.set(skb, "network_header", network);
  skbs.set(skb, "transport_header", network + (outer === IPV6 ? IPV6_HEADER : IPV4_HEADER));
  skbs.set(skb, "protocol", outer);
  return 0;
}

function shrinkRoom(skbs: SkBuffs, skb: number, at: number, size: number, flags: number, flagsHigh: number): number {
  if (flags & ~(FLAG.fixedGso | DECAP_IP | FLAG.keepChecksums) || flagsHigh !== 0) return -ERRNO.EINVAL;
  const failed = skbs.remove(skb, at, size);
  if (failed !== 0) return failed;
  if (flags & DECAP_IP) skbs.set(skb, "protocol", flags & FLAG.decapIpv6 ? IPV6 : IPV4);
  return 0;
}
