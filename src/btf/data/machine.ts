import type { Btf } from "../btf.ts";
import { LINUX_6_1 } from "./linux-6.1.ts";
import { LINUX_6_12 } from "./linux-6.12.ts";
import { LINUX_6_18 } from "./linux-6.18.ts";
import type { PackedBtf } from "./packed.ts";
import { teachingBtf } from "./teaching.ts";
import { unpackBtf } from "./unpack.ts";

/** What ships of each release, by the name that machines are given. */
const PACKED = { "6.1": LINUX_6_1, "6.12": LINUX_6_12, "6.18": LINUX_6_18 } as const satisfies Record<
  string,
  PackedBtf
>;

/** A release of Linux whose types ship, or `teaching-1`: made up, 6.18 with the differences that lessons of CO-RE need. */
export type Release = keyof typeof PACKED | "teaching-1";

/** Releases that machines can have, oldest first, the made-up one last. */
export const RELEASES: readonly Release[] = [...(Object.keys(PACKED) as (keyof typeof PACKED)[]), "teaching-1"];

/** What `teaching-1` is made from, and what a machine is unless it is said. */
export const NEWEST = "6.18" satisfies Release;

let teaching: Btf | undefined;

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
  if (release !== "teaching-1") return unpackBtf(PACKED[release]);
  teaching ??= teachingBtf(unpackBtf(PACKED[NEWEST]));
  return teaching;
}

/** From which kernel the types of a release were read: `uname -r` or the package. */
export const sourceOf = (release: Release): string =>
  release === "teaching-1" ? `teaching-1, made up from ${PACKED[NEWEST].source}` : PACKED[release].source;
