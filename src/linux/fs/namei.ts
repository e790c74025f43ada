import { ERRNO } from "../errno.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { type Dentry, dLookupRcu, lookupReal, Path } from "./dentry.ts";
import type { Mount } from "./mount.ts";
import { inodePermission, MAY_EXEC } from "./permission.ts";

/** `AT_FDCWD`, as it travels in a register. */
export const AT_FDCWD = 0xffff_ff9c;

/** The last link of a path is what is meant, not what it leads to. */
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_REMOVEDIR = 0x200;
export const AT_EMPTY_PATH = 0x1000;

/** More links than this in one path are a circle (MAXSYMLINKS). */
const MOST_LINKS = 40;

const NAME_MAX = 255;
export const PATH_MAX = 4096;

/** A name from user space: `struct filename`. */
export class Filename {
  text = "";
  /** The user's pointer. */
  address = 0;
}

/** A walk along a path: `struct nameidata`. A machine has one, for walks never wait. */
export class Nameidata {
  readonly path: Path;
  readonly name = new Filename();
  /** The component at which the walk stands; empty: the path ends in its directory itself. */
  last = "";
  /** The path ended in a slash. */
  slash = false;
  /** Symbolic links so far. */
  links = 0;

  constructor(root: Mount) {
    this.path = new Path(root, root.root);
  }
}

const splitPaths = new Map<string, readonly string[]>();

/** Paths that are kept split. */
const MOST_SPLIT = 100_000;

/** The components of a path, without empty ones and `.`. */
function components(path: string): readonly string[] {
  let parts = splitPaths.get(path);
  if (parts === undefined) {
    parts = path.split("/").filter((part) => part !== "" && part !== ".");
    if (splitPaths.size >= MOST_SPLIT) splitPaths.clear();
    splitPaths.set(path, parts);
  }
  return parts;
}

/** `getname_flags`: copies a path from user space; 0, or -ENOENT for an empty one, -ENAMETOOLONG. */
export function getname(t: Task, address: number, emptyToo = false): number {
  const { nd } = t.linux.files;
  t.enter(F.getname_flags, 40, address);
  t.enter(F.strncpy_from_user, 35, undefined, address, PATH_MAX);
  nd.name.text = t.linux.strings.read(address);
  nd.name.address = address;
  t.leave(nd.name.text.length);
  const { length } = nd.name.text;
  if (length === 0 && !emptyToo) return t.leave(-ERRNO.ENOENT!);
  if (length >= PATH_MAX) return t.leave(-ERRNO.ENAMETOOLONG!);
  t.leave(nd.name);
  return 0;
}

/**
 * `path_init` and `link_path_walk`: walks `nd.name` up to its last component, which it leaves in `nd.last`, with its
 * directory in `nd.path`. 0 or -errno.
 */
export function walkParent(t: Task, nd: Nameidata, dfd: number): number {
  const { text } = nd.name;
  const begin = start(t, nd, text, dfd);
  if (begin !== 0) return begin;
  nd.links = 0;
  return linkPathWalk(t, nd, text);
}

function start(t: Task, nd: Nameidata, text: string, dfd: number): number {
  const { files } = t.linux;
  nd.path.mount = files.mounts.root;
  nd.path.dentry = files.mounts.root.root;
  if (text.charCodeAt(0) === 47) return 0;
  if (dfd === AT_FDCWD || dfd < 0) {
    if (t.cwd !== undefined) {
      nd.path.mount = t.cwd.mount;
      nd.path.dentry = t.cwd.dentry;
    }
    return 0;
  }
  const file = t.files.get(dfd);
  if (file === undefined) return -ERRNO.EBADF!;
  if (file.place === undefined) return -ERRNO.ENOTDIR!;
  nd.path.mount = file.place.mount;
  nd.path.dentry = file.place.dentry;
  return file.inode!.isDirectory || text === "" ? 0 : -ERRNO.ENOTDIR!;
}

function linkPathWalk(t: Task, nd: Nameidata, text: string): number {
  t.enter(F.link_path_walk, 40, nd.name.address, nd);
  let parts = components(text);
  nd.slash = text.endsWith("/");
  nd.last = "";
  for (let i = 0; i < parts.length; i++) {
    const dir = nd.path.dentry.inode!;
    if (!dir.isDirectory) return t.leave(-ERRNO.ENOTDIR!);
    const denied = inodePermission(t, dir, MAY_EXEC);
    if (denied !== 0) return t.leave(denied);
    nd.last = parts[i]!;
    if (nd.last.length > NAME_MAX) return t.leave(-ERRNO.ENAMETOOLONG!);
    if (i === parts.length - 1) break;
    const dentry = walkComponent(t, nd);
    if (typeof dentry === "number") return t.leave(dentry);
    if (dentry.inode!.isLink) {
      const target = follow(nd, dentry);
      if (typeof target === "number") return t.leave(target);
      parts = [...components(target), ...parts.slice(i + 1)];
      i = -1;
    }
  }
  return t.leave(0);
}

