import { type Btf, parseBtf } from "../btf.ts";
import { inflate } from "./inflate.ts";
import { LINUX_6_1 } from "./linux-6.1.ts";
import { LINUX_6_12 } from "./linux-6.12.ts";
import { LINUX_6_18 } from "./linux-6.18.ts";
import type { PackedBtf } from "./packed.ts";

/** What ships of each release, by the name that machines are given. */
const PACKED = { "6.1": LINUX_6_1, "6.12": LINUX_6_12, "6.18": LINUX_6_18 } as const satisfies Record<
  string,
  PackedBtf
>;

/** A release of Linux whose types ship. */
export type Release = keyof typeof PACKED;

/** Releases whose types ship, oldest first. */
export const RELEASES = Object.keys(PACKED) as Release[];

const read = new Map<Release, Btf>();

/**
 * The types of a release of Linux, read from that release's own BTF and made smaller: all kfuncs, hooks and traced
 * functions that programs attach to, and the structs that they, tracepoints and lessons lead to. What is left out is a
 * forward declaration. Ids are not those of the release. Read once, the same object each time.
 *
 * @example
 * const btf = machineBtf("6.18");
 * btf.byName("bpf_rcu_read_lock", "func");
 */
export function machineBtf(release: Release): Btf {
  const known = read.get(release);
  if (known !== undefined) return known;
  const { size, data } = PACKED[release];
  const text = atob(data);
  const packed = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) packed[at] = text.charCodeAt(at);
  const btf = parseBtf(inflate(packed, size));
  read.set(release, btf);
  return btf;
}

/** From which kernel the types of a release were read: `uname -r` or the package. */
export const sourceOf = (release: Release): string => PACKED[release].source;
