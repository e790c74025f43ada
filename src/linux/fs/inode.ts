import type { FileOperations } from "../files.ts";
import { PageCache } from "../page-cache.ts";
import type { Task } from "../task.ts";
import { type Content, zeros } from "./content.ts";
import type { SuperBlock } from "./super-block.ts";

/** Kinds of files, in the upper bits of an inode's mode. */
export const S_IFMT = 0o170000;
export const S_IFSOCK = 0o140000;
export const S_IFLNK = 0o120000;
export const S_IFREG = 0o100000;
export const S_IFBLK = 0o060000;
export const S_IFDIR = 0o040000;
export const S_IFCHR = 0o020000;
export const S_IFIFO = 0o010000;

/** What a directory holds, as its file system has it: on the disk, or made when somebody looks. */
export interface Directory {
  find(name: string): Inode | undefined;
  names(): readonly string[];
  /** The same name may stand for something else the next time, as `/proc/PID`: nothing is remembered of what is missing. */
  readonly volatile?: true;
  add?(name: string, inode: Inode): void;
  remove?(name: string): void;
  /** Where directories are more than names: makes one by itself; its inode, or -errno. */
  make?(t: Task, name: string, mode: number): Inode | number;
  /** Takes one away that `make` has made; 0 or -errno. */
  unmake?(t: Task, name: string): number;
}

/** A directory on a disk or in memory. */
export class DirectoryEntries implements Directory {
  readonly #entries = new Map<string, Inode>();

  find(name: string): Inode | undefined {
    return this.#entries.get(name);
  }

  names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  add(name: string, inode: Inode): void {
    this.#entries.set(name, inode);
  }

  remove(name: string): void {
    this.#entries.delete(name);
  }
}

/** What a new inode is. */
export interface InodeInit {
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly operations: FileOperations;
  readonly directory?: Directory;
  readonly target?: string;
  readonly content?: Content;
  readonly size?: number;
  /** Device number: major in the upper 12 bits, as Linux has it inside. */
  readonly rdev?: number;
  readonly ino?: number;
}

/** A file, whatever its names: `struct inode`. */
export class Inode {
  readonly sb: SuperBlock;
  readonly ino: number;
  mode: number;
  uid: number;
  gid: number;
  /** Names that it has on the disk; 0: it goes when nobody has it open. */
  nlink: number;
  size: number;
  readonly rdev: number;
  readonly operations: FileOperations;
  readonly directory: Directory | undefined;
  /** Where a symbolic link leads. */
  readonly target: string;
  content: Content;
  readonly pages: PageCache;
  /** First block of the file on its disk, in sectors. */
  readonly sector: number;
  /** Open files and dentries in use; the inode of a deleted file lives as long as it is open. */
  opened = 0;
  /** Virtual nanoseconds. */
  modified = 0;
  accessed = 0;
  changed = 0;
  /** Virtual nanoseconds at which the inode itself (size, times) became newer than the disk has it; -1: never. */
  dirtyAt = -1;

  constructor(sb: SuperBlock, init: InodeInit) {
    this.sb = sb;
    this.ino = init.ino ?? sb.nextIno++;
    this.mode = init.mode;
    this.uid = init.uid ?? 0;
    this.gid = init.gid ?? 0;
    this.nlink = init.directory === undefined ? 1 : 2;
    this.operations = init.operations;
    this.directory = init.directory;
    this.target = init.target ?? "";
    this.content = init.content ?? zeros;
    this.size = init.size ?? 0;
    this.rdev = init.rdev ?? 0;
    this.pages = new PageCache(sb.cache, this);
    this.sector = sb.place(this.size);
  }

  get isDirectory(): boolean {
    return (this.mode & S_IFMT) === S_IFDIR;
  }

  get isRegular(): boolean {
    return (this.mode & S_IFMT) === S_IFREG;
  }

  get isLink(): boolean {
    return (this.mode & S_IFMT) === S_IFLNK;
  }
}
