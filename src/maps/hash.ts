import type { LinearMemory } from "../memory/memory.ts";
import { MapBase, roundUp8 } from "./base.ts";
import { copyBytes } from "./copy.ts";
import { ERRNO } from "./errno.ts";
import { UPDATE_FLAGS } from "./flags.ts";
import { hashBytes, hashWord, hashWords2 } from "./jhash.ts";
import type { MapSpec } from "./spec.ts";

/** Offset of the key in an element; before it lie the next element's offset and the hash. */
const KEY = 8;

/** The words of a map's state, at the start of its block. */
const STATE = {
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

/** The power of two that is at least `number`, which is at most 2 ** 31. */
export const roundUpToPowerOfTwo = (number: number): number => 2 ** (32 - Math.clz32(number - 1));

/**
 * A hash table with chains, in one block of linear memory. Nothing that changes lies elsewhere, so whoever brings back the
 * block's bytes (a stepper that goes back) has brought back the map:
 *
 * ```
 * state:    four words
 * heads:    one 32-bit offset a bucket, 0 for an empty one
 * elements: +0 next +4 hash +8 key (rounded up to 8) +8+k value (rounded up to 8)
 * ```
 *
 * As in Linux: a new element goes to the front of its chain; replacing a value makes a new element, so a program that
 * holds the old value's address goes on seeing the old value; a removed element is the first to be used again; there is
 * one element more than `maxEntries`, so that a full map can still replace.
 */
export class HashMap extends MapBase {
  readonly #keySize: number;
  readonly #valueSize: number;
  /** Offset of the value in an element. */
  readonly #value: number;
  readonly #elementSize: number;
  /** Index of the state's first word. */
  readonly #state: number;
  readonly #heads: number;
  readonly #elements: number;
  /** Number of buckets less one, a mask for hashes. */
  readonly #mask: number;
  constructor(memory: LinearMemory, index: number, spec: MapSpec) {
    super(memory, index, spec);
    this.#keySize = spec.keySize;
    this.#valueSize = spec.valueSize;
    this.#value = KEY + roundUp8(spec.keySize);
    this.#elementSize = this.#value + roundUp8(spec.valueSize);
    const buckets = roundUpToPowerOfTwo(spec.maxEntries);
    this.#mask = buckets - 1;
    const headsSize = roundUp8(buckets * 4);
    const blockSize = STATE_SIZE + headsSize + this.#elementSize * (spec.maxEntries + 1);
    this.#state = this.allocate(blockSize) >> 2;
    this.#heads = 4 * this.#state + STATE_SIZE;
    this.#elements = this.#heads + headsSize;
    memory.i32[this.#state + STATE.spare] = this.#elements + this.#elementSize * spec.maxEntries;
  }

  get size(): number {
    return this.memory.i32[this.#state + STATE.size];
  }

  #hash(key: number): number {
    const { i32 } = this.memory;
    if ((key & 3) === 0) {
      if (this.#keySize === 4) return hashWord(i32[key >> 2]);
      if (this.#keySize === 8) return hashWords2(i32[key >> 2], i32[(key >> 2) + 1]);
    }
    return hashBytes(this.memory, key, this.#keySize);
  }

  /** The element with this hash and key, or 0. */
  #find(key: number, hash: number): number {
    const { i32 } = this.memory;
    let element = i32[(this.#heads >> 2) + (hash & this.#mask)];
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

  lookup(key: number): number {
    const element = this.#find(key, this.#hash(key));
    return element === 0 ? 0 : element + this.#value;
  }

  update(key: number, value: number, flags: number): number {
    if (flags >>> 0 > UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    const hash = this.#hash(key);
    const old = this.#find(key, hash);
    if (old !== 0 && flags === UPDATE_FLAGS.noexist) return -ERRNO.EEXIST;
    if (old === 0 && flags === UPDATE_FLAGS.exist) return -ERRNO.ENOENT;
    const element = old === 0 ? this.#take() : this.memory.i32[this.#state + STATE.spare];
    if (element === 0) return -ERRNO.E2BIG;
    const { i32 } = this.memory;
    const head = (this.#heads >> 2) + (hash & this.#mask);
    copyBytes(this.memory, element + KEY, key, this.#keySize);
    copyBytes(this.memory, element + this.#value, value, this.#valueSize);
    i32[(element >> 2) + 1] = hash;
    i32[element >> 2] = i32[head];
    i32[head] = element;
    if (old !== 0) {
      this.#unlink(old, hash);
      i32[this.#state + STATE.spare] = old;
    }
    return 0;
  }

  delete(key: number): number {
    const hash = this.#hash(key);
    const element = this.#find(key, hash);
    if (element === 0) return -ERRNO.ENOENT;
    this.#unlink(element, hash);
    const { i32 } = this.memory;
    i32[element >> 2] = i32[this.#state + STATE.removed];
    i32[this.#state + STATE.removed] = element;
    i32[this.#state + STATE.size]--;
    return 0;
  }

  nextKey(key: number, out: number): number {
    const { i32 } = this.memory;
    const hash = key === 0 ? 0 : this.#hash(key);
    const current = key === 0 ? 0 : this.#find(key, hash);
    // A key that is not there, perhaps because it was just deleted, starts again from the first.
    let bucket = current === 0 ? 0 : (hash & this.#mask) + 1;
    let next = current === 0 ? 0 : i32[current >> 2];
    while (next === 0 && bucket <= this.#mask) next = i32[(this.#heads >> 2) + bucket++];
    if (next === 0) return -ERRNO.ENOENT;
    copyBytes(this.memory, out, next + KEY, this.#keySize);
    return 0;
  }

  /** An element to fill, or 0 where `maxEntries` are in use. */
  #take(): number {
    const { i32 } = this.memory;
    if (i32[this.#state + STATE.size] === this.spec.maxEntries) return 0;
    i32[this.#state + STATE.size]++;
    const removed = i32[this.#state + STATE.removed];
    if (removed === 0) return this.#elements + this.#elementSize * i32[this.#state + STATE.touched]++;
    i32[this.#state + STATE.removed] = i32[removed >> 2];
    return removed;
  }

  /** Takes an element out of its chain. */
  #unlink(element: number, hash: number): void {
    const { i32 } = this.memory;
    let link = (this.#heads >> 2) + (hash & this.#mask);
    while (i32[link] !== element) link = i32[link] >> 2;
    i32[link] = i32[element >> 2];
  }
}
