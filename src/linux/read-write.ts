import { ERRNO } from "./errno.ts";
import type { OpenFile } from "./files.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import { after, type Kernel, leaveAfter, type Maybe, type Task } from "./task.ts";

/** Linux reads and writes at most this many bytes at once (MAX_RW_COUNT). */
const MAX_COUNT = 0x7fff_f000;

/** `read(2)`. */
export function sysRead(t: Task, fd: number, buffer: number, count: number): Maybe<number> {
  t.enter(ENTRY_POINT[0]!, 10);
  t.enter(F.ksys_read, 25, fd, buffer, count);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!, 2);
  return leaveAfter(t, vfsRead(t, file, buffer, count), 2);
}

/** `vfs_read`: checks, then whatever kind of file it is. */
function vfsRead(t: Task, file: OpenFile, buffer: number, count: number): Maybe<number> {
  t.enter(F.vfs_read, 45, file, buffer, count);
  if (!file.readable) return t.leave(-ERRNO.EBADF!);
  t.enter(F.rw_verify_area, 15, 0, file, undefined, count);
  t.leave(0);
  return leaveAfter(t, transferIn(t, file, count), 1);
}

/** What is read goes from the file's content to the task's buffer. */
function transferIn(t: Task, file: OpenFile, count: number): Maybe<number> {
  const start = file.position;
  const result = file.operations.read(t, file, Math.min(count, MAX_COUNT));
  if (typeof result !== "number") return after(result, (bytes) => hasRead(t, file, start, bytes));
  return hasRead(t, file, start, result);
}

function hasRead(t: Task, file: OpenFile, start: number, result: number): number {
  if (result > 0) {
    file.bytesRead += result;
    t.received = file.snapshot ?? file.inode?.content;
    t.receivedAt = start;
    t.receivedBytes = result;
  }
  return result;
}

/** `write(2)`. */
export function sysWrite(t: Task, fd: number, buffer: number, count: number): Maybe<number> {
  t.enter(ENTRY_POINT[1]!, 10);
  t.enter(F.ksys_write, 25, fd, buffer, count);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!, 2);
  return leaveAfter(t, vfsWrite(t, file, buffer, count), 2);
}

/** `vfs_write`. */
function vfsWrite(t: Task, file: OpenFile, buffer: number, count: number): Maybe<number> {
  t.enter(F.vfs_write, 50, file, buffer, count);
  if (!file.writable) return t.leave(-ERRNO.EBADF!);
  t.enter(F.rw_verify_area, 15, 1, file, undefined, count);
  t.leave(0);
  return leaveAfter(t, transferOut(t, file, count), 1);
}

function transferOut(t: Task, file: OpenFile, count: number): Maybe<number> {
  const result = file.operations.write(t, file, Math.min(count, MAX_COUNT));
  if (typeof result !== "number") return after(result, (bytes) => hasWritten(file, bytes));
  return hasWritten(file, result);
}

function hasWritten(file: OpenFile, result: number): number {
  if (result > 0) file.bytesWritten += result;
  return result;
}

/** `pread64(2)`: the file's own position stays. */
export function sysPread64(t: Task, fd: number, buffer: number, count: number, position: number): Maybe<number> {
  t.enter(ENTRY_POINT[17]!, 10);
  t.enter(F.ksys_pread64, 20, fd, buffer, count, position);
  const file = t.files.get(fd);
  const refused = unseekable(file, position);
  if (file === undefined || refused !== 0) return t.leave(refused, 2);
  return after(
    atPosition(file, position, () => vfsRead(t, file, buffer, count)),
    (result) => t.leave(result, 2),
  );
}

/** `pwrite64(2)`. */
export function sysPwrite64(t: Task, fd: number, buffer: number, count: number, position: number): Maybe<number> {
  t.enter(ENTRY_POINT[18]!, 10);
  t.enter(F.ksys_pwrite64, 20, fd, buffer, count, position);
  const file = t.files.get(fd);
  const refused = unseekable(file, position);
  if (file === undefined || refused !== 0) return t.leave(refused, 2);
  return after(
    atPosition(file, position, () => vfsWrite(t, file, buffer, count)),
    (result) => t.leave(result, 2),
  );
}

