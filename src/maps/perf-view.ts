import { u32 } from "./codec.ts";
import { MapDeclaration } from "./declaration.ts";
import type { PerfEventArrayMap } from "./perf-event-array.ts";
import type { RecordCodec } from "./ringbuf-view.ts";
import type { RuntimeMap } from "./runtime.ts";
import { type MapTypes, MapView } from "./view.ts";

/** One machine's perf buffers, one for each CPU, open from the start, with typed records. */
export class PerfView<V> extends MapView<number, number> {
  readonly #array: PerfEventArrayMap;
  readonly #record: RecordCodec<V>;

  constructor(types: MapTypes<number, number>, record: RecordCodec<V>, runtime: RuntimeMap, used?: () => boolean) {
    super(types, runtime, used);
    this.#array = runtime as PerfEventArrayMap;
    this.#record = record;
    this.#array.open();
  }

  /** Takes all records that are ready, CPU by CPU; those of one CPU are in order. */
  read(): V[] {
    const records: V[] = [];
    for (let cpu = 0; cpu < this.types.maxEntries; cpu++)
      this.#array.buffer(cpu)?.consume(
        (data) => records.push(this.#record.decode(new DataView(data.buffer), 0, data.length)),
        () => {},
      );
    return records;
  }

  /** Records that found no room, on any CPU. */
  get lost(): number {
    let lost = 0;
    for (let cpu = 0; cpu < this.types.maxEntries; cpu++) lost += this.#array.buffer(cpu)?.lost ?? 0;
    return lost;
  }

  override get emptyReason(): string {
    return "Its records have no keys: read() takes those that are ready.";
  }

  /** Programs only write to it, and what is there now has no keys: use `read`. */
  override *entries(): IterableIterator<[number, number]> {}
}

/**
 * Perf buffers as a notebook declares them: one for each CPU, at most `maxEntries`.
 *
 * @example
 * const events = map.perfEventArray({ name: "events", value: struct({ pid: u32 }), maxEntries: 2 });
 * for (const { pid } of m.map(events).read()) console.log(pid);
 */
export class PerfDeclaration<V> extends MapDeclaration<number, number> {
  readonly #record: RecordCodec<V>;

  constructor(spec: { name: string; maxEntries: number; flags?: number; record: RecordCodec<V> }) {
    const { record, ...rest } = spec;
    super({ type: "perf_event_array", key: u32, value: u32, ...rest });
    this.#record = record;
  }

  protected override view(runtime: RuntimeMap, used?: () => boolean): PerfView<V> {
    return new PerfView(this, this.#record, runtime, used);
  }

  override bind(runtime: RuntimeMap, machine: object, used?: () => boolean): PerfView<V> {
    return super.bind(runtime, machine, used) as PerfView<V>;
  }

  /** Takes all records that are ready, CPU by CPU. */
  read(): V[] {
    return (this.current as PerfView<V>).read();
  }

  /** Records that found no room, on any CPU. */
  get lost(): number {
    return (this.current as PerfView<V>).lost;
  }
}
