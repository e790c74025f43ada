import { ArgumentError, requireWhole } from "../../isa/argument.ts";
import type { Codec } from "../../maps/codec.ts";
import type { UpdateMode } from "../../maps/flags.ts";
import { PerfView } from "../../maps/perf-view.ts";
import { type RecordCodec, RingbufView } from "../../maps/ringbuf-view.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import type { MapSpec } from "../../maps/spec.ts";
import { MapView, type TypedMap } from "../../maps/view.ts";
import { DISPLAY, type MimeBundle } from "../../plot/displayable.ts";
import { render } from "../../plot/registry.ts";
import type { BpfValue } from "./btf-codec.ts";
import { ObjectError } from "./error.ts";

/** How the machine of a map is run while its records are followed. */
export interface Clock {
  run(nanoseconds: number): Promise<unknown>;
  parse(duration: string | number): number;
}

/** What a map of an object is made of. */
export interface BpfMapParts {
  readonly object: string;
  readonly name: string;
  readonly spec: MapSpec;
  readonly codecs: (spec: MapSpec) => { readonly key: Codec<BpfValue>; readonly value: Codec<BpfValue> };
  readonly records: RecordCodec<BpfValue>;
  readonly clock: Clock;
  /** `""` where it is not pinned. */
  readonly pinPath: string;
}

/** Slices in which the machine runs while records are followed: what a program sends is seen soon after. */
const SLICES = 200;

/**
 * A map of an object. Between `open` and `load` it can be configured; from `load` on it holds typed keys and values, as
 * the object's BTF describes them.
 *
 * @example
 * object.maps.events.maxEntries = 1 << 20;
 * object.load().attach();
 * for await (const event of object.maps.events.follow({ for: "10s" })) console.log(event);
 */
export class BpfMap<K = BpfValue, V = BpfValue> implements TypedMap<K, V> {
  /** As the C source calls it. */
  readonly name: string;
  readonly #parts: BpfMapParts;
  #spec: MapSpec;
  #pinPath: string;
  #reused: RuntimeMap | undefined;
  #view: MapView<K, V> | undefined;

  constructor(parts: BpfMapParts) {
    this.name = parts.name;
    this.#parts = parts;
    this.#spec = parts.spec;
    this.#pinPath = parts.pinPath;
  }

  /** What the machine is asked for, or was. */
  get spec(): MapSpec {
    return this.#view?.runtime.spec ?? this.#spec;
  }

  get type(): MapSpec["type"] {
    return this.spec.type;
  }

  get maxEntries(): number {
    return this.spec.maxEntries;
  }

  /** Before `load`. Linux checks it when the map is created. */
  set maxEntries(value: number) {
    this.#requireOpen("max_entries");
    requireWhole(`maxEntries of map ${this.name}`, value, 0, 2 ** 32 - 1);
    this.#spec = { ...this.#spec, maxEntries: value };
  }

  /** Bytes of a key. */
  get keySize(): number {
    return this.spec.keySize;
  }

  /** Before `load`, for maps whose keys have no type. */
  set keySize(value: number) {
    this.#requireOpen("key size");
    requireWhole(`keySize of map ${this.name}`, value, 0, 2 ** 32 - 1);
    const { btf: _old, ...spec } = this.#spec;
    this.#spec = { ...spec, keySize: value };
  }

  /** Bytes of a value. */
  get valueSize(): number {
    return this.spec.valueSize;
  }

  /** Before `load`, for maps whose values have no type, such as those of stacks. */
  set valueSize(value: number) {
    this.#requireOpen("value size");
    requireWhole(`valueSize of map ${this.name}`, value, 0, 2 ** 32 - 1);
    // The type is of the old size.
    const { btf: _old, ...spec } = this.#spec;
    this.#spec = { ...spec, valueSize: value };
  }

  /** Where it is pinned, or will be: `""` for nowhere. */
  get pinPath(): string {
    return this.#pinPath;
  }

  /** Before `load`: a map that is pinned there already is used instead of a new one. */
  set pinPath(path: string) {
    this.#requireOpen("pin path");
    if (typeof path !== "string") throw new ArgumentError(`pinPath of map ${this.name}`, "a path", path);
    this.#pinPath = path;
  }

  /** Before `load`: uses a map that the machine has, of another object say, instead of a new one. */
  reuse(map: BpfMap<K, V> | { readonly runtime: RuntimeMap }): void {
    this.#requireOpen("map");
    const runtime = map instanceof BpfMap ? map.view.runtime : map.runtime;
    this.#reused = runtime;
    this.#spec = runtime.spec;
  }

