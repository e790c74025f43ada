import type { LinearMemory } from "../memory/memory.ts";
import { MapBase, roundUp8 } from "./base.ts";
import { copyBytes } from "./copy.ts";
import { ERRNO } from "./errno.ts";
import { UPDATE_FLAGS } from "./flags.ts";
import type { ElementPlace, MapMachine } from "./runtime.ts";
import { isPerCpu, type MapSpec } from "./spec.ts";

/** Elements 0 to `maxEntries - 1`, all there from the start and zero; each value begins at a multiple of 8. */
export class ArrayMap extends MapBase {
  readonly elements: ElementPlace;
  readonly size: number;
  readonly #base: number;
  readonly #stride: number;
  readonly #valueSize: number;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, { cpus }: MapMachine) {
    super(memory, index, spec);
    this.size = spec.maxEntries;
    this.#valueSize = spec.valueSize;
    this.#stride = roundUp8(spec.valueSize);
    const perCpu = isPerCpu(spec.type);
    const area = this.#stride * spec.maxEntries;
    const place = { base: this.allocate(area * (perCpu ? cpus : 1)), stride: this.#stride };
    this.#base = place.base;
    this.elements = perCpu ? { ...place, perCpu: area } : place;
  }

  /** The key as an unsigned number; programs may keep it at any offset, so it need not be aligned. */
  #key(key: number): number {
    return (key & 3) === 0 ? this.memory.u32[key >> 2] : this.memory.view.getUint32(key, true);
  }

  lookup(key: number): number {
    const at = this.#key(key);
    return at < this.size ? this.#base + at * this.#stride : 0;
  }

  update(key: number, value: number, flags: number): number {
    if (flags >>> 0 > UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    const at = this.#key(key);
    if (at >= this.size) return -ERRNO.E2BIG;
    if (flags === UPDATE_FLAGS.noexist) return -ERRNO.EEXIST;
    copyBytes(this.memory, this.#base + at * this.#stride, value, this.#valueSize);
    return 0;
  }

  /** An array's elements cannot be removed. */
  delete(_key: number): number {
    return -ERRNO.EINVAL;
  }

  nextKey(key: number, out: number): number {
    const at = key === 0 ? this.size : this.#key(key);
    if (at === this.size - 1) return -ERRNO.ENOENT;
    // A key beyond the end starts again, as no key does.
    this.memory.view.setUint32(out, at >= this.size ? 0 : at + 1, true);
    return 0;
  }
}
