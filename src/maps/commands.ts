/**
 * The commands of bpf(2) on a map's elements, on bytes: what a process may do with a map that it holds. Flags of creation
 * (`RDONLY`, `WRONLY`) and freezing are checked here; programs go past this.
 */

import { roundUp8 } from "./base.ts";
import { ERRNO } from "./errno.ts";
import { LOCK_FLAG, MAP_FLAGS, UPDATE_FLAGS } from "./flags.ts";
import { freeze, mayWrite } from "./freeze.ts";
import { HashTable } from "./hash-table.ts";
import type { RuntimeMap } from "./runtime.ts";
import { SequenceMap } from "./sequence.ts";
import type { MapType } from "./spec.ts";
import { hasSpinLock, mapFields } from "./special.ts";

/** What a command answers: 0 or a negative errno, and what it read. */
export interface Answer {
  readonly result: number;
  readonly key?: Uint8Array;
  readonly value?: Uint8Array;
}

/** What a command on many elements answers: elements may be there although the result is an errno. */
export interface BatchAnswer {
  /** 0; -ENOENT: this was the end of the map; -ENOSPC: `count` is too small for the next bucket. */
  readonly result: number;
  readonly elements: readonly (readonly [key: Uint8Array, value: Uint8Array])[];
  /** Where the next command goes on. */
  readonly next?: Uint8Array;
}

/** Types with lookup-and-delete of one element by key. */
const TAKES: ReadonlySet<MapType> = new Set(["hash", "percpu_hash", "lru_hash", "lru_percpu_hash"]);
/** Types with batches by key order; types of the hash family have batches by buckets. */
const ORDERED: ReadonlySet<MapType> = new Set(["array", "percpu_array", "lpm_trie", "array_of_maps"]);

/**
 * One map as a process that holds it sees it.
 *
 * @example
 * const commands = new MapCommands(map);
 * commands.update(key, value, 0);            // 0 or -errno
 * commands.lookup(key).value;
 * commands.lookupBatch(undefined, 100).elements;
 */
export class MapCommands {
  readonly map: RuntimeMap;
  readonly #key: number;
  readonly #next: number;
  readonly #value: number;

  constructor(map: RuntimeMap) {
    this.map = map;
    const { memory, spec, userValueSize } = map;
    this.#key = memory.allocate(spec.keySize);
    this.#next = memory.allocate(spec.keySize);
    this.#value = memory.allocate(userValueSize);
  }

