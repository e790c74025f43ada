import type { LinearMemory } from "../memory/memory.ts";
import { MapBase } from "./base.ts";
import { copyBytes } from "./copy.ts";
import { ERRNO } from "./errno.ts";
import type { MapSpec } from "./spec.ts";

/** Bits of a record's length word: not committed yet; given up. */
export const RINGBUF_BUSY = 1 << 31;
export const RINGBUF_DISCARD = 1 << 30;
/** Bytes of a record's header: its length word, then the page of the buffer that it begins in. */
export const RINGBUF_HEADER = 8;
/** Flags of a commit: never wake the reader, always wake it. By default it is woken where it waits for this record. */
export const RINGBUF_WAKEUP = { no: 1, force: 2 } as const;
/** What `bpf_ringbuf_query` tells. */
export const RINGBUF_QUERY = { available: 0, size: 1, consumer: 2, producer: 3 } as const;

const PAGE = 4096;
/** Linux's largest record. */
const MAX_RECORD = 0x3fff_ffff;

/** Offsets from the start of the block: the pages of the positions, then the data, as a process would map them. */
const META = { index: 0, wakeups: 4, dropped: 8, consumer: PAGE, producer: 2 * PAGE, pending: 2 * PAGE + 8 } as const;
const DATA = 3 * PAGE;
/** Bytes up to which `bindOutput` copies words itself. */
const SHORT = 64;

/** One committed record, as its reader sees it. */
export type RecordReader = (at: number, size: number) => void;

/**
 * A ring buffer: records of any length from many producers, read in the order of their reservation. Positions only grow; a
 * record lies at `position & mask` and may run into the second half, which is why twice the size is allocated (Linux maps the
 * same pages twice instead).
 *
 * A record that is reserved and not committed holds back its reader and all later records; there must be less than the size
 * between the oldest such record and the newest one. Each reservation that finds no room is counted in `dropped`.
 */
export class RingbufMap extends MapBase {
  readonly #block: number;
  readonly #mask: number;

  constructor(memory: LinearMemory, index: number, spec: MapSpec) {
    super(memory, index, spec);
    this.#mask = spec.maxEntries - 1;
    this.#block = this.allocate(DATA + 2 * spec.maxEntries, PAGE);
    memory.i32[(this.#block + META.index) >> 2] = index;
  }

  #word(at: number): number {
    return this.memory.u32[(this.#block + at) >>> 2];
  }

  /** A position, exact below 2^53. */
  #position(at: number): number {
    return this.#word(at) + this.#word(at + 4) * 2 ** 32;
  }

  #setPosition(at: number, position: number): void {
    const { u32 } = this.memory;
    const word = (this.#block + at) >>> 2;
    u32[word] = position;
    u32[word + 1] = position / 2 ** 32;
  }

  /** Where the record at a position lies. */
  #at(position: number): number {
    return this.#block + DATA + ((position & this.#mask) >>> 0);
  }

  /** Bytes that a record takes with its header, from its length word. */
  #length(word: number): number {
    return ((word & ~(RINGBUF_BUSY | RINGBUF_DISCARD)) + RINGBUF_HEADER + 7) & ~7;
  }

  /** Records that are committed and not read yet (none that was discarded); costs a walk over them. */
  get size(): number {
    return this.ready().length;
  }

  /** Reservations that found no room. */
  get dropped(): number {
    return this.#word(META.dropped);
  }

  /** How often the reader was woken. */
  get wakeups(): number {
    return this.#word(META.wakeups);
  }

  /** Bytes that are reserved or committed, and not read. */
  get available(): number {
    return this.#position(META.producer) - this.#position(META.consumer);
  }

  get consumerPosition(): number {
    return this.#position(META.consumer);
  }

  get producerPosition(): number {
    return this.#position(META.producer);
  }

  /** `bpf_ringbuf_query`; 0 for what it does not know. */
  query(what: number): number {
    switch (what) {
      case RINGBUF_QUERY.available:
        return this.available;
      case RINGBUF_QUERY.size:
        return this.#mask + 1;
      case RINGBUF_QUERY.consumer:
        return this.consumerPosition;
      case RINGBUF_QUERY.producer:
        return this.producerPosition;
      default:
        return 0;
    }
  }

