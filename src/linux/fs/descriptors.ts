import { ERRNO } from "../errno.ts";
import type { OpenFile } from "../files.ts";
import { fput } from "../open.ts";
import { ENTRY_POINT, F } from "../symbols.ts";
import type { Task } from "../task.ts";

/** `lseek(2)`. */
export function sysLseek(t: Task, fd: number, offset: number, whence: number): number {
  t.enter(ENTRY_POINT[8]!, 10);
  t.enter(F.ksys_lseek, 15, fd, offset, whence);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!, 2);
  if (file.inode === undefined || file.operations.stream) return t.leave(-ERRNO.ESPIPE!, 2);
  t.enter(F.vfs_llseek, 5, file, offset, whence);
  t.enter(file.inode.sb.type.disk?.llseek ?? F.generic_file_llseek, 15, file, offset, whence);
  const from = whence === 0 ? 0 : whence === 1 ? file.position : whence === 2 ? file.inode.size : Number.NaN;
  const position = from + offset;
  if (!(position >= 0)) return t.leave(-ERRNO.EINVAL!, 4);
  file.position = position;
  return t.leave(position, 4);
}

/** `dup(2)`. */
export function sysDup(t: Task, fd: number): number {
  t.enter(ENTRY_POINT[32]!, 20);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!);
  if (t.files.full) return t.leave(-ERRNO.EMFILE!);
  file.references++;
  return t.leave(t.files.install(file));
}

/** `dup2(2)`. */
export function sysDup2(t: Task, from: number, to: number): number {
  t.enter(ENTRY_POINT[33]!, 15);
  return t.leave(dupTo(t, from, to, from === to));
}

/** `dup3(2)`. */
export function sysDup3(t: Task, from: number, to: number, flags: number): number {
  t.enter(ENTRY_POINT[292]!, 15);
  t.enter(F.ksys_dup3, 20, from, to, flags);
  return t.leave(from === to ? -ERRNO.EINVAL! : dupTo(t, from, to, false), 2);
}

function dupTo(t: Task, from: number, to: number, same: boolean): number {
  const file = t.files.get(from);
  if (file === undefined || to < 0 || to >= 1024) return -ERRNO.EBADF!;
  if (same) return to;
  t.enter(F.do_dup2, 25, undefined, file, to);
  const replaced = t.files.remove(to);
  file.references++;
  t.files.install(file, to);
  if (replaced?.last) {
    t.enter(F.filp_flush, 30, replaced.file);
    t.leave(0);
    fput(t, replaced.file);
  }
  return t.leave(to);
}

const F_DUPFD = 0;
const F_GETFD = 1;
const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const F_DUPFD_CLOEXEC = 1030;

/** `fcntl(2)`: descriptors and flags; locks are refused (EINVAL). */
export function sysFcntl(t: Task, fd: number, command: number, _argument: number): number {
  t.enter(ENTRY_POINT[72]!, 15);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!);
  t.enter(F.do_fcntl, 20, fd, command, _argument, file);
  return t.leave(fcntl(t, file, command), 2);
}

function fcntl(t: Task, file: OpenFile, command: number): number {
  switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
      if (t.files.full) return -ERRNO.EMFILE!;
      file.references++;
      return t.files.install(file);
    case F_GETFD:
    case F_SETFD:
    case F_SETFL:
      return 0;
    case F_GETFL:
      return file.flags | 0o100000;
    default:
      return -ERRNO.EINVAL!;
  }
}

/** `ioctl(2)`: terminals answer, everything else is no terminal. */
export function sysIoctl(t: Task, fd: number, command: number): number {
  t.enter(ENTRY_POINT[16]!, 20);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!);
  t.enter(F.do_vfs_ioctl, 20, file, fd, command);
  t.leave(-ERRNO.ENOIOCTLCMD!);
  return t.leave(file.operations.ioctl?.(t, file, command) ?? -ERRNO.ENOTTY!);
}

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;

/** `flock(2)`; a lock that somebody else holds is refused (EWOULDBLOCK) whether waiting was asked for or not. */
export function sysFlock(t: Task, fd: number, operation: number): number {
  t.enter(ENTRY_POINT[73]!, 40);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!);
  t.enter(F.locks_lock_inode_wait, 120, file.inode);
  return t.leave(lock(t, file, operation & ~LOCK_NB), 2);
}

function lock(t: Task, file: OpenFile, operation: number): number {
  const { locks } = t.linux.files;
  const { inode } = file;
  if (inode === undefined || ![LOCK_SH, LOCK_EX, LOCK_UN].includes(operation)) return -ERRNO.EINVAL!;
  const held = locks.get(inode) ?? new Map<OpenFile, number>();
  for (const [other, kind] of held) {
    if (other.references === 0) held.delete(other);
    else if (operation !== LOCK_UN && other !== file && (kind === LOCK_EX || operation === LOCK_EX)) {
      return -ERRNO.EAGAIN!;
    }
  }
  if (operation === LOCK_UN) held.delete(file);
  else held.set(file, operation);
  locks.set(inode, held);
  return 0;
}
