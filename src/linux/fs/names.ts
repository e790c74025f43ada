import { ERRNO } from "../errno.ts";
import { security } from "../security/security.ts";
import { ENTRY_POINT, F, type Frame } from "../symbols.ts";
import type { Task } from "../task.ts";
import { TP } from "../tracepoints.ts";
import { TextContent } from "./content.ts";
import { type Dentry, dDelete, remember } from "./dentry.ts";
import { DirectoryEntries, type Inode, S_IFDIR, S_IFLNK } from "./inode.ts";
import { AT_FDCWD, AT_REMOVEDIR, AT_SYMLINK_NOFOLLOW, filenameLookup, getname, lookupChild } from "./namei.ts";
import { inodePermission, MAY_EXEC, MAY_WRITE, mayDelete } from "./permission.ts";

/** The name in user memory at `path`, with its directory walked: its dentry, which may be negative, or -errno. */
function child(t: Task, dfd: number, path: number): Dentry | number {
  const named = getname(t, path);
  return named !== 0 ? named : lookupChild(t, dfd);
}

/** May a name be made in this directory: 0 or -errno. */
function mayCreate(t: Task, dentry: Dentry): number {
  if (dentry.inode !== undefined) return -ERRNO.EEXIST!;
  const dir = dentry.parent.inode!;
  const denied = inodePermission(t, dir, MAY_WRITE | MAY_EXEC);
  if (denied !== 0) return denied;
  if (dir.sb.type.change === undefined) return dir.directory?.make === undefined ? -ERRNO.EPERM! : 0;
  return t.linux.files.isFull(dir.sb, 1) ? -ERRNO.ENOSPC! : 0;
}

/** A new inode has its name. */
function appear(t: Task, dentry: Dentry, inode: Inode): void {
  const dir = dentry.parent.inode!;
  dir.directory!.add!(dentry.name, inode);
  dentry.inode = inode;
  remember(dentry);
  t.linux.files.changedDirectory(t, dir);
}

/** A name is gone from its directory; its inode goes when nothing else holds it. */
function vanish(t: Task, dentry: Dentry): void {
  const dir = dentry.parent.inode!;
  const inode = dentry.inode!;
  dir.directory!.remove!(dentry.name);
  inode.nlink -= inode.isDirectory ? 2 : 1;
  inode.changed = t.cpu.now;
  t.linux.files.changedDirectory(t, dir);
}

/** `unlink(2)`. */
export function sysUnlink(t: Task, path: number): number {
  t.enter(ENTRY_POINT[87]!, 15);
  return t.leave(doUnlinkat(t, AT_FDCWD, path));
}

/** `unlinkat(2)`, which is `rmdir` with AT_REMOVEDIR. */
export function sysUnlinkat(t: Task, dfd: number, path: number, flags: number): number {
  t.enter(ENTRY_POINT[263]!, 15);
  return t.leave((flags & AT_REMOVEDIR) !== 0 ? doRmdir(t, dfd, path) : doUnlinkat(t, dfd, path));
}

function doUnlinkat(t: Task, dfd: number, path: number): number {
  const { nd } = t.linux.files;
  t.enter(F.do_unlinkat, 60, dfd, nd.name);
  const dentry = child(t, dfd, path);
  if (typeof dentry === "number") return t.leave(dentry);
  const { inode } = dentry;
  if (inode === undefined) return t.leave(-ERRNO.ENOENT!);
  if (nd.slash) return t.leave(inode.isDirectory ? -ERRNO.EISDIR! : -ERRNO.ENOTDIR!);
  const dir = dentry.parent.inode!;
  const forbidden = security(t, "path_unlink", 0, nd.path, dentry);
  if (forbidden !== 0) return t.leave(forbidden);
  t.enter(F.vfs_unlink, 60, undefined, dir, dentry);
  const denied = mayDelete(t, dir, inode);
  if (denied !== 0) return t.leave(denied, 2);
  if (inode.isDirectory) return t.leave(-ERRNO.EISDIR!, 2);
  const { change } = dir.sb.type;
  if (change === undefined) return t.leave(-ERRNO.EPERM!, 2);
  const refused = security(t, "inode_unlink", 15, dir, dentry);
  if (refused !== 0) return t.leave(refused, 2);
  t.enter(change.unlink, 1_800, dir, dentry);
  const { hooks } = t.linux;
  const enter = hooks.live[TP.ext4_unlink_enter];
  const onDisk = dir.sb.type.name === "ext4";
  if (enter !== undefined && onDisk) hooks.trace(enter, t, [dir.sb.dev, inode.ino, dir.ino, inode.size], dir, dentry);
  vanish(t, dentry);
  const exit = hooks.live[TP.ext4_unlink_exit];
  if (exit !== undefined && onDisk) hooks.trace(exit, t, [dir.sb.dev, inode.ino, 0], dentry, 0);
  t.leave(0);
  dDelete(t, dentry);
  t.leave(0);
  t.linux.files.drop(t, inode);
  return t.leave(0);
}

