import { ERRNO } from "../errno.ts";
import type { FileOperations, OpenFile } from "../files.ts";
import { ENTRY_POINT, F, type Frame } from "../symbols.ts";
import type { Task } from "../task.ts";
import { Path } from "./dentry.ts";
import { pathText } from "./mount.ts";
import { AT_FDCWD, filenameLookup, getname } from "./namei.ts";
import { inodePermission, MAY_EXEC } from "./permission.ts";

/** Open directories: their names are read with `getdents64`, everything else is an error. */
export const DIRECTORY_OPERATIONS: FileOperations = {
  read: () => -ERRNO.EISDIR!,
  write: () => -ERRNO.EBADF!,
  sync: () => 0,
  release() {},
};

/** Bytes of `struct linux_dirent64` before the name. */
const DIRENT_HEADER = 19;

/** Bytes that an entry takes in the user's buffer: rounded up to 8. */
function recordLength(name: string): number {
  return Math.ceil((DIRENT_HEADER + name.length + 1) / 8) * 8;
}

const ITERATE: Readonly<Record<string, Frame>> = {
  proc: F.proc_readdir,
  sysfs: F.kernfs_fop_readdir,
};

/** `getdents64(2)`: as many names as fit; `out` stands for the user's buffer. */
export function sysGetdents64(t: Task, fd: number, _buffer: number, count: number, out?: string[]): number {
  t.enter(ENTRY_POINT[217]!, 15);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!);
  const directory = file.inode?.directory;
  t.enter(F.iterate_dir, 60, file);
  if (directory === undefined) return t.leave(-ERRNO.ENOTDIR!, 2);
  const { name, disk } = file.inode!.sb.type;
  t.enter(disk?.readdir ?? ITERATE[name] ?? F.dcache_readdir, 250, file);
  return t.leave(fill(t, file, [".", "..", ...directory.names()], count, out) ?? -ERRNO.EINVAL!, 3);
}

/** Names from the file's position on, as long as there is room; undefined if not even one fits. */
function fill(t: Task, file: OpenFile, names: readonly string[], count: number, out?: string[]): number | undefined {
  let bytes = 0;
  while (file.position < names.length) {
    const name = names[file.position]!;
    const length = recordLength(name);
    if (bytes + length > count) return bytes > 0 ? bytes : undefined;
    t.enter(F.filldir64, 25);
    t.leave(1);
    out?.push(name);
    bytes += length;
    file.position++;
  }
  return bytes;
}

/** `chdir(2)`. */
export function sysChdir(t: Task, path: number): number {
  t.enter(ENTRY_POINT[80]!, 15, path);
  const named = getname(t, path);
  if (named !== 0) return t.leave(named);
  const dentry = filenameLookup(t, AT_FDCWD, 0);
  if (typeof dentry === "number") return t.leave(dentry);
  const { nd } = t.linux.files;
  if (!dentry.inode!.isDirectory) return t.leave(-ERRNO.ENOTDIR!);
  const denied = inodePermission(t, dentry.inode!, MAY_EXEC);
  if (denied !== 0) return t.leave(denied);
  enterDirectory(t, new Path(nd.path.mount, nd.path.dentry));
  return t.leave(0);
}

/** `fchdir(2)`. */
export function sysFchdir(t: Task, fd: number): number {
  t.enter(ENTRY_POINT[81]!, 15);
  const file = t.files.get(fd);
  if (file === undefined) return t.leave(-ERRNO.EBADF!);
  if (file.place === undefined || !file.inode!.isDirectory) return t.leave(-ERRNO.ENOTDIR!);
  const denied = inodePermission(t, file.inode!, MAY_EXEC);
  if (denied !== 0) return t.leave(denied);
  enterDirectory(t, file.place);
  return t.leave(0);
}

function enterDirectory(t: Task, path: Path): void {
  t.enter(F.set_fs_pwd, 20, undefined, path);
  t.cwd = path;
  t.leave(undefined);
}

/** `getcwd(2)`: the length of the path with its NUL; `out` gets the text. */
export function sysGetcwd(t: Task, _buffer: number, size: number, out?: string[]): number {
  t.enter(ENTRY_POINT[79]!, 150);
  const text = t.cwd === undefined ? "/" : pathText(t.cwd);
  if (text.length + 1 > size) return t.leave(-ERRNO.ERANGE!);
  out?.push(text);
  return t.leave(text.length + 1);
}
