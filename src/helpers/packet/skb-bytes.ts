/** Reading and writing a socket buffer's bytes. */
import { ERRNO } from "../../maps/errno.ts";
import type { LinearMemory } from "../../memory/memory.ts";
import type { HelperImplementation } from "../row.ts";
import { ReuseportPackets } from "./reuseport-packet.ts";
import { INT_MAX, SkBuffs } from "./sk-buff.ts";

/** Flags of `skb_store_bytes`. A test run's packet has no checksum of the hardware that could be mended. */
const RECOMPUTE_CSUM = 1;
const INVALIDATE_HASH = 2;

/** From where `skb_load_bytes_relative` counts. */
const FROM_MAC = 0;
const FROM_NETWORK = 1;

/** Programs that choose among sockets have a context of their own. */
const packetsOf = (memory: LinearMemory, type: string | undefined) =>
  type === "sk_reuseport" ? new ReuseportPackets(memory) : new SkBuffs(memory);

export const SKB_BYTES_HELPERS: readonly HelperImplementation[] = [
  {
    name: "skb_load_bytes",
    passing: "i32",
    implement: ({ memory }, type) => {
      const skbs = packetsOf(memory, type);
      return (skb, offset, _high, to, size) => {
        const from = offset >>> 0;
        if (from > INT_MAX || !skbs.has(skb, from + size)) {
          memory.u8.fill(0, to, to + size);
          return -ERRNO.EFAULT;
        }
        const data = skbs.data(skb);
        memory.u8.copyWithin(to, data + from, data + from + size);
        return 0;
      };
    },
  },
  {
    name: "skb_load_bytes_relative",
    passing: "i32",
    implement: ({ memory }, type) => {
      const skbs = packetsOf(memory, type);
      return (skb, offset, _high, to, size, header) => {
        const known = header === FROM_MAC || header === FROM_NETWORK;
        const start = known ? skbs.headerOffset(skb, header === FROM_MAC ? "mac_header" : "network_header") : 0;
        const from = start + (offset >>> 0);
        if (!known || offset >>> 0 > 0xffff || !skbs.has(skb, from + size)) {
          memory.u8.fill(0, to, to + size);
          return -ERRNO.EFAULT;
        }
        const data = skbs.data(skb);
        memory.u8.copyWithin(to, data + from, data + from + size);
        return 0;
      };
    },
  },
  {
    name: "skb_store_bytes",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb, offset, _high, from, size, flags, flagsHigh) => {
        const at = offset >>> 0;
        if (flagsHigh !== 0 || flags & ~(RECOMPUTE_CSUM | INVALIDATE_HASH)) return -ERRNO.EINVAL;
        if (at > INT_MAX || !skbs.has(skb, at + size)) return -ERRNO.EFAULT;
        memory.u8.copyWithin(skbs.data(skb) + at, from, from + size);
        if (flags & INVALIDATE_HASH) skbs.forgetHash(skb);
        return 0;
      };
    },
  },
  {
    name: "skb_pull_data",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      // All of the packet lies in one piece already, so there is nothing to pull but what does not exist.
      return (skb, size) => (skbs.has(skb, size >>> 0) ? 0 : -ERRNO.ENOMEM);
    },
  },
];
