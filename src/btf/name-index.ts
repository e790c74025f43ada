import { hashBytes, type StringTable } from "./strings.ts";

const utf8 = new TextEncoder();

/**
 * Types by name: a hash table in two typed arrays, so that an index of 100,000 names takes a megabyte and no strings.
 * Types of one name come in the order of their ids.
 */
export class NameIndex {
  readonly #strings: StringTable;
  readonly #nameOffsets: (index: number) => number;
  /** First type of each bucket, as index + 1. */
  readonly #heads: Uint32Array;
  /** The next type in the same bucket, as index + 1. */
  readonly #next: Uint32Array;

  /** `nameOffsets` gives the name of each of `count` types, 0 for none. */
  constructor(strings: StringTable, count: number, nameOffsets: (index: number) => number) {
    this.#strings = strings;
    this.#nameOffsets = nameOffsets;
    this.#heads = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(count, 1) + 1)));
    this.#next = new Uint32Array(count);
    for (let index = count - 1; index >= 0; index--) {
      const offset = nameOffsets(index);
      if (offset === 0) continue;
      const bucket = strings.hashAt(offset) & (this.#heads.length - 1);
      this.#next[index] = this.#heads[bucket];
      this.#heads[bucket] = index + 1;
    }
  }

  /** Indices of the types of that name. */
  *find(name: string): Generator<number> {
    const bucket = hashBytes(utf8.encode(name)) & (this.#heads.length - 1);
    for (let link = this.#heads[bucket]; link !== 0; link = this.#next[link - 1])
      if (this.#strings.at(this.#nameOffsets(link - 1)) === name) yield link - 1;
  }
}