/** `mkdir(2)`. */
export function sysMkdir(t: Task, path: number, mode: number): number {
  t.enter(ENTRY_POINT[83]!, 15);
  return t.leave(doMkdirat(t, AT_FDCWD, path, mode));
}

/** `mkdirat(2)`. */
export function sysMkdirat(t: Task, dfd: number, path: number, mode: number): number {
  t.enter(ENTRY_POINT[258]!, 15);
  return t.leave(doMkdirat(t, dfd, path, mode));
}

function doMkdirat(t: Task, dfd: number, path: number, mode: number): number {
  t.enter(F.do_mkdirat, 60, dfd, t.linux.files.nd.name, mode);
  const dentry = child(t, dfd, path);
  if (typeof dentry === "number") return t.leave(dentry === -ERRNO.EBUSY! ? -ERRNO.EEXIST! : dentry);
  const denied = mayCreate(t, dentry);
  if (denied !== 0) return t.leave(denied);
  const dir = dentry.parent.inode!;
  const all = S_IFDIR | (mode & ~t.umask & 0o1777);
  t.enter(F.vfs_mkdir, 50, undefined, dir, dentry, all);
  const refused = security(t, "inode_mkdir", 0, dir, dentry, all);
  if (refused !== 0) return t.leave(refused, 2);
  const { make } = dir.directory!;
  if (make !== undefined) return makeDirectory(t, dentry, make.call(dir.directory, t, dentry.name, all));
  t.enter(dir.sb.type.change!.mkdir, 4_500, undefined, dir, dentry, all);
  const inode = t.linux.files.newInode(t, dir, all, { directory: new DirectoryEntries(), size: 4096 });
  appear(t, dentry, inode);
  dir.nlink++;
  t.leave(undefined);
  t.leave(dentry);
  return t.leave(0);
}

/** A file system has made a directory by itself, which has its name from now on. */
function makeDirectory(t: Task, dentry: Dentry, made: Inode | number): number {
  if (typeof made === "number") return t.leave(made, 2);
  dentry.inode = made;
  remember(dentry);
  dentry.parent.inode!.nlink++;
  t.leave(dentry);
  return t.leave(0);
}

/** `rmdir(2)`. */
export function sysRmdir(t: Task, path: number): number {
  t.enter(ENTRY_POINT[84]!, 15);
  return t.leave(doRmdir(t, AT_FDCWD, path));
}

function doRmdir(t: Task, dfd: number, path: number): number {
  t.enter(F.do_rmdir, 60, dfd, t.linux.files.nd.name);
  const dentry = child(t, dfd, path);
  if (typeof dentry === "number") return t.leave(dentry);
  const { inode } = dentry;
  if (inode === undefined) return t.leave(-ERRNO.ENOENT!);
  const dir = dentry.parent.inode!;
  t.enter(F.vfs_rmdir, 50, undefined, dir, dentry);
  const denied = mayDelete(t, dir, inode);
  if (denied !== 0) return t.leave(denied, 2);
  if (!inode.isDirectory) return t.leave(-ERRNO.ENOTDIR!, 2);
  if (dentry.mounted !== undefined) return t.leave(-ERRNO.EBUSY!, 2);
  const { change } = dir.sb.type;
  const unmakes = dir.directory?.unmake !== undefined;
  if (change === undefined && !unmakes) return t.leave(-ERRNO.EPERM!, 2);
  const refused = security(t, "inode_rmdir", 0, dir, dentry);
  if (refused !== 0) return t.leave(refused, 2);
  if (change === undefined) {
    const failed = dir.directory!.unmake!(t, dentry.name);
    if (failed !== 0) return t.leave(failed, 2);
    dir.nlink--;
    dDelete(t, dentry);
    return t.leave(0, 2);
  }
  t.enter(change.rmdir, 2_500, dir, dentry);
  if (inode.directory!.names().length > 0) return t.leave(-ERRNO.ENOTEMPTY!, 3);
  vanish(t, dentry);
  dir.nlink--;
  t.leave(0);
  dDelete(t, dentry);
  t.leave(0);
  t.linux.files.drop(t, inode);
  return t.leave(0);
}

