import { DIRECT_MAP_HIGH, type LinearMemory } from "../../memory/memory.ts";
import type { AnyRow } from "./row.ts";
import type { MemberPlace, StructLayout } from "./struct-layout.ts";

/** Finds the place of another object, as the struct of `row`, or of its own row if none is given; 0: it has none. */
export type Place = (object: object, row?: AnyRow) => number;

const encoder = new TextEncoder();

/**
 * Writes members of one struct in linear memory by name. What a release does not have is skipped, so one writer serves all
 * releases. Each object keeps its place for life, so nothing has to be written twice in one moment.
 *
 * @example
 * w.int("i_ino", inode.ino);
 * w.pointer("i_sb", fileSystem);
 * w.text("s_id", "vda");
 */
export class StructWriter {
  readonly #memory: LinearMemory;
  readonly #at: number;
  readonly #layout: StructLayout;
  readonly #place: Place;
  readonly #string: (text: string) => number;

  constructor(memory: LinearMemory, at: number, layout: StructLayout, place: Place, string: (text: string) => number) {
    this.#memory = memory;
    this.#at = at;
    this.#layout = layout;
    this.#place = place;
    this.#string = string;
  }

  /** Whether the release has a member. */
  has(member: string): boolean {
    return this.#layout.member(member) !== undefined;
  }

  /** An integer, a bit or a bitfield. */
  int(member: string, value: number | bigint | boolean): void {
    const place = this.#layout.member(member);
    if (place === undefined) return;
    if (place.bits > 0) this.#bits(place, Number(value));
    else this.#integer(this.#at + place.offset, place.size, value);
  }

  #integer(at: number, size: number, value: number | bigint | boolean): void {
    const { view } = this.#memory;
    if (size === 1) view.setUint8(at, Number(value) & 0xff);
    else if (size === 2) view.setUint16(at, Number(value), true);
    else if (size === 4)
      view.setUint32(at, typeof value === "bigint" ? Number(BigInt.asUintN(32, value)) : Number(value), true);
    else if (size === 8) view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
  }

  #bits({ offset, bit, bits }: MemberPlace, value: number): void {
    const bytes = this.#memory.u8;
    for (let i = 0; i < bits; i++) {
      const at = this.#at + offset + ((bit + i) >> 3);
      const mask = 1 << ((bit + i) & 7);
      bytes[at] = Math.floor(value / 2 ** i) % 2 === 1 ? bytes[at]! | mask : bytes[at]! & ~mask;
    }
  }

  /** A pointer to another object, as the struct of its own row or of `row`; NULL for undefined. */
  pointer(member: string, object: object | undefined, row?: AnyRow): void {
    if (this.#layout.member(member) === undefined) return;
    this.#address(member, object === undefined ? 0 : this.#place(object, row));
  }

  /** A pointer to a member of the same struct: an empty list's head points to itself. */
  inside(member: string, target: string): void {
    const place = this.#layout.member(target);
    if (place !== undefined) this.#address(member, this.#at + place.offset);
  }

  /** A pointer into the room behind the struct. */
  behind(member: string, offset: number): void {
    this.#address(member, this.#at + this.#layout.size + offset);
  }

  /** Bytes in the room behind the struct. */
  bytesBehind(offset: number, bytes: Uint8Array): void {
    this.#memory.u8.set(bytes, this.#at + this.#layout.size + offset);
  }

  /** A pointer to a text of Linux's own. */
  string(member: string, text: string): void {
    if (this.#layout.member(member) !== undefined) this.#address(member, this.#string(text));
  }

  #address(member: string, offset: number): void {
    const place = this.#layout.member(member);
    if (place === undefined) return;
    this.#memory.view.setUint32(this.#at + place.offset, offset, true);
    this.#memory.view.setInt32(this.#at + place.offset + 4, offset === 0 ? 0 : DIRECT_MAP_HIGH, true);
  }

  /** A text in an array of characters: cut to fit, the rest zero. */
  text(member: string, text: string): void {
    const place = this.#layout.member(member);
    if (place === undefined) return;
    const bytes = this.#memory.u8.subarray(this.#at + place.offset, this.#at + place.offset + place.size);
    bytes.fill(0);
    encoder.encodeInto(text, bytes.subarray(0, Math.max(0, place.size - 1)));
  }

  /** Bytes at an offset, for structs that are the beginning of a larger one. */
  raw(offset: number, value: Uint8Array): void {
    this.#memory.u8.set(value, this.#at + offset);
  }

  /** Bytes in an array: an address of IPv6, a MAC. */
  bytes(member: string, value: ArrayLike<number>): void {
    const place = this.#layout.member(member);
    if (place === undefined) return;
    for (let i = 0; i < Math.min(value.length, place.size); i++)
      this.#memory.u8[this.#at + place.offset + i] = value[i]!;
  }
}
