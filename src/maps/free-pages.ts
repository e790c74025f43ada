import type { LinearMemory } from "../memory/memory.ts";

/**
 * Which pages of an arena nobody has, as ranges. Linux keeps them in a tree by size (`kernel/bpf/range_tree.c`) and takes the
 * smallest range that is large enough; of several such the one that was made last. So that addresses are Linux's, each
 * range knows when it was made.
 *
 * All state is in linear memory, one word a page and one for the clock: 0 where the page is taken, else when its range was
 * made (the first page of a range counts). Ranges never touch each other: neighbours are merged.
 */
export class FreePages {
  readonly #memory: LinearMemory;
  readonly #base: number;
  readonly #pages: number;

  /** `at`: `FreePages.bytes(pages)` zeroed bytes; no page is free at first. */
  constructor(memory: LinearMemory, at: number, pages: number) {
    this.#memory = memory;
    this.#base = at >> 2;
    this.#pages = pages;
  }

  /** Bytes of memory that the state of so many pages takes. */
  static bytes(pages: number): number {
    return 4 * pages + 4;
  }

  #isFree(page: number): boolean {
    return page >= 0 && page < this.#pages && this.#memory.u32[this.#base + page] !== 0;
  }

  /** Makes `[first, end)` one range that is the newest; nothing if it is empty. */
  #mark(first: number, end: number): void {
    if (first >= end) return;
    const { u32 } = this.#memory;
    const clock = this.#base + this.#pages;
    u32[clock] = u32[clock]! + 1;
    u32.fill(u32[clock]!, this.#base + first, this.#base + end);
  }

  /** The range that a free page belongs to. */
  #rangeOf(page: number): [first: number, end: number] {
    let first = page;
    let end = page + 1;
    while (this.#isFree(first - 1)) first--;
    while (this.#isFree(end)) end++;
    return [first, end];
  }

  /** Whether all of these pages are free. */
  has(first: number, count: number): boolean {
    for (let page = first; page < first + count; page++) if (!this.#isFree(page)) return false;
    return true;
  }

  /** The first page of the range that so many pages are taken from; -1: there is none. */
  find(count: number): number {
    const { u32 } = this.#memory;
    let best = -1;
    let bestSize = Number.POSITIVE_INFINITY;
    for (let page = 0; page < this.#pages; page++) {
      if (!this.#isFree(page)) continue;
      const [first, end] = this.#rangeOf(page);
      const size = end - first;
      const newer = size === bestSize && u32[this.#base + first]! > u32[this.#base + best]!;
      if (size >= count && (size < bestSize || newer)) {
        best = first;
        bestSize = size;
      }
      page = end;
    }
    return best;
  }

  /** Takes pages; what is left of a range on either side is a range made now, the left one first. */
  clear(first: number, count: number): void {
    const last = first + count - 1;
    for (let page = first; page <= last; page++) {
      if (!this.#isFree(page)) continue;
      const [start, end] = this.#rangeOf(page);
      this.#memory.u32.fill(0, this.#base + Math.max(start, first), this.#base + Math.min(end, last + 1));
      this.#mark(start, Math.min(first, end));
      this.#mark(Math.max(last + 1, start), end);
      page = end;
    }
  }

  /** Gives pages back: with what is free beside them they are one range, made now. */
  set(first: number, count: number): void {
    const end = first + count;
    if (this.has(first, count)) return;
    this.clear(first, count);
    const from = this.#isFree(first - 1) ? this.#rangeOf(first - 1)[0] : first;
    const to = this.#isFree(end) ? this.#rangeOf(end)[1] : end;
    this.#mark(from, to);
  }
}
