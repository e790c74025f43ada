import type { LinearMemory } from "../memory/memory.ts";
import { MapBase } from "./base.ts";
import { ERRNO } from "./errno.ts";
import { MapError } from "./error.ts";
import { MAP_FLAGS } from "./flags.ts";
import { FreePages } from "./free-pages.ts";
import type { ArenaPlace } from "./runtime.ts";
import type { MapSpec } from "./spec.ts";

/** Bytes of a page of an arena. */
export const ARENA_PAGE = 4096;

/** Where a process maps an arena that has no address of its own (Linux picks one; this machine always picks this). */
export const ARENA_START = 1n << 44n;

/**
 * Memory that programs and a process share at the process's addresses: pages that are there only once somebody asked for
 * them, by `bpf_arena_alloc_pages` or, in the process, by touching them.
 *
 * Programs reach a byte by the low 32 bits of its address. Where page `i` lies in linear memory is word `i` of a table, 0
 * for a page that is not there: loads from such a page give 0 and stores to it do nothing.
 *
 * @example
 * const heap = createMap(memory, 0, { type: "arena", name: "heap", keySize: 0, valueSize: 0, maxEntries: 16, flags: MAP_FLAGS.MMAPABLE, mapExtra: ARENA_START });
 */
export class ArenaMap extends MapBase {
  readonly arena: ArenaPlace;
  readonly #free: FreePages;

  constructor(memory: LinearMemory, index: number, spec: MapSpec) {
    super(memory, index, spec);
    const pages = spec.maxEntries;
    const table = this.allocate(4 * pages);
    const start = BigInt.asUintN(64, spec.mapExtra ?? 0n);
    this.arena = { table, pages, start };
    this.#free = new FreePages(memory, this.allocate(FreePages.bytes(pages)), pages);
    this.#free.set(0, pages);
  }

  /** Pages that are there. */
  get size(): number {
    const { pages } = this.arena;
    let count = 0;
    for (let page = 0; page < pages; page++) if (this.#place(page) !== 0) count++;
    return count;
  }

  /** Where a page lies in linear memory; 0: it is not there. */
  #place(page: number): number {
    return this.memory.u32[(this.arena.table >> 2) + page]!;
  }

