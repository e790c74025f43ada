import { REQ_RAHEAD } from "./block/request.ts";
import { finishPlug, newBio, Plug, submitBio } from "./block/submit.ts";
import { ERRNO } from "./errno.ts";
import { fsync } from "./ext4/sync.ts";
import { addedFolio, dirtiedFolio } from "./filemap-trace.ts";
import type { FileOperations, OpenFile } from "./files.ts";
import { written } from "./fs/content.ts";
import type { Inode } from "./fs/inode.ts";
import { ABSENT, DIRTY, PAGE_SIZE, READING, UPTODATE } from "./page-cache.ts";
import { sleepOn } from "./scheduler.ts";
import { F } from "./symbols.ts";
import { BEHIND, type Kernel, leaveAfter, type Maybe, TASK_UNINTERRUPTIBLE, type Task } from "./task.ts";
import { TP } from "./tracepoints.ts";

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
  open(t, file) {
    t.enter(F.ext4_file_open, 70, file.inode, file);
    return t.leave(0);
  },
  read: ext4FileRead,
  write: ext4FileWrite,
  sync: fsync,
  release(t, file) {
    t.enter(F.ext4_release_file, 60, file.inode, file);
    t.leave(0);
  },
};

/** Files that are in memory only: all their pages are there. */
export const TMPFS_OPERATIONS: FileOperations = {
  read(t, file, count) {
    t.enter(F.shmem_file_read_iter, 40);
    const bytes = Math.max(0, Math.min(count, file.inode!.size - file.position));
    t.enter(F.copy_page_to_iter, 15);
    t.enter(F._copy_to_iter, copyCost(bytes));
    file.position += bytes;
    return t.leave(bytes, 3);
  },
  write(t, file, count) {
    t.enter(F.shmem_file_write_iter, 40);
    const bytes = room(t, file, count);
    if (bytes <= 0 && count > 0) return t.leave(-ERRNO.ENOSPC!);
    t.enter(F.generic_perform_write, 60 + Math.ceil(bytes / PAGE_SIZE) * 120 + copyCost(bytes));
    put(t, file, bytes);
    return t.leave(bytes, 2);
  },
  sync: () => 0,
  release() {},
};

function ext4FileRead(t: Task, file: OpenFile, count: number): Maybe<number> {
  t.enter(F.ext4_file_read_iter, 20);
  t.enter(F.generic_file_read_iter, 15);
  return leaveAfter(t, filemapRead(t, file, file.inode!, count), 2);
}

/** `filemap_read`: page by page from the cache, waiting for the disk where a page is missing. */
export function filemapRead(t: Task, file: OpenFile, inode: Inode, count: number): Maybe<number> {
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
  if (bytes > 0) {
    t.enter(F.folio_mark_accessed, 12);
    t.leave(undefined);
  }
  t.enter(F.touch_atime, 25);
  t.linux.files.use(inode);
  inode.accessed = t.cpu.now;
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
  const { pages, sb } = inode;
  const limit = Math.min(first + READ_AHEAD, Math.ceil(inode.size / PAGE_SIZE));
  let last = first;
  t.enter(F.page_cache_sync_ra, 80);
  t.enter(F.page_cache_ra_order, 0);
  t.enter(F.page_cache_ra_unbounded, 100);
  for (; last < limit && pages.state(last) === ABSENT; last++) {
    pages.set(last, READING);
    addedFolio(t, inode, last, 180);
  }
  t.enter(F.read_pages, 40);
  const plug = new Plug();
  const [readahead, readPages] = sb.type.disk!.readAhead;
  t.enter(readahead, 60);
  t.enter(readPages, 350, inode);
  const done = (current: Task) => readDone(current, inode, first, last);
  const sector = inode.sector + first * SECTORS;
  submitBio(t, newBio(t, sb.partition!, sector, (last - first) * PAGE_SIZE, REQ_RAHEAD, done), plug);
  t.leave(undefined, 2);
  finishPlug(t, plug);
  t.leave(undefined, 4);
}

/** Sectors of a page. */
const SECTORS = PAGE_SIZE / 512;

