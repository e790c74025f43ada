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

/**
 * A release of Linux whose types ship, or one that is made up: `teaching-1` is 6.18 with the differences that lessons of CO-RE need;
 * of `teaching-2` and all others up to `teaching-999999` each has some of them, and members of `task_struct` in places of its own.
 */
export type Release = keyof typeof PACKED | `teaching-${number}`;

/** Releases that machines can have, oldest first, the made-up one of the lessons last. */
export const RELEASES: readonly Release[] = [...(Object.keys(PACKED) as (keyof typeof PACKED)[]), "teaching-1"];

/** The number of a made-up release; undefined for those that ship. */
const numberOf = (release: string): number | undefined => {
  const digits = /^teaching-([1-9]\d{0,5})$/.exec(release)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/** Whether machines can have it. @example isRelease("teaching-4711") // true */
export const isRelease = (release: unknown): release is Release =>
  typeof release === "string" && (Object.hasOwn(PACKED, release) || numberOf(release) !== undefined);

/** What `teaching-1` is made from, and what a machine is unless it is said. */
export const NEWEST = "6.18" satisfies Release;

/** Made-up releases that were asked for last. */
const teaching = new Map<number, Btf>();
const KEPT = 8;

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
  const number = numberOf(release);
  if (number === undefined) return unpackBtf(PACKED[release as keyof typeof PACKED]);
  let found = teaching.get(number);
  if (found === undefined) {
    const [oldest] = teaching.keys();
    if (teaching.size >= KEPT) teaching.delete(oldest!);
    found = teachingBtf(unpackBtf(PACKED[NEWEST]), number);
    teaching.set(number, found);
  }
  return found;
}

/** From which kernel the types of a release were read: `uname -r` or the package. */
export const sourceOf = (release: Release): string =>
  numberOf(release) === undefined
    ? PACKED[release as keyof typeof PACKED].source
    : `${release}, made up from ${PACKED[NEWEST].source}`;
