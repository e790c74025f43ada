import type { LinearMemory } from "../memory/memory.ts";
import { MapBase, roundUp8 } from "./base.ts";
import { copyBytes } from "./copy.ts";
import { ERRNO } from "./errno.ts";
import { LOCK_FLAG, UPDATE_FLAGS } from "./flags.ts";
import type { MapMachine } from "./runtime.ts";
import type { MapSpec } from "./spec.ts";
import { hasSpinLock } from "./special.ts";

/** The words of an element, before its values. */
const ELEMENT = { next: 0, cgroup: 4, attachType: 8 } as const;
const VALUE = 16;

/** `struct bpf_cgroup_storage_key`: an element for each cgroup and attach type; with 8 bytes one for each cgroup. */
const WHOLE_KEY = 16;

/**
 * A value for each cgroup that a program with this map is attached to, which `bpf_get_local_storage` gives: the old kind of
 * storage. Attaching makes the values, zero at first; users change them and add none.
 */
export class CgroupStorageMap extends MapBase {
  /** Offset of the offset of the newest element. */
  readonly #head: number;
  readonly #cpus: number;
  readonly #stride: number;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) {
    super(memory, index, spec);
    this.#cpus = spec.type === "percpu_cgroup_storage_deprecated" ? machine.cpus : 1;
    this.#stride = roundUp8(spec.valueSize);
    this.#head = this.allocate(8);
  }

  get #perCpu(): boolean {
    return this.spec.type === "percpu_cgroup_storage_deprecated";
  }

  override get userValueSize(): number {
    return this.#perCpu ? this.#stride * this.#cpus : this.spec.valueSize;
  }

  #elements(): readonly number[] {
    const { u32 } = this.memory;
    const all: number[] = [];
    for (let at = u32[this.#head >> 2]!; at !== 0; at = u32[(at + ELEMENT.next) >> 2]!) all.push(at);
    return all;
  }

  get size(): number {
    return this.#elements().length;
  }

  /** The element of a cgroup and attach type, which a key of 8 bytes does not tell apart. */
  #find(cgroup: number, attachType: number): number | undefined {
    const { u32 } = this.memory;
    const type = this.spec.keySize === WHOLE_KEY ? attachType : 0;
    return this.#elements().find(
      (at) => u32[(at + ELEMENT.cgroup) >> 2] === cgroup && u32[(at + ELEMENT.attachType) >> 2] === type,
    );
  }

  #ofKey(key: number): number | undefined {
    const { view } = this.memory;
    if (view.getUint32(key + 4, true) !== 0) return undefined;
    return this.#find(view.getUint32(key, true), this.spec.keySize === WHOLE_KEY ? view.getUint32(key + 8, true) : 0);
  }

  /** The value of a cgroup on the CPU that runs, made where there is none. */
  storageOf(cgroup: number, attachType: number): number {
    const element = this.#find(cgroup, attachType) ?? this.#add(cgroup, attachType);
    return element + VALUE + (this.#perCpu ? this.#stride * this.memory.cpu : 0);
  }

  #add(cgroup: number, attachType: number): number {
    const element = this.allocate(VALUE + this.#stride * this.#cpus);
    const { u32 } = this.memory;
    u32[(element + ELEMENT.next) >> 2] = u32[this.#head >> 2]!;
    u32[(element + ELEMENT.cgroup) >> 2] = cgroup;
    u32[(element + ELEMENT.attachType) >> 2] = this.spec.keySize === WHOLE_KEY ? attachType : 0;
    u32[this.#head >> 2] = element;
    return element;
  }

  // Programs reach values by the helper alone.

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
    const all = this.#elements();
    const known = key === 0 ? undefined : this.#ofKey(key);
    const at = key === 0 ? 0 : known === undefined ? all.length : all.indexOf(known) + 1;
    const next = all[at];
    if (next === undefined) return -ERRNO.ENOENT;
    const { view, u32 } = this.memory;
    view.setUint32(out, u32[(next + ELEMENT.cgroup) >> 2]!, true);
    view.setUint32(out + 4, 0, true);
    if (this.spec.keySize !== WHOLE_KEY) return 0;
    view.setUint32(out + 8, u32[(next + ELEMENT.attachType) >> 2]!, true);
    view.setUint32(out + 12, 0, true);
    return 0;
  }

  override userLookup(key: number, out: number, flags = 0): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    const element = this.#ofKey(key);
    if (element === undefined) return -ERRNO.ENOENT;
    copyBytes(this.memory, out, element + VALUE, this.userValueSize);
    return 0;
  }

  override userUpdate(key: number, value: number, flags: number): number {
    const known = this.#perCpu ? UPDATE_FLAGS.exist : UPDATE_FLAGS.exist | LOCK_FLAG;
    if ((flags & ~known) !== 0) return -ERRNO.EINVAL;
    if (flags & LOCK_FLAG && !hasSpinLock(this.spec)) return -ERRNO.EINVAL;
    const element = this.#ofKey(key);
    if (element === undefined) return -ERRNO.ENOENT;
    copyBytes(this.memory, element + VALUE, value, this.userValueSize);
    return 0;
  }
}
