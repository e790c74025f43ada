import { ERRNO } from "./errno.ts";
import { type OpenFile, openFile } from "./files.ts";
import { type Dentry, dLookup, lookupReal, Path, remember } from "./fs/dentry.ts";
import { type Inode, S_IFDIR, S_IFREG } from "./fs/inode.ts";
import { AT_FDCWD, followLast, getname, lookupFast, type Nameidata, stepInto, up, walkParent } from "./fs/namei.ts";
import { inodePermission, MAY_EXEC, MAY_OPEN, MAY_READ, MAY_WRITE } from "./fs/permission.ts";
import { truncate } from "./fs/truncate.ts";
import { security } from "./security/security.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import type { Task } from "./task.ts";

/** Flags of `open(2)` on x86-64. */
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_NONBLOCK = 0o4000;
export const O_DIRECTORY = 0o200000;
export const O_NOFOLLOW = 0o400000;
export const O_CLOEXEC = 0o2000000;

/** `struct open_how`: what an open asks for. A machine has one, as it would lie on Linux's stack. */
export class OpenHow {
  flags = 0;
  mode = 0;
}

/** `openat(2)`. The path travels as a pointer into user memory, as on Linux. */
export function sysOpenat(t: Task, dfd: number, filename: number, flags: number, mode: number): number {
  t.enter(ENTRY_POINT[257]!, 15);
  return t.leave(doSysOpenat2(t, dfd, filename, flags, mode));
}

/** `open(2)`. */
export function sysOpen(t: Task, filename: number, flags: number, mode: number): number {
  t.enter(ENTRY_POINT[2]!, 15);
  return t.leave(doSysOpenat2(t, AT_FDCWD, filename, flags, mode));
}

/** `creat(2)`. */
export function sysCreat(t: Task, filename: number, mode: number): number {
  t.enter(ENTRY_POINT[85]!, 15);
  return t.leave(doSysOpenat2(t, AT_FDCWD, filename, O_CREAT | O_WRONLY | O_TRUNC, mode));
}

/** `openat2(2)`; its `struct open_how` travels as the flags alone. */
export function sysOpenat2(t: Task, dfd: number, filename: number, flags: number): number {
  t.enter(ENTRY_POINT[437]!, 20);
  return t.leave(doSysOpenat2(t, dfd, filename, flags, 0));
}

function doSysOpenat2(t: Task, dfd: number, filename: number, flags: number, mode: number): number {
  const { how } = t.linux.files;
  how.flags = flags;
  how.mode = (flags & O_CREAT) !== 0 ? (mode ?? 0) & 0o7777 : 0;
  t.enter(F.do_sys_openat2, 40, dfd, filename, how);
  const error = getname(t, filename);
  if (error !== 0) return t.leave(error);
  if (t.files.full) {
    t.enter(F.alloc_fd, 20, 0, 1024, flags);
    return t.leave(-ERRNO.EMFILE!, 2);
  }
  const file = doFilpOpen(t, dfd, flags, how.mode);
  if (typeof file === "number") return t.leave(file);
  const fd = t.files.install(file);
  t.enter(F.fd_install, 15, fd, file);
  t.leave(undefined);
  return t.leave(fd);
}

/** `do_filp_open` of the path in `nd.name`: an open file, or -errno. */
export function doFilpOpen(t: Task, dfd: number, flags: number, mode: number): OpenFile | number {
  const { nd } = t.linux.files;
  t.enter(F.do_filp_open, 25, dfd, nd.name);
  t.enter(F.path_openat, 60, nd, undefined, 0);
  t.enter(F.alloc_empty_file, 130, flags);
  t.leave(undefined);
  const found = openLast(t, nd, dfd, flags, mode);
  if (typeof found === "number") return t.leave(found, 2);
  const file = doOpen(t, nd, found, flags);
  return t.leave(file, 2);
}

/** What a path's last component turned out to be. */
interface Found {
  readonly dentry: Dentry;
  /** This open has made it. */
  readonly created: boolean;
}

/** `open_last_lookups`: the file that a path leads to, made if asked for. `nd.path` is there, or -errno. */
function openLast(t: Task, nd: Nameidata, dfd: number, flags: number, mode: number): Found | number {
  for (let error = walkParent(t, nd, dfd); ; ) {
    if (error !== 0) return error;
    if (nd.last === "..") up(nd);
    if (nd.last === "" || nd.last === "..") return { dentry: nd.path.dentry, created: false };
    const parent = nd.path.dentry;
    const directory = parent.inode!;
    if (!directory.isDirectory) return -ERRNO.ENOTDIR!;
    const known = lookupFast(t, nd);
    let dentry = known ?? dLookup(t, parent, nd.last) ?? lookupReal(t, parent, nd.last);
    const create = (flags & O_CREAT) !== 0;
    if (create && nd.slash) return -ERRNO.EISDIR!;
    if (dentry.inode === undefined) {
      if (!create) return -ERRNO.ENOENT!;
      const made = makeFile(t, parent, dentry, mode);
      if (made !== 0) return made;
      nd.path.dentry = dentry;
      return { dentry, created: true };
    }
    if (create && (flags & O_EXCL) !== 0) return -ERRNO.EEXIST!;
    if (dentry.inode.isLink) {
      if ((flags & O_NOFOLLOW) !== 0) return -ERRNO.ELOOP!;
      error = followLast(t, nd, dentry);
      continue;
    }
    stepInto(nd, dentry);
    dentry = nd.path.dentry;
    if (nd.slash && !dentry.inode!.isDirectory) return -ERRNO.ENOTDIR!;
    return { dentry, created: false };
  }
}

