import { ERRNO } from "./errno.ts";
import type { OpenFile } from "./files.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import { after, type Maybe, type Task } from "./task.ts";

/** Linux reads and writes at most this many bytes at once (MAX_RW_COUNT). */
const MAX_COUNT = 0x7fff_f000;

/** `read(2)`. */
export function sysRead(t: Task, fd: number, _buffer: number, count: number): Maybe<number> {
  t.enter(ENTRY_POINT[0]!, 10);
  t.enter(F.ksys_read, 25);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF, 2);
  return after(vfsRead(t, file, count), (result) => t.leave(result, 2));
}

/** `vfs_read`: checks, then whatever kind of file it is. */
function vfsRead(t: Task, file: OpenFile, count: number): Maybe<number> {
  t.enter(F.vfs_read, 45);
  if (!file.readable) return t.leave(-ERRNO.EBADF);
  t.enter(F.rw_verify_area, 15);
  t.leave(undefined);
  return after(file.operations.read(t, file, Math.min(count, MAX_COUNT)), (result) => {
    if (result > 0) file.bytesRead += result;
    return t.leave(result);
  });
}

/** `write(2)`. */
export function sysWrite(t: Task, fd: number, _buffer: number, count: number): Maybe<number> {
  t.enter(ENTRY_POINT[1]!, 10);
  t.enter(F.ksys_write, 25);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF, 2);
  return after(vfsWrite(t, file, count), (result) => t.leave(result, 2));
}

/** `vfs_write`. */
function vfsWrite(t: Task, file: OpenFile, count: number): Maybe<number> {
  t.enter(F.vfs_write, 50);
  if (!file.writable) return t.leave(-ERRNO.EBADF);
  t.enter(F.rw_verify_area, 15);
  t.leave(undefined);
  return after(file.operations.write(t, file, Math.min(count, MAX_COUNT)), (result) => {
    if (result > 0) file.bytesWritten += result;
    return t.leave(result);
  });
}
