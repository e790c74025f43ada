/** Programs at sockets: what a socket receives is looked at, cut or dropped before anybody can read it. */
import { ObjectView, SK_BUFF } from "../../memory/objects.ts";
import type { Task } from "../task.ts";
import { skbInMemory } from "./packet-memory.ts";
import { ETH_P_IPV6, IPPROTO_TCP } from "./protocol.ts";
import type { Skb } from "./skb.ts";
import type { Sock } from "./sock.ts";

const ETHERNET = 14;
const UDP_HEADER = 8;
const TCP_HEADER = 20;

/** Where the transport's header begins in a frame. */
export const transportOf = (skb: Skb): number => ETHERNET + (skb.protocol === ETH_P_IPV6 ? 40 : 20);

/** Bytes of the transport's header, which no filter cuts. */
export const headerOf = (skb: Skb): number => (skb.proto === IPPROTO_TCP ? TCP_HEADER + skb.optionBytes : UDP_HEADER);

/**
 * `sk_filter_trim_cap`: runs a program on a packet from its transport's header on, as TCP and UDP hand it over. False: the packet is
 * dropped; one that the program keeps less of is cut.
 */
export function filterSocket(t: Task, sk: Sock, skb: Skb, run: (context: number) => number): boolean {
  const { network } = t.linux;
  const place = packetOf(t, sk, skb, transportOf(skb));
  try {
    const kept = network.sockets.during(t, { sk }, () => run(place.context)) >>> 0;
    if (kept === 0) return false;
    const header = headerOf(skb);
    const most = Math.max(0, kept - header);
    if (most < skb.length) {
      skb.length = most;
      skb.data = skb.data?.subarray(0, most);
      skb.touch();
    }
    return true;
  } finally {
    place.free();
  }
}

/** A packet in memory that a program sees from byte `start` of its frame on. */
export function packetOf(t: Task, sk: Sock, skb: Skb, start: number): ReturnType<typeof skbInMemory> {
  const { memory, network } = t.linux;
  const dev = skb.dev ?? sk.netns.device("lo")!;
  const place = skbInMemory(memory, skb, dev, "ingress");
  const view = new ObjectView(memory, SK_BUFF);
  const at = place.context;
  const data = view.get(at, "data") + start;
  view.point(at, "data", data);
  view.point(at, "data_meta", data);
  view.set(at, "len", view.get(at, "len") - start);
  view.set(at, "transport_header", view.get(at, "mac_header") + transportOf(skb));
  view.point(at, "sk", network.sockets.view(sk));
  return place;
}
