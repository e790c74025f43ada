import type { WaitQueue } from "../wait-queue.ts";

/** Bytes of a page. */
export const PAGE = 4_096;

/** A mapping: `struct vm_area_struct`. Pages are touched from its start on, or anywhere. */
export interface Mapping {
  readonly start: number;
  end: number;
  readonly writable: boolean;
  /** Pages that are in memory, by their number in the mapping. */
  readonly present: Set<number>;
}

/** Where `mmap` looks for room, downwards, and where the heap begins. */
const MMAP_BASE = 0x7ffff7fff000;
const HEAP = 0x5555_5600_0000;

/** Pages of its program and libraries that every process has. */
const PROGRAM_PAGES = 380;

/** The memory of a process: `struct mm_struct`, shared by its threads. */
export class AddressSpace {
  readonly mappings: Mapping[] = [];
  /** Who waits in `futex`, by address. */
  readonly futexes = new Map<number, WaitQueue>();
  /** Threads that use it. */
  users = 1;
  #top = MMAP_BASE;
  brk = HEAP;
  /** Resident pages: of its own, and of files. `MM_ANONPAGES`, `MM_FILEPAGES`. */
  anon = 0;
  readonly file = PROGRAM_PAGES;
  minorFaults = 0;
  majorFaults = 0;

  /** Resident pages: RSS. */
  get resident(): number {
    return this.anon + this.file;
  }

  /** `total_vm` in pages. */
  get total(): number {
    let bytes = PROGRAM_PAGES * 4 * PAGE;
    for (const { start, end } of this.mappings) bytes += end - start;
    return bytes / PAGE;
  }

  /** A new mapping of `length` bytes, rounded up to pages. */
  map(length: number, writable: boolean): Mapping {
    this.#top -= roundUp(length);
    const mapping = { start: this.#top, end: this.#top + roundUp(length), writable, present: new Set<number>() };
    this.mappings.push(mapping);
    return mapping;
  }

  /** Takes all mappings away that begin in the range; gives how many pages of memory they held. */
  unmap(start: number, length: number): number {
    let pages = 0;
    const end = start + roundUp(length);
    for (const mapping of [...this.mappings]) {
      if (mapping.start < start || mapping.start >= end) continue;
      pages += mapping.present.size;
      this.mappings.splice(this.mappings.indexOf(mapping), 1);
    }
    this.anon -= pages;
    return pages;
  }

  /** The heap ends at `address`: it grows by a mapping, or stays. */
  setBrk(address: number): number {
    if (address <= this.brk) return this.brk;
    const heap = this.mappings.find(({ start }) => start === HEAP);
    if (heap === undefined) {
      this.mappings.push({ start: HEAP, end: roundUp(address), writable: true, present: new Set() });
    } else heap.end = roundUp(address);
    this.brk = address;
    return address;
  }

  find(address: number): Mapping | undefined {
    return this.mappings.find(({ start, end }) => address >= start && address < end);
  }

  /** A child's copy after `fork`: the same mappings, whose pages are shared until somebody writes. */
  copy(): AddressSpace {
    const copy = new AddressSpace();
    copy.#top = this.#top;
    copy.brk = this.brk;
    for (const { start, end, writable } of this.mappings) {
      copy.mappings.push({ start, end, writable, present: new Set() });
    }
    return copy;
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / PAGE) * PAGE;
}
