import type { LinearMemory } from "../memory/memory.ts";
import { MapBase } from "./base.ts";
import { ERRNO } from "./errno.ts";
import type { MapSpec } from "./spec.ts";

/** An array of names of objects: a word for each index, 0 where there is none. What may be put there the type says. */
export abstract class SlotArrayMap extends MapBase {
  readonly #slots: number;

  constructor(memory: LinearMemory, index: number, spec: MapSpec) {
    super(memory, index, spec);
    this.#slots = this.allocate(4 * spec.maxEntries) >> 2;
  }

  /** Places that hold an object. */
  get size(): number {
    const { u32 } = this.memory;
    let count = 0;
    for (let at = 0; at < this.spec.maxEntries; at++) if (u32[this.#slots + at] !== 0) count++;
    return count;
  }

  /** The index in a key, or undefined where it is beyond the end. */
  protected place(key: number): number | undefined {
    const at = this.memory.view.getUint32(key, true);
    return at < this.spec.maxEntries ? at : undefined;
  }

  /** The object at an index; 0 for none. */
  slot(at: number): number {
    return at >>> 0 < this.spec.maxEntries ? this.memory.u32[this.#slots + at] : 0;
  }

  protected setSlot(at: number, object: number): void {
    this.memory.u32[this.#slots + at] = object;
  }

  lookup(_key: number): number {
    return 0;
  }

  update(_key: number, _value: number, _flags: number): number {
    return -ERRNO.EINVAL;
  }

  delete(_key: number): number {
    return -ERRNO.EINVAL;
  }

  nextKey(key: number, out: number): number {
    const at = key === 0 ? this.spec.maxEntries : this.memory.view.getUint32(key, true);
    if (at === this.spec.maxEntries - 1) return -ERRNO.ENOENT;
    this.memory.view.setUint32(out, at >= this.spec.maxEntries ? 0 : at + 1, true);
    return 0;
  }
}

/** Arrays that hold references, which bpf(2) makes from a descriptor: one row of errors for all of them. */
export abstract class ReferenceArrayMap extends SlotArrayMap {
  /** The object that a value names, not 0; or -errno. */
  protected abstract resolve(value: number): number;
  /** What bpf(2) reads of an object; -ENOTSUPP where Linux tells nothing. */
  protected abstract describe(object: number): number;

  override userLookup(key: number, out: number, flags = 0): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    const at = this.place(key);
    const object = at === undefined ? 0 : this.slot(at);
    if (object === 0) return -ERRNO.ENOENT;
    const described = this.describe(object);
    if (described < 0) return described;
    this.memory.view.setUint32(out, described, true);
    return 0;
  }

  override userUpdate(key: number, value: number, flags: number): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    const at = this.place(key);
    if (at === undefined) return -ERRNO.E2BIG;
    const object = this.resolve(this.memory.view.getUint32(value, true));
    if (object < 0) return object;
    this.setSlot(at, object);
    return 0;
  }

  override userDelete(key: number): number {
    const at = this.place(key);
    if (at === undefined) return -ERRNO.E2BIG;
    if (this.slot(at) === 0) return -ERRNO.ENOENT;
    this.setSlot(at, 0);
    return 0;
  }
}
