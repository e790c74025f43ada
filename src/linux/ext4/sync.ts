import type { OpenFile } from "../files.ts";
import type { Inode } from "../fs/inode.ts";
import { sleepOn } from "../scheduler.ts";
import { F } from "../symbols.ts";
import { type Kernel, TASK_UNINTERRUPTIBLE, type Task } from "../task.ts";
import { TP } from "../tracepoints.ts";
import { WB_SYNC_ALL, writePages } from "./write-pages.ts";

/** `ext4_sync_file`: the file's dirty pages to the disk, then the transaction that holds its size and times. */
export function* fsync(t: Task, file: OpenFile, dataOnly: boolean): Kernel<number> {
  const inode = file.inode!;
  const { hooks } = t.linux;
  const datasync = dataOnly ? 1 : 0;
  t.enter(F.ext4_sync_file, 60, file, 0, inode.size, datasync);
  const enter = hooks.live[TP.ext4_sync_file_enter];
  if (enter !== undefined) {
    const parent = file.place!.dentry.parent.inode!;
    hooks.trace(enter, t, [inode.sb.dev, inode.ino, parent.ino, datasync], file, datasync);
  }
  t.enter(F.file_write_and_wait_range, 40, file, 0, inode.size);
  yield* writeAndWait(t, inode);
  t.leave(0);
  const { journal } = inode.sb;
  if (journal !== undefined) yield* journal.complete(t);
  const exit = hooks.live[TP.ext4_sync_file_exit];
  if (exit !== undefined) hooks.trace(exit, t, [inode.sb.dev, inode.ino, 0], inode, 0);
  return t.leave(0);
}

/** `file_write_and_wait_range`: until none of its pages is dirty or on its way. */
export function* writeAndWait(t: Task, inode: Inode): Kernel<void> {
  if (inode.pages.dirty > 0) {
    t.enter(F.__filemap_fdatawrite_range, 30, inode.pages);
    t.enter(F.filemap_fdatawrite_wbc, 20, inode.pages);
    writePages(t, inode, WB_SYNC_ALL);
    t.leave(0, 2);
  }
  t.enter(F.__filemap_fdatawait_range, 40, inode.pages);
  while (inode.pages.writing > 0) {
    t.enter(F.folio_wait_writeback, 20);
    t.enter(F.folio_wait_bit_common, 80);
    t.enter(F.io_schedule, 20);
    yield* sleepOn(t, inode.pages.waiters, TASK_UNINTERRUPTIBLE);
    t.leave(undefined, 3);
  }
  t.leave(undefined);
}
