import type { LinearMemory } from "../memory/memory.ts";
import { MapBase, roundUp8 } from "./base.ts";
import { copyBytes } from "./copy.ts";
import { ERRNO } from "./errno.ts";
import { hashBytes, hashWord, hashWords2, hashWords4 } from "./jhash.ts";
import type { MapSpec } from "./spec.ts";

/** Offset of the key in an element; before it lie the next element's offset and the hash. */
export const KEY = 8;

/** The words of a table's state, at the start of its block. */
export const STATE = {
  /** Elements that are in the map. */
  size: 0,
  /** Elements that were used at least once. */
  touched: 1,
  /** First element of the chain of removed ones. */
  removed: 2,
  /** The element that replaces the next replaced one. */
  spare: 3,
} as const;
const STATE_SIZE = 16;

/** How large a table's parts are. */
export interface TableLayout {
  /** Bytes of an element's value, of all CPUs. */
  readonly valueBytes: number;
  /** Elements that there is room for. */
  readonly elements: number;
  /** Bytes of an element after its value, for what else a type keeps there. */
  readonly extra?: number;
}

/** The power of two that is at least `number`, which is at most 2 ** 31. */
export const roundUpToPowerOfTwo = (number: number): number => 2 ** (32 - Math.clz32(number - 1));

/**
 * A hash table with chains, in one block of linear memory: what the maps of the hash family share. Nothing that changes
 * lies elsewhere, so whoever brings back the block's bytes (a stepper that goes back) has brought back the map:
 *
 * ```
 * state:    four words
 * heads:    one 32-bit offset a bucket, 0 for an empty one
 * elements: +0 next +4 hash +8 key (rounded up to 8) +8+k value (rounded up to 8), then what the type adds
 * ```
 *
 * Hash function, number of buckets and places in chains are Linux's, so the order of elements is, too.
 */
