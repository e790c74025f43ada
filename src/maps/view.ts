import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import { roundUp8 } from "./base.ts";
import { type Codec, CodecError } from "./codec.ts";
import { ERRNO, type Errno, errnoName } from "./errno.ts";
import { MapError } from "./error.ts";
import { UPDATE_FLAGS, type UpdateMode } from "./flags.ts";
import { freeze, mayWrite } from "./freeze.ts";
import { mapId } from "./inner-map.ts";
import { MapMapping, type MappingOptions, mayMap } from "./mapping.ts";
import { isPerCpuCodec } from "./percpu-codec.ts";
import type { RuntimeMap } from "./runtime.ts";
import type { MapSpec } from "./spec.ts";

/** What typed use of a map needs to know of it. */
export interface MapTypes<K, V> extends MapSpec {
  readonly key: Codec<K>;
  readonly value: Codec<V>;
}

/** Everything that can be done to a map with typed keys and values. */
export interface TypedMap<K, V> extends Displayable, Iterable<[K, V]> {
  readonly name: string;
  /** Elements that are there now. */
  readonly size: number;
  /** Why nothing may be in it, as a sentence: what plots and views say where nothing is. */
  readonly emptyReason: string;
  get(key: K): V | undefined;
  has(key: K): boolean;
  set(key: K, value: V, mode?: UpdateMode): this;
  delete(key: K): boolean;
  entries(): IterableIterator<[K, V]>;
  keys(): IterableIterator<K>;
  values(): IterableIterator<V>;
}

/** What to do about an update or deletion that the map refuses. */
const HINTS: Partial<Readonly<Record<Errno, string>>> = {
  E2BIG: "The map is full or the index beyond its end: raise maxEntries, or delete elements.",
  EBADF:
    "The machine has no such object, or no program has seen it yet. Programs and maps are named by their ids: m.load(program).id, m.map(declaration).id.",
  EEXIST: 'The key is there: leave out "noexist" to replace its value.',
  ENOENT: 'There is no such key: leave out "exist" to add it.',
  EINVAL: "This type of map does not allow that.",
  EPERM: "It is frozen, or was made with BPF_F_RDONLY: only programs change it now.",
};

/** What is behind most maps that stay empty: a cell with a declaration was run again, the program's cell was not. */
export function olderProgram(name: string): string {
  return `A program assembled before this declaration uses an older map named ${name}: run its cell again.`;
}

/**
 * One machine's map with typed keys and values: what `m.map(declaration)` gives. Elements are read from the machine's
 * memory each time, so it always shows what programs wrote last.
 *
 * @example for (const [size, count] of m.map(sizes)) console.log(size, count);
 */
export class MapView<K, V> implements TypedMap<K, V> {
  readonly types: MapTypes<K, V>;
  readonly runtime: RuntimeMap;
  readonly #used: () => boolean;
  /** Room for a key, the next key and a value, in the machine's memory. */
  readonly #key: number;
  readonly #next: number;
  protected readonly valueAt: number;
  /** The values as bpf(2) copies them: of all CPUs where each has its own. */
  readonly #codec: Codec<V>;

  /** `used` tells whether any program of the machine uses the map. */
  constructor(types: MapTypes<K, V>, runtime: RuntimeMap, used: () => boolean = () => true) {
    this.types = types;
    this.runtime = runtime;
    this.#used = used;
    const { memory } = runtime;
    this.#key = memory.allocate(types.keySize);
    this.#next = memory.allocate(types.keySize);
    this.valueAt = memory.allocate(runtime.userValueSize);
    const cpus = runtime.userValueSize / roundUp8(types.valueSize);
    this.#codec = isPerCpuCodec(types.value) ? types.value.forCpus(cpus) : types.value;
  }

  get name(): string {
    return this.types.name;
  }

  get type(): MapSpec["type"] {
    return this.types.type;
  }

  /** By which the machine knows it: what a map of maps holds. */
  get id(): number {
    return mapId(this.runtime);
  }

  get size(): number {
    return this.runtime.size;
  }

  get emptyReason(): string {
    if (this.#used()) return `The programs that use ${this.name} have put nothing into it yet.`;
    return `No program loaded into this machine uses this declaration of ${this.name}. ${olderProgram(this.name)}`;
  }

  #write<T>(codec: Codec<T>, at: number, value: T, what: "key" | "value"): number {
    try {
      codec.write(this.runtime.memory.view, at, value, what);
    } catch (cause) {
      if (!(cause instanceof CodecError)) throw cause;
      throw new MapError("EINVAL", this.name, cause.message, `A ${what} of this map is ${codec.name}.`, cause);
    }
    return at;
  }