  /** The page of an address, of which only the low half counts; negative or too large outside the arena. */
  #pageOf(low: number): number {
    const offset = (low >>> 0) - Number(BigInt.asUintN(32, this.arena.start));
    return Math.floor(offset / ARENA_PAGE);
  }

  /** Makes pages that nobody has: one block, so that neighbours lie side by side. */
  #populate(first: number, count: number): void {
    const block = this.memory.allocate(count * ARENA_PAGE);
    const { u32 } = this.memory;
    for (let i = 0; i < count; i++) u32[(this.arena.table >> 2) + first + i] = block + i * ARENA_PAGE;
  }

  /**
   * `bpf_arena_alloc_pages`: the first of `count` pages side by side that nobody had, zeroed; -1 where there are none. An
   * address (two halves) asks for a place; 0 takes the smallest gap that is large enough.
   */
  allocatePages(low: number, high: number, count: number): number {
    const { pages } = this.arena;
    if (count > pages || count === 0) return -1;
    const asked = low !== 0 || high !== 0;
    const first = asked ? this.#pageOf(low) : this.#free.find(count);
    if (asked && (low & (ARENA_PAGE - 1) || first > pages - count || !this.#free.has(first, count))) return -1;
    if (first < 0) return -1;
    this.#free.clear(first, count);
    this.#populate(first, count);
    return first;
  }

  /** `bpf_arena_free_pages`: what lies in the pages is gone, and others may have them. */
  freePages(low: number, count: number): void {
    const { pages, table } = this.arena;
    const first = this.#pageOf(low & ~(ARENA_PAGE - 1));
    const end = Math.min(pages, first + count);
    if (first < 0 || first >= end) return;
    this.#free.set(first, end - first);
    for (let page = first; page < end; page++) {
      const at = this.#place(page);
      if (at === 0) continue;
      this.memory.free(at, ARENA_PAGE);
      this.memory.u32[(table >> 2) + page] = 0;
    }
  }

  /** `bpf_arena_reserve_pages`: nobody gets the pages any more; 0 or -errno. */
  reservePages(low: number, count: number): number {
    if (count === 0) return 0;
    if (low & (ARENA_PAGE - 1)) return 0;
    const first = this.#pageOf(low);
    if (first < 0 || first + count > this.arena.pages) return -ERRNO.EINVAL;
    if (!this.#free.has(first, count)) return -ERRNO.EBUSY;
    this.#free.clear(first, count);
    return 0;
  }

  /** Where the byte that an address names lies in linear memory; -1 where its page is not there. */
  locate(low: number): number {
    const page = this.#pageOf(low);
    const at = page >= 0 && page < this.arena.pages ? this.#place(page) : 0;
    return at === 0 ? -1 : at + (low & (ARENA_PAGE - 1));
  }

  /**
   * Global variables: the first pages, side by side from now on, begin with these bytes. The offset of the first byte; throws `MapError`
   * where the arena is too small.
   */
  begin(image: Uint8Array): number {
    const count = Math.ceil(image.length / ARENA_PAGE);
    const low = Number(BigInt.asIntN(32, this.arena.start));
    const first = this.allocatePages(low, Number(BigInt.asIntN(32, this.arena.start >> 32n)), count);
    if (first < 0)
      throw new MapError(
        "E2BIG",
        this.spec.name,
        `its global variables need ${count} pages, and it has ${this.arena.pages}`,
        "Give the arena a larger max_entries: pages of 4096 bytes.",
      );
    const at = this.locate(low);
    this.memory.u8.set(image, at);
    return at;
  }

  /** The bytes that the process sees at `offset` from the arena's start. As for the process, touching a page makes it. */
  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#touch(offset, length, (at, from, to) => bytes.set(this.memory.u8.subarray(at, at + to - from), from));
    return bytes;
  }

  /** Writes bytes where the process has the arena mapped. */
  write(offset: number, bytes: Uint8Array): void {
    this.#touch(offset, bytes.length, (at, from, to) => this.memory.u8.set(bytes.subarray(from, to), at));
  }

  /** Calls `visit` with each piece of a range that lies in one page: where it is, and which bytes of the range it has. */
  #touch(offset: number, length: number, visit: (at: number, from: number, to: number) => void): void {
    const { pages } = this.arena;
    if (!Number.isInteger(offset) || offset < 0 || offset + length > pages * ARENA_PAGE)
      throw new MapError(
        "EFAULT",
        this.spec.name,
        `${length} bytes at offset ${offset} are not in its ${pages * ARENA_PAGE} bytes`,
        "A process that reached there would be killed (SIGSEGV): stay within the arena.",
      );
    for (let from = 0; from < length; ) {
      const page = Math.floor((offset + from) / ARENA_PAGE);
      const inPage = (offset + from) % ARENA_PAGE;
      const to = Math.min(length, from + ARENA_PAGE - inPage);
      this.#fault(page);
      visit(this.#place(page) + inPage, from, to);
      from = to;
    }
  }

  /** What Linux does when the process touches a page. */
  #fault(page: number): void {
    if (this.#place(page) !== 0) return;
    if (this.spec.flags & MAP_FLAGS.SEGV_ON_FAULT || !this.#free.has(page, 1))
      throw new MapError(
        "EFAULT",
        this.spec.name,
        `page ${page} is not there`,
        "A process that touched it would be killed (SIGSEGV): allocate it in a program first.",
      );
    this.#free.clear(page, 1);
    this.#populate(page, 1);
  }

  /** Lookups answer with an error that is no null pointer; there is no value behind it. */
  lookup(): number {
    return -ERRNO.EINVAL;
  }

  update(): number {
    return -ERRNO.EOPNOTSUPP;
  }

  delete(): number {
    return -ERRNO.EOPNOTSUPP;
  }

  nextKey(): number {
    return -ERRNO.EOPNOTSUPP;
  }

  override userLookup(): number {
    return -ERRNO.EINVAL;
  }

  override free(): void {
    this.freePages(Number(BigInt.asUintN(32, this.arena.start)), this.arena.pages);
    super.free();
  }
}
