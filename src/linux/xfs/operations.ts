import { ERRNO } from "../errno.ts";
import { copyCost, filemapRead, put, room } from "../filemap.ts";
import { addedFolio, dirtiedFolio } from "../filemap-trace.ts";
import type { FileOperations, OpenFile } from "../files.ts";
import type { Inode } from "../fs/inode.ts";
import { writeAndWait } from "../fs/write-and-wait.ts";
import { ABSENT, DIRTY, PAGE_SIZE } from "../page-cache.ts";
import { F } from "../symbols.ts";
import { type Kernel, leaveAfter, type Maybe, type Task } from "../task.ts";

/** Reading and writing files of an XFS through the page cache. */
export const XFS_OPERATIONS: FileOperations = {
  open(t, file) {
    t.enter(F.xfs_file_open, 60, file.inode, file);
    return t.leave(0);
  },
  read: fileRead,
  write: fileWrite,
  sync: fsync,
  release(t, file) {
    t.enter(F.xfs_file_release, 60, file.inode, file);
    t.leave(0);
  },
};

function fileRead(t: Task, file: OpenFile, count: number): Maybe<number> {
  t.enter(F.xfs_file_read_iter, 20);
  t.enter(F.xfs_file_buffered_read, 25);
  t.enter(F.generic_file_read_iter, 15);
  return leaveAfter(t, filemapRead(t, file, file.inode!, count), 3);
}

function fileWrite(t: Task, file: OpenFile, count: number): number {
  t.enter(F.xfs_file_write_iter, 20);
  t.enter(F.xfs_file_buffered_write, 70);
  const inode = file.inode!;
  const bytes = room(t, file, count);
  t.linux.files.inodeDirtied(t, inode);
  t.enter(F.iomap_file_buffered_write, 50);
  const wrote = bytes > 0 || count === 0 ? copyIn(t, file, inode, bytes) : -ERRNO.ENOSPC!;
  return t.leave(wrote, 3);
}

/** Into the pages of the file, which is one extent here. */
function copyIn(t: Task, file: OpenFile, inode: Inode, count: number): number {
  const end = file.position + count;
  t.enter(F.iomap_iter, 40);
  t.enter(F.xfs_buffered_write_iomap_begin, 250, inode, file.position, count);
  t.leave(0, 2);
  for (let at = file.position; at < end; ) {
    const page = Math.floor(at / PAGE_SIZE);
    const bytes = Math.min(end, (page + 1) * PAGE_SIZE) - at;
    writePage(t, inode, page, bytes);
    at += bytes;
  }
  put(t, file, count);
  t.linux.files.use(inode);
  return count;
}

function writePage(t: Task, inode: Inode, page: number, bytes: number): void {
  t.enter(F.iomap_write_begin, 80);
  const state = inode.pages.state(page);
  if (state === ABSENT) {
    t.enter(F.iomap_get_folio, 20);
    t.enter(F.__filemap_get_folio, 120);
    addedFolio(t, inode, page, 200);
    t.leave(undefined, 2);
  }
  t.leave(0);
  t.enter(F.copy_folio_from_iter_atomic, copyCost(bytes));
  t.leave(bytes);
  t.enter(F.iomap_write_end, 60);
  if (state !== DIRTY) {
    t.enter(F.filemap_dirty_folio, 25);
    dirtiedFolio(t, inode, page);
    t.leave(true);
    inode.pages.set(page, DIRTY);
    t.linux.writeback.dirtied(t, inode);
  }
  t.leave(true);
  t.enter(F.balance_dirty_pages_ratelimited_flags, 10, inode.pages);
  t.leave(0);
}

/** `xfs_file_fsync`: the file's dirty pages to the disk, then the log with its size and times. */
function* fsync(t: Task, file: OpenFile, dataOnly: boolean): Kernel<number> {
  const inode = file.inode!;
  t.enter(F.xfs_file_fsync, 60, file, 0, inode.size, dataOnly ? 1 : 0);
  t.enter(F.file_write_and_wait_range, 40, file, 0, inode.size);
  yield* writeAndWait(t, inode);
  t.leave(0);
  yield* inode.sb.log!.complete(t);
  return t.leave(0);
}
