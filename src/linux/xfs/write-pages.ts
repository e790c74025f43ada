import { REQ_OP_WRITE, REQ_SYNC } from "../block/request.ts";
import { finishPlug, newBio, Plug, submitBio } from "../block/submit.ts";
import type { Inode } from "../fs/inode.ts";
import { WB_SYNC_ALL } from "../fs/sync-mode.ts";
import { PAGE_SIZE } from "../page-cache.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";

/** Pages of one piece that is written: `IOEND_BATCH_SIZE`. */
const MOST_PAGES = 4096;
const SECTORS = PAGE_SIZE / 512;

/** `xfs_vm_writepages`: all dirty pages of a file are on their way to the disk, in pieces that lie together. Gives back how many. */
export function xfsWritePages(t: Task, inode: Inode, mode: number, plug?: Plug): number {
  const { pages, sb } = inode;
  const count = pages.dirty;
  t.enter(F.xfs_vm_writepages, 60, pages);
  t.enter(F.iomap_writepages, 200);
  const own = plug ?? new Plug();
  pages.runs((first, last) => {
    for (let page = first; page < last; page += MOST_PAGES)
      submit(t, inode, page, Math.min(last, page + MOST_PAGES), mode, own);
  });
  pages.clean();
  sb.dirty.delete(inode);
  if (plug === undefined) finishPlug(t, own);
  t.leave(0, 2);
  return count;
}

function submit(t: Task, inode: Inode, first: number, last: number, mode: number, plug: Plug): void {
  const { pages, sb, sector } = inode;
  const count = last - first;
  pages.writing += count;
  t.enter(F.iomap_writeback_folio, 60 * count);
  t.enter(F.xfs_writeback_range, 40 * count);
  t.enter(F.iomap_add_to_ioend, 20 * count);
  t.leave(0, 3);
  t.enter(F.xfs_writeback_submit, 30);
  t.enter(F.iomap_ioend_writeback_submit, 30);
  const flags = REQ_OP_WRITE | (mode === WB_SYNC_ALL ? REQ_SYNC : 0);
  const done = (current: Task) => ended(current, inode, count);
  submitBio(t, newBio(t, sb.partition!, sector + first * SECTORS, count * PAGE_SIZE, flags, done), plug);
  t.leave(0, 2);
}

/** `ioend_writeback_end_bio`: pages are on the disk, at places that the file had before. */
function ended(t: Task, inode: Inode, count: number): void {
  t.enter(F.ioend_writeback_end_bio, 20);
  t.enter(F.iomap_finish_ioend_buffered, 60 + 20 * count);
  t.enter(F.folio_end_writeback, 40);
  inode.pages.writing -= count;
  if (inode.pages.writing === 0) inode.pages.waiters.wakeAll();
  t.leave(undefined, 3);
}
