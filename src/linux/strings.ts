import { ERRNO } from "../maps/errno.ts";
import type { LinearMemory } from "../memory/memory.ts";

/**
 * Upper half of addresses in user space where programs keep their strings; the lower half is the offset in linear
 * memory, so a user address is read the way a direct-map address is.
 */
export const USER_STRINGS_HIGH = 0x7f00;

/** Bytes of all strings together, so that a huge log leaves room for maps. */
const MOST = 32 * 2 ** 20;

const PAGE = 4096;
const PAGES_AT_ONCE = 16;

/** Where the strings beyond that are: an address that nothing can be read from. */
const UNMAPPED = (USER_STRINGS_HIGH + 1) * 2 ** 32;

/** Strings of the simulated programs, in linear memory, so that a pointer argument points to something. */
export class UserStrings {
  readonly #memory: LinearMemory;
  readonly #addresses = new Map<string, number>();
  readonly #texts = new Map<number, string>();
  /** Arrays of pointers and structures, by what they hold. */
  readonly #arrays = new Map<string, number>();
  /** Pages of linear memory that programs see: the others are Linux's, or nobody's. */
  readonly #pages = new Set<number>();
  #bytes = 0;
  #top = 0;
  #end = 0;

  constructor(memory: LinearMemory) {
    this.#memory = memory;
  }

  /** The user address of a string's bytes (UTF-8, NUL at the end); one copy per distinct string. */
  address(text: string): number {
    const known = this.#addresses.get(text);
    if (known !== undefined) return known;
    const bytes = new TextEncoder().encode(text);
    this.#bytes += bytes.length + 1;
    if (this.#bytes > MOST) return UNMAPPED;
    const offset = this.#room(bytes.length + 1);
    this.#memory.u8.set(bytes, offset);
    const address = USER_STRINGS_HIGH * 2 ** 32 + offset;
    this.#addresses.set(text, address);
    this.#texts.set(address, text);
    return address;
  }

  /** The user address of an array of pointers to strings, with a null pointer at the end: `argv`. */
  pointers(texts: readonly string[]): number {
    const key = texts.join("\0\0");
    const known = this.#arrays.get(key);
    if (known !== undefined) return known;
    const size = 8 * (texts.length + 1);
    this.#bytes += size;
    if (this.#bytes > MOST) return UNMAPPED;
    const addresses = texts.map((text) => this.address(text));
    const offset = this.#room(size, 8);
    const { view } = this.#memory;
    for (const [i, address] of addresses.entries()) view.setBigUint64(offset + 8 * i, BigInt(address), true);
    view.setBigUint64(offset + 8 * texts.length, 0n, true);
    const address = USER_STRINGS_HIGH * 2 ** 32 + offset;
    this.#arrays.set(key, address);
    return address;
  }

  /** The user address of a structure that `make` gives the bytes of, 8-aligned; one copy per `key`. */
  structure(key: string, make: () => Uint8Array): number {
    const known = this.#arrays.get(key);
    if (known !== undefined) return known;
    const bytes = make();
    this.#bytes += bytes.length;
    if (this.#bytes > MOST) return UNMAPPED;
    const offset = this.#room(bytes.length, 8);
    this.#memory.u8.set(bytes, offset);
    const address = USER_STRINGS_HIGH * 2 ** 32 + offset;
    this.#arrays.set(key, address);
    return address;
  }

  /** Room in pages of programs' own. */
  #room(size: number, align = 1): number {
    this.#top = Math.ceil(this.#top / align) * align;
    if (this.#top + size > this.#end) {
      const length = Math.ceil(Math.max(size, PAGES_AT_ONCE * PAGE) / PAGE) * PAGE;
      this.#top = this.#memory.allocate(length, PAGE);
      this.#end = this.#top + length;
      for (let page = this.#top / PAGE; page < this.#end / PAGE; page++) this.#pages.add(page);
    }
    const at = this.#top;
    this.#top += size;
    return at;
  }

  /** The offset in linear memory of `size` bytes at a user address, given as two halves; -EFAULT where none are. */
  offset(low: number, high: number, size: number): number {
    const at = low >>> 0;
    if (high !== USER_STRINGS_HIGH) return -ERRNO.EFAULT;
    for (let page = Math.floor(at / PAGE); page <= Math.floor((at + size - 1) / PAGE); page++)
      if (!this.#pages.has(page)) return -ERRNO.EFAULT;
    return at;
  }

  /** The string at an address that `address` gave; empty for any other. */
  read(address: number): string {
    return this.#texts.get(address) ?? "";
  }
}
