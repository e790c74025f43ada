import type { LinearMemory } from "../memory/memory.ts";
import { MapBase, roundUp8 } from "./base.ts";
import { copyBytes } from "./copy.ts";
import { ERRNO } from "./errno.ts";
import { LOCK_FLAG, UPDATE_FLAGS } from "./flags.ts";
import type { MapMachine } from "./runtime.ts";
import type { MapSpec, StorageType } from "./spec.ts";
import { hasSpinLock } from "./special.ts";

/** The words of an element, before its value. */
const ELEMENT = { next: 0, object: 4 } as const;
const VALUE = 8;
/** The words of a map's state. */
const STATE = { size: 0, removed: 4, heads: 8 } as const;
const BUCKETS = 256;
/** Elements that are allocated at once. */
const CHUNK = 16;

/** Objects begin at multiples of 64 bytes. */
const bucketOf = (object: number): number => (object >>> 6) & (BUCKETS - 1);

/**
 * A value for each task, inode, socket or cgroup, which goes when the object goes: `bpf_task_storage_get` and its like. For
 * programs the key is the object, here the offset of its struct; for bpf(2) a descriptor, which a machine's users do not have:
 * their key is what names the object (a pid, an inode's number, a socket's cookie, a cgroup's id).
 */
export class ObjectStorageMap extends MapBase {
  readonly #state: number;
  readonly #bytes: number;
  readonly #machine: MapMachine;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, machine: MapMachine) {
    super(memory, index, spec);
    this.#machine = machine;
    this.#bytes = VALUE + roundUp8(spec.valueSize);
    this.#state = this.allocate(STATE.heads + 4 * BUCKETS);
  }

  get size(): number {
    return this.memory.i32[(this.#state + STATE.size) >> 2];
  }

  #head(object: number): number {
    return this.#state + STATE.heads + 4 * bucketOf(object);
  }

  /** The value of an object; 0 where it has none. */
  find(object: number): number {
    const { i32 } = this.memory;
    let element = i32[this.#head(object) >> 2];
    while (element !== 0 && i32[(element + ELEMENT.object) >> 2] !== object) element = i32[element >> 2];
    return element === 0 ? 0 : element + VALUE;
  }

  /** `bpf_task_storage_get`: the value of an object, made of the bytes at `initial` (0: of zeros) where it has none and `create` says so. */
  get(object: number, initial: number, create: boolean): number {
    if (object === 0) return 0;
    const known = this.find(object);
    if (known !== 0 || !create) return known;
    return this.#add(object, initial);
  }

  #add(object: number, initial: number): number {
    const element = this.#take();
    const { i32 } = this.memory;
    const head = this.#head(object) >> 2;
    i32[element >> 2] = i32[head];
    i32[(element + ELEMENT.object) >> 2] = object;
    i32[head] = element;
    i32[(this.#state + STATE.size) >> 2]++;
    if (initial === 0) this.memory.u8.fill(0, element + VALUE, element + this.#bytes);
    else copyBytes(this.memory, element + VALUE, initial, this.spec.valueSize);
    return element + VALUE;
  }

  #take(): number {
    const removed = (this.#state + STATE.removed) >> 2;
    if (this.memory.i32[removed] === 0) {
      const chunk = this.allocate(CHUNK * this.#bytes);
      for (let at = 0; at < CHUNK; at++) this.#giveBack(chunk + at * this.#bytes);
    }
    const { i32 } = this.memory;
    const element = i32[removed];
    i32[removed] = i32[element >> 2];
    return element;
  }

  #giveBack(element: number): void {
    const { i32 } = this.memory;
    const removed = (this.#state + STATE.removed) >> 2;
    i32[element >> 2] = i32[removed];
    i32[removed] = element;
  }

  /** Takes the value of an object away; 0 or -ENOENT. */
  remove(object: number): number {
    const { i32 } = this.memory;
    let link = this.#head(object) >> 2;
    while (i32[link] !== 0 && i32[(i32[link] + ELEMENT.object) >> 2] !== object) link = i32[link] >> 2;
    const element = i32[link];
    if (element === 0) return -ERRNO.ENOENT;
    i32[link] = i32[element >> 2];
    i32[(this.#state + STATE.size) >> 2]--;
    this.#giveBack(element);
    return 0;
  }

  /** Objects that have a value, by what names them for users. */
  names(): number[] {
    const { i32 } = this.memory;
    const names: number[] = [];
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      let element = i32[(this.#state + STATE.heads + 4 * bucket) >> 2];
      for (; element !== 0; element = i32[element >> 2]) {
        const name = this.#machine.storage?.nameOf(this.#type, i32[(element + ELEMENT.object) >> 2]);
        if (name !== undefined) names.push(name);
      }
    }
    return names.sort((a, b) => a - b);
  }

  get #type(): StorageType {
    return this.spec.type as StorageType;
  }

  /** The object that a user's key names, or -EBADF. */
  #object(key: number): number {
    const name = this.memory.view.getUint32(key, true);
    return this.#machine.storage?.objectOf(this.#type, name) ?? -ERRNO.EBADF;
  }

  // Programs reach values by helpers that take the object itself.

  lookup(_key: number): number {
    return 0;
  }

  update(_key: number, _value: number, _flags: number): number {
    return -ERRNO.EOPNOTSUPP;
  }

  delete(_key: number): number {
    return -ERRNO.EOPNOTSUPP;
  }

  /** Linux's bpf(2) cannot go through objects. */
  nextKey(_key: number, _out: number): number {
    return -ERRNO.ENOTSUPP;
  }

  override userLookup(key: number, out: number, flags = 0): number {
    if (flags !== 0) return -ERRNO.EINVAL;
    const object = this.#object(key);
    if (object < 0) return object;
    const value = this.find(object);
    if (value === 0) return -ERRNO.ENOENT;
    copyBytes(this.memory, out, value, this.spec.valueSize);
    return 0;
  }

  override userUpdate(key: number, value: number, flags: number): number {
    const object = this.#object(key);
    if (object < 0) return object;
    if ((flags & ~LOCK_FLAG) >>> 0 > UPDATE_FLAGS.exist) return -ERRNO.EINVAL;
    if (flags & LOCK_FLAG && !hasSpinLock(this.spec)) return -ERRNO.EINVAL;
    const mode = flags & ~LOCK_FLAG;
    const old = this.find(object);
    if (old !== 0 && mode === UPDATE_FLAGS.noexist) return -ERRNO.EEXIST;
    if (old === 0 && mode === UPDATE_FLAGS.exist) return -ERRNO.ENOENT;
    if (old === 0) this.#add(object, value);
    else copyBytes(this.memory, old, value, this.spec.valueSize);
    return 0;
  }

  override userDelete(key: number): number {
    const object = this.#object(key);
    return object < 0 ? object : this.remove(object);
  }
}