  /** Writes a value to where operations take it from; gives that place. */
  protected writeValue(value: V): number {
    return this.#write(this.#codec, this.valueAt, value, "value");
  }

  /** The value that an operation left. */
  protected readValue(): V {
    return this.#codec.read(this.runtime.memory.view, this.valueAt);
  }

  /** Throws `MapError` for a result that is an errno. */
  protected check(result: number, did: string): void {
    if (result >= 0) return;
    const errno = errnoName(result) ?? "EINVAL";
    throw new MapError(errno, this.name, did, HINTS[errno] ?? "");
  }

  /** The value for a key, or undefined. */
  get(key: K): V | undefined {
    const at = this.#write(this.types.key, this.#key, key, "key");
    return this.runtime.userLookup(at, this.valueAt) < 0 ? undefined : this.readValue();
  }

  has(key: K): boolean {
    return this.runtime.userLookup(this.#write(this.types.key, this.#key, key, "key"), this.valueAt) === 0;
  }

  /** Adds or replaces; throws `MapError` with Linux's errno where the map refuses. */
  set(key: K, value: V, mode: UpdateMode = "any"): this {
    this.#requireWritable();
    this.#write(this.types.key, this.#key, key, "key");
    this.writeValue(value);
    this.check(this.runtime.userUpdate(this.#key, this.valueAt, UPDATE_FLAGS[mode]), "cannot set this element");
    return this;
  }

  /** The value for a key, which is removed; undefined if there was none. Arrays refuse with EINVAL. */
  take(key: K): V | undefined {
    const value = this.get(key);
    return value !== undefined && this.delete(key) ? value : undefined;
  }

  /** Removes an element; false if there was none. Arrays refuse with EINVAL. */
  delete(key: K): boolean {
    this.#requireWritable();
    const result = this.runtime.userDelete(this.#write(this.types.key, this.#key, key, "key"));
    if (result !== -ERRNO.ENOENT) this.check(result, "cannot delete an element");
    return result === 0;
  }

  /** EPERM where processes may only read the map (`BPF_F_RDONLY`), or it is frozen. */
  #requireWritable(): void {
    if (!mayWrite(this.runtime)) this.check(-ERRNO.EPERM, "the notebook may only read it");
  }

  /** `BPF_MAP_FREEZE`: from now on only programs can change it. Throws `MapError`: EPERM the second time, EBUSY while it is mapped for writing. */
  freeze(): this {
    this.check(freeze(this.runtime), "cannot freeze it");
    return this;
  }

  /**
   * Its elements as memory that the notebook and programs share (`mmap(2)`). Throws `MapError`: ENOTSUPP for what is no array, EINVAL
   * without `MAP_FLAGS.MMAPABLE`, EPERM for one that is frozen, EACCES for one that programs may not write.
   */
  mmap(options?: MappingOptions): MapMapping {
    this.check(mayMap(this.runtime, options), "cannot map it");
    return new MapMapping(this.runtime, options);
  }

  /**
   * [key, value] pairs in Linux's order. The keys are those at the start; one that is deleted meanwhile is left out, and
   * values are read when they are reached.
   */
  *entries(): IterableIterator<[K, V]> {
    for (const key of this.#keys()) {
      const { memory } = this.runtime;
      memory.u8.set(key, this.#key);
      if (this.runtime.userLookup(this.#key, this.valueAt) === 0)
        yield [this.types.key.read(memory.view, this.#key), this.readValue()];
    }
  }

  *keys(): IterableIterator<K> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries();
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("map", this);
  }

  /** All keys as bytes. Nothing else runs meanwhile, so `nextKey` cannot start over. */
  #keys(): Uint8Array[] {
    const { runtime } = this;
    const { u8 } = runtime.memory;
    const keys: Uint8Array[] = [];
    const size = this.types.keySize;
    for (let at = 0; runtime.nextKey(at, this.#next) === 0; at = this.#key) {
      u8.copyWithin(this.#key, this.#next, this.#next + size);
      keys.push(u8.slice(this.#key, this.#key + size));
    }
    return keys;
  }
}
