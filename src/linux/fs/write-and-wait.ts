import { sleepOn } from "../scheduler.ts";
import { F } from "../symbols.ts";
import { type Kernel, TASK_UNINTERRUPTIBLE, type Task } from "../task.ts";
import type { Inode } from "./inode.ts";
import { WB_SYNC_ALL } from "./sync-mode.ts";
import { writePages } from "./write-pages.ts";

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