/** A link leads from its directory, or from the root; the text, or -ELOOP. */
function follow(nd: Nameidata, link: Dentry): string | number {
  if (++nd.links > MOST_LINKS) return -ERRNO.ELOOP!;
  const { target } = link.inode!;
  if (target.startsWith("/")) toRoot(nd);
  return target;
}

function toRoot(nd: Nameidata): void {
  let { mount } = nd.path;
  while (mount.parent !== undefined) mount = mount.parent.mount;
  nd.path.mount = mount;
  nd.path.dentry = mount.root;
}

/**
 * `walk_component`: from `nd.path` to `nd.last` in it, into what is mounted there. `nd.path` moves, except onto a
 * symbolic link. -ENOENT where there is nothing.
 */
function walkComponent(t: Task, nd: Nameidata): Dentry | number {
  t.enter(F.walk_component, 15, nd);
  if (nd.last === "..") {
    up(nd);
    t.leave(undefined);
    return nd.path.dentry;
  }
  const parent = nd.path.dentry;
  let dentry = lookupFast(t, nd);
  if (dentry === undefined) {
    t.enter(F.__lookup_slow, 60, undefined, parent);
    dentry = t.leave(lookupReal(t, parent, nd.last));
  }
  if (dentry.inode === undefined) return t.leave(-ERRNO.ENOENT!);
  stepInto(nd, dentry);
  t.leave(undefined);
  return dentry;
}

/** `lookup_fast`: what the cache of names knows of `nd.last`. */
export function lookupFast(t: Task, nd: Nameidata): Dentry | undefined {
  t.enter(F.lookup_fast, 20, nd);
  return t.leave(dLookupRcu(t, nd.path.dentry, nd.last));
}

/** `step_into`: there, and further into what is mounted. */
export function stepInto(nd: Nameidata, dentry: Dentry): void {
  if (dentry.inode!.isLink) return;
  nd.path.dentry = dentry;
  while (nd.path.dentry.mounted !== undefined) {
    nd.path.mount = nd.path.dentry.mounted;
    nd.path.dentry = nd.path.mount.root;
  }
}

/** To the directory above, out of what is mounted there; `..` of `/` is `/`. */
export function up(nd: Nameidata): void {
  while (nd.path.dentry === nd.path.mount.root && nd.path.mount.parent !== undefined) {
    const { parent } = nd.path.mount;
    nd.path.mount = parent.mount;
    nd.path.dentry = parent.dentry;
  }
  nd.path.dentry = nd.path.dentry.parent;
}

/** A symbolic link at the end of a path is followed: the walk goes on to the last component of where it leads. */
export function followLast(t: Task, nd: Nameidata, link: Dentry): number {
  const target = follow(nd, link);
  return typeof target === "number" ? target : linkPathWalk(t, nd, target);
}

/**
 * `filename_lookup`: the dentry that `nd.name` names, which has an inode, or -errno. `nd.path` is there, except for a
 * link that is not followed.
 */
export function filenameLookup(t: Task, dfd: number, flags: number): Dentry | number {
  const { nd } = t.linux.files;
  t.enter(F.filename_lookup, 20, dfd, nd.name, flags, nd.path);
  t.enter(F.path_lookupat, 30, nd, flags, nd.path);
  const found = lookupLast(t, nd, dfd, (flags & AT_SYMLINK_NOFOLLOW) === 0);
  const result = typeof found === "number" ? found : 0;
  t.leave(result, 2);
  return found;
}

function lookupLast(t: Task, nd: Nameidata, dfd: number, follows: boolean): Dentry | number {
  for (let error = walkParent(t, nd, dfd); ; ) {
    if (error !== 0) return error;
    if (nd.last === "") return nd.path.dentry;
    const dentry = walkComponent(t, nd);
    if (typeof dentry === "number") return dentry;
    if (dentry.inode!.isLink && (follows || nd.slash)) {
      error = followLast(t, nd, dentry);
      continue;
    }
    return nd.slash && !dentry.inode!.isDirectory ? -ERRNO.ENOTDIR! : dentry;
  }
}

/**
 * `filename_parentat` and `lookup_one_qstr_excl`: the name that is to be made, removed or changed, with its directory in
 * `nd.path`. It may be negative. -errno where the directory cannot be reached.
 */
export function lookupChild(t: Task, dfd: number): Dentry | number {
  const { nd } = t.linux.files;
  const error = walkParent(t, nd, dfd);
  if (error !== 0) return error;
  if (nd.last === "") return -ERRNO.EBUSY!;
  if (nd.last === "..") return -ERRNO.ENOTEMPTY!;
  const parent = nd.path.dentry;
  t.enter(F.lookup_one_qstr_excl, 20, undefined, parent);
  t.enter(F.lookup_dcache, 15, undefined, parent);
  const { children } = parent;
  t.enter(F.d_lookup, 15, parent);
  t.enter(F.__d_lookup, 45, parent);
  const known = children?.get(nd.last);
  t.leave(known, 3);
  return t.leave(known ?? lookupReal(t, parent, nd.last));
}
