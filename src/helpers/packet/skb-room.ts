/** Making a socket buffer longer or shorter: at its end, at its front, between its headers. */
import { ERRNO } from "../../maps/errno.ts";
import type { HelperImplementation } from "../row.ts";
import { IPV4, IPV6, LONGEST_SKB, SkBuffs } from "./sk-buff.ts";
import { adjustRoom } from "./skb-adjust-room.ts";

/** The headers that must stay; one that lies before the packet does not count. */
function shortest(skbs: SkBuffs, skb: number): number {
  const network = Math.max(0, skbs.headerOffset(skb, "network_header"));
  const transport = skbs.hasTransportHeader(skb) ? skbs.headerOffset(skb, "transport_header") : 0;
  return transport > 0 ? transport : network;
}

function changeTail(skbs: SkBuffs, skb: number, length: number): number {
  if (length > LONGEST_SKB || length < shortest(skbs, skb)) return -ERRNO.EINVAL;
  if (skbs.get(skb, "encapsulation") !== 0) return -ERRNO.ENOTSUPP;
  const data = skbs.data(skb);
  const end = data + length;
  if (end > skbs.get(skb, "end")) return -ERRNO.ENOMEM;
  skbs.memory.u8.fill(0, Math.min(end, skbs.get(skb, "data_end")), end);
  skbs.place(skb, data, end);
  return 0;
}

function changeHead(skbs: SkBuffs, skb: number, room: number): number {
  if (room < 0 || skbs.length(skb) + room > LONGEST_SKB) return -ERRNO.EINVAL;
  const failed = skbs.push(skb, room);
  if (failed !== 0) return failed;
  const data = skbs.data(skb);
  skbs.memory.u8.fill(0, data, data + room);
  skbs.set(skb, "mac_header", data - skbs.get(skb, "head"));
  return 0;
}

/** The 20 bytes that an IPv6 header has more than an IPv4 header. */
const HEADERS_DIFFER = 20;

function changeProtocol(skbs: SkBuffs, skb: number, to: number): number {
  const from = skbs.get(skb, "protocol");
  const at = skbs.get(skb, "network_header") - skbs.get(skb, "mac_header");
  let failed: number;
  if (from === IPV4 && to === IPV6) failed = skbs.insert(skb, at, HEADERS_DIFFER);
  else if (from === IPV6 && to === IPV4) failed = skbs.remove(skb, at, HEADERS_DIFFER);
  else return -ERRNO.ENOTSUPP;
  if (failed !== 0) return failed;
  skbs.set(skb, "protocol", to);
  skbs.forgetHash(skb);
  return 0;
}

export const SKB_ROOM_HELPERS: readonly HelperImplementation[] = [
  {
    name: "skb_change_tail",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb, length, _high, flags, flagsHigh) =>
        flags !== 0 || flagsHigh !== 0 ? -ERRNO.EINVAL : changeTail(skbs, skb, length >>> 0);
    },
  },
  {
    name: "skb_change_head",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb, room, _high, flags, flagsHigh) =>
        flags !== 0 || flagsHigh !== 0 ? -ERRNO.EINVAL : changeHead(skbs, skb, room);
    },
  },
  {
    name: "skb_change_proto",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb, to, _high, flags, flagsHigh) =>
        flags !== 0 || flagsHigh !== 0 ? -ERRNO.EINVAL : changeProtocol(skbs, skb, to & 0xffff);
    },
  },
  {
    name: "skb_adjust_room",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb, by, _byHigh, mode, _modeHigh, flags, flagsHigh) =>
        adjustRoom(skbs, skb, { by, mode, flags, flagsHigh });
    },
  },
];
