import { firstDifference } from "./changes.ts";
import type { AllocatorState, LinearMemory } from "./memory.ts";

const PAGE = 4096;
const PAGE_WORDS = PAGE / 4;

/** All bytes of a memory at one moment, as what differs from the beginning of its history. */
export interface MemoryMoment {
  readonly allocator: AllocatorState;
  /** The pages that differ, by their number. */
  readonly pages: ReadonlyMap<number, Uint32Array>;
}

/**
 * Moments of a memory that can be brought back any number of times. It costs one copy of the used memory at the beginning,
 * and for each moment the pages (4 KiB) that differ from it.
 *
 * @example
 * const history = new MemoryHistory(memory);
 * const moment = history.mark();
 * memory.u8[at] = 1;
 * history.restore(moment);   // 0 again
 */
export class MemoryHistory {
  readonly #memory: LinearMemory;
  readonly #base: Uint32Array;
  readonly beginning: MemoryMoment;

  constructor(memory: LinearMemory) {
    this.#memory = memory;
    const allocator = memory.allocatorState();
    this.#base = memory.u32.slice(0, Math.ceil(allocator.top / PAGE) * PAGE_WORDS);
    this.beginning = { allocator, pages: new Map() };
  }

  /** Bytes of the copy that every moment is told from. */
  get size(): number {
    return this.#base.byteLength;
  }

  /** Remembers the memory as it is now. */
  mark(): MemoryMoment {
    const allocator = this.#memory.allocatorState();
    const now = this.#memory.u32;
    const pages = new Map<number, Uint32Array>();
    const count = Math.ceil(allocator.top / PAGE);
    for (let page = 0; page < count; page++) {
      const start = page * PAGE_WORDS;
      if (this.#differs(now, start)) pages.set(page, now.slice(start, start + PAGE_WORDS));
    }
    return { allocator, pages };
  }

  /** Makes every byte what it was; memory that grew stays grown, and what was allocated since is free and zero again. */
  restore({ allocator, pages }: MemoryMoment): void {
    this.#memory.restoreAllocator(allocator);
    const now = this.#memory.u32;
    now.set(this.#base);
    for (const [page, words] of pages) now.set(words, page * PAGE_WORDS);
  }

  #differs(now: Uint32Array, start: number): boolean {
    if (start >= this.#base.length) return true;
    const page = (words: Uint32Array) => new BigInt64Array(words.buffer, words.byteOffset + 4 * start, PAGE_WORDS / 2);
    return firstDifference(page(now), page(this.#base), 0) < PAGE_WORDS / 2;
  }
}
