import type { FileOperations, Inode, OpenFile } from "./files.ts";
import { ABSENT, DIRTY, PAGE_SIZE, UPTODATE } from "./page-cache.ts";
import { sleepOn } from "./scheduler.ts";
import { F } from "./symbols.ts";
import { after, BEHIND, type Kernel, type Maybe, TASK_UNINTERRUPTIBLE, type Task } from "./task.ts";

/** Pages that one miss brings in: 128 KiB, Linux's default read-ahead. */
const READ_AHEAD = 32;

/** Large copies let the rest of the machine catch up every so many pages. */
const CATCH_UP = 16;

/** Nanoseconds to copy `bytes` between Linux and a program: 16 bytes a nanosecond. */
export function copyCost(bytes: number): number {
  return 8 + (bytes >> 4);
}

/** Reading and writing files of the disk through the page cache. */
export const EXT4_OPERATIONS: FileOperations = {
  read: ext4FileRead,
  write: ext4FileWrite,
  release(t) {
    t.enter(F.ext4_release_file, 60);
    t.leave(undefined);
  },
};

function ext4FileRead(t: Task, file: OpenFile, count: number): Maybe<number> {
  t.enter(F.ext4_file_read_iter, 20);
  t.enter(F.generic_file_read_iter, 15);
  return after(filemapRead(t, file, file.inode!, count), (bytes) => t.leave(bytes, 2));
}

/** `filemap_read`: page by page from the cache, waiting for the disk where a page is missing. */
function filemapRead(t: Task, file: OpenFile, inode: Inode, count: number): Maybe<number> {
  t.enter(F.filemap_read, 70);
  const start = file.position;
  const end = Math.min(start + count, inode.size);
  const next = copyCached(t, file, inode, end, Math.floor(start / PAGE_SIZE) + CATCH_UP);
  if (next >= end) return filemapReadEnd(t, inode, end - start);
  return filemapReadRest(t, file, inode, start, end);
}

/** The part of a read that must wait, for a page or for the rest of the machine. */
function* filemapReadRest(t: Task, file: OpenFile, inode: Inode, start: number, end: number): Kernel<number> {
  while (file.position < end) {
    while (t.behind) yield BEHIND;
    const page = Math.floor(file.position / PAGE_SIZE);
    if (inode.pages.state(page) < UPTODATE) yield* filemapGetPages(t, inode, page);
    copyCached(t, file, inode, end, page + CATCH_UP);
  }
  return filemapReadEnd(t, inode, end - start);
}

function filemapReadEnd(t: Task, inode: Inode, bytes: number): number {
  t.enter(F.touch_atime, 25);
  t.linux.files.use(inode);
  return t.leave(Math.max(0, bytes), 2);
}

/** Copies pages that are in memory, up to `lastPage`; gives back the position reached. */
function copyCached(t: Task, file: OpenFile, inode: Inode, end: number, lastPage: number): number {
  while (file.position < end) {
    const page = Math.floor(file.position / PAGE_SIZE);
    if (page > lastPage || inode.pages.state(page) < UPTODATE) break;
    const bytes = Math.min(end, (page + 1) * PAGE_SIZE) - file.position;
    t.enter(F.copy_page_to_iter, 15);
    t.enter(F._copy_to_iter, copyCost(bytes));
    t.leave(undefined, 2);
    file.position += bytes;
  }
  return file.position;
}

/** `filemap_get_pages`: returns when `page` is in memory. */
function* filemapGetPages(t: Task, inode: Inode, page: number): Kernel<void> {
  t.enter(F.filemap_get_pages, 60);
  while (inode.pages.state(page) < UPTODATE) {
    if (inode.pages.state(page) === ABSENT) readAhead(t, inode, page);
    t.enter(F.folio_wait_bit_common, 80);
    t.enter(F.io_schedule, 20);
    yield* sleepOn(t, inode.pages.waiters, TASK_UNINTERRUPTIBLE);
    t.leave(undefined, 2);
  }
  t.leave(undefined);
}

/** `page_cache_sync_ra`: one request for the missing pages from `first` on. */
function readAhead(t: Task, inode: Inode, first: number): void {
  const { pages } = inode;
  const limit = Math.min(first + READ_AHEAD, Math.ceil(inode.size / PAGE_SIZE));
  let last = first;
  t.enter(F.page_cache_sync_ra, 80);
  t.enter(F.page_cache_ra_unbounded, 100);
  for (; last < limit && pages.state(last) === ABSENT; last++) pages.set(last, 1);
  t.enter(F.filemap_add_folio, 180 * (last - first));
  t.leave(undefined);
  t.enter(F.read_pages, 40);
  t.enter(F.ext4_readahead, 60);
  t.enter(F.ext4_mpage_readpages, 350);
  t.enter(F.submit_bio, 120);
  t.leave(undefined, 3);
  t.enter(F.blk_finish_plug, 20);
  t.enter(F.__blk_flush_plug, 40);
  t.enter(F.blk_mq_flush_plug_list, 90);
  t.enter(F.virtio_queue_rqs, 400);
  t.enter(F.vp_notify, 900);
  t.linux.disk.submit(t, (last - first) * PAGE_SIZE, (current) => readDone(current, inode, first, last));
  t.leave(undefined, 8);
}

/** In the disk's interrupt: the pages are here, whoever waits for them may go on. */
function readDone(t: Task, inode: Inode, first: number, last: number): void {
  t.enter(F.mpage_read_end_io, 60);
  t.enter(F.folio_end_read, 40 * (last - first));
  for (let page = first; page < last; page++) inode.pages.set(page, UPTODATE);
  t.linux.files.use(inode);
  t.linux.files.shrink();
  t.enter(F.folio_wake_bit, 60);
  t.enter(F.wake_page_function, 40);
  inode.pages.waiters.wakeAll();
  t.leave(undefined, 4);
}

function ext4FileWrite(t: Task, file: OpenFile, count: number): number {
  t.enter(F.ext4_file_write_iter, 25);
  t.enter(F.ext4_buffered_write_iter, 60);
  const inode = file.inode!;
  if (file.append) file.position = inode.size;
  return t.leave(genericPerformWrite(t, file, inode, count), 2);
}

/** `generic_perform_write`: page by page into the cache; the disk hears of it later. */
function genericPerformWrite(t: Task, file: OpenFile, inode: Inode, count: number): number {
  t.enter(F.generic_perform_write, 60);
  const end = file.position + count;
  while (file.position < end) {
    const page = Math.floor(file.position / PAGE_SIZE);
    const bytes = Math.min(end, (page + 1) * PAGE_SIZE) - file.position;
    t.enter(F.ext4_da_write_begin, 90);
    if (inode.pages.state(page) === ABSENT) addFolio(t);
    t.leave(undefined);
    t.enter(F.copy_folio_from_iter_atomic, copyCost(bytes));
    t.leave(undefined);
    t.enter(F.ext4_da_write_end, 110);
    inode.pages.set(page, DIRTY);
    t.linux.writeback.dirtied(t);
    t.leave(undefined);
    file.position += bytes;
  }
  inode.size = Math.max(inode.size, end);
  t.linux.files.use(inode);
  return t.leave(count);
}

function addFolio(t: Task): void {
  t.enter(F.__filemap_get_folio, 120);
  t.enter(F.filemap_add_folio, 200);
  t.leave(undefined, 2);
}
