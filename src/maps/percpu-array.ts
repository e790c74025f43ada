import type { LinearMemory } from "../memory/memory.ts";
import { ArrayMap } from "./array.ts";
import { ERRNO } from "./errno.ts";
import { UPDATE_FLAGS } from "./flags.ts";
import { PerCpuValues } from "./percpu-values.ts";
import type { MapMachine } from "./runtime.ts";
import type { MapSpec } from "./spec.ts";

/** An array for each CPU, one area behind the other. A program sees the elements of its own CPU. */
export class PercpuArrayMap extends ArrayMap {
  readonly #values: PerCpuValues;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) {
    super(memory, index, spec, machine);
    this.#values = new PerCpuValues(memory, machine.cpus, spec.valueSize, this.elements.perCpu);
  }

  override get userValueSize(): number {
    return this.#values.size;
  }

  override lookup(key: number): number {
    const first = super.lookup(key);
    return first === 0 ? 0 : this.#values.own(first);
  }

  /** The value of CPU number `cpu` for a key, or 0. */
  lookupCpu(key: number, cpu: number): number {
    const first = super.lookup(key);
    return first === 0 || cpu >>> 0 >= this.#values.cpus ? 0 : first + cpu * this.elements.perCpu!;
  }

  override update(key: number, value: number, flags: number): number {
    return this.#update(key, flags, (first) => this.#values.setOwn(first, value));
  }

  override userLookup(key: number, out: number, flags = 0): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    const first = super.lookup(key);
    if (first === 0) return -ERRNO.ENOENT;
    this.#values.readAll(first, out);
    return 0;
  }

  override userUpdate(key: number, value: number, flags: number): number {
    return this.#update(key, flags, (first) => this.#values.setAll(first, value));
  }

  #update(key: number, flags: number, set: (first: number) => void): number {
    if (flags >>> 0 > UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    const first = super.lookup(key);
    if (first === 0) return -ERRNO.E2BIG;
    if (flags === UPDATE_FLAGS.noexist) return -ERRNO.EEXIST;
    set(first);
    return 0;
  }
}
