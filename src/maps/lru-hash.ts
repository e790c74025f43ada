import type { LinearMemory } from "../memory/memory.ts";
import { roundUp8 } from "./base.ts";
import { copyBytes } from "./copy.ts";
import { ERRNO } from "./errno.ts";
import { MAP_FLAGS, UPDATE_FLAGS } from "./flags.ts";
import { HashTable, STATE } from "./hash-table.ts";
import { LRU_NODE_SIZE, Lru, lruSize } from "./lru.ts";
import { PerCpuValues } from "./percpu-values.ts";
import type { MapMachine } from "./runtime.ts";
import type { MapSpec } from "./spec.ts";

/** With lists of their own each CPU has as many elements as any other: the number is rounded to what can be divided. */
function divided(spec: MapSpec, cpus: number): MapSpec {
  if ((spec.flags & MAP_FLAGS.NO_COMMON_LRU) === 0) return spec;
  const up = Math.ceil(spec.maxEntries / cpus) * cpus;
  return { ...spec, maxEntries: up };
}

/** A hash map that evicts an element that was not used lately where it needs room for a new one. */
abstract class LruTable extends HashTable {
  protected readonly lru: Lru;
  /** Offset of the list's node in an element. */
  readonly #node: number;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, { cpus }: MapMachine, valueBytes: number) {
    super(memory, index, divided(spec, cpus), {
      valueBytes,
      elements: divided(spec, cpus).maxEntries,
      extra: LRU_NODE_SIZE,
    });
    this.#node = this.value + roundUp8(valueBytes);
    const common = (spec.flags & MAP_FLAGS.NO_COMMON_LRU) === 0;
    this.lru = new Lru(memory, this.allocate(lruSize(cpus, common)), {
      cpus,
      common,
      first: this.first + this.#node,
      stride: this.elementSize,
      count: this.spec.maxEntries,
      evict: (node) => this.#evict(node - this.#node),
    });
  }

  /** Takes an element out of the table; false if it is not in it. */
  #evict(element: number): boolean {
    if (!this.isLinked(element)) return false;
    this.#leave(element);
    return true;
  }

  #leave(element: number): void {
    this.unlink(element);
    this.memory.i32[this.state + STATE.size]--;
  }

  /** Says that an element was used. */
  protected touch(element: number): void {
    this.lru.touch(element + this.#node);
  }

  /** An element for a new key, or 0; another may be evicted for it. */
  protected pop(): number {
    const node = this.lru.pop();
    return node === 0 ? 0 : node - this.#node;
  }

  protected push(element: number): void {
    this.lru.push(element + this.#node);
  }

  protected enter(element: number, key: number, hash: number): void {
    this.link(element, key, hash);
    this.memory.i32[this.state + STATE.size]++;
  }

  /** Takes an element out and makes it free. */
  protected drop(element: number): void {
    this.#leave(element);
    this.push(element);
  }

  override delete(key: number): number {
    const element = this.find(key, this.hash(key));
    if (element === 0) return -ERRNO.ENOENT;
    this.drop(element);
    return 0;
  }
}

/** The `lru_hash` map. A new element is made before it is known whether it may be added, so a refusal can evict, too. */
export class LruHashMap extends LruTable {
  constructor(memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) {
    super(memory, index, spec, machine, spec.valueSize);
  }

  lookup(key: number): number {
    const element = this.find(key, this.hash(key));
    if (element === 0) return 0;
    this.touch(element);
    return element + this.value;
  }

  /** bpf(2) looks without using. */
  override userLookup(key: number, out: number, flags = 0): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    const element = this.find(key, this.hash(key));
    if (element === 0) return -ERRNO.ENOENT;
    copyBytes(this.memory, out, element + this.value, this.spec.valueSize);
    return 0;
  }

  update(key: number, value: number, flags: number): number {
    if (flags >>> 0 > UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    const hash = this.hash(key);
    const element = this.pop();
    if (element === 0) return -ERRNO.ENOMEM;
    copyBytes(this.memory, element + this.value, value, this.spec.valueSize);
    const old = this.find(key, hash);
    const refused =
      old !== 0 && flags === UPDATE_FLAGS.noexist
        ? ERRNO.EEXIST
        : old === 0 && flags === UPDATE_FLAGS.exist
          ? ERRNO.ENOENT
          : 0;
    if (refused !== 0) {
      this.push(element);
      return -refused;
    }
    this.enter(element, key, hash);
    if (old !== 0) {
      this.touch(element);
      this.drop(old);
    }
    return 0;
  }
}

/** The `lru_percpu_hash` map: an update of an element that is there happens in place. */
export class LruPercpuHashMap extends LruTable {
  readonly #values: PerCpuValues;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) {
    super(memory, index, spec, machine, roundUp8(spec.valueSize) * machine.cpus);
    this.#values = new PerCpuValues(memory, machine.cpus, spec.valueSize);
  }

  override get userValueSize(): number {
    return this.#values.size;
  }

  lookup(key: number): number {
    const element = this.find(key, this.hash(key));
    if (element === 0) return 0;
    this.touch(element);
    return this.#values.own(element + this.value);
  }

  /** The value of CPU number `cpu` for a key, or 0. */
  lookupCpu(key: number, cpu: number): number {
    if (cpu >>> 0 >= this.#values.cpus) return 0;
    const element = this.find(key, this.hash(key));
    if (element === 0) return 0;
    this.touch(element);
    return element + this.value + cpu * this.#values.stride;
  }

  update(key: number, value: number, flags: number): number {
    return this.#update(key, value, flags, false);
  }

  override userLookup(key: number, out: number, flags = 0): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    const element = this.find(key, this.hash(key));
    if (element === 0) return -ERRNO.ENOENT;
    this.#values.readAll(element + this.value, out);
    return 0;
  }

  override userUpdate(key: number, value: number, flags: number): number {
    return this.#update(key, value, flags, true);
  }

  #update(key: number, value: number, flags: number, all: boolean): number {
    if (flags >>> 0 > UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    const hash = this.hash(key);
    const element = flags === UPDATE_FLAGS.exist ? 0 : this.pop();
    if (element === 0 && flags !== UPDATE_FLAGS.exist) return -ERRNO.ENOMEM;
    const old = this.find(key, hash);
    if (old !== 0 ? flags === UPDATE_FLAGS.noexist : flags === UPDATE_FLAGS.exist) {
      if (element !== 0) this.push(element);
      return old !== 0 ? -ERRNO.EEXIST : -ERRNO.ENOENT;
    }
    const first = (old || element) + this.value;
    if (all) this.#values.setAll(first, value);
    else if (old !== 0) this.#values.setOwn(first, value);
    else this.#values.initialise(first, value);
    if (old !== 0) {
      this.touch(old);
      if (element !== 0) this.push(element);
    } else {
      this.enter(element, key, hash);
    }
    return 0;
  }
}
