import { WaitQueue } from "./wait-queue.ts";

export const PAGE_SIZE = 4096;

/** States of a page: not in memory, on its way from the disk, in memory, newer than the disk. */
export const ABSENT = 0;
export const READING = 1;
export const UPTODATE = 2;
export const DIRTY = 3;

/** The cached pages of one file. */
export class PageCache {
  #states = new Uint8Array(16);
  /** Pages in memory. */
  resident = 0;
  dirty = 0;
  /** Tasks that wait for a page of this file. */
  readonly waiters = new WaitQueue();
  /** When it was last used, for eviction. */
  lastUse = 0;

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
    this.resident += Number(state >= UPTODATE) - Number(before >= UPTODATE);
    this.dirty += Number(state === DIRTY) - Number(before === DIRTY);
    this.#states[page] = state;
  }

  /** Forgets all clean pages (memory is needed elsewhere); gives back how many. */
  evict(): number {
    let evicted = 0;
    for (let page = 0; page < this.#states.length; page++) {
      if (this.#states[page] !== UPTODATE) continue;
      this.#states[page] = ABSENT;
      evicted++;
    }
    this.resident -= evicted;
    return evicted;
  }

  /** Dirty pages become clean (they were written); gives back how many. */
  clean(): number {
    const written = this.dirty;
    for (let page = 0; page < this.#states.length && this.dirty > 0; page++) {
      if (this.#states[page] === DIRTY) this.set(page, UPTODATE);
    }
    return written;
  }
}
