import type { LinearMemory } from "../memory/memory.ts";
import { copyBytes } from "./copy.ts";
import { ERRNO } from "./errno.ts";
import { UPDATE_FLAGS } from "./flags.ts";
import { SequenceMap } from "./sequence.ts";
import type { MapSpec } from "./spec.ts";

/**
 * The `queue` and the `stack`: a ring of `maxEntries + 1` places, of which one stays free so that full and empty differ. A
 * queue gives its oldest element, a stack its newest. With the flag `exist` a push into a full one drops the oldest.
 */
export class QueueStackMap extends SequenceMap {
  readonly #isStack: boolean;
  readonly #valueSize: number;
  /** Index of the word that says where the next element goes; the next one says where the oldest is. */
  readonly #head: number;
  readonly #elements: number;
  readonly #places: number;

  constructor(memory: LinearMemory, index: number, spec: MapSpec) {
    super(memory, index, spec);
    this.#isStack = spec.type === "stack";
    this.#valueSize = spec.valueSize;
    this.#places = spec.maxEntries + 1;
    const block = this.allocate(8 + this.#places * spec.valueSize);
    this.#head = block >> 2;
    this.#elements = block + 8;
  }

  get size(): number {
    const { i32 } = this.memory;
    const count = i32[this.#head] - i32[this.#head + 1];
    return count < 0 ? count + this.#places : count;
  }

  /** The place after `place`. */
  #after(place: number): number {
    return place + 1 === this.#places ? 0 : place + 1;
  }

  /** Offset of the element that comes out after `place` others. */
  at(place: number): number {
    const { i32 } = this.memory;
    const from = this.#isStack ? i32[this.#head] - 1 - place + this.#places : i32[this.#head + 1] + place;
    return this.#elements + (from % this.#places) * this.#valueSize;
  }

  push(value: number, flags: number): number {
    if (flags !== UPDATE_FLAGS.any && flags !== UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    const { i32 } = this.memory;
    if (this.size === this.spec.maxEntries) {
      if (flags !== UPDATE_FLAGS.exist) return -ERRNO.E2BIG;
      i32[this.#head + 1] = this.#after(i32[this.#head + 1]);
    }
    const place = i32[this.#head];
    copyBytes(this.memory, this.#elements + place * this.#valueSize, value, this.#valueSize);
    i32[this.#head] = this.#after(place);
    return 0;
  }

  peek(out: number): number {
    return this.#give(out, false);
  }

  pop(out: number): number {
    return this.#give(out, true);
  }

  #give(out: number, remove: boolean): number {
    const { i32, u8 } = this.memory;
    if (i32[this.#head] === i32[this.#head + 1]) {
      u8.fill(0, out, out + this.#valueSize);
      return -ERRNO.ENOENT;
    }
    const newest = (i32[this.#head] || this.#places) - 1;
    const oldest = i32[this.#head + 1];
    copyBytes(this.memory, out, this.#elements + (this.#isStack ? newest : oldest) * this.#valueSize, this.#valueSize);
    if (remove && this.#isStack) i32[this.#head] = newest;
    else if (remove) i32[this.#head + 1] = this.#after(oldest);
    return 0;
  }
}
