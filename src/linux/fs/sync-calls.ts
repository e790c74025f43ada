import { ERRNO } from "../errno.ts";
import { ENTRY_POINT, F } from "../symbols.ts";
import type { Kernel, Maybe, Task } from "../task.ts";
import type { SuperBlock } from "./super-block.ts";
import { writeAndWait } from "./write-and-wait.ts";

/** `sync(2)`: everything that is dirty goes to its disk. */
export function* sysSync(t: Task): Kernel<number> {
  t.enter(ENTRY_POINT[162]!, 10);
  t.enter(F.ksys_sync, 100);
  for (const { sb } of t.linux.files.mounts.list()) {
    if (sb.partition === undefined) continue;
    t.enter(F.sync_inodes_one_sb, 20, sb);
    yield* syncInodes(t, sb);
    t.leave(undefined);
    t.enter(F.sync_fs_one_sb, 20, sb);
    yield* syncJournal(t, sb);
    t.leave(undefined);
  }
  return t.leave(0, 2);
}

/** `syncfs(2)`: the same for the file system of an open file. */
export function sysSyncfs(t: Task, fd: number): Maybe<number> {
  t.enter(ENTRY_POINT[306]!, 20);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!);
  const sb = file.inode?.sb;
  return sb?.partition === undefined ? t.leave(0) : syncFileSystem(t, sb);
}

function* syncFileSystem(t: Task, sb: SuperBlock): Kernel<number> {
  t.enter(F.sync_filesystem, 40, sb);
  yield* syncInodes(t, sb);
  yield* syncJournal(t, sb);
  return t.leave(0, 2);
}

function* syncInodes(t: Task, sb: SuperBlock): Kernel<void> {
  t.enter(F.sync_inodes_sb, 100, sb);
  for (const inode of [...sb.dirty]) yield* writeAndWait(t, inode);
  t.leave(undefined);
}

function* syncJournal(t: Task, sb: SuperBlock): Kernel<void> {
  if (sb.type.disk === undefined) return;
  t.enter(sb.type.disk.syncFs, 60, sb, 1);
  yield* (sb.journal ?? sb.log)!.complete(t);
  t.leave(0);
}

/** `sync_file_range(2)`: the file's dirty pages, all of them whatever the range, but no metadata. */
export function sysSyncFileRange(t: Task, fd: number, offset: number, bytes: number, flags: number): Maybe<number> {
  t.enter(ENTRY_POINT[277]!, 10);
  t.enter(F.ksys_sync_file_range, 40, fd, offset, bytes, flags);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!, 2);
  if (file.inode === undefined || file.operations.stream) return t.leave(-ERRNO.ESPIPE!, 2);
  return file.inode.sb.partition === undefined ? t.leave(0, 2) : writeRange(t, file.inode);
}

function* writeRange(t: Task, inode: Parameters<typeof writeAndWait>[1]): Kernel<number> {
  yield* writeAndWait(t, inode);
  return t.leave(0, 2);
}