/** The part of `lookup_open` that makes a file: may one be made here, then the file system's `create`. */
function makeFile(t: Task, parent: Dentry, dentry: Dentry, mode: number): number {
  const directory = parent.inode!;
  const { files } = t.linux;
  const denied = inodePermission(t, directory, MAY_WRITE | MAY_EXEC);
  if (denied !== 0) return denied;
  const all = S_IFREG | (mode & ~t.umask);
  const forbidden = security(t, "inode_create", 15, directory, dentry, all);
  if (forbidden !== 0) return forbidden;
  const { change } = directory.sb.type;
  if (change === undefined) return -ERRNO.EACCES!;
  t.enter(change.create, 2_500, undefined, directory, dentry, all, 1);
  if (files.isFull(directory.sb, 1)) return t.leave(-ERRNO.ENOSPC!);
  const inode = files.newInode(t, directory, all);
  dentry.inode = inode;
  directory.directory!.add!(dentry.name, inode);
  remember(dentry);
  files.changedDirectory(t, directory);
  return t.leave(0);
}

/** `do_open`: may it be opened so, then what its kind of file does. */
function doOpen(t: Task, nd: Nameidata, { created }: Found, flags: number): OpenFile | number {
  const { mount, dentry } = nd.path;
  const inode = dentry.inode!;
  const access = flags & 3;
  const writes = access !== O_RDONLY;
  const refused = created ? 0 : mayOpen(t, nd, inode, flags);
  if (refused !== 0) return refused;
  const file = openFile(inode.operations, t.linux.files.pathOf(nd), {
    inode,
    readable: access !== O_WRONLY,
    writable: writes,
    append: (flags & O_APPEND) !== 0,
    place: new Path(mount, dentry),
    flags,
  });
  file.created = created;
  t.enter(F.vfs_open, 20, nd.path, file);
  t.enter(F.do_dentry_open, 90, file);
  const error = security(t, "file_open", 15, file) || (inode.operations.open?.(t, file) ?? 0);
  if (error !== 0) return t.leave(error, 2);
  t.leave(0, 2);
  inode.opened++;
  if ((flags & O_TRUNC) !== 0 && !created && inode.isRegular) truncate(t, dentry, 0);
  return file;
}

/** `may_open`. */
function mayOpen(t: Task, nd: Nameidata, inode: Inode, flags: number): number {
  const writes = (flags & 3) !== O_RDONLY;
  if ((flags & O_DIRECTORY) !== 0 && !inode.isDirectory) return -ERRNO.ENOTDIR!;
  if ((flags & O_CREAT) !== 0 && (inode.mode & S_IFDIR) === S_IFDIR && inode.isDirectory) return -ERRNO.EISDIR!;
  const reads = (flags & 3) !== O_WRONLY;
  const mask = MAY_OPEN | (writes || (flags & O_TRUNC) !== 0 ? MAY_WRITE : 0) | (reads ? MAY_READ : 0);
  t.enter(F.may_open, 15, undefined, nd.path, mask, flags);
  if (inode.isDirectory && writes) return t.leave(-ERRNO.EISDIR!);
  return t.leave(inodePermission(t, inode, mask));
}

/** `close(2)`. */
export function sysClose(t: Task, fd: number): number {
  t.enter(ENTRY_POINT[3]!, 20);
  const removed = t.files.remove(fd);
  if (removed === undefined) return t.leave(-ERRNO.EBADF!);
  t.enter(F.filp_flush, 30, removed.file);
  t.leave(0);
  if (removed.last) fput(t, removed.file);
  return t.leave(0);
}

/** `__fput`: the last reference to an open file is gone; a file without a name goes with it. */
export function fput(t: Task, file: OpenFile): void {
  t.enter(F.__fput, 90, file);
  file.operations.release(t, file);
  const { inode } = file;
  if (inode !== undefined && file.place !== undefined) {
    inode.opened--;
    t.linux.files.drop(t, inode);
  }
  t.leave(undefined);
  t.linux.objects.forget(file);
}