  /** The machine's map that is to be used instead of a new one. */
  get reused(): RuntimeMap | undefined {
    return this.#reused;
  }

  /** Whether the machine has it. */
  get isLoaded(): boolean {
    return this.#view !== undefined;
  }

  /** The machine's map; throws {@link ObjectError} before `load` and after `destroy`. */
  get view(): MapView<K, V> {
    if (this.#view !== undefined) return this.#view;
    throw new ObjectError(
      "EINVAL",
      this.#parts.object,
      `map '${this.name}' does not exist in the machine`,
      "Call load() first: until then a map is only a description.",
    );
  }

  /** For the object: the machine's map from now on, or none any more. */
  bind(runtime: RuntimeMap | undefined, used: () => boolean = () => true): void {
    this.#view = undefined;
    if (runtime === undefined) return;
    const { key, value } = this.#parts.codecs(runtime.spec);
    const types = { ...runtime.spec, name: this.name, key, value } as unknown as MapView<K, V>["types"];
    this.#view = this.#viewOf(types, runtime, used);
  }

  /** Perf buffers are open from `load` on, one for each CPU, as after libbpf's `perf_buffer__new`. */
  #viewOf(types: MapView<K, V>["types"], runtime: RuntimeMap, used: () => boolean): MapView<K, V> {
    const { records } = this.#parts;
    switch (runtime.spec.type) {
      case "ringbuf":
        return new RingbufView(types as never, records, runtime, used) as unknown as MapView<K, V>;
      case "perf_event_array":
        return new PerfView(types as never, records, runtime, used) as unknown as MapView<K, V>;
      default:
        return new MapView(types, runtime, used);
    }
  }

  #requireOpen(what: string): void {
    if (this.#view === undefined) return;
    throw new ObjectError(
      "EBUSY",
      this.#parts.object,
      `map '${this.name}': can't change ${what} of a map that exists`,
      "Configure maps between open and load.",
    );
  }

  get size(): number {
    return this.view.size;
  }

  get emptyReason(): string {
    return this.#view?.emptyReason ?? `${this.#parts.object} is not loaded.`;
  }

  get(key: K): V | undefined {
    return this.view.get(key);
  }

  has(key: K): boolean {
    return this.view.has(key);
  }

  /** Adds or replaces; throws `MapError` with Linux's errno where the map refuses. */
  set(key: K, value: V, mode: UpdateMode = "any"): this {
    this.view.set(key, value, mode);
    return this;
  }

  delete(key: K): boolean {
    return this.view.delete(key);
  }

  entries(): IterableIterator<[K, V]> {
    return this.view.entries();
  }

  keys(): IterableIterator<K> {
    return this.view.keys();
  }

  values(): IterableIterator<V> {
    return this.view.values();
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries();
  }

  get #ring(): RingbufView<V> | PerfView<V> {
    const view: object = this.view;
    if (view instanceof RingbufView || view instanceof PerfView) return view as RingbufView<V> | PerfView<V>;
    throw new ObjectError(
      "EINVAL",
      this.#parts.object,
      `map '${this.name}' is of type ${this.type}`,
      "Only ring buffers and perf buffers have records to read.",
    );
  }

  /** Takes the records of a ring buffer, or of all CPUs' perf buffers, that are ready, oldest first for each CPU. */
  read(): V[] {
    return this.#ring.read();
  }

  /** Records that found no room. */
  get dropped(): number {
    const ring = this.#ring;
    return ring instanceof PerfView ? ring.lost : ring.dropped;
  }

  /**
   * Runs the machine and gives the records of a ring buffer as they come; ends when the virtual time is over.
   *
   * @example for await (const event of events.follow({ for: "5s" })) console.log(event);
   */
  async *follow({ for: duration }: { readonly for: string | number }): AsyncGenerator<V, void, undefined> {
    const ring = this.#ring;
    const { clock } = this.#parts;
    const total = clock.parse(duration);
    const slice = Math.max(1, Math.ceil(total / SLICES));
    yield* ring.read();
    for (let left = total; left > 0; left -= slice) {
      await clock.run(Math.min(slice, left));
      yield* ring.read();
    }
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return this.#view === undefined
      ? { "text/plain": `map ${this.name} (${this.type}), not loaded` }
      : render("map", this.#view);
  }
}
