/** Mending checksums of headers after a change, by the difference that it makes (RFC 1624). */
import { ERRNO } from "../../maps/errno.ts";
import { addSums, foldSum } from "../checksum.ts";
import type { HelperImplementation } from "../row.ts";
import { u64, u64Of } from "../u64.ts";
import { CHECKSUM_NONE, CHECKSUM_UNNECESSARY, SkBuffs } from "./sk-buff.ts";

/** Flags of `l4_csum_replace`; the lowest four bits say how many bytes were changed. */
const SIZE_MASK = 0xf;
const PSEUDO_HEADER = 0x10;
const MARK_MANGLED_0 = 0x20;
const MARK_ENFORCE = 0x40;
const IS_IPV6 = 0x80;
const L4_FLAGS = SIZE_MASK | PSEUDO_HEADER | MARK_MANGLED_0 | MARK_ENFORCE | IS_IPV6;

const folded = (sum: number): number => ~foldSum(sum) & 0xffff;

/** A checksum after bytes that summed up to `from` became ones that sum up to `to`. */
function replaced(checksum: number, from: number, to: number): number {
  return folded(addSums(addSums(~checksum >>> 0, ~from >>> 0), to));
}

/** The same for two bytes, in Linux's own 16-bit sums: they differ in which zero they give. */
function replaced2(checksum: number, from: number, to: number): number {
  const add = (a: number, b: number): number => (a + b > 0xffff ? a + b - 0xffff : a + b);
  return ~add(add(~checksum & 0xffff, ~from & 0xffff), to) & 0xffff;
}

/** Whether a field of two bytes lies at `offset`, as both helpers ask. */
const misplaced = (skbs: SkBuffs, skb: number, offset: number): boolean =>
  offset > 0xffff || offset % 2 !== 0 || !skbs.has(skb, offset + 2);

/** What `csum_level` does. */
const LEVEL = { query: 0, up: 1, down: 2, reset: 3 } as const;
const HIGHEST_LEVEL = 3;

export const SKB_CHECKSUM_HELPERS: readonly HelperImplementation[] = [
  {
    name: "l3_csum_replace",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb, offset, _offsetHigh, from, fromHigh, to, _toHigh, flags, flagsHigh) => {
        if (flagsHigh !== 0 || flags & ~SIZE_MASK) return -ERRNO.EINVAL;
        if (misplaced(skbs, skb, offset >>> 0)) return -ERRNO.EFAULT;
        const at = skbs.data(skb) + (offset >>> 0);
        const old = memory.view.getUint16(at, true);
        const size = flags & SIZE_MASK;
        if (size !== 0 && size !== 2 && size !== 4) return -ERRNO.EINVAL;
        if (size === 0 && (from !== 0 || fromHigh !== 0)) return -ERRNO.EINVAL;
        const sum =
          size === 0
            ? folded(addSums(to, ~old >>> 0))
            : size === 2
              ? replaced2(old, from & 0xffff, to & 0xffff)
              : replaced(old, from, to);
        memory.view.setUint16(at, sum, true);
        return 0;
      };
    },
  },
  {
    name: "l4_csum_replace",
    passing: "i32",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      return (skb, offset, _offsetHigh, from, fromHigh, to, _toHigh, flags, flagsHigh) => {
        if (flagsHigh !== 0 || flags & ~L4_FLAGS) return -ERRNO.EINVAL;
        if (misplaced(skbs, skb, offset >>> 0)) return -ERRNO.EFAULT;
        const at = skbs.data(skb) + (offset >>> 0);
        const old = memory.view.getUint16(at, true);
        // A UDP checksum of 0 says that there is none, and stays so.
        if (flags & MARK_MANGLED_0 && !(flags & MARK_ENFORCE) && old === 0) return 0;
        const size = flags & SIZE_MASK;
        if (size !== 0 && size !== 2 && size !== 4) return -ERRNO.EINVAL;
        if (size === 0 && (from !== 0 || fromHigh !== 0)) return -ERRNO.EINVAL;
        const mask = size === 2 ? 0xffff : -1;
        const sum = size === 0 ? folded(addSums(to, ~old >>> 0)) : replaced(old, from & mask, to & mask);
        memory.view.setUint16(at, flags & MARK_MANGLED_0 && sum === 0 ? 0xffff : sum, true);
        return 0;
      };
    },
  },
  {
    name: "csum_update",
    passing: "u64",
    // Only for packets whose sum the hardware has given, which a simulated device does not.
    implement:
      ({ memory }) =>
      () =>
        u64(memory, -ERRNO.ENOTSUPP, -1),
  },
  {
    name: "csum_level",
    passing: "u64",
    implement: ({ memory }) => {
      const skbs = new SkBuffs(memory);
      const error = (errno: number): number => u64(memory, -errno, -1);
      return (skb, what, whatHigh) => {
        const known = skbs.get(skb, "ip_summed") === CHECKSUM_UNNECESSARY;
        const level = skbs.get(skb, "csum_level");
        if (whatHigh !== 0) return error(ERRNO.EINVAL);
        switch (what) {
          case LEVEL.query:
            return known ? u64Of(memory, level) : error(ERRNO.EACCES);
          case LEVEL.up:
            skbs.set(skb, "ip_summed", CHECKSUM_UNNECESSARY);
            skbs.set(skb, "csum_level", known ? Math.min(level + 1, HIGHEST_LEVEL) : 0);
            break;
          case LEVEL.down:
            if (known && level === 0) skbs.set(skb, "ip_summed", CHECKSUM_NONE);
            else if (known) skbs.set(skb, "csum_level", level - 1);
            break;
          case LEVEL.reset:
            forgetChecksums(skbs, skb);
            break;
          default:
            return error(ERRNO.EINVAL);
        }
        return u64Of(memory, 0);
      };
    },
  },
];

/** What changes a packet's headers ends the hardware's word for its checksums. */
export function forgetChecksums(skbs: SkBuffs, skb: number): void {
  if (skbs.get(skb, "ip_summed") !== CHECKSUM_UNNECESSARY) return;
  skbs.set(skb, "ip_summed", CHECKSUM_NONE);
  skbs.set(skb, "csum_level", 0);
}
