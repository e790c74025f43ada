import { WaitQueue } from "./wait-queue.ts";

export const PAGE_SIZE = 4096;

/** States of a page: not in memory, on its way from the disk, in memory, newer than the disk. */
export const ABSENT = 0;
export const READING = 1;
export const UPTODATE = 2;
export const DIRTY = 3;

/** Pages of all files of a machine. */
export interface PageTotals {
  resident: number;
  dirty: number;
}

/** The cached pages of one file: `struct address_space`. */
export class PageCache {
  readonly #totals: PageTotals;
  #states = new Uint8Array(16);
  /** Pages in memory. */
  resident = 0;
  dirty = 0;
  /** Pages on their way to the disk. */
  writing = 0;
  /** Tasks that wait for a page of this file. */
  readonly waiters = new WaitQueue();
  /** When it was last used, for eviction. */
  lastUse = 0;

  /** The inode whose pages these are. */
  readonly host: object | undefined;

  constructor(totals: PageTotals = { resident: 0, dirty: 0 }, host?: object) {
    this.#totals = totals;
    this.host = host;
  }

  /** State of a page by its index in the file. */
  state(page: number): number {
    return this.#states[page] ?? ABSENT;
  }

  /** Changes a page's state and keeps the counts. */
  set(page: number, state: number): void {
    if (page >= this.#states.length) {
      const bigger = new Uint8Array(Math.max(page + 1, this.#states.length * 2));
      bigger.set(this.#states);
      this.#states = bigger;
    }
    const before = this.#states[page]!;
    const resident = Number(state >= UPTODATE) - Number(before >= UPTODATE);
    const dirty = Number(state === DIRTY) - Number(before === DIRTY);
    this.resident += resident;
    this.dirty += dirty;
    this.#totals.resident += resident;
    this.#totals.dirty += dirty;
    this.#states[page] = state;
  }

  /** Forgets all clean pages (memory is needed elsewhere), telling `each` of them; gives back how many. */
  evict(each?: (page: number) => void): number {
    let evicted = 0;
    for (let page = 0; page < this.#states.length; page++) {
      if (this.#states[page] !== UPTODATE) continue;
      each?.(page);
      this.set(page, ABSENT);
      evicted++;
    }
    return evicted;
  }

  /** Forgets all pages from `first` on, dirty ones too: the file became shorter. Those on their way are left. */
  truncate(first: number, each?: (page: number) => void): void {
    for (let page = first; page < this.#states.length; page++) {
      if (this.#states[page]! < UPTODATE) continue;
      each?.(page);
      this.set(page, ABSENT);
    }
  }

  /** Dirty pages become clean (they were written); gives back how many. */
  clean(): number {
    const written = this.dirty;
    this.runs((first, last) => {
      for (let page = first; page < last; page++) this.set(page, UPTODATE);
    });
    return written;
  }

  /** The dirty pages, as runs `[first, last)` without gaps. */
  runs(each: (first: number, last: number) => void): void {
    const states = this.#states;
    for (let page = 0; page < states.length && this.dirty > 0; page++) {
      if (states[page] !== DIRTY) continue;
      const first = page;
      while (page < states.length && states[page] === DIRTY) page++;
      each(first, page);
    }
  }
}
