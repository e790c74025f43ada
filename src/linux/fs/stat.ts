import { ERRNO } from "../errno.ts";
import { ENTRY_POINT, F } from "../symbols.ts";
import type { Task } from "../task.ts";
import type { Path } from "./dentry.ts";
import type { Inode } from "./inode.ts";
import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW, filenameLookup, getname } from "./namei.ts";
import { inodePermission, ownerOrCapable } from "./permission.ts";

/** What `stat(2)` tells. */
export interface Stat {
  readonly dev: number;
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Of 512 bytes. */
  readonly blocks: number;
  /** Virtual nanoseconds of the last change of content. */
  readonly mtime: number;
}

/** What `stat` tells of a file. */
export function statOf(inode: Inode): Stat {
  const { ino, mode, nlink, uid, gid, size, modified, sb } = inode;
  const blocks = sb.partition === undefined ? 0 : Math.ceil(size / 4096) * 8;
  return { dev: sb.dev, ino, mode, nlink, uid, gid, size, blocks, mtime: modified };
}

/** `stat(2)`; `out`, which stands for the user's struct, gets one entry. */
export function sysStat(t: Task, path: number, _buffer: number, out?: Stat[]): number {
  t.enter(ENTRY_POINT[4]!, 10);
  return t.leave(vfsStatx(t, AT_FDCWD, path, 0, out));
}

/** `lstat(2)`. */
export function sysLstat(t: Task, path: number, _buffer: number, out?: Stat[]): number {
  t.enter(ENTRY_POINT[6]!, 10);
  return t.leave(vfsStatx(t, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, out));
}

/** `fstat(2)`. */
export function sysFstat(t: Task, fd: number, _buffer: number, out?: Stat[]): number {
  t.enter(ENTRY_POINT[5]!, 10);
  return t.leave(vfsFstat(t, fd, out));
}

/** `newfstatat(2)`, which is `fstat` for an empty path with AT_EMPTY_PATH, as libc uses it. */
export function sysNewfstatat(
  t: Task,
  dfd: number,
  path: number,
  _buffer: number,
  flags: number,
  out?: Stat[],
): number {
  t.enter(ENTRY_POINT[262]!, 10);
  t.enter(F.vfs_fstatat, 15, dfd, path, undefined, flags);
  const empty = (flags & AT_EMPTY_PATH) !== 0 && t.linux.strings.read(path) === "" && dfd !== AT_FDCWD;
  return t.leave(empty ? vfsFstat(t, dfd, out) : vfsStatx(t, dfd, path, flags, out), 2);
}

/** `statx(2)`. */
export function sysStatx(t: Task, dfd: number, path: number, flags: number, out?: Stat[]): number {
  t.enter(ENTRY_POINT[332]!, 10);
  t.enter(F.do_statx, 20, dfd, undefined, flags);
  return t.leave(vfsStatx(t, dfd, path, flags, out), 2);
}

function vfsStatx(t: Task, dfd: number, path: number, flags: number, out: Stat[] | undefined): number {
  const { nd } = t.linux.files;
  const named = getname(t, path, (flags & AT_EMPTY_PATH) !== 0);
  if (named !== 0) return named;
  t.enter(F.vfs_statx, 25, dfd, nd.name, flags);
  const dentry = filenameLookup(t, dfd, flags);
  if (typeof dentry === "number") return t.leave(dentry);
  getattr(t, nd.path, dentry.inode!, out);
  return t.leave(0);
}

function vfsFstat(t: Task, fd: number, out: Stat[] | undefined): number {
  t.enter(F.vfs_fstat, 20, fd);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!);
  if (file.inode !== undefined && file.place !== undefined) getattr(t, file.place, file.inode, out);
  return t.leave(0);
}

/** `vfs_getattr`. */
function getattr(t: Task, path: Path, inode: Inode, out: Stat[] | undefined): void {
  t.enter(F.vfs_getattr, 15, path);
  const { getattr: own } = inode.sb.type;
  if (own !== undefined) {
    t.enter(own, 40, undefined, path);
    t.leave(0);
  }
  out?.push(statOf(inode));
  t.leave(0);
}

const R_W_X = 7;

/** `access(2)`. */
export function sysAccess(t: Task, path: number, mode: number): number {
  t.enter(ENTRY_POINT[21]!, 10);
  return t.leave(doFaccessat(t, AT_FDCWD, path, mode));
}

/** `faccessat(2)`. */
export function sysFaccessat(t: Task, dfd: number, path: number, mode: number): number {
  t.enter(ENTRY_POINT[269]!, 10);
  return t.leave(doFaccessat(t, dfd, path, mode));
}

function doFaccessat(t: Task, dfd: number, path: number, mode: number): number {
  t.enter(F.do_faccessat, 60, dfd, path, mode, 0);
  if ((mode & ~R_W_X) !== 0) return t.leave(-ERRNO.EINVAL!);
  const named = getname(t, path);
  if (named !== 0) return t.leave(named);
  const dentry = filenameLookup(t, dfd, 0);
  if (typeof dentry === "number") return t.leave(dentry);
  return t.leave(mode === 0 ? 0 : inodePermission(t, dentry.inode!, mode));
}

/** `chmod(2)`. */
export function sysChmod(t: Task, path: number, mode: number): number {
  t.enter(ENTRY_POINT[90]!, 10);
  t.enter(F.do_fchmodat, 20, AT_FDCWD, path, mode);
  return t.leave(
    change(t, path, F.chmod_common, (inode) => {
      if (!ownerOrCapable(t, inode)) return false;
      inode.mode = (inode.mode & ~0o7777) | (mode & 0o7777);
      return true;
    }),
    2,
  );
}

/** `chown(2)`: only root gives files away. */
export function sysChown(t: Task, path: number, uid: number, gid: number): number {
  t.enter(ENTRY_POINT[92]!, 10);
  return t.leave(
    change(t, path, F.chown_common, (inode) => {
      if (t.uid !== 0) return false;
      if (uid !== KEEP) inode.uid = uid;
      if (gid !== KEEP) inode.gid = gid;
      return true;
    }),
  );
}

/** -1, as it travels in a register: the id stays as it is. */
const KEEP = 0xffff_ffff;

function change(t: Task, path: number, frame: number, make: (inode: Inode) => boolean): number {
  const named = getname(t, path);
  if (named !== 0) return named;
  const dentry = filenameLookup(t, AT_FDCWD, 0);
  if (typeof dentry === "number") return dentry;
  const inode = dentry.inode!;
  t.enter(frame, 60, t.linux.files.nd.path);
  t.enter(F.notify_change, 80, undefined, dentry);
  const done = make(inode);
  if (done) {
    inode.changed = t.cpu.now;
    t.linux.files.inodeDirtied(t, inode);
  }
  return t.leave(done ? 0 : -ERRNO.EPERM!, 2);
}
