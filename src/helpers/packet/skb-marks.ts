/** What Linux notes about a socket buffer beside its bytes: for whom it is, and the hash of its flow. */
import { ERRNO } from "../../maps/errno.ts";
import type { HelperImplementation } from "../row.ts";
import { u64 } from "../u64.ts";
import { flowHash } from "./flow-hash.ts";
import { SkBuffs } from "./sk-buff.ts";

/** `PACKET_OTHERHOST`, the last kind of receiver that programs may set. */
const LAST_TYPE = 3;

export const SKB_MARK_HELPERS: readonly HelperImplementation[] = [
  {
    name: "skb_change_type",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb, type) => {
        if (type >>> 0 > LAST_TYPE || skbs.get(skb, "pkt_type") > LAST_TYPE) return -ERRNO.EINVAL;
        skbs.set(skb, "pkt_type", type);
        return 0;
      };
    },
  },
  {
    name: "set_hash",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb, hash) => {
        skbs.set(skb, "hash", hash);
        skbs.set(skb, "hash_known", 1);
        return 0;
      };
    },
  },
  {
    name: "set_hash_invalid",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb) => {
        skbs.forgetHash(skb);
        return 0;
      };
    },
  },
  {
    name: "get_hash_recalc",
    passing: "u64",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb) => {
        if (skbs.get(skb, "hash_known") === 0) {
          skbs.set(skb, "hash", flowHash(skbs, skb));
          skbs.set(skb, "hash_known", 1);
        }
        return u64(memory, skbs.get(skb, "hash"), 0);
      };
    },
  },
];
