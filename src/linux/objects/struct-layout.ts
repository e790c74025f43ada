import type { Btf } from "../../btf/btf.ts";
import { pathOf } from "../../btf/member-path.ts";
import { sizeOf } from "../../btf/size.ts";

/** Where a member lies in its struct. */
export interface MemberPlace {
  /** Bytes from the start of the struct. */
  readonly offset: number;
  readonly size: number;
  /** Of a bitfield: its first bit, from `offset` on, and how many; 0 for any other member. */
  readonly bit: number;
  readonly bits: number;
}

/** A struct that a release does not have, or that is left out of the types that ship: as many zeros. */
const UNKNOWN_SIZE = 64;

/** The layout of one struct of a release; members are looked up once. */
export class StructLayout {
  readonly size: number;
  readonly #btf: Btf;
  readonly #id: number | undefined;
  readonly #members = new Map<string, MemberPlace | undefined>();

  constructor(btf: Btf, struct: string) {
    this.#btf = btf;
    this.#id = btf.byName(struct, "struct")?.id;
    this.size = (this.#id === undefined ? undefined : sizeOf(btf, this.#id)) ?? UNKNOWN_SIZE;
  }

  /** A member by its path (`f_path.dentry`, `comm`); undefined where the release does not have it. */
  member(path: string): MemberPlace | undefined {
    if (this.#members.has(path)) return this.#members.get(path);
    const place = this.#find(path);
    this.#members.set(path, place);
    return place;
  }

  #find(path: string): MemberPlace | undefined {
    const found = this.#id === undefined ? undefined : pathOf(this.#btf, this.#id, path);
    if (found === undefined) return undefined;
    const offset = found.bitOffset >> 3;
    if (found.bitSize === 0) return { offset, size: sizeOf(this.#btf, found.type) ?? 0, bit: 0, bits: 0 };
    return { offset, size: 0, bit: found.bitOffset & 7, bits: found.bitSize };
  }
}
