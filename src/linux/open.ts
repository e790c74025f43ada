import { NULL_OPERATIONS, TTY_OPERATIONS } from "./devices.ts";
import { ERRNO } from "./errno.ts";
import { EXT4_OPERATIONS } from "./filemap.ts";
import { type FileOperations, type OpenFile, openFile } from "./files.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import type { Task } from "./task.ts";

/** Flags of `open(2)` on x86-64. */
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_CREAT = 0o100;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_CLOEXEC = 0o2000000;

const DEVICES: Readonly<Record<string, FileOperations>> = {
  "/dev/null": NULL_OPERATIONS,
  "/dev/tty": TTY_OPERATIONS,
  "/dev/pts/0": TTY_OPERATIONS,
};

/** `openat(2)`. The path travels as a pointer into user memory, as on Linux. */
export function sysOpenat(t: Task, _dfd: number, filename: number, flags: number): number {
  t.enter(ENTRY_POINT[257]!, 15);
  t.enter(F.do_sys_openat2, 40);
  t.enter(F.getname_flags, 40);
  t.enter(F.strncpy_from_user, 35);
  const path = t.linux.strings.read(filename);
  t.leave(undefined, 2);
  const file = doFilpOpen(t, path, flags);
  if (typeof file === "number") return t.leave(file, 2);
  t.enter(F.fd_install, 15);
  const fd = t.files.install(file);
  return t.leave(fd, 3);
}

function doFilpOpen(t: Task, path: string, flags: number): OpenFile | number {
  t.enter(F.do_filp_open, 25);
  t.enter(F.path_openat, 60);
  t.enter(F.alloc_empty_file, 130);
  t.leave(undefined);
  walk(t, path);
  const device = DEVICES[path];
  const inode = device !== undefined ? undefined : t.linux.files.lookup(path);
  if (device === undefined && inode === undefined && (flags & O_CREAT) === 0) return t.leave(-ERRNO.ENOENT, 2);
  t.enter(F.vfs_open, 20);
  t.enter(F.do_dentry_open, 90);
  t.enter(F.ext4_file_open, 70);
  const mode = flags & 3;
  const file = openFile(device ?? EXT4_OPERATIONS, path, {
    inode: device !== undefined ? undefined : (inode ?? t.linux.files.create(path)),
    readable: mode !== O_WRONLY,
    writable: mode !== O_RDONLY,
    append: (flags & O_APPEND) !== 0,
  });
  if ((flags & O_TRUNC) !== 0 && file.inode !== undefined) file.inode.size = 0;
  return t.leave(file, 5);
}

/** One step for each directory of the path. */
function walk(t: Task, path: string): void {
  t.enter(F.link_path_walk, 40);
  for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) {
    t.enter(F.walk_component, 15);
    t.enter(F.lookup_fast, 20);
    t.enter(F.__d_lookup_rcu, 45);
    t.leave(undefined, 3);
  }
  t.leave(undefined);
}

/** `close(2)`. */
export function sysClose(t: Task, fd: number): number {
  t.enter(ENTRY_POINT[3]!, 20);
  const removed = t.files.remove(fd);
  if (removed === undefined) return t.leave(-ERRNO.EBADF);
  t.enter(F.filp_flush, 30);
  t.leave(undefined);
  if (removed.last) fput(t, removed.file);
  return t.leave(0);
}

/** `__fput`: the last reference to an open file is gone. */
export function fput(t: Task, file: OpenFile): void {
  t.enter(F.__fput, 90);
  file.operations.release(t, file);
  t.leave(undefined);
}
