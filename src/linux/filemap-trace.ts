import type { Inode } from "./fs/inode.ts";
import { F } from "./symbols.ts";
import type { Task } from "./task.ts";
import { TP } from "./tracepoints.ts";

/** Frames of memory that the machine's page cache lies in begin here. */
const FIRST_FRAME = 0x10_0000;

/** The frame of memory that holds a page: made up, but the same for the same page. */
function pfn(inode: Inode, page: number): number {
  return FIRST_FRAME + ((Math.imul(inode.ino, 0x9e37_79b1) + page) & 0x7_ffff);
}

/** `filemap_add_folio`: a page enters the cache. */
export function addedFolio(t: Task, inode: Inode, page: number, cost: number): void {
  t.enter(F.filemap_add_folio, cost, inode.pages, undefined, page);
  const { hooks } = t.linux;
  const hook = hooks.live[TP.mm_filemap_add_to_page_cache];
  if (hook !== undefined) hooks.trace(hook, t, [pfn(inode, page), inode.ino, page, inode.sb.dev, 0]);
  t.leave(0);
}

/** `filemap_remove_folio`: a page leaves the cache. */
export function deletedFolio(t: Task, inode: Inode, page: number): void {
  t.enter(F.filemap_remove_folio, 30, undefined);
  t.enter(F.__filemap_remove_folio, 20, undefined);
  const { hooks } = t.linux;
  const hook = hooks.live[TP.mm_filemap_delete_from_page_cache];
  if (hook !== undefined) hooks.trace(hook, t, [pfn(inode, page), inode.ino, page, inode.sb.dev, 0]);
  t.leave(undefined, 2);
}

/** `__folio_mark_dirty`: a clean page became dirty. */
export function dirtiedFolio(t: Task, inode: Inode, page: number): void {
  t.enter(F.__folio_mark_dirty, 40, undefined, inode.pages);
  const { hooks } = t.linux;
  const hook = hooks.live[TP.writeback_dirty_folio];
  if (hook !== undefined) hooks.trace(hook, t, [bdiName(inode), inode.ino, page], undefined, inode.pages);
  t.leave(undefined);
}

/** The device that an inode is written to, as write-back names it: `254:0`. */
export function bdiName(inode: Inode): string {
  const dev = inode.sb.partition?.disk.dev ?? inode.sb.dev;
  return `${dev >>> 20}:${dev & 0xf_ffff}`;
}
