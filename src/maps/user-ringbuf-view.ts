import type { Codec } from "./codec.ts";
import { MapDeclaration } from "./declaration.ts";
import type { RuntimeMap } from "./runtime.ts";
import { noKey } from "./sequence-view.ts";
import type { UserRingbufMap } from "./user-ringbuf.ts";
import { MapView } from "./view.ts";

/** One machine's ring buffer from users to programs. */
export class UserRingbufView<V> extends MapView<number, V> {
  /** Writes a record for programs to drain. Throws `MapError`: ENOSPC while there is no room, E2BIG for one that never fits. */
  write(value: V): this {
    const ring = this.runtime as UserRingbufMap;
    const from = this.writeValue(value);
    const { valueSize } = this.types;
    const sample = ring.reserve(valueSize);
    this.check(sample, `no room for a record of ${valueSize} bytes`);
    ring.memory.u8.copyWithin(sample, from, from + valueSize);
    ring.submit(sample);
    return this;
  }

  /** Writes: records have no keys. */
  override set(_place: number, value: V): this {
    return this.write(value);
  }

  override get(place: number): V | undefined {
    return [...this.values()][place];
  }

  override has(place: number): boolean {
    return place >= 0 && place < this.size;
  }

  /** Records that wait for a program, oldest first. */
  override *entries(): IterableIterator<[number, V]> {
    for (const [place, [at]] of (this.runtime as UserRingbufMap).ready().entries())
      yield [place, this.types.value.read(this.runtime.memory.view, at)];
  }
}

/** What a declaration of a user ring buffer says. */
export interface UserRing<V> {
  readonly name: string;
  /** The type of its records. */
  readonly value: Codec<V>;
  /** Bytes. */
  readonly size: number;
  readonly flags?: number;
}

/**
 * A ring buffer from users to programs as a notebook declares it.
 *
 * @example const orders = map.userRingbuf({ name: "orders", value: u64, size: 4096 }); orders.write(7n);
 */
export class UserRingbufDeclaration<V> extends MapDeclaration<number, V> {
  /** The type of the records; to Linux the map has values of no bytes. */
  readonly #record: Codec<V>;

  constructor({ name, value, size, flags = 0 }: UserRing<V>) {
    const none: Codec<V> = { ...value, size: 0 };
    super({ type: "user_ringbuf", name, key: noKey, value: none, maxEntries: size, flags });
    this.#record = value;
  }

  protected override view(runtime: RuntimeMap, used?: () => boolean): UserRingbufView<V> {
    const { type, name, key, keySize, maxEntries, flags } = this;
    const types = { type, name, key, keySize, maxEntries, flags, value: this.#record, valueSize: this.#record.size };
    return new UserRingbufView(types, runtime, used);
  }

  override bind(runtime: RuntimeMap, machine: object, used?: () => boolean): UserRingbufView<V> {
    return super.bind(runtime, machine, used) as UserRingbufView<V>;
  }

  /** Writes a record for programs to drain. Throws `MapError`: ENOSPC while there is no room, E2BIG for one that never fits. */
  write(value: V): this {
    (this.current as UserRingbufView<V>).write(value);
    return this;
  }
}