/** `rename(2)`. */
export function sysRename(t: Task, from: number, to: number): number {
  t.enter(ENTRY_POINT[82]!, 15);
  return t.leave(doRenameat2(t, AT_FDCWD, from, AT_FDCWD, to, 0));
}

/** `renameat(2)`. */
export function sysRenameat(t: Task, oldDfd: number, from: number, newDfd: number, to: number): number {
  t.enter(ENTRY_POINT[264]!, 15);
  return t.leave(doRenameat2(t, oldDfd, from, newDfd, to, 0));
}

const RENAME_NOREPLACE = 1;

/** `renameat2(2)`; of its flags RENAME_NOREPLACE alone is known. */
export function sysRenameat2(t: Task, oldDfd: number, from: number, newDfd: number, to: number): number {
  t.enter(ENTRY_POINT[316]!, 15);
  const flags = t.args[4] ?? 0;
  if ((flags & ~RENAME_NOREPLACE) !== 0) return t.leave(-ERRNO.EINVAL!);
  return t.leave(doRenameat2(t, oldDfd, from, newDfd, to, flags));
}

function doRenameat2(t: Task, oldDfd: number, from: number, newDfd: number, to: number, flags: number): number {
  t.enter(F.do_renameat2, 100, oldDfd, undefined, newDfd, undefined, flags);
  const old = child(t, oldDfd, from);
  if (typeof old === "number") return t.leave(old);
  const target = child(t, newDfd, to);
  if (typeof target === "number") return t.leave(target);
  if (old.inode === undefined) return t.leave(-ERRNO.ENOENT!);
  const inode = old.inode;
  const [oldDir, newDir] = [old.parent.inode!, target.parent.inode!];
  if (flags === RENAME_NOREPLACE && target.inode !== undefined) return t.leave(-ERRNO.EEXIST!);
  if (oldDir.sb !== newDir.sb) return t.leave(-ERRNO.EXDEV!);
  if (isInside(target.parent, old)) return t.leave(-ERRNO.EINVAL!);
  t.enter(F.vfs_rename, 120);
  if (inode === target.inode) return t.leave(0, 2);
  const refused = mayRename(t, old, target) || security(t, "inode_rename", 0, oldDir, old, newDir, target, flags);
  if (refused !== 0) return t.leave(refused, 2);
  t.enter(oldDir.sb.type.change!.rename, 3_500, undefined, oldDir, old, newDir, target, flags);
  const replaced = target.inode;
  if (replaced !== undefined) {
    if (replaced.isDirectory && replaced.directory!.names().length > 0) return t.leave(-ERRNO.ENOTEMPTY!, 3);
    vanish(t, target);
  }
  move(t, old, target);
  t.leave(0, 2);
  if (replaced !== undefined) t.linux.files.drop(t, replaced);
  return t.leave(0);
}

function isInside(dentry: Dentry, directory: Dentry): boolean {
  for (let at = dentry; ; at = at.parent) {
    if (at === directory) return true;
    if (at.parent === at) return false;
  }
}

function mayRename(t: Task, old: Dentry, target: Dentry): number {
  const [oldDir, newDir] = [old.parent.inode!, target.parent.inode!];
  const denied = mayDelete(t, oldDir, old.inode!);
  if (denied !== 0) return denied;
  if (oldDir.sb.type.change === undefined) return -ERRNO.EPERM!;
  if (target.inode === undefined) return inodePermission(t, newDir, MAY_WRITE | MAY_EXEC);
  if (old.inode!.isDirectory && !target.inode.isDirectory) return -ERRNO.ENOTDIR!;
  if (!old.inode!.isDirectory && target.inode.isDirectory) return -ERRNO.EISDIR!;
  return mayDelete(t, newDir, target.inode);
}

