import type { LinearMemory } from "../memory/memory.ts";
import { MapBase, roundUp8 } from "./base.ts";
import { copyBytes } from "./copy.ts";
import { ERRNO } from "./errno.ts";
import { UPDATE_FLAGS } from "./flags.ts";
import { HashTable } from "./hash-table.ts";
import type { MapMachine } from "./runtime.ts";
import type { MapSpec } from "./spec.ts";

/** What a program's descriptor is where there is none. */
const NO_PROGRAM = -1;
/** The longest queue of packets for a CPU. */
const MOST_PACKETS = 16384;

/**
 * A target of `bpf_redirect_map`: a value whose first word says where to (0: nowhere), and perhaps the descriptor of a
 * program that runs there. 0 if it may be put into a map, or -errno.
 */
type Check = (memory: LinearMemory, value: number, size: number, machine: MapMachine, at: number) => number;

/** A device, by its number; programs on devices are named by descriptors, which a machine does not have. */
const device: Check = ({ view }, value, size, machine) => {
  const ifindex = view.getUint32(value, true);
  const program = size === 8 ? view.getInt32(value + 4, true) : NO_PROGRAM;
  if (ifindex === 0) return program > 0 ? -ERRNO.EINVAL : 0;
  if (machine.hasDevice?.(ifindex) !== true) return -ERRNO.EINVAL;
  return program > 0 ? -ERRNO.EINVAL : 0;
};

/** A CPU's queue, by the number of packets that it may hold. */
const cpuQueue: Check = ({ view }, value, size, machine, at) => {
  if (view.getUint32(value, true) > MOST_PACKETS) return -ERRNO.EOVERFLOW;
  if (at >= machine.cpus) return -ERRNO.ENODEV;
  // No packets: the CPU is taken out, whatever else the value says.
  if (view.getUint32(value, true) === 0) return 0;
  // So Linux answers to a queue that it cannot make, whatever the reason.
  return size === 8 && view.getInt32(value + 4, true) > 0 ? -ERRNO.ENOMEM : 0;
};

/** `devmap` and `cpumap`: targets by index. Values read as Linux stores them: the program's id, 0 for none. */
export class TargetArrayMap extends MapBase {
  readonly #machine: MapMachine;
  readonly #check: Check;
  readonly #values: number;
  readonly #stride: number;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) {
    super(memory, index, spec);
    this.#machine = machine;
    this.#check = spec.type === "cpumap" ? cpuQueue : device;
    this.#stride = roundUp8(spec.valueSize);
    this.#values = this.allocate(this.#stride * spec.maxEntries);
  }

  get size(): number {
    let count = 0;
    for (let at = 0; at < this.spec.maxEntries; at++) if (this.#target(at) !== 0) count++;
    return count;
  }

  #key(key: number): number {
    return this.memory.view.getUint32(key, true);
  }

  #target(at: number): number {
    return this.memory.u32[(this.#values + at * this.#stride) >> 2];
  }

  lookup(key: number): number {
    const at = this.#key(key);
    return at < this.spec.maxEntries && this.#target(at) !== 0 ? this.#values + at * this.#stride : 0;
  }

  /** Programs cannot change targets. */
  update(_key: number, _value: number, _flags: number): number {
    return -ERRNO.EINVAL;
  }

  delete(_key: number): number {
    return -ERRNO.EINVAL;
  }

  override userUpdate(key: number, value: number, flags: number): number {
    const at = this.#key(key);
    if (flags >>> 0 > UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    if (at >= this.spec.maxEntries) return -ERRNO.E2BIG;
    if (flags === UPDATE_FLAGS.noexist) return -ERRNO.EEXIST;
    const { valueSize } = this.spec;
    const refused = this.#check(this.memory, value, valueSize, this.#machine, at);
    if (refused !== 0) return refused;
    const to = this.#values + at * this.#stride;
    copyBytes(this.memory, to, value, valueSize);
    if (valueSize === 8) this.memory.i32[(to >> 2) + 1] = 0;
    return 0;
  }

  override userDelete(key: number): number {
    const at = this.#key(key);
    if (at >= this.spec.maxEntries) return -ERRNO.EINVAL;
    this.memory.u8.fill(0, this.#values + at * this.#stride, this.#values + (at + 1) * this.#stride);
    return 0;
  }

  nextKey(key: number, out: number): number {
    const at = key === 0 ? this.spec.maxEntries : this.#key(key);
    if (at === this.spec.maxEntries - 1) return -ERRNO.ENOENT;
    this.memory.view.setUint32(out, at >= this.spec.maxEntries ? 0 : at + 1, true);
    return 0;
  }
}

/** `devmap_hash`: devices by key. */
export class DevmapHashMap extends HashTable {
  readonly #machine: MapMachine;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) {
    super(memory, index, spec, { valueBytes: spec.valueSize, elements: spec.maxEntries });
    this.#machine = machine;
  }

  lookup(key: number): number {
    const element = this.find(key, this.hash(key));
    return element === 0 ? 0 : element + this.value;
  }

  /** Programs cannot change devices. */
  update(_key: number, _value: number, _flags: number): number {
    return -ERRNO.EINVAL;
  }

  /** The key itself is the hash, so that elements come in its order. */
  protected override hash(key: number): number {
    return this.memory.view.getInt32(key, true);
  }

  override userUpdate(key: number, value: number, flags: number): number {
    if (flags >>> 0 > UPDATE_FLAGS.exist || this.memory.view.getUint32(value, true) === 0) return -ERRNO.EINVAL;
    const hash = this.hash(key);
    const old = this.find(key, hash);
    if (old !== 0 && flags === UPDATE_FLAGS.noexist) return -ERRNO.EEXIST;
    const refused = device(this.memory, value, this.spec.valueSize, this.#machine, 0);
    if (refused !== 0) return refused;
    const element = old === 0 ? this.take() : old;
    if (element === 0) return -ERRNO.E2BIG;
    copyBytes(this.memory, element + this.value, value, this.spec.valueSize);
    if (this.spec.valueSize === 8) this.memory.i32[((element + this.value) >> 2) + 1] = 0;
    // A replaced device comes first in its chain.
    if (old !== 0) this.unlink(old);
    this.link(element, key, hash);
    return 0;
  }
}