  /** Room for a record of `size` bytes: where its data begins, or 0. The reader waits until it is committed. */
  reserve(size: number): number {
    const length = (size + RINGBUF_HEADER + 7) & ~7;
    if (size >>> 0 > MAX_RECORD || length > this.#mask + 1) return this.#drop();
    const { i32, u32 } = this.memory;
    const block = this.#block;
    // Differences of positions are below 2^32, so their low halves suffice here.
    const producer = u32[(block + META.producer) >>> 2];
    const end = (producer + length) >>> 0;
    let pending = u32[(block + META.pending) >>> 2];
    while (pending !== producer) {
      const word = i32[this.#at(pending) >>> 2];
      if (word & RINGBUF_BUSY) break;
      pending = (pending + this.#length(word)) >>> 0;
    }
    u32[(block + META.pending) >>> 2] = pending;
    const consumer = u32[(block + META.consumer) >>> 2];
    if ((end - consumer) >>> 0 > this.#mask || (end - pending) >>> 0 > this.#mask) return this.#drop();
    const at = this.#at(producer);
    i32[at >>> 2] = size | RINGBUF_BUSY;
    u32[(at >>> 2) + 1] = (at - block) >>> 12;
    u32[(block + META.producer) >>> 2] = end;
    if (end < producer) u32[(block + META.producer + 4) >>> 2]++;
    return at + RINGBUF_HEADER;
  }

  #drop(): number {
    this.memory.u32[(this.#block + META.dropped) >>> 2]++;
    return 0;
  }

  /** Ends the reservation of the record whose data is at `sample`: the reader gets it, or skips it where it is discarded. */
  commit(sample: number, flags: number, discard: boolean): void {
    const { i32, u32 } = this.memory;
    const at = sample - RINGBUF_HEADER;
    i32[at >>> 2] = (i32[at >>> 2] ^ RINGBUF_BUSY) | (discard ? RINGBUF_DISCARD : 0);
    const waitsHere = this.#at(u32[(this.#block + META.consumer) >>> 2]) === at;
    if (flags & RINGBUF_WAKEUP.force || (waitsHere && !(flags & RINGBUF_WAKEUP.no)))
      u32[(this.#block + META.wakeups) >>> 2]++;
  }

  /** `bpf_ringbuf_output`: reserve, copy, commit; 0, -EAGAIN where there is no room, -EINVAL for unknown flags. */
  output(data: number, size: number, flags: number): number {
    if (flags & ~(RINGBUF_WAKEUP.no | RINGBUF_WAKEUP.force)) return -ERRNO.EINVAL;
    const sample = this.reserve(size);
    if (sample === 0) return -ERRNO.EAGAIN;
    copyBytes(this.memory, sample, data, size);
    this.commit(sample, flags, false);
    return 0;
  }

  /**
   * `output` for a program that names this ring buffer, with the upper half of the flags. Nobody sees the record between
   * its reservation and its commit, so where there is room and nothing is pending it is written at once.
   */
  bindOutput(): (data: number, size: number, flags: number, high: number) => number {
    const { memory } = this;
    const mask = this.#mask;
    const data0 = this.#block + DATA;
    const producerAt = (this.#block + META.producer) >>> 2;
    const pendingAt = (this.#block + META.pending) >>> 2;
    const consumerAt = (this.#block + META.consumer) >>> 2;
    const wakeupsAt = (this.#block + META.wakeups) >>> 2;
    return (data, size, flags, high) => {
      if (high !== 0) return -ERRNO.EINVAL;
      const { i32 } = memory;
      const producer = i32[producerAt];
      const consumer = i32[consumerAt];
      const end = (producer + size + RINGBUF_HEADER + 7) & ~7;
      const fast = flags === 0 && size >>> 0 <= SHORT && ((data | size) & 3) === 0 && i32[pendingAt] === producer;
      // Positions are compared by their low halves; where those begin anew `output` counts the upper one.
      if (!fast || (end - consumer) >>> 0 > mask || end >>> 0 < producer >>> 0) return this.output(data, size, flags);
      const at = (data0 + (producer & mask)) >>> 2;
      i32[at] = size;
      i32[at + 1] = (DATA + (producer & mask)) >>> 12;
      for (let word = 0; word < size >>> 2; word++) i32[at + 2 + word] = i32[(data >> 2) + word];
      i32[producerAt] = end;
      i32[pendingAt] = end;
      if (consumer === producer) i32[wakeupsAt]++;
      return 0;
    };
  }

  /**
   * The reader: hands over all records that are committed, oldest first, up to the first that is not, and moves the consumer
   * position past them. A record's bytes are only valid during the call. Returns how many there were, without discarded ones.
   */
  consume(read: RecordReader): number {
    let records = 0;
    this.#walk((at, size, discarded, end) => {
      if (!discarded) {
        records++;
        read(at, size);
      }
      this.#setPosition(META.consumer, end);
    });
    return records;
  }

  /** Places and sizes of the records that are ready; they stay. */
  ready(): (readonly [at: number, size: number])[] {
    const records: (readonly [number, number])[] = [];
    this.#walk((at, size, discarded) => {
      if (!discarded) records.push([at, size]);
    });
    return records;
  }

  /** Visits the records that are committed; `end` is the position after each. */
  #walk(visit: (at: number, size: number, discarded: boolean, end: number) => void): void {
    let position = this.consumerPosition;
    while (position < this.producerPosition) {
      const at = this.#at(position);
      const word = this.memory.i32[at >>> 2];
      if (word & RINGBUF_BUSY) return;
      position += this.#length(word);
      visit(at + RINGBUF_HEADER, word & ~RINGBUF_DISCARD, (word & RINGBUF_DISCARD) !== 0, position);
    }
  }

  // A ring buffer has no elements: neither programs nor bpf(2) can look up, update or delete.

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

/** The number of the map that a reserved record belongs to: its header leads to the start of the block. */
export function ringbufOf(memory: LinearMemory, sample: number): number {
  const header = sample - RINGBUF_HEADER;
  const block = (header & ~(PAGE - 1)) - (memory.i32[(header >>> 2) + 1] << 12);
  return memory.i32[(block + META.index) >>> 2];
}
