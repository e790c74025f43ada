import { ERRNO } from "../errno.ts";
import { deletedFolio } from "../filemap-trace.ts";
import { PAGE_SIZE } from "../page-cache.ts";
import { ENTRY_POINT, F } from "../symbols.ts";
import type { Task } from "../task.ts";
import type { Dentry } from "./dentry.ts";
import type { Inode } from "./inode.ts";
import { AT_FDCWD, filenameLookup, getname } from "./namei.ts";
import { inodePermission, MAY_WRITE } from "./permission.ts";

/** `do_truncate`: a file gets another size; what lies beyond is gone, what is new reads as zeros. */
export function truncate(t: Task, dentry: Dentry, size: number): number {
  const inode = dentry.inode!;
  const { type } = inode.sb;
  t.enter(F.do_truncate, 40, undefined, dentry, size);
  t.enter(F.notify_change, 60, undefined, dentry);
  if (type.change !== undefined) {
    t.enter(type.change.setattr, 300, undefined, dentry);
    if (size < inode.size) {
      t.enter(F.truncate_pagecache, 20, inode, size);
      t.enter(F.truncate_inode_pages_range, 60, inode.pages, size);
      dropPages(t, inode, size);
      t.leave(undefined, 2);
      if (type.disk !== undefined) {
        t.enter(type.disk.truncate, 900, inode);
        t.leave(0);
      }
    }
    resize(t, inode, size);
    t.leave(0);
  }
  return t.leave(0, 2);
}

function resize(t: Task, inode: Inode, size: number): void {
  t.linux.files.charge(inode.sb, size - inode.size);
  inode.size = size;
  inode.modified = t.cpu.now;
  t.linux.files.inodeDirtied(t, inode);
}

/** Pages beyond `size` leave the cache. */
export function dropPages(t: Task, inode: Inode, size: number): void {
  inode.pages.truncate(Math.ceil(size / PAGE_SIZE), (page) => deletedFolio(t, inode, page));
  if (inode.pages.dirty === 0) inode.sb.dirty.delete(inode);
}

/** `truncate(2)`. */
export function sysTruncate(t: Task, path: number, length: number): number {
  t.enter(ENTRY_POINT[76]!, 10);
  t.enter(F.do_sys_truncate, 20, path, length);
  return t.leave(byPath(t, path, length), 2);
}

function byPath(t: Task, path: number, length: number): number {
  if (length < 0) return -ERRNO.EINVAL!;
  const named = getname(t, path);
  if (named !== 0) return named;
  const dentry = filenameLookup(t, AT_FDCWD, 0);
  if (typeof dentry === "number") return dentry;
  const inode = dentry.inode!;
  if (inode.isDirectory) return -ERRNO.EISDIR!;
  if (!inode.isRegular) return -ERRNO.EINVAL!;
  const denied = inodePermission(t, inode, MAY_WRITE);
  return denied !== 0 ? denied : truncate(t, dentry, length);
}

/** `ftruncate(2)`. */
export function sysFtruncate(t: Task, fd: number, length: number): number {
  t.enter(ENTRY_POINT[77]!, 10);
  t.enter(F.do_sys_ftruncate, 20, fd, length);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!, 2);
  const ok = length >= 0 && file.writable && file.place !== undefined && file.inode!.isRegular;
  return t.leave(ok ? truncate(t, file.place.dentry, length) : -ERRNO.EINVAL!, 2);
}
