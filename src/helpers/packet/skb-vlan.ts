/** VLAN tags of a socket buffer: the outermost lies beside the packet, as network cards leave it; others in the packet. */
import { ERRNO } from "../../maps/errno.ts";
import type { HelperImplementation } from "../row.ts";
import { ETHERNET, SERVICE_VLAN, SkBuffs, VLAN } from "./sk-buff.ts";

const TAG = 4;
/** Both addresses, behind which tags lie. */
const ADDRESSES = 12;

const isTag = (protocol: number): boolean => protocol === VLAN || protocol === SERVICE_VLAN;
const bigEndian = (value: number): number => ((value & 0xff) << 8) | (value >> 8);

function setTag(skbs: SkBuffs, skb: number, protocol: number, tci: number): void {
  skbs.set(skb, "vlan_proto", protocol);
  skbs.set(skb, "vlan_tci", tci);
  skbs.set(skb, "vlan_present", 1);
}

function push(skbs: SkBuffs, skb: number, protocol: number, tci: number): number {
  if (skbs.get(skb, "vlan_present") !== 0) {
    const [beside, besideTci] = [skbs.get(skb, "vlan_proto"), skbs.get(skb, "vlan_tci")];
    const failed = skbs.insert(skb, ADDRESSES, TAG);
    if (failed !== 0) return failed;
    const data = skbs.data(skb);
    skbs.memory.view.setUint16(data + ADDRESSES, beside, true);
    skbs.memory.view.setUint16(data + ADDRESSES + 2, besideTci);
    skbs.set(skb, "protocol", beside);
  }
  setTag(skbs, skb, protocol, tci);
  return 0;
}

/** Takes the first tag out of the packet: its content, or -errno. */
function takeOut(skbs: SkBuffs, skb: number): number {
  if (!skbs.has(skb, ETHERNET + TAG)) return -ERRNO.ENOMEM;
  const { view } = skbs.memory;
  const tci = view.getUint16(skbs.data(skb) + ETHERNET);
  const type = view.getUint16(skbs.data(skb) + ETHERNET + 2, true);
  const raw = skbs.length(skb) >= ETHERNET + TAG + 2 ? view.getUint16(skbs.data(skb) + ETHERNET + TAG) : 0;
  const network = skbs.get(skb, "network_header");
  skbs.remove(skb, ADDRESSES, TAG);
  // Lengths are no protocols: of an old IPX frame where all ones follow, else of an LLC frame.
  const protocol = bigEndian(type) >= 0x600 ? type : bigEndian(raw === 0xffff ? 1 : 4);
  skbs.set(skb, "protocol", protocol);
  const mac = skbs.data(skb) - skbs.get(skb, "head");
  // The network's header stays where it is, unless it was the tag.
  skbs.set(skb, "network_header", Math.max(network, mac + ETHERNET));
  return tci;
}

function pop(skbs: SkBuffs, skb: number): number {
  if (skbs.get(skb, "vlan_present") !== 0) {
    skbs.set(skb, "vlan_present", 0);
    skbs.set(skb, "vlan_tci", 0);
    skbs.set(skb, "vlan_proto", 0);
  } else {
    if (!isTag(skbs.get(skb, "protocol"))) return 0;
    const taken = takeOut(skbs, skb);
    if (taken < 0) return taken;
  }
  // The next tag takes its place.
  const protocol = skbs.get(skb, "protocol");
  if (!isTag(protocol)) return 0;
  const tci = takeOut(skbs, skb);
  if (tci < 0) return tci;
  setTag(skbs, skb, protocol, tci);
  return 0;
}

export const SKB_VLAN_HELPERS: readonly HelperImplementation[] = [
  {
    name: "skb_vlan_push",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb, protocol, _high, tci) =>
        push(skbs, skb, isTag(protocol & 0xffff) ? protocol & 0xffff : VLAN, tci & 0xffff);
    },
  },
  {
    name: "skb_vlan_pop",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb) => pop(skbs, skb);
    },
  },
];
