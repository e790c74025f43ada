import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import type { Inode } from "./inode.ts";
import type { Mount } from "./mount.ts";

/** A name in a directory, as Linux remembers it: `struct dentry`. Without an inode it is negative: there is no such file. */
export class Dentry {
  name: string;
  parent: Dentry;
  inode: Inode | undefined;
  children: Map<string, Dentry> | undefined;
  /** What is mounted here. */
  mounted: Mount | undefined;

  constructor(name: string, parent: Dentry | undefined, inode: Inode | undefined) {
    this.name = name;
    this.parent = parent ?? this;
    this.inode = inode;
  }

  /** The path within its file system. */
  get path(): string {
    if (this.parent === this) return "/";
    const names: string[] = [];
    for (let dentry: Dentry = this; dentry.parent !== dentry; dentry = dentry.parent) names.push(dentry.name);
    return `/${names.reverse().join("/")}`;
  }
}

/** Where a walk has come to: `struct path`. */
export class Path {
  mount: Mount;
  dentry: Dentry;

  constructor(mount: Mount, dentry: Dentry) {
    this.mount = mount;
    this.dentry = dentry;
  }
}

/** `__d_lookup_rcu`: what the cache knows of a name; undefined: nothing. */
export function dLookupRcu(t: Task, parent: Dentry, name: string): Dentry | undefined {
  t.enter(F.__d_lookup_rcu, 45, parent);
  return t.leave(parent.children?.get(name));
}

/** `d_lookup`: the same, with a reference taken. */
export function dLookup(t: Task, parent: Dentry, name: string): Dentry | undefined {
  t.enter(F.d_lookup, 15, parent);
  t.enter(F.__d_lookup, 45, parent);
  return t.leave(parent.children?.get(name), 2);
}

/**
 * Asks the file system for a name that the cache does not know, and remembers the answer: `d_alloc_parallel`, the file
 * system's lookup, `d_splice_alias` or `d_add`.
 */
export function lookupReal(t: Task, parent: Dentry, name: string): Dentry {
  const directory = parent.inode!.directory!;
  const dentry = new Dentry(name, parent, undefined);
  t.enter(F.d_alloc_parallel, 60, parent);
  t.enter(F.d_alloc, 20, parent);
  t.enter(F.__d_alloc, 120, parent.inode!.sb);
  t.leave(dentry, 3);
  const { type } = parent.inode!.sb;
  t.enter(type.lookup, 500, parent.inode, dentry, 0);
  dentry.inode = directory.find(name);
  if (directory.volatile !== true || dentry.inode !== undefined) {
    if (type.disk !== undefined) t.enter(F.d_splice_alias, 80, dentry.inode, dentry);
    else t.enter(F.d_add, 80, dentry, dentry.inode);
    t.leave(undefined);
    if (directory.volatile !== true) remember(dentry);
  }
  t.leave(undefined);
  return dentry;
}

/** A directory's entry as a dentry in the cache, without anything that takes time: for who is outside of the machine. */
export function childOf(parent: Dentry, name: string): Dentry {
  const known = parent.children?.get(name);
  if (known !== undefined) return known;
  const dentry = new Dentry(name, parent, parent.inode!.directory!.find(name));
  remember(dentry);
  return dentry;
}

/** Into the cache of names. */
export function remember(dentry: Dentry): void {
  (dentry.parent.children ??= new Map()).set(dentry.name, dentry);
}

/** `d_delete`: the name is known to be of no file any more. */
export function dDelete(t: Task, dentry: Dentry): void {
  t.enter(F.d_delete, 60, dentry);
  dentry.inode = undefined;
  dentry.children = undefined;
  t.leave(undefined);
}
