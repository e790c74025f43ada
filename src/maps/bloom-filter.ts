import type { LinearMemory } from "../memory/memory.ts";
import { ERRNO } from "./errno.ts";
import { roundUpToPowerOfTwo } from "./hash-table.ts";
import { hashBytes } from "./jhash.ts";
import { SequenceMap } from "./sequence.ts";
import type { MapSpec } from "./spec.ts";

/** Linux's number of hash functions where none is asked for. */
const HASH_FUNCTIONS = 5;

/**
 * A set that can say "certainly not" or "perhaps": each value sets one bit for each hash function. Nothing can be taken out.
 * As Linux does it, the number of bits is 7/5 of the values times the functions, rounded up to a power of two.
 */
export class BloomFilterMap extends SequenceMap {
  readonly #functions: number;
  readonly #bits: number;
  readonly #mask: number;

  constructor(memory: LinearMemory, index: number, spec: MapSpec) {
    super(memory, index, spec);
    this.#functions = Number(spec.mapExtra ?? 0n) || HASH_FUNCTIONS;
    const wanted = Math.floor((spec.maxEntries * this.#functions) / 5) * 7;
    const bits = wanted > 2 ** 31 ? 2 ** 32 : roundUpToPowerOfTwo(Math.max(64, wanted));
    this.#mask = bits - 1;
    this.#bits = this.allocate(bits / 8);
  }

  /** How many values are in it no filter knows. */
  get size(): number {
    return 0;
  }

  /** The bit of one hash function: the byte's offset and the bit in it. */
  #bit(value: number, seed: number): number {
    return (hashBytes(this.memory, value, this.spec.valueSize, seed) & this.#mask) >>> 0;
  }

  push(value: number, flags: number): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    for (let seed = 0; seed < this.#functions; seed++) {
      const bit = this.#bit(value, seed);
      this.memory.u8[this.#bits + (bit >>> 3)] |= 1 << (bit & 7);
    }
    return 0;
  }

  /** 0 if the value at `value` is perhaps in the set, -ENOENT if it is certainly not. */
  peek(value: number): number {
    for (let seed = 0; seed < this.#functions; seed++) {
      const bit = this.#bit(value, seed);
      if ((this.memory.u8[this.#bits + (bit >>> 3)] & (1 << (bit & 7))) === 0) return -ERRNO.ENOENT;
    }
    return 0;
  }

  /** Adds everything that is in another filter of the same specification. */
  adopt(other: BloomFilterMap): void {
    const from = other.#bits;
    for (let byte = 0; byte <= this.#mask >>> 3; byte++)
      this.memory.u8[this.#bits + byte] |= other.memory.u8[from + byte];
  }

  pop(_out: number): number {
    return -ERRNO.EOPNOTSUPP;
  }

  override delete(_key: number): number {
    return -ERRNO.EOPNOTSUPP;
  }

  override nextKey(_key: number, _out: number): number {
    return -ERRNO.EOPNOTSUPP;
  }
}
