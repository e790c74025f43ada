import type { LinearMemory } from "../memory/memory.ts";
import { MapBase } from "./base.ts";
import { ERRNO } from "./errno.ts";
import { RINGBUF_BUSY, RINGBUF_DISCARD, RINGBUF_HEADER } from "./ringbuf.ts";
import type { MapSpec } from "./spec.ts";

const PAGE = 4096;
/** Offsets from the start of the block: the positions and the flag of a drain under way, then the data. */
const META = { consumer: 0, producer: 8, busy: 16 } as const;
const DATA = PAGE;
/** The longest record that a dynptr can describe. */
const LONGEST = 0xff_ffff;

/** The next record: where its bytes are and how many; or why there is none. */
export type Peeked = { readonly at: number; readonly size: number; readonly next: number } | { readonly errno: number };

/**
 * A ring buffer in the other direction: a process writes records (`reserve`, `submit`), programs read them with
 * `bpf_user_ringbuf_drain`. Linux believes nothing that the process has written: each record is checked when it is read.
 */
export class UserRingbufMap extends MapBase {
  readonly #block: number;
  readonly #mask: number;

  constructor(memory: LinearMemory, index: number, spec: MapSpec) {
    super(memory, index, spec);
    this.#mask = spec.maxEntries - 1;
    this.#block = this.allocate(DATA + 2 * spec.maxEntries, PAGE);
  }

  #position(at: number): number {
    const word = (this.#block + at) >>> 2;
    return this.memory.u32[word] + this.memory.u32[word + 1] * 2 ** 32;
  }

  #setPosition(at: number, position: number): void {
    const { u32 } = this.memory;
    const word = (this.#block + at) >>> 2;
    u32[word] = position;
    u32[word + 1] = position / 2 ** 32;
  }

  get consumerPosition(): number {
    return this.#position(META.consumer);
  }

  get producerPosition(): number {
    return this.#position(META.producer);
  }

  /** A process may write any position, as into the page that Linux maps for it. */
  set producerPosition(position: number) {
    this.#setPosition(META.producer, position);
  }

  /** Where the header of a record at a position lies. */
  headerAt(position: number): number {
    return this.#block + DATA + ((position & this.#mask) >>> 0);
  }

  /** Records that are submitted and not drained. */
  get size(): number {
    return this.ready().length;
  }

  /**
   * libbpf's `user_ring_buffer__reserve`: where the bytes of a new record go, to be submitted or discarded; -E2BIG for one that never
   * fits, -ENOSPC where there is no room now.
   */
  reserve(size: number): number {
    const length = (size + RINGBUF_HEADER + 7) & ~7;
    if (size >>> 0 >= 1 << 30 || length > this.#mask + 1) return -ERRNO.E2BIG;
    const producer = this.producerPosition;
    if (this.#mask + 1 - (producer - this.consumerPosition) < length) return -ERRNO.ENOSPC;
    const at = this.headerAt(producer);
    this.memory.i32[at >> 2] = size | RINGBUF_BUSY;
    this.memory.i32[(at >> 2) + 1] = 0;
    this.#setPosition(META.producer, producer + length);
    return at + RINGBUF_HEADER;
  }

  /** Gives a reserved record to the programs. */
  submit(sample: number): void {
    this.memory.i32[(sample - RINGBUF_HEADER) >> 2] &= ~RINGBUF_BUSY;
  }

  /** Programs skip a record that is discarded. */
  discard(sample: number): void {
    const at = (sample - RINGBUF_HEADER) >> 2;
    this.memory.i32[at] = (this.memory.i32[at] & ~RINGBUF_BUSY) | RINGBUF_DISCARD;
  }

  /** One drain at a time: -EBUSY while another one runs. */
  begin(): number {
    const busy = (this.#block + META.busy) >> 2;
    if (this.memory.i32[busy] !== 0) return -ERRNO.EBUSY;
    this.memory.i32[busy] = 1;
    return 0;
  }

  end(): void {
    this.memory.i32[(this.#block + META.busy) >> 2] = 0;
  }

  /** The next record as a drain finds it: -ENODATA at the end, -EAGAIN for a discarded one, which is skipped. */
  peek(): Peeked {
    const producer = this.producerPosition;
    const consumer = this.consumerPosition;
    if (producer % 8 !== 0) return { errno: ERRNO.EINVAL };
    if (consumer >= producer) return { errno: ERRNO.ENODATA };
    const at = this.headerAt(consumer);
    const word = this.memory.i32[at >> 2];
    const size = (word & ~(RINGBUF_BUSY | RINGBUF_DISCARD)) >>> 0;
    const length = (size + RINGBUF_HEADER + 7) & ~7;
    if (length > producer - consumer) return { errno: ERRNO.EINVAL };
    if (length > this.#mask + 1 || size > LONGEST) return { errno: ERRNO.E2BIG };
    if (word & RINGBUF_DISCARD) {
      this.release(consumer + length);
      return { errno: ERRNO.EAGAIN };
    }
    if (word & RINGBUF_BUSY) return { errno: ERRNO.ENODATA };
    return { at: at + RINGBUF_HEADER, size, next: consumer + length };
  }

  /** Everything before a position has been read. */
  release(position: number): void {
    this.#setPosition(META.consumer, position);
  }

  /** Places and sizes of the records that wait. */
  ready(): (readonly [at: number, size: number])[] {
    const records: (readonly [number, number])[] = [];
    let position = this.consumerPosition;
    while (position < this.producerPosition) {
      const at = this.headerAt(position);
      const word = this.memory.i32[at >> 2];
      if (word & RINGBUF_BUSY) break;
      const size = word & ~RINGBUF_DISCARD;
      if (!(word & RINGBUF_DISCARD)) records.push([at + RINGBUF_HEADER, size]);
      position += (size + RINGBUF_HEADER + 7) & ~7;
    }
    return records;
  }

  // It has no elements: neither programs nor bpf(2) can look up, update or delete.

  lookup(_key: number): number {
    return 0;
  }

  update(_key: number, _value: number, _flags: number): number {
    return -ERRNO.ENOTSUPP;
  }

  delete(_key: number): number {
    return -ERRNO.ENOTSUPP;
  }

  nextKey(_key: number, _out: number): number {
    return -ERRNO.ENOTSUPP;
  }

  override userLookup(_key: number, _out: number, flags = 0): number {
    return flags === 0 ? -ERRNO.ENOTSUPP : -ERRNO.EINVAL;
  }
}
