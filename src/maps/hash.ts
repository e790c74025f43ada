import type { LinearMemory } from "../memory/memory.ts";
import { copyBytes } from "./copy.ts";
import { ERRNO } from "./errno.ts";
import { UPDATE_FLAGS } from "./flags.ts";
import { HashTable, STATE } from "./hash-table.ts";
import type { MapSpec } from "./spec.ts";

/**
 * The `hash` map. As in Linux: a new element goes to the front of its chain; replacing a value makes a new element, so a
 * program that holds the old value's address goes on seeing the old value; a removed element is the first to be used
 * again; there is one element more than `maxEntries`, so that a full map can still replace.
 */
export class HashMap extends HashTable {
  readonly #valueSize: number;

  constructor(memory: LinearMemory, index: number, spec: MapSpec) {
    super(memory, index, spec, { valueBytes: spec.valueSize, elements: spec.maxEntries + 1 });
    this.#valueSize = spec.valueSize;
    memory.i32[this.state + STATE.spare] = this.first + this.elementSize * spec.maxEntries;
  }

  lookup(key: number): number {
    const element = this.find(key, this.hash(key));
    return element === 0 ? 0 : element + this.value;
  }

  /** `lookup` for one place of a program. */
  bindLookup(): ((key: number) => number) | undefined {
    const find = this.bindFind();
    const { value } = this;
    return (
      find &&
      ((key) => {
        const element = find(key);
        return element === 0 ? 0 : element + value;
      })
    );
  }

  update(key: number, value: number, flags: number): number {
    if (flags >>> 0 > UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    const hash = this.hash(key);
    const old = this.find(key, hash);
    if (old !== 0 && flags === UPDATE_FLAGS.noexist) return -ERRNO.EEXIST;
    if (old === 0 && flags === UPDATE_FLAGS.exist) return -ERRNO.ENOENT;
    const { i32 } = this.memory;
    const element = old === 0 ? this.take() : i32[this.state + STATE.spare];
    if (element === 0) return -ERRNO.E2BIG;
    copyBytes(this.memory, element + this.value, value, this.#valueSize);
    this.link(element, key, hash);
    if (old !== 0) {
      this.unlink(old);
      i32[this.state + STATE.spare] = old;
    }
    return 0;
  }
}