  get #mayRead(): boolean {
    return (this.map.spec.flags & MAP_FLAGS.WRONLY) === 0;
  }

  get #mayWrite(): boolean {
    return mayWrite(this.map);
  }

  #put(at: number, bytes: Uint8Array): number {
    this.map.memory.u8.set(bytes, at);
    return at;
  }

  #keyBytes(at: number): Uint8Array {
    return this.map.memory.u8.slice(at, at + this.map.spec.keySize);
  }

  get #valueBytes(): Uint8Array {
    return this.map.memory.u8.slice(this.#value, this.#value + this.map.userValueSize);
  }

  /** `BPF_MAP_LOOKUP_ELEM`; `asked` is the value that a Bloom filter is asked for. */
  lookup(key: Uint8Array, flags = 0, asked?: Uint8Array): Answer {
    if (flags & ~LOCK_FLAG) return { result: -ERRNO.EINVAL };
    if (!this.#mayRead) return { result: -ERRNO.EPERM };
    if (asked) this.#put(this.#value, asked);
    if (flags & LOCK_FLAG && !hasSpinLock(this.map.spec)) return { result: -ERRNO.EINVAL };
    const result = this.map.userLookup(this.#put(this.#key, key), this.#value);
    if (result < 0) return { result };
    this.#hideFields();
    return { result, value: this.#valueBytes };
  }

  /** `BPF_MAP_UPDATE_ELEM`. What is special in a value stays as it is: a process cannot write locks or timers. */
  update(key: Uint8Array, value: Uint8Array, flags = 0): number {
    if (!this.#mayWrite) return -ERRNO.EPERM;
    const { map } = this;
    const { spec, memory } = map;
    if (flags & LOCK_FLAG && !hasSpinLock(spec)) return -ERRNO.EINVAL;
    const at = this.#put(this.#key, key);
    this.#put(this.#value, value);
    const fields = mapFields(spec);
    if (fields.length === 0) return map.userUpdate(at, this.#value, flags);
    this.#hideFields();
    const mode = flags & ~LOCK_FLAG;
    const mayReplace = mode === UPDATE_FLAGS.any || mode === UPDATE_FLAGS.exist;
    const inPlace = (map.elements !== undefined && map.elements.perCpu === undefined) || (flags & LOCK_FLAG) !== 0;
    const element = mayReplace && inPlace ? map.lookup(at) : 0;
    if (element === 0) return map.userUpdate(at, this.#value, mode);
    for (const { offset, size } of fields)
      memory.u8.copyWithin(this.#value + offset, element + offset, element + offset + size);
    memory.u8.copyWithin(element, this.#value, this.#value + spec.valueSize);
    return 0;
  }

  /** Special fields read as zeros. */
  #hideFields(): void {
    const { memory, spec, userValueSize } = this.map;
    for (const { offset, size } of mapFields(spec))
      for (let value = 0; value < userValueSize; value += roundUp8(spec.valueSize))
        memory.u8.fill(0, this.#value + value + offset, this.#value + value + offset + size);
  }

  /** `BPF_MAP_DELETE_ELEM`. */
  delete(key: Uint8Array): number {
    return this.#mayWrite ? this.map.userDelete(this.#put(this.#key, key)) : -ERRNO.EPERM;
  }

  /** `BPF_MAP_GET_NEXT_KEY`. */
  nextKey(key: Uint8Array | undefined): Answer {
    if (!this.#mayRead) return { result: -ERRNO.EPERM };
    const result = this.map.nextKey(key ? this.#put(this.#key, key) : 0, this.#next);
    return result < 0 ? { result } : { result, key: this.#keyBytes(this.#next) };
  }

  /** `BPF_MAP_LOOKUP_AND_DELETE_ELEM`: of queues and stacks the next element, of hash maps the one with the key. */
  lookupAndDelete(key: Uint8Array, flags = 0): Answer {
    if (flags & ~LOCK_FLAG) return { result: -ERRNO.EINVAL };
    if (!this.#mayRead || !this.#mayWrite) return { result: -ERRNO.EPERM };
    const { map } = this;
    const { type } = map.spec;
    if (flags !== 0 && !hasSpinLock(map.spec)) return { result: -ERRNO.EINVAL };
    let result: number = -ERRNO.ENOTSUPP;
    if (map instanceof SequenceMap && type !== "bloom_filter") result = map.pop(this.#value);
    else if (TAKES.has(type)) {
      result = map.userLookup(this.#put(this.#key, key), this.#value);
      if (result === 0) map.userDelete(this.#key);
      this.#hideFields();
    }
    return result < 0 ? { result } : { result, value: this.#valueBytes };
  }

  /** `BPF_MAP_FREEZE`. */
  freeze(): number {
    return freeze(this.map);
  }

  /** `BPF_MAP_LOOKUP_BATCH`: about `count` elements from `from` (undefined: the start) on. */
  lookupBatch(from: Uint8Array | undefined, count: number): BatchAnswer {
    if (!this.#mayRead) return { result: -ERRNO.EPERM, elements: [] };
    if (this.map instanceof HashTable) return this.#buckets(this.map, from, count, false);
    if (!ORDERED.has(this.map.spec.type)) return { result: -ERRNO.ENOTSUPP, elements: [] };
    return this.#ordered(from, count);
  }

  /** `BPF_MAP_LOOKUP_AND_DELETE_BATCH`, of the hash family. */
  lookupAndDeleteBatch(from: Uint8Array | undefined, count: number): BatchAnswer {
    if (!this.#mayRead || !this.#mayWrite) return { result: -ERRNO.EPERM, elements: [] };
    if (!(this.map instanceof HashTable)) return { result: -ERRNO.ENOTSUPP, elements: [] };
    return this.#buckets(this.map, from, count, true);
  }

  /** `BPF_MAP_UPDATE_BATCH`, which takes no flags: ends at the first element that is refused; `done` were taken before. */
  updateBatch(elements: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): { result: number; done: number } {
    if (!this.#mayWrite) return { result: -ERRNO.EPERM, done: 0 };
    if (!(this.map instanceof HashTable) && !ORDERED.has(this.map.spec.type))
      return { result: -ERRNO.ENOTSUPP, done: 0 };
    return this.#each(elements, ([key, value]) => this.update(key, value));
  }

  /** `BPF_MAP_DELETE_BATCH`, of the hash family and LPM tries: ends at the first key that is not there. */
  deleteBatch(keys: readonly Uint8Array[]): { result: number; done: number } {
    if (!this.#mayWrite) return { result: -ERRNO.EPERM, done: 0 };
    if (!(this.map instanceof HashTable) && this.map.spec.type !== "lpm_trie")
      return { result: -ERRNO.ENOTSUPP, done: 0 };
    return this.#each(keys, (key) => this.delete(key));
  }

  #each<T>(items: readonly T[], work: (item: T) => number): { result: number; done: number } {
    for (const [done, item] of items.entries()) {
      const result = work(item);
      if (result < 0) return { result, done };
    }
    return { result: 0, done: items.length };
  }

  /** In the order of keys, going on after the key `from`. */
  #ordered(from: Uint8Array | undefined, count: number): BatchAnswer {
    const elements: [Uint8Array, Uint8Array][] = [];
    let previous = from;
    while (elements.length < count) {
      const next = this.nextKey(previous);
      if (next.result < 0) return { result: next.result, elements, ...(previous && { next: previous }) };
      const { value } = this.lookup(next.key!);
      if (value) elements.push([next.key!, value]);
      previous = next.key;
    }
    return { result: 0, elements, ...(previous && { next: previous }) };
  }

  /** By whole buckets; `from` is the number of a bucket, four bytes. */
  #buckets(table: HashTable, from: Uint8Array | undefined, count: number, remove: boolean): BatchAnswer {
    const elements: [Uint8Array, Uint8Array][] = [];
    if (count === 0) return { result: 0, elements };
    let bucket = from ? new DataView(from.buffer, from.byteOffset).getUint32(0, true) : 0;
    if (bucket >= table.buckets) return { result: -ERRNO.ENOENT, elements };
    let result: number = -ERRNO.ENOENT;
    for (; bucket < table.buckets; bucket++) {
      const keys = table.keysOf(bucket).map((at) => this.#keyBytes(at));
      if (keys.length > count - elements.length) {
        result = elements.length === 0 ? -ERRNO.ENOSPC : 0;
        break;
      }
      for (const key of keys) elements.push([key, this.lookup(key).value!]);
      if (remove) for (const key of keys) this.delete(key);
    }
    return { result, elements, next: new Uint8Array(new Uint32Array([bucket]).buffer) };
  }
}
