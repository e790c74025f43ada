import type { OpenFile } from "../files.ts";
import { writeAndWait } from "../fs/write-and-wait.ts";
import { F } from "../symbols.ts";
import type { Kernel, Task } from "../task.ts";
import { TP } from "../tracepoints.ts";

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
