import type { LinearMemory } from "../memory/memory.ts";
import { ERRNO } from "./errno.ts";
import { UPDATE_FLAGS } from "./flags.ts";
import { HashTable } from "./hash-table.ts";
import { idOfHeader, innerHeader } from "./inner-map.ts";
import type { MapMachine } from "./runtime.ts";
import { ReferenceArrayMap } from "./slots.ts";
import type { MapSpec } from "./spec.ts";

/** Maps by index. A program that looks one up gets the map itself; bpf(2) writes and reads its id. */
export class ArrayOfMapsMap extends ReferenceArrayMap {
  readonly #machine: MapMachine;
  readonly #template: MapSpec;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) {
    super(memory, index, spec);
    this.#machine = machine;
    this.#template = spec.inner!;
  }

  protected override resolve(id: number): number {
    return innerHeader(this.#machine, this.#template, id);
  }

  protected override describe(header: number): number {
    return idOfHeader(this.memory, header);
  }

  /** The header of the inner map, or 0. */
  override lookup(key: number): number {
    const at = this.place(key);
    return at === undefined ? 0 : this.slot(at);
  }
}

/** Maps by key. The inner map of a key that is there is replaced in place. */
export class HashOfMapsMap extends HashTable {
  readonly #machine: MapMachine;
  readonly #template: MapSpec;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) {
    super(memory, index, spec, { valueBytes: 8, elements: spec.maxEntries });
    this.#machine = machine;
    this.#template = spec.inner!;
  }

  /** The header of the inner map, or 0. */
  lookup(key: number): number {
    const element = this.find(key, this.hash(key));
    return element === 0 ? 0 : this.memory.i32[(element + this.value) >> 2];
  }

  /** Programs cannot put maps there. */
  update(_key: number, _value: number, _flags: number): number {
    return -ERRNO.EINVAL;
  }

  override userLookup(key: number, out: number, flags = 0): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    const header = this.lookup(key);
    if (header === 0) return -ERRNO.ENOENT;
    this.memory.view.setUint32(out, idOfHeader(this.memory, header), true);
    return 0;
  }

  override userUpdate(key: number, value: number, flags: number): number {
    const header = innerHeader(this.#machine, this.#template, this.memory.view.getUint32(value, true));
    if (header < 0) return header;
    if (flags >>> 0 > UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    const hash = this.hash(key);
    const old = this.find(key, hash);
    if (old !== 0 && flags === UPDATE_FLAGS.noexist) return -ERRNO.EEXIST;
    if (old === 0 && flags === UPDATE_FLAGS.exist) return -ERRNO.ENOENT;
    const element = old === 0 ? this.take() : old;
    if (element === 0) return -ERRNO.E2BIG;
    this.memory.i32[(element + this.value) >> 2] = header;
    if (old === 0) this.link(element, key, hash);
    return 0;
  }
}
