import { ArgumentError } from "../isa/argument.ts";
import { LinearMemory } from "../memory/memory.ts";
import { DISPLAY, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import { type Codec, requireCodec } from "./codec.ts";
import { checkMap, createMap } from "./create.ts";
import { MapError } from "./error.ts";
import type { UpdateMode } from "./flags.ts";
import { kernelTypes } from "./kernel-codec.ts";
import type { RuntimeMap } from "./runtime.ts";
import type { MapBtf, MapSpec, MapType } from "./spec.ts";
import { type MapTypes, MapView, olderProgram, type TypedMap } from "./view.ts";

/**
 * A map as a notebook declares it: a `MapSpec` that programs are assembled against, with typed keys and values.
 *
 * Before a machine loads a program that uses it, it holds initial contents; each machine that loads it starts with a copy of
 * them. From the first load on the declaration *is* the map of that machine; `m2.map(declaration)` is another machine's.
 *
 * @example
 * const sizes = map.hash({ name: "sizes", key: u32, value: u64, maxEntries: 64 });
 * sizes.set(512, 0n);
 * m.load(program); // whose text says  r1 = map[sizes]
 * console.log(sizes.get(512));
 */
export class MapDeclaration<K, V> implements MapTypes<K, V>, TypedMap<K, V> {
  readonly type: MapType;
  readonly name: string;
  readonly key: Codec<K>;
  readonly value: Codec<V>;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly mapExtra?: bigint;
  readonly inner?: MapSpec;
  /** There where values have a member that belongs to Linux (`bpfSpinLock`): Linux finds it by its type; and in storages. */
  readonly btf?: MapBtf;
  /** The initial contents, in a small memory of their own, so that they obey the same rules; made on first use. */
  #initial: MapView<K, V> | undefined;
  #bound: { readonly machine: object; readonly view: MapView<K, V> } | undefined;

  /** Throws at once where no machine could create the map: `ArgumentError`, `MapError`. */
  constructor(
    spec: Pick<MapTypes<K, V>, "type" | "name" | "key" | "value" | "maxEntries" | "mapExtra" | "inner" | "btf"> & {
      flags?: number;
    },
  ) {
    if (typeof spec.name !== "string") throw new ArgumentError("name of the map", "a string", spec.name);
    requireCodec(`key of map "${spec.name}"`, spec.key);
    requireCodec(`value of map "${spec.name}"`, spec.value);
    this.type = spec.type;
    this.name = spec.name;
    this.key = spec.key;
    this.value = spec.value;
    this.keySize = spec.key.size;
    this.valueSize = spec.value.size;
    this.maxEntries = spec.maxEntries;
    this.flags = spec.flags ?? 0;
    if (spec.mapExtra !== undefined) this.mapExtra = spec.mapExtra;
    if (spec.inner !== undefined) this.inner = spec.inner;
    const types = spec.btf ?? kernelTypes(spec.name, spec.key, spec.value);
    if (types !== undefined) this.btf = types;
    checkMap(this);
  }

  /**
   * Makes this the map that a machine created for it, for the loader: copies the initial contents and returns the typed
   * view. The first machine to bind is the one that the declaration's own methods speak of from then on; a further
   * machine gets a view only. `used` tells whether any program of the machine uses the map.
   */
  bind(runtime: RuntimeMap, machine: object, used?: () => boolean): MapView<K, V> {
    const view = this.view(runtime, used);
    if (this.#initial !== undefined) this.copyInitial(this.#initial, view);
    this.#bound ??= { machine, view };
    return view;
  }

  /** Typed contents of a map that was made from this, without binding to it: the declaration shows what it showed before. */
  see(runtime: RuntimeMap): MapView<K, V> {
    return this.view(runtime);
  }

  /** The view of a map that was made from this. */
  protected view(runtime: RuntimeMap, used?: () => boolean): MapView<K, V> {
    return new MapView(this, runtime, used);
  }

  /** Puts the initial contents into a machine's map. */
  protected copyInitial(initial: MapView<K, V>, view: MapView<K, V>): void {
    for (const [key, value] of initial) view.set(key, value);
  }

  /** The machine that the declaration is bound to. */
  get machine(): object | undefined {
    return this.#bound?.machine;
  }

  /** Throws `MapError` (EBUSY) where the declaration is another machine's, for whoever is about to use it as this one's. */
  requireMachine(machine: object): void {
    if (this.#bound && this.#bound.machine !== machine)
      throw new MapError(
        "EBUSY",
        this.name,
        "it shows another machine's map, the first that loaded it",
        "Use machine.map(declaration) for the map of this machine.",
      );
  }

  /** What the declaration shows: a machine's map, or the initial contents. */
  protected get current(): MapView<K, V> {
    return this.#bound?.view ?? (this.#initial ??= this.view(createMap(new LinearMemory(), 0, this)));
  }

  /** Elements that are there now; an array's are all there from the start. */
  get size(): number {
    return this.current.size;
  }

  get emptyReason(): string {
    return this.#bound?.view.emptyReason ?? `${this.name} was never loaded into a machine. ${olderProgram(this.name)}`;
  }

  get(key: K): V | undefined {
    return this.current.get(key);
  }

  has(key: K): boolean {
    return this.current.has(key);
  }

  /** Adds or replaces; throws `MapError` with Linux's errno where the map refuses. */
  set(key: K, value: V, mode: UpdateMode = "any"): this {
    this.current.set(key, value, mode);
    return this;
  }

  /** The value for a key, which is removed; undefined if there was none. Arrays refuse with EINVAL. */
  take(key: K): V | undefined {
    return this.current.take(key);
  }

  /** Removes an element; false if there was none. Arrays refuse with EINVAL. */
  delete(key: K): boolean {
    return this.current.delete(key);
  }

  entries(): IterableIterator<[K, V]> {
    return this.current.entries();
  }

  keys(): IterableIterator<K> {
    return this.current.keys();
  }

  values(): IterableIterator<V> {
    return this.current.values();
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries();
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("map", this);
  }
}
