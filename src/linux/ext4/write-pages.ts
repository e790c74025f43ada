import { REQ_OP_WRITE, REQ_SYNC } from "../block/request.ts";
import { finishPlug, newBio, Plug, submitBio } from "../block/submit.ts";
import type { Inode } from "../fs/inode.ts";
import { WB_SYNC_ALL } from "../fs/sync-mode.ts";
import { PAGE_SIZE } from "../page-cache.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { TP } from "../tracepoints.ts";

/** Pages of one bio (BIO_MAX_VECS). */
const MOST_PAGES = 256;
const SECTORS = PAGE_SIZE / 512;

/** What a round may write: no limit. */
const ALL = 0x7fff_ffff;

/** `ext4_writepages`: all dirty pages of a file are on their way to the disk. Gives back how many. */
export function ext4WritePages(t: Task, inode: Inode, mode: number, plug?: Plug): number {
  const { hooks } = t.linux;
  const { sb, ino, pages } = inode;
  const count = pages.dirty;
  t.enter(F.ext4_writepages, 100, pages);
  t.enter(F.ext4_do_writepages, 400 + 90 * count);
  const begin = hooks.live[TP.ext4_writepages];
  if (begin !== undefined) hooks.trace(begin, t, [sb.dev, ino, ALL, 0, 0, 2 ** 53, 0, mode, 0, 1], inode);
  const own = plug ?? new Plug();
  pages.runs((first, last) => {
    for (let page = first; page < last; page += MOST_PAGES)
      submit(t, inode, page, Math.min(last, page + MOST_PAGES), mode, own);
  });
  pages.clean();
  sb.dirty.delete(inode);
  // Its blocks on the disk become known: the file's extents change.
  sb.journal?.change(t, ino, EXT4_HT_WRITE_PAGE);
  if (plug === undefined) finishPlug(t, own);
  const end = hooks.live[TP.ext4_writepages_result];
  if (end !== undefined) hooks.trace(end, t, [sb.dev, ino, 0, count, 0, 0, mode], inode, undefined, 0, count);
  t.leave(0, 2);
  return count;
}

/** Why ext4 changes metadata, as `jbd2_handle_start` tells: `EXT4_HT_*`. */
const EXT4_HT_WRITE_PAGE = 2;

function submit(t: Task, inode: Inode, first: number, last: number, mode: number, plug: Plug): void {
  const { pages, sb, sector } = inode;
  pages.writing += last - first;
  t.enter(F.ext4_io_submit, 30);
  const flags = REQ_OP_WRITE | (mode === WB_SYNC_ALL ? REQ_SYNC : 0);
  const done = (current: Task) => endWriteback(current, inode, last - first);
  submitBio(t, newBio(t, sb.partition!, sector + first * SECTORS, (last - first) * PAGE_SIZE, flags, done), plug);
  t.leave(undefined);
}

/** `ext4_end_bio`: pages are on the disk. */
function endWriteback(t: Task, inode: Inode, count: number): void {
  t.enter(F.ext4_end_bio, 60);
  t.enter(F.ext4_finish_bio, 60 + 20 * count);
  t.enter(F.folio_end_writeback, 40);
  inode.pages.writing -= count;
  if (inode.pages.writing === 0) inode.pages.waiters.wakeAll();
  t.leave(undefined, 3);
}