/** `d_move`: the dentry itself has another name and place from here on, as open files see. */
function move(t: Task, old: Dentry, target: Dentry): void {
  const inode = old.inode!;
  const { files } = t.linux;
  const [oldDir, newDir] = [old.parent.inode!, target.parent.inode!];
  oldDir.directory!.remove!(old.name);
  newDir.directory!.add!(target.name, inode);
  old.parent.children!.delete(old.name);
  old.name = target.name;
  old.parent = target.parent;
  remember(old);
  inode.changed = t.cpu.now;
  if (inode.isDirectory) {
    oldDir.nlink--;
    newDir.nlink++;
  }
  files.changedDirectory(t, oldDir);
  if (newDir !== oldDir) files.changedDirectory(t, newDir);
}

/** `link(2)`. */
export function sysLink(t: Task, from: number, to: number): number {
  t.enter(ENTRY_POINT[86]!, 15);
  t.enter(F.do_linkat, 60, AT_FDCWD, undefined, AT_FDCWD, undefined, 0);
  return t.leave(linkat(t, from, to), 2);
}

function linkat(t: Task, from: number, to: number): number {
  const named = getname(t, from);
  if (named !== 0) return named;
  const old = filenameLookup(t, AT_FDCWD, AT_SYMLINK_NOFOLLOW);
  if (typeof old === "number") return old;
  const inode = old.inode!;
  const dentry = child(t, AT_FDCWD, to);
  if (typeof dentry === "number") return dentry;
  const denied = mayCreate(t, dentry);
  if (denied !== 0) return denied;
  const dir = dentry.parent.inode!;
  if (dir.sb !== inode.sb) return -ERRNO.EXDEV!;
  if (inode.isDirectory) return -ERRNO.EPERM!;
  t.enter(F.vfs_link, 50, old, undefined, dir, dentry);
  t.enter(dir.sb.type.change!.link, 2_200, old, dir, dentry);
  inode.nlink++;
  inode.changed = t.cpu.now;
  appear(t, dentry, inode);
  return t.leave(0, 2);
}

/** `symlink(2)`. */
export function sysSymlink(t: Task, target: number, path: number): number {
  t.enter(ENTRY_POINT[88]!, 15);
  return t.leave(doSymlinkat(t, target, AT_FDCWD, path));
}

function doSymlinkat(t: Task, target: number, dfd: number, path: number): number {
  t.enter(F.do_symlinkat, 60, undefined, dfd);
  const text = t.linux.strings.read(target);
  if (text === "") return t.leave(-ERRNO.ENOENT!);
  const dentry = child(t, dfd, path);
  if (typeof dentry === "number") return t.leave(dentry);
  const denied = mayCreate(t, dentry);
  if (denied !== 0) return t.leave(denied);
  const dir = dentry.parent.inode!;
  t.enter(F.vfs_symlink, 50, undefined, dir, dentry);
  t.enter(dir.sb.type.change!.symlink, 3_000, undefined, dir, dentry);
  const content = new TextContent(text);
  appear(t, dentry, t.linux.files.newInode(t, dir, S_IFLNK | 0o777, { target: text, size: text.length, content }));
  return t.leave(0, 3);
}

/** `readlink(2)`: its length; `out` gets the text. */
export function sysReadlink(t: Task, path: number, _buffer: number, size: number, out?: string[]): number {
  t.enter(ENTRY_POINT[89]!, 15);
  return t.leave(readlinkat(t, F["do_readlinkat.part.0"], AT_FDCWD, path, size, out));
}

function readlinkat(t: Task, frame: Frame, dfd: number, path: number, size: number, out: string[] | undefined): number {
  t.enter(frame, 30, dfd, path);
  const named = getname(t, path);
  if (named !== 0) return t.leave(named);
  const dentry = filenameLookup(t, dfd, AT_SYMLINK_NOFOLLOW);
  if (typeof dentry === "number") return t.leave(dentry);
  const { target, isLink } = dentry.inode!;
  if (!isLink || size <= 0) return t.leave(-ERRNO.EINVAL!);
  t.enter(F.vfs_readlink, 60, dentry);
  out?.push(target);
  return t.leave(Math.min(size, target.length), 2);
}
