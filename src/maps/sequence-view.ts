import { BloomFilterMap } from "./bloom-filter.ts";
import type { Codec } from "./codec.ts";
import { MapDeclaration } from "./declaration.ts";
import { ERRNO } from "./errno.ts";
import type { UpdateMode } from "./flags.ts";
import { UPDATE_FLAGS } from "./flags.ts";
import { QueueStackMap } from "./queue.ts";
import type { RuntimeMap } from "./runtime.ts";
import type { SequenceMap } from "./sequence.ts";
import { type MapTypes, MapView } from "./view.ts";

/** The key of maps without keys: nothing in memory, for people the place in the order. */
export const noKey: Codec<number> = { name: "no key", size: 0, align: 1, read: () => 0, write: () => {} };

/** One machine's queue, stack or Bloom filter, with typed values. */
export class SequenceView<V> extends MapView<number, V> {
  readonly #sequence: SequenceMap;

  constructor(types: MapTypes<number, V>, runtime: RuntimeMap, used?: () => boolean) {
    super(types, runtime, used);
    this.#sequence = runtime as SequenceMap;
  }

  /** Adds a value; with `exist` a full queue drops its oldest. Throws `MapError` (E2BIG) where it is full. */
  push(value: V, mode: UpdateMode = "any"): this {
    this.check(this.#sequence.push(this.writeValue(value), UPDATE_FLAGS[mode]), "cannot add a value");
    return this;
  }

  /** The next value, or undefined; it stays. */
  peek(): V | undefined {
    return this.#give((out) => this.#sequence.peek(out));
  }

  /** The next value, or undefined; it is taken out. */
  pop(): V | undefined {
    return this.#give((out) => this.#sequence.pop(out));
  }

  /** Whether a Bloom filter perhaps holds a value: false is certain. */
  mayHave(value: V): boolean {
    return this.#sequence.peek(this.writeValue(value)) === 0;
  }

  #give(read: (out: number) => number): V | undefined {
    const result = read(this.valueAt);
    if (result === -ERRNO.ENOENT) return undefined;
    this.check(result, "cannot give a value");
    return this.readValue();
  }

  override get(place: number): V | undefined {
    for (const [at, value] of this.entries()) if (at === place) return value;
    return undefined;
  }

  override has(place: number): boolean {
    return this.get(place) !== undefined;
  }

  /** Pushes: there are no places to choose. */
  override set(_place: number, value: V, mode: UpdateMode = "any"): this {
    return this.push(value, mode);
  }

  /** The values in the order in which they would come out, by their place in it. A Bloom filter cannot list any. */
  override *entries(): IterableIterator<[number, V]> {
    if (!(this.#sequence instanceof QueueStackMap)) return;
    for (let place = 0; place < this.#sequence.size; place++)
      yield [place, this.types.value.read(this.runtime.memory.view, this.#sequence.at(place))];
  }
}

/**
 * A queue, stack or Bloom filter as a notebook declares it: what is pushed before a machine loads it is its initial contents.
 *
 * @example const jobs = map.queue({ name: "jobs", value: u32, maxEntries: 8 }); jobs.push(5);
 */
export class SequenceDeclaration<V> extends MapDeclaration<number, V> {
  protected override view(runtime: RuntimeMap, used?: () => boolean): SequenceView<V> {
    return new SequenceView(this, runtime, used);
  }

  protected override copyInitial(initial: MapView<number, V>, view: MapView<number, V>): void {
    if (initial.runtime instanceof BloomFilterMap) (view.runtime as BloomFilterMap).adopt(initial.runtime);
    // What comes out of a stack first went in last.
    const values = [...initial.values()];
    for (const value of this.type === "stack" ? values.reverse() : values) view.set(0, value);
  }

  override bind(runtime: RuntimeMap, machine: object, used?: () => boolean): SequenceView<V> {
    return super.bind(runtime, machine, used) as SequenceView<V>;
  }

  get #sequence(): SequenceView<V> {
    return this.current as SequenceView<V>;
  }

  /** Adds a value; with `exist` a full queue drops its oldest. Throws `MapError` (E2BIG) where it is full. */
  push(value: V, mode?: UpdateMode): this {
    this.#sequence.push(value, mode);
    return this;
  }

  /** The next value, or undefined; it stays. */
  peek(): V | undefined {
    return this.#sequence.peek();
  }

  /** The next value, or undefined; it is taken out. */
  pop(): V | undefined {
    return this.#sequence.pop();
  }

  /** Whether a Bloom filter perhaps holds a value: false is certain. */
  mayHave(value: V): boolean {
    return this.#sequence.mayHave(value);
  }
}
