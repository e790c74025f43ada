/** What routers and tunnels know of a packet: congestion marks, times of delivery, realms, keys. A machine has no tunnels and no IPsec. */
import { ERRNO } from "../../maps/errno.ts";
import type { LinearMemory } from "../../memory/memory.ts";
import { SK_BUFF } from "../../memory/objects.ts";
import type { HelperFunction, HelperImplementation } from "../row.ts";
import { u64 } from "../u64.ts";
import { ETHERNET, IPV4, IPV6, SERVICE_VLAN, SkBuffs, VLAN } from "./sk-buff.ts";

const TAG = 4;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
/** Both bits of ECN: congestion experienced. */
const CE = 3;

const TIME = SK_BUFF.members.tstamp.offset;

/** `SKB_CLOCK_REALTIME` may be unset; the others need a time. */
const REALTIME = 0;
const LAST_CLOCK = 2;

/** `IP_ECN_set_ce`: 1 if the packet says so now; the checksum is mended, not made anew. */
function markIpv4({ u8, view }: LinearMemory, header: number): number {
  const ecn = (u8[header + 1]! + 1) & CE;
  if ((ecn & 2) === 0) return ecn === 0 ? 1 : 0;
  const add = (0xfbff + (ecn << 8)) & 0xffff;
  const sum = (view.getUint16(header + 10, true) + add) & 0xffff;
  view.setUint16(header + 10, (sum + (sum < add ? 1 : 0)) & 0xffff, true);
  u8[header + 1] = u8[header + 1]! | CE;
  return 1;
}

/** The traffic class lies across the first two bytes. */
function markIpv6({ u8 }: LinearMemory, header: number): number {
  if ((u8[header + 1]! & 0x30) === 0) return 0;
  u8[header + 1] = u8[header + 1]! | (CE << 4);
  return 1;
}

/** `skb_protocol(skb, true)`: what VLAN tags in the packet hide; 0 where it ends before that. */
function behindTags(skbs: SkBuffs, skb: number): number {
  let protocol = skbs.get(skb, "protocol");
  let at = skbs.headerOffset(skb, "mac_header") + ETHERNET;
  for (; protocol === VLAN || protocol === SERVICE_VLAN; at += TAG) {
    if (!skbs.has(skb, at + TAG)) return 0;
    protocol = skbs.memory.view.getUint16(skbs.data(skb) + at + 2, true);
  }
  return protocol;
}

/** Where there is none: what was to be filled is zeros. */
const none =
  (memory: LinearMemory, errno: number): HelperFunction =>
  (_skb, to, size) => {
    memory.u8.fill(0, to, to + size);
    return -errno;
  };

export const SKB_NETWORK_HELPERS: readonly HelperImplementation[] = [
  {
    name: "skb_ecn_set_ce",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb) => {
        const protocol = behindTags(skbs, skb);
        const at = skbs.headerOffset(skb, "network_header");
        const size = protocol === IPV4 ? IPV4_HEADER : IPV6_HEADER;
        if ((protocol !== IPV4 && protocol !== IPV6) || !skbs.has(skb, at + size)) return 0;
        const header = skbs.data(skb) + at;
        return protocol === IPV4 ? markIpv4(memory, header) : markIpv6(memory, header);
      };
    },
  },
  {
    name: "skb_set_tstamp",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb, low, high, clock) => {
        const protocol = skbs.get(skb, "protocol");
        if (protocol !== IPV4 && protocol !== IPV6) return -ERRNO.EOPNOTSUPP;
        if (clock >>> 0 > LAST_CLOCK || (clock !== REALTIME && low === 0 && high === 0)) return -ERRNO.EINVAL;
        memory.view.setInt32(skb + TIME, low, true);
        memory.view.setInt32(skb + TIME + 4, high, true);
        skbs.set(skb, "tstamp_type", clock);
        return 0;
      };
    },
  },
  {
    name: "get_route_realm",
    passing: "u64",
    implement:
      ({ memory }) =>
      () =>
        u64(memory, 0, 0),
  },
  { name: "skb_get_tunnel_key", passing: "i32", implement: ({ memory }) => none(memory, ERRNO.EINVAL) },
  { name: "skb_get_tunnel_opt", passing: "i32", implement: ({ memory }) => none(memory, ERRNO.ENOENT) },
  {
    name: "skb_get_xfrm_state",
    passing: "i32",
    implement: ({ memory }) => {
      const clear = none(memory, ERRNO.EINVAL);
      return (skb, _index, _high, to, size) => clear(skb, to, size);
    },
  },
];