/** In the disk's interrupt: the pages are here, whoever waits for them may go on. */
function readDone(t: Task, inode: Inode, first: number, last: number): void {
  t.enter(inode.sb.type.disk!.readEnd, 60);
  t.enter(F.folio_end_read, 40 * (last - first));
  for (let page = first; page < last; page++) inode.pages.set(page, UPTODATE);
  t.linux.files.use(inode);
  t.linux.files.shrink(t);
  t.enter(F.folio_wake_bit, 60);
  t.enter(F.wake_page_function, 40);
  inode.pages.waiters.wakeAll();
  t.leave(undefined, 4);
}

/** Bytes of a write that the disk has room for. */
export function room(t: Task, file: OpenFile, count: number): number {
  const inode = file.inode!;
  if (file.append) file.position = inode.size;
  const grow = file.position + count - inode.size;
  if (grow <= 0 || !t.linux.files.isFull(inode.sb, grow)) return count;
  const { capacity, used } = inode.sb;
  return Math.max(0, Math.min(count, count - grow + Math.max(0, capacity - used)));
}

/** What was written is the file's content from here on. */
export function put(t: Task, file: OpenFile, count: number): void {
  const inode = file.inode!;
  inode.content = written(inode.content, file.position, count, t.sent);
  file.position += count;
  inode.modified = t.cpu.now;
  if (file.position <= inode.size) return;
  t.linux.files.charge(inode.sb, file.position - inode.size);
  inode.size = file.position;
}

function ext4FileWrite(t: Task, file: OpenFile, count: number): number {
  t.enter(F.ext4_file_write_iter, 25);
  t.enter(F.ext4_buffered_write_iter, 60);
  const inode = file.inode!;
  const bytes = room(t, file, count);
  t.linux.files.inodeDirtied(t, inode);
  return t.leave(genericPerformWrite(t, file, inode, bytes, count), 2);
}

/** `generic_perform_write`: page by page into the cache; the disk hears of it later. */
function genericPerformWrite(t: Task, file: OpenFile, inode: Inode, count: number, asked: number): number {
  t.enter(F.generic_perform_write, 60);
  const start = file.position;
  const end = start + count;
  for (let at = start; at < end; ) {
    const page = Math.floor(at / PAGE_SIZE);
    const bytes = Math.min(end, (page + 1) * PAGE_SIZE) - at;
    writePage(t, inode, page, at, bytes);
    at += bytes;
  }
  if (count < asked) {
    t.enter(F.ext4_da_write_begin, 90);
    t.leave(-ERRNO.ENOSPC!);
  }
  put(t, file, count);
  t.linux.files.use(inode);
  return t.leave(count > 0 || asked === 0 ? count : -ERRNO.ENOSPC!);
}

function writePage(t: Task, inode: Inode, page: number, at: number, bytes: number): void {
  const { hooks } = t.linux;
  t.enter(F.ext4_da_write_begin, 90);
  const begin = hooks.live[TP.ext4_da_write_begin];
  if (begin !== undefined) hooks.trace(begin, t, [inode.sb.dev, inode.ino, at, bytes], inode, at, bytes);
  const state = inode.pages.state(page);
  if (state === ABSENT) {
    t.enter(F.__filemap_get_folio, 120);
    addedFolio(t, inode, page, 200);
    t.leave(undefined);
  }
  t.leave(0);
  t.enter(F.copy_folio_from_iter_atomic, copyCost(bytes));
  t.leave(bytes);
  t.enter(F.ext4_da_write_end, 110);
  const finish = hooks.live[TP.ext4_da_write_end];
  if (finish !== undefined)
    hooks.trace(finish, t, [inode.sb.dev, inode.ino, at, bytes, bytes], inode, at, bytes, bytes);
  t.enter(F.block_write_end, 20);
  if (state !== DIRTY) {
    t.enter(F.mark_buffer_dirty, 25);
    dirtiedFolio(t, inode, page);
    t.leave(undefined);
    inode.pages.set(page, DIRTY);
    t.linux.writeback.dirtied(t, inode);
  }
  t.leave(bytes, 2);
  t.enter(F.balance_dirty_pages_ratelimited_flags, 10, inode.pages);
  t.leave(0);
}