export abstract class HashTable extends MapBase {
  /** Offset of the value in an element. */
  protected readonly value: number;
  protected readonly elementSize: number;
  /** Offset of the first element. */
  protected readonly first: number;
  /** Index of the state's first word. */
  protected readonly state: number;
  readonly #keySize: number;
  /** Index of the first bucket's word. */
  readonly #heads: number;
  /** Number of buckets less one, a mask for hashes. */
  readonly #mask: number;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, { valueBytes, elements, extra = 0 }: TableLayout) {
    super(memory, index, spec);
    this.#keySize = spec.keySize;
    this.value = KEY + roundUp8(spec.keySize);
    this.elementSize = this.value + roundUp8(valueBytes) + extra;
    const buckets = roundUpToPowerOfTwo(spec.maxEntries);
    this.#mask = buckets - 1;
    const headsSize = roundUp8(buckets * 4);
    const block = this.allocate(STATE_SIZE + headsSize + this.elementSize * elements);
    this.state = block >>> 2;
    this.#heads = (block + STATE_SIZE) >>> 2;
    this.first = block + STATE_SIZE + headsSize;
  }

  get size(): number {
    return this.memory.i32[this.state + STATE.size];
  }

  protected hash(key: number): number {
    const { i32 } = this.memory;
    if ((key & 3) === 0) {
      if (this.#keySize === 4) return hashWord(i32[key >> 2]);
      if (this.#keySize === 8) return hashWords2(i32[key >> 2], i32[(key >> 2) + 1]);
      if (this.#keySize === 16) {
        const at = key >> 2;
        return hashWords4(i32[at], i32[at + 1], i32[at + 2], i32[at + 3]);
      }
    }
    return hashBytes(this.memory, key, this.#keySize);
  }

  /** The element with this hash and key, or 0. */
  protected find(key: number, hash: number): number {
    const { i32 } = this.memory;
    let element = i32[this.#heads + (hash & this.#mask)];
    // Short keys are compared at once, so there is no need to compare hashes first.
    if ((key & 3) === 0 && this.#keySize === 4) {
      const word = i32[key >> 2];
      while (element !== 0 && i32[(element + KEY) >> 2] !== word) element = i32[element >> 2];
    } else if ((key & 3) === 0 && this.#keySize === 8) {
      const low = i32[key >> 2];
      const high = i32[(key >> 2) + 1];
      while (element !== 0 && (i32[(element + KEY) >> 2] !== low || i32[(element + KEY + 4) >> 2] !== high))
        element = i32[element >> 2];
    } else {
      while (element !== 0 && (i32[(element >> 2) + 1] !== hash || !this.#hasKey(element, key)))
        element = i32[element >> 2];
    }
    return element;
  }

  /**
   * The search of `find` for keys of 4, 8 or 16 bytes, with everything constant bound: what it costs does not depend on which
   * other types of maps the machine has.
   */
  protected bindFind(): ((key: number) => number) | undefined {
    const { memory } = this;
    const heads = this.#heads;
    const mask = this.#mask;
    if (this.#keySize === 4) {
      return (key) => {
        const { i32 } = memory;
        const word = (key & 3) === 0 ? i32[key >> 2] : memory.view.getInt32(key, true);
        let element = i32[heads + (hashWord(word) & mask)];
        while (element !== 0 && i32[(element + KEY) >> 2] !== word) element = i32[element >> 2];
        return element;
      };
    }
    if (this.#keySize === 16) return this.#bindFind16();
    if (this.#keySize !== 8) return undefined;
    return (key) => {
      const { i32, view } = memory;
      const aligned = (key & 3) === 0;
      const low = aligned ? i32[key >> 2] : view.getInt32(key, true);
      const high = aligned ? i32[(key >> 2) + 1] : view.getInt32(key + 4, true);
      let element = i32[heads + (hashWords2(low, high) & mask)];
      while (element !== 0 && (i32[(element + KEY) >> 2] !== low || i32[(element + KEY + 4) >> 2] !== high))
        element = i32[element >> 2];
      return element;
    };
  }

  /** The same for keys of 16 bytes: an IPv6 address, the ends of a connection. */
  #bindFind16(): (key: number) => number {
    const { memory } = this;
    const heads = this.#heads;
    const mask = this.#mask;
    return (key) => {
      const { i32, view } = memory;
      const at = key >> 2;
      const aligned = (key & 3) === 0;
      const a = aligned ? i32[at] : view.getInt32(key, true);
      const b = aligned ? i32[at + 1] : view.getInt32(key + 4, true);
      const c = aligned ? i32[at + 2] : view.getInt32(key + 8, true);
      const d = aligned ? i32[at + 3] : view.getInt32(key + 12, true);
      let element = i32[heads + (hashWords4(a, b, c, d) & mask)];
      while (element !== 0) {
        const own = (element + KEY) >> 2;
        if (i32[own] === a && i32[own + 1] === b && i32[own + 2] === c && i32[own + 3] === d) break;
        element = i32[element >> 2];
      }
      return element;
    };
  }

  #hasKey(element: number, key: number): boolean {
    const { i32, u8 } = this.memory;
    const own = element + KEY;
    const size = this.#keySize;
    if (((key | size) & 3) === 0) {
      for (let at = 0; at < size; at += 4) if (i32[(own + at) >> 2] !== i32[(key + at) >> 2]) return false;
      return true;
    }
    for (let at = 0; at < size; at++) if (u8[own + at] !== u8[key + at]) return false;
    return true;
  }

  /** Puts an element with this key at the front of its chain. */
  protected link(element: number, key: number, hash: number): void {
    const { i32 } = this.memory;
    const head = this.#heads + (hash & this.#mask);
    copyBytes(this.memory, element + KEY, key, this.#keySize);
    i32[(element >> 2) + 1] = hash;
    i32[element >> 2] = i32[head];
    i32[head] = element;
  }

  /** Takes an element out of its chain. */
  protected unlink(element: number): void {
    const { i32 } = this.memory;
    let link = this.#heads + (i32[(element >> 2) + 1] & this.#mask);
    while (i32[link] !== element) link = i32[link] >> 2;
    i32[link] = i32[element >> 2];
  }

  /** Whether an element is in the chain of its hash. */
  protected isLinked(element: number): boolean {
    const { i32 } = this.memory;
    let at = i32[this.#heads + (i32[(element >> 2) + 1] & this.#mask)];
    while (at !== 0 && at !== element) at = i32[at >> 2];
    return at === element;
  }

  /** An element to fill from the common stock, or 0 where `maxEntries` are in use. */
  protected take(): number {
    const { i32 } = this.memory;
    if (i32[this.state + STATE.size] === this.spec.maxEntries) return 0;
    i32[this.state + STATE.size]++;
    const removed = i32[this.state + STATE.removed];
    if (removed === 0) return this.first + this.elementSize * i32[this.state + STATE.touched]++;
    i32[this.state + STATE.removed] = i32[removed >> 2];
    return removed;
  }

  /** Gives an element back to the common stock: it is the next to be taken. */
  protected giveBack(element: number): void {
    const { i32 } = this.memory;
    i32[element >> 2] = i32[this.state + STATE.removed];
    i32[this.state + STATE.removed] = element;
    i32[this.state + STATE.size]--;
  }

  /** Number of buckets. */
  get buckets(): number {
    return this.#mask + 1;
  }

  /** Offsets of the keys of one bucket, in its order. */
  keysOf(bucket: number): number[] {
    const { i32 } = this.memory;
    const keys: number[] = [];
    for (let at = i32[this.#heads + bucket]; at !== 0; at = i32[at >> 2]) keys.push(at + KEY);
    return keys;
  }

  delete(key: number): number {
    const element = this.find(key, this.hash(key));
    if (element === 0) return -ERRNO.ENOENT;
    this.unlink(element);
    this.giveBack(element);
    return 0;
  }

  nextKey(key: number, out: number): number {
    const { i32 } = this.memory;
    const hash = key === 0 ? 0 : this.hash(key);
    const current = key === 0 ? 0 : this.find(key, hash);
    // A key that is not there, perhaps because it was just deleted, starts again from the first.
    let bucket = current === 0 ? 0 : (hash & this.#mask) + 1;
    let next = current === 0 ? 0 : i32[current >> 2];
    while (next === 0 && bucket <= this.#mask) next = i32[this.#heads + bucket++];
    if (next === 0) return -ERRNO.ENOENT;
    copyBytes(this.memory, out, next + KEY, this.#keySize);
    return 0;
  }
}
