import type { Linux } from "../linux.ts";
import { schedule } from "../scheduler.ts";
import { F } from "../symbols.ts";
import { type Kernel, TASK_UNINTERRUPTIBLE, type Task } from "../task.ts";
import { TP } from "../tracepoints.ts";
import { outOfMemory } from "./oom.ts";

/** `GFP_HIGHUSER_MOVABLE | __GFP_ZERO | __GFP_COMP`: a page of a process. */
export const GFP_USER_PAGE = 0x140dca;

const MIGRATE_MOVABLE = 1;

/** A share of memory that is Linux's own. */
const RESERVED = 0.06;

/** Levels of page tables. */
const TABLE_LEVELS = 4;

/** Pages given back by one round of direct reclaim: `SWAP_CLUSTER_MAX`. */
const CLUSTER = 32;

/** Between two tries while a killed process gives its memory back: a tick. */
const RETRY = 4_000_000;

/** The machine's memory in pages of 4 KiB: what is free is what nobody has, watermarks say when it is short. */
export class PageAllocator {
  readonly #linux: Linux;
  readonly total: number;
  /** Pages of processes. */
  anon = 0;
  readonly #reserved: number;
  /** Below `min` only the killed get memory, below `low` somebody is asked to reclaim. */
  readonly min: number;
  readonly low: number;
  #frame = 0x10_0000;

  constructor(linux: Linux, bytes: number) {
    this.#linux = linux;
    this.total = Math.floor(bytes / 4_096);
    this.#reserved = Math.floor(this.total * RESERVED);
    // min_free_kbytes is the square root of 16 times the kilobytes of memory.
    this.min = Math.ceil(Math.sqrt(this.total * 4 * 16) / 4);
    this.low = Math.ceil(this.min * 1.25);
  }

  /** `nr_free_pages`. */
  get free(): number {
    return this.total - this.#reserved - this.anon - this.#linux.files.pages.resident;
  }

  /** A page for a process: `__alloc_frozen_pages_noprof`. False: the task has been killed and gets none. */
  allocate(t: Task): boolean | Kernel<boolean> {
    t.enter(F.__alloc_frozen_pages_noprof, 60, GFP_USER_PAGE, 0, 0);
    if (this.free > this.low) return this.#take(t);
    return this.#slowPath(t);
  }

  #take(t: Task): boolean {
    this.anon++;
    const frame = this.#frame++;
    const hook = t.linux.hooks.live[TP.mm_page_alloc];
    if (hook !== undefined) t.linux.hooks.trace(hook, t, [frame, 0, GFP_USER_PAGE, MIGRATE_MOVABLE], undefined, 0);
    return t.leave(true);
  }

  *#slowPath(t: Task): Kernel<boolean> {
    t.enter(F["__alloc_pages_slowpath.constprop.0"], 150, GFP_USER_PAGE, 0);
    while (this.free <= this.min) {
      if (t.group.exitStatus !== undefined) break;
      if (this.#directReclaim(t) > 0) continue;
      outOfMemory(t, GFP_USER_PAGE);
      if (t.group.exitStatus !== undefined) break;
      // Somebody else was killed: until he has given his memory back.
      t.state = TASK_UNINTERRUPTIBLE;
      const { scheduler } = t.linux;
      t.linux.interrupt(t.cpu, t.cpu.now + RETRY, (current) => void scheduler.wake(t, current));
      t.enter(F.schedule_timeout, 60, 1);
      yield* schedule(t);
      t.leave(0);
    }
    t.leave(undefined);
    return this.#take(t);
  }

  /** `try_to_free_pages`: clean pages of files go; how many. */
  #directReclaim(t: Task): number {
    const { hooks, files } = t.linux;
    t.enter(F.try_to_free_pages, 120, undefined, 0, GFP_USER_PAGE);
    const begin = hooks.live[TP.mm_vmscan_direct_reclaim_begin];
    if (begin !== undefined) hooks.trace(begin, t, [0, GFP_USER_PAGE], 0, GFP_USER_PAGE);
    t.enter(F.do_try_to_free_pages, 60);
    t.enter(F.shrink_node, 1_500);
    const before = files.pages.resident;
    if (before > 0) files.shrink(t, Math.max(0, before - CLUSTER));
    const reclaimed = before - files.pages.resident;
    t.spend(250 * reclaimed);
    t.leave(undefined);
    t.leave(reclaimed);
    const end = hooks.live[TP.mm_vmscan_direct_reclaim_end];
    if (end !== undefined) hooks.trace(end, t, [reclaimed], reclaimed);
    return t.leave(reclaimed);
  }

  /** Page tables that a process does not need any more: `free_frozen_pages` of each of their four levels. */
  freeTables(t: Task): void {
    for (let level = 0; level < TABLE_LEVELS; level++) {
      t.enter(F.free_frozen_pages, 0, undefined, 0);
      const hook = t.linux.hooks.live[TP.mm_page_free];
      if (hook !== undefined) t.linux.hooks.trace(hook, t, [t.pid * TABLE_LEVELS + level, 0], undefined, 0);
      t.leave(undefined);
    }
  }

  /** Pages of a process come back: `free_unref_folios`. */
  release(t: Task, pages: number): void {
    if (pages === 0) return;
    t.enter(F.free_unref_folios, 40 * pages);
    this.anon -= pages;
    const hook = t.linux.hooks.live[TP.mm_page_free_batched];
    if (hook !== undefined) for (let i = 0; i < pages; i++) t.linux.hooks.trace(hook, t, [this.#frame - i]);
    t.leave(undefined);
  }
}
