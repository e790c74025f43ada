import type { LinearMemory } from "../memory/memory.ts";
import { MapBase, roundUp8 } from "./base.ts";
import { copyBytes } from "./copy.ts";
import { ERRNO } from "./errno.ts";
import { UPDATE_FLAGS } from "./flags.ts";
import { HashTable, KEY } from "./hash-table.ts";
import type { MapMachine } from "./runtime.ts";
import type { MapSpec } from "./spec.ts";

/** Bytes of a value that names a program, too. */
const WITH_PROGRAM = 8;
/** The longest queue of packets for a CPU. */
const MOST_PACKETS = 16384;

/**
 * A target of `bpf_redirect_map`: a value whose first word says where to (0: nowhere), and perhaps the program that runs
 * there. bpf(2) writes its descriptor and reads its id; a machine has no descriptors, so here it is the id both ways, and
 * 0 or less for none. 0 if it may be put into a map, or -errno.
 */
type Check = (memory: LinearMemory, value: number, size: number, machine: MapMachine, at: number) => number;

/** The program that a value names; 0 for none. */
const programIn = ({ view }: LinearMemory, value: number, size: number): number =>
  size === WITH_PROGRAM ? Math.max(0, view.getInt32(value + 4, true)) : 0;

/** Stores a value; what says that there is no program reads as 0. */
function store(memory: LinearMemory, to: number, value: number, size: number): void {
  copyBytes(memory, to, value, size);
  if (size === WITH_PROGRAM) memory.i32[(to >> 2) + 1] = programIn(memory, value, size);
}

/** A device, by its number, and a program that was loaded for devmaps. */
const device: Check = (memory, value, size, machine) => {
  const ifindex = memory.view.getUint32(value, true);
  const program = programIn(memory, value, size);
  if (ifindex === 0) return program > 0 ? -ERRNO.EINVAL : 0;
  if (machine.hasDevice?.(ifindex) !== true) return -ERRNO.EINVAL;
  return program === 0 || machine.xdpProgram?.(program) === "xdp_devmap" ? 0 : -ERRNO.EINVAL;
};

/** A CPU's queue, by the number of packets that it may hold. */
const cpuQueue: Check = (memory, value, size, machine, at) => {
  const packets = memory.view.getUint32(value, true);
  if (packets > MOST_PACKETS) return -ERRNO.EOVERFLOW;
  if (at >= machine.cpus) return -ERRNO.ENODEV;
  // No packets: the CPU is taken out, whatever else the value says.
  if (packets === 0) return 0;
  const program = programIn(memory, value, size);
  // So Linux answers to a queue that it cannot make, whatever the reason.
  return program === 0 || machine.xdpProgram?.(program) === "xdp_cpumap" ? 0 : -ERRNO.ENOMEM;
};

/** Whether a target names a program: the ids of all that a map's targets name keep those programs loaded. */
function* programsIn(map: TargetArrayMap | DevmapHashMap): Generator<number> {
  const { memory, spec } = map;
  if (spec.valueSize !== WITH_PROGRAM) return;
  for (const value of map.targets()) yield programIn(memory, value, spec.valueSize);
}

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
    return [...this.targets()].length;
  }

  /** Offsets of the values of all places that have a target. */
  *targets(): Generator<number> {
    for (let at = 0; at < this.spec.maxEntries; at++)
      if (this.#target(at) !== 0) yield this.#values + at * this.#stride;
  }

  holds(program: number): boolean {
    return [...programsIn(this)].includes(program);
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
    // Who is taken out takes his program with him.
    if (this.memory.view.getUint32(value, true) === 0) this.memory.u8.fill(0, to, to + this.#stride);
    else store(this.memory, to, value, valueSize);
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

  /** Offsets of all values. */
  *targets(): Generator<number> {
    for (let bucket = 0; bucket < this.buckets; bucket++)
      for (const key of this.keysOf(bucket)) yield key - KEY + this.value;
  }

  holds(program: number): boolean {
    return [...programsIn(this)].includes(program);
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
    store(this.memory, element + this.value, value, this.spec.valueSize);
    // A replaced device comes first in its chain.
    if (old !== 0) this.unlink(old);
    this.link(element, key, hash);
    return 0;
  }
}
