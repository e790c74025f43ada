import type { Codec } from "./codec.ts";
import { MapDeclaration } from "./declaration.ts";
import type { RingbufMap } from "./ringbuf.ts";
import type { RuntimeMap } from "./runtime.ts";
import { noKey } from "./sequence-view.ts";
import { type MapTypes, MapView } from "./view.ts";

/** Reads one record; the last argument is its length, which is the producer's to choose. */
export interface RecordCodec<V> {
  readonly name: string;
  decode(view: DataView, at: number, size: number): V;
}

/** Records as their bytes. */
export const recordBytes: RecordCodec<Uint8Array> = {
  name: "bytes",
  decode: (view, at, size) => new Uint8Array(view.buffer, view.byteOffset + at, size).slice(),
};

/** Records of one type: what a shorter record lacks is zero, what a longer one has more is not looked at. */
export function recordOf<V>(codec: Codec<V>): RecordCodec<V> {
  return {
    name: codec.name,
    decode(view, at, size) {
      if (size >= codec.size) return codec.read(view, at);
      const padded = new Uint8Array(codec.size);
      padded.set(new Uint8Array(view.buffer, view.byteOffset + at, size));
      return codec.read(new DataView(padded.buffer), 0);
    },
  };
}

/** One machine's ring buffer, with typed records. */
export class RingbufView<V> extends MapView<number, V> {
  readonly #ring: RingbufMap;
  readonly #record: RecordCodec<V>;

  constructor(types: MapTypes<number, V>, record: RecordCodec<V>, runtime: RuntimeMap, used?: () => boolean) {
    super(types, runtime, used);
    this.#ring = runtime as RingbufMap;
    this.#record = record;
  }

  /** Takes all records that are ready, oldest first. */
  read(): V[] {
    const records: V[] = [];
    const { memory } = this.runtime;
    this.#ring.consume((at, size) => records.push(this.#record.decode(memory.view, at, size)));
    return records;
  }

  /** Reservations that found no room: events that nobody will see. */
  get dropped(): number {
    return this.#ring.dropped;
  }

  /** Bytes that are reserved or wait for the reader. */
  get available(): number {
    return this.#ring.available;
  }

  /** How often the reader was woken: by a record that found it waiting, or by BPF_RB_FORCE_WAKEUP. */
  get wakeups(): number {
    return this.#ring.wakeups;
  }

  /** The records that are ready, by their number; they stay. */
  override *entries(): IterableIterator<[number, V]> {
    const places = this.#ring.ready();
    for (const [number, [at, size]] of places.entries())
      yield [number, this.#record.decode(this.runtime.memory.view, at, size)];
  }
}

/**
 * A ring buffer as a notebook declares it.
 *
 * @example
 * const events = map.ringbuf({ name: "events", value: struct({ pid: u32, comm: char(16) }), size: 4096 });
 * for (const { pid, comm } of events.read()) console.log(pid, comm);
 */
export class RingbufDeclaration<V> extends MapDeclaration<number, V> {
  readonly #record: RecordCodec<V>;

  constructor(spec: { name: string; size: number; flags?: number; record: RecordCodec<V> }) {
    const { name, size, record, flags } = spec;
    const value: Codec<V> = {
      ...{ name: record?.name, size: 0, align: 1 },
      read: (view, at) => record.decode(view, at, 0),
      write: () => {},
    };
    super({ type: "ringbuf", name, key: noKey, value, maxEntries: size, flags });
    this.#record = record;
  }

  protected override view(runtime: RuntimeMap, used?: () => boolean): RingbufView<V> {
    return new RingbufView(this, this.#record, runtime, used);
  }

  override bind(runtime: RuntimeMap, machine: object, used?: () => boolean): RingbufView<V> {
    return super.bind(runtime, machine, used) as RingbufView<V>;
  }

  get #ring(): RingbufView<V> {
    return this.current as RingbufView<V>;
  }

  /** Takes all records that are ready, oldest first. */
  read(): V[] {
    return this.#ring.read();
  }

  /** Reservations that found no room: events that nobody will see. */
  get dropped(): number {
    return this.#ring.dropped;
  }

  /** Bytes that are reserved or wait for the reader. */
  get available(): number {
    return this.#ring.available;
  }

  /** How often the reader was woken. */
  get wakeups(): number {
    return this.#ring.wakeups;
  }
}
