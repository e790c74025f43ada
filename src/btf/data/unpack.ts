import { type Btf, parseBtf } from "../btf.ts";
import { inflate } from "./inflate.ts";
import type { PackedBtf } from "./packed.ts";

const read = new Map<PackedBtf, Btf>();

/** The types of a release as they ship: unpacked and read once, the same object each time. */
export function unpackBtf(release: PackedBtf): Btf {
  const known = read.get(release);
  if (known !== undefined) return known;
  const text = atob(release.data);
  const packed = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) packed[at] = text.charCodeAt(at);
  const btf = parseBtf(inflate(packed, release.size));
  read.set(release, btf);
  return btf;
}
