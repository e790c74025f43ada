import type { LinearMemory } from "../memory/memory.ts";
import { roundUp8 } from "./base.ts";
import { ERRNO } from "./errno.ts";
import { UPDATE_FLAGS } from "./flags.ts";
import { HashTable } from "./hash-table.ts";
import { PerCpuValues } from "./percpu-values.ts";
import type { MapMachine } from "./runtime.ts";
import type { MapSpec } from "./spec.ts";

/** A hash map with a value for each CPU in every element. An update of an element that is there happens in place. */
export class PercpuHashMap extends HashTable {
  readonly #values: PerCpuValues;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, { cpus }: MapMachine) {
    super(memory, index, spec, { valueBytes: roundUp8(spec.valueSize) * cpus, elements: spec.maxEntries });
    this.#values = new PerCpuValues(memory, cpus, spec.valueSize);
  }

  override get userValueSize(): number {
    return this.#values.size;
  }

  /** Where the first CPU's value of a key lies, or 0. */
  #first(key: number): number {
    const element = this.find(key, this.hash(key));
    return element === 0 ? 0 : element + this.value;
  }

  lookup(key: number): number {
    const first = this.#first(key);
    return first === 0 ? 0 : this.#values.own(first);
  }

  /** The value of CPU number `cpu` for a key, or 0. */
  lookupCpu(key: number, cpu: number): number {
    const first = this.#first(key);
    return first === 0 || cpu >>> 0 >= this.#values.cpus ? 0 : first + cpu * this.#values.stride;
  }

  update(key: number, value: number, flags: number): number {
    return this.#update(key, value, flags, false);
  }

  override userLookup(key: number, out: number, flags = 0): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    const first = this.#first(key);
    if (first === 0) return -ERRNO.ENOENT;
    this.#values.readAll(first, out);
    return 0;
  }

  override userUpdate(key: number, value: number, flags: number): number {
    return this.#update(key, value, flags, true);
  }

  #update(key: number, value: number, flags: number, all: boolean): number {
    if (flags >>> 0 > UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    const hash = this.hash(key);
    const old = this.find(key, hash);
    if (old !== 0 && flags === UPDATE_FLAGS.noexist) return -ERRNO.EEXIST;
    if (old === 0 && flags === UPDATE_FLAGS.exist) return -ERRNO.ENOENT;
    const element = old === 0 ? this.take() : old;
    if (element === 0) return -ERRNO.E2BIG;
    const first = element + this.value;
    if (all) this.#values.setAll(first, value);
    else if (old === 0) this.#values.initialise(first, value);
    else this.#values.setOwn(first, value);
    if (old === 0) this.link(element, key, hash);
    return 0;
  }
}
