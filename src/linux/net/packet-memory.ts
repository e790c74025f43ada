import type { LinearMemory } from "../../memory/memory.ts";
import { NO_HEADER, ObjectView, SK_BUFF, XDP_BUFF } from "../../memory/objects.ts";
import type { NetDevice } from "./device.ts";
import { ETH_P_IP, ETH_P_IPV6 } from "./protocol.ts";
import type { Skb } from "./skb.ts";

const ETHERNET = 14;
const PAGE = 4096;
/** What drivers keep in front of a packet for XDP, and Linux behind it for its own structure. */
const XDP_HEADROOM = 256;
const TAIL = 320;
/** Room for what helpers put in front of a socket buffer's packet and behind it. */
const ROOM = 16_384;
const SKB_HEADROOM = 64;

/** A packet in linear memory with the context that a program gets, until `free`. */
export interface PacketInMemory {
  readonly context: number;
  /** The bytes now, from the Ethernet header on. */
  frame(): Uint8Array;
  free(): void;
}

const swap16 = (value: number): number => ((value & 0xff) << 8) | (value >> 8);

/** Where XDP runs: the queue that the packet came by, and the device that it was redirected to. */
export interface XdpPlace {
  readonly queue?: number;
  readonly egress?: NetDevice;
}

/** For XDP: a page with the frame; frames that do not fit lie in fragments behind it. */
export function xdpInMemory(
  memory: LinearMemory,
  skb: Skb,
  dev: NetDevice,
  { queue = 0, egress }: XdpPlace = {},
): PacketInMemory {
  const { frame } = skb;
  const xdp = new ObjectView(memory, XDP_BUFF);
  const linear = Math.min(frame.length, PAGE - XDP_HEADROOM - TAIL);
  const room = Math.ceil((frame.length - linear) / PAGE) * PAGE;
  const [page, at, frags] = [memory.allocate(PAGE), memory.allocate(XDP_BUFF.size), room && memory.allocate(room)];
  const start = page + XDP_HEADROOM;
  memory.u8.set(frame.subarray(0, linear), start);
  if (room > 0) memory.u8.set(frame.subarray(linear), frags);
  xdp.point(at, "data", start);
  xdp.point(at, "data_end", start + linear);
  xdp.point(at, "data_meta", start);
  xdp.point(at, "data_hard_start", page);
  xdp.point(at, "frags", frags);
  xdp.set(at, "frags_size", frame.length - linear);
  xdp.set(at, "frame_size", PAGE);
  xdp.set(at, "ingress_ifindex", dev.ifindex);
  xdp.set(at, "rx_queue_index", queue);
  xdp.set(at, "egress_ifindex", egress?.ifindex ?? 0);
  return {
    context: at,
    frame() {
      const head = memory.u8.slice(xdp.get(at, "data"), xdp.get(at, "data_end"));
      const rest = xdp.get(at, "frags_size");
      if (rest === 0) return head;
      const all = new Uint8Array(head.length + rest);
      all.set(head);
      all.set(memory.u8.subarray(frags, frags + rest), head.length);
      return all;
    },
    free() {
      memory.free(page, PAGE);
      memory.free(at, XDP_BUFF.size);
      if (room > 0) memory.free(frags, room);
    },
  };
}

/** For traffic control: a socket buffer. What the program sets in it is read back. */
export function skbInMemory(
  memory: LinearMemory,
  skb: Skb,
  dev: NetDevice,
  side: "ingress" | "egress",
): PacketInMemory {
  const { frame } = skb;
  const size = 2 * ROOM + Math.ceil(frame.length / 8) * 8;
  const [head, at] = [memory.allocate(size), memory.allocate(SK_BUFF.size)];
  const start = head + ROOM;
  memory.u8.set(frame, start);
  const view = new ObjectView(memory, SK_BUFF);
  view.point(at, "head", head);
  view.point(at, "data", start);
  view.point(at, "data_meta", start);
  view.point(at, "data_end", start + frame.length);
  view.point(at, "end", head + size);
  view.set(at, "len", frame.length);
  view.set(at, "wire_len", frame.length);
  view.set(at, "protocol", swap16(skb.protocol));
  view.set(at, "ifindex", dev.ifindex);
  view.set(at, "ingress_ifindex", side === "ingress" ? dev.ifindex : skb.ifindex);
  view.set(at, "mark", skb.mark);
  view.set(at, "priority", skb.priority);
  view.set(at, "gso_size", skb.gsoSize);
  view.set(at, "gso_segs", skb.gsoSize > 0 ? skb.segments : 0);
  view.set(at, "mac_header", ROOM);
  view.set(at, "network_header", ROOM + ETHERNET);
  const ip = skb.protocol === ETH_P_IP ? 20 : skb.protocol === ETH_P_IPV6 ? 40 : 0;
  view.set(at, "transport_header", ip > 0 && side === "egress" ? ROOM + ETHERNET + ip : NO_HEADER);
  view.set(at, "headroom", SKB_HEADROOM);
  return {
    context: at,
    frame() {
      skb.mark = view.get(at, "mark");
      skb.priority = view.get(at, "priority");
      const bytes = memory.u8.slice(view.get(at, "data"), view.get(at, "data_end"));
      return view.get(at, "vlan_present") ? tagged(bytes, view.get(at, "vlan_proto"), view.get(at, "vlan_tci")) : bytes;
    },
    free() {
      memory.free(head, size);
      memory.free(at, SK_BUFF.size);
    },
  };
}

/** The frame with the VLAN tag that lay beside it. */
function tagged(frame: Uint8Array, proto: number, tci: number): Uint8Array {
  const out = new Uint8Array(frame.length + 4);
  out.set(frame.subarray(0, 12));
  out.set([proto & 0xff, proto >> 8, tci >> 8, tci & 0xff], 12);
  out.set(frame.subarray(12), 16);
  return out;
}

/** Whether two frames have the same bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