function unseekable(file: OpenFile | undefined, position: number): number {
  if (position < 0) return -ERRNO.EINVAL!;
  if (file === undefined) return -ERRNO.EBADF!;
  return file.inode === undefined || file.operations.stream ? -ERRNO.ESPIPE! : 0;
}

/** Reads or writes elsewhere and comes back. A call on the same open file in the middle of it would see that position. */
function atPosition(file: OpenFile, position: number, body: () => Maybe<number>): Maybe<number> {
  const before = file.position;
  file.position = position;
  return after(body(), (result) => {
    file.position = before;
    return result;
  });
}

/** `readv(2)`; `struct iovec` travels as the number of bytes of all of it. */
export function sysReadv(t: Task, fd: number, vector: number, count: number): Maybe<number> {
  t.enter(ENTRY_POINT[19]!, 10);
  t.enter(F.do_readv, 20, fd, vector, 1, 0);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!, 2);
  t.enter(F.vfs_readv, 60, file, vector, 1);
  if (!file.readable) return t.leave(-ERRNO.EBADF!, 3);
  return after(transferIn(t, file, count), (result) => t.leave(result, 3));
}

/** `writev(2)`, as `readv`. */
export function sysWritev(t: Task, fd: number, vector: number, count: number): Maybe<number> {
  t.enter(ENTRY_POINT[20]!, 30);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!);
  t.enter(F.vfs_writev, 60, file, vector, 1);
  if (!file.writable) return t.leave(-ERRNO.EBADF!, 2);
  return after(transferOut(t, file, count), (result) => t.leave(result, 2));
}

/** `fsync(2)`. */
export function sysFsync(t: Task, fd: number): Maybe<number> {
  t.enter(ENTRY_POINT[74]!, 10);
  return after(doFsync(t, fd, false), (result) => t.leave(result));
}

/** `fdatasync(2)`. */
export function sysFdatasync(t: Task, fd: number): Maybe<number> {
  t.enter(ENTRY_POINT[75]!, 10);
  return after(doFsync(t, fd, true), (result) => t.leave(result));
}

function doFsync(t: Task, fd: number, dataOnly: boolean): Maybe<number> {
  t.enter(F.do_fsync, 20, fd, dataOnly ? 1 : 0);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!);
  t.enter(F.vfs_fsync_range, 20, file, 0, -1n, dataOnly ? 1 : 0);
  const { sync } = file.operations;
  if (sync === undefined) return t.leave(-ERRNO.EINVAL!, 2);
  return after(sync(t, file, dataOnly), (result) => t.leave(result, 2));
}

/** `sendfile(2)`: from a file to anything that can be written, without the task's buffer; the offset argument is NULL. */
export function* sysSendfile(t: Task, out: number, input: number, _offset: number, count: number): Kernel<number> {
  t.enter(ENTRY_POINT[40]!, 10);
  t.enter(F.do_sendfile, 60, out, input, undefined, count);
  const [from, to] = [t.files.get(input), t.files.get(out)];
  if (from === undefined || to === undefined || !from.readable || !to.writable) return t.leave(-ERRNO.EBADF!, 2);
  if (from.inode === undefined) return t.leave(-ERRNO.EINVAL!, 2);
  t.enter(F.do_splice_direct, 20, from);
  t.enter(F.splice_direct_to_actor, 40, from);
  const bytes = yield* wait(transferIn(t, from, Math.min(count, PIECE)));
  const sent = bytes > 0 ? yield* wait(transferOut(t, to, bytes)) : bytes;
  return t.leave(sent, 4);
}

function* wait(body: Maybe<number>): Kernel<number> {
  return typeof body === "number" ? body : yield* body;
}

/** A pipe's worth of pages goes from file to socket at once. */
const PIECE = 65_536;
