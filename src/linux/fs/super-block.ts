import type { Partition } from "../block/disk.ts";
import type { Journal } from "../ext4/journal.ts";
import type { PageTotals } from "../page-cache.ts";
import type { Frame } from "../symbols.ts";
import type { XfsLog } from "../xfs/log.ts";
import type { Inode } from "./inode.ts";

/** What a kind of file system does with which functions of Linux. */
export interface FileSystemType {
  /** As in `/proc/filesystems` and `/proc/mounts`. */
  readonly name: string;
  /** `inode_operations.lookup`. */
  readonly lookup: Frame;
  /** `inode_operations.getattr`, where it has one of its own. */
  readonly getattr: Frame | undefined;
  /** Functions that change directories; a file system without them is read-only in this respect (EPERM). */
  readonly change?: Readonly<Record<Change, Frame>>;
  /** Where its files lie on a disk. */
  readonly disk?: DiskFunctions;
  /** Options as `/proc/mounts` shows them. */
  readonly options: string;
}

/** Functions that a file system on a disk has of its own, and the numbers of its first inodes. */
export interface DiskFunctions {
  readonly readdir: Frame;
  readonly llseek: Frame;
  readonly statfs: Frame;
  readonly syncFs: Frame;
  /** Blocks beyond a file's new end are free. */
  readonly truncate: Frame;
  readonly evict: Frame;
  /** Missing pages are asked for: `address_space_operations.readahead`, and what it calls. */
  readonly readAhead: readonly [Frame, Frame];
  /** They have come. */
  readonly readEnd: Frame;
  readonly rootIno: number;
  readonly firstIno: number;
}

/** Operations on directories that a file system has functions of its own for. */
export type Change = "create" | "unlink" | "mkdir" | "rmdir" | "rename" | "link" | "symlink" | "setattr";

/** Sectors between files, so that they do not touch. */
const GAP = 8;

/** Sectors of a file's blocks when it is made empty; it grows into them. */
const SPARE = 2048;

/** Room in a file system without a disk: half of 8 GiB of memory. */
const MEMORY_SECTORS = 8_388_608;

/** A mounted file system: `struct super_block`. */
export class SuperBlock {
  readonly type: FileSystemType;
  /** As `stat` shows it: major << 20 | minor. */
  readonly dev: number;
  /** `sb->s_id`: the device's name. */
  readonly id: string;
  /** Undefined for those without a disk. */
  readonly partition: Partition | undefined;
  readonly cache: PageTotals;
  root!: Inode;
  /** Of an ext4. */
  journal: Journal | undefined;
  /** Of an XFS. */
  log: XfsLog | undefined;
  nextIno: number;
  /** Inodes with dirty pages, in the order in which they became dirty. */
  readonly dirty = new Set<Inode>();
  /** Bytes of its files, and how many there can be. */
  used = 0;
  readonly capacity: number;
  #nextSector = 262_144;

  constructor(type: FileSystemType, id: string, dev: number, cache: PageTotals, partition?: Partition) {
    this.type = type;
    this.id = id;
    this.dev = dev;
    this.cache = cache;
    this.partition = partition;
    this.nextIno = type.disk?.firstIno ?? 12;
    this.capacity = (partition?.sectors ?? MEMORY_SECTORS) * 512;
  }

  /** Where a file of `size` bytes will lie on the disk: one after the other. */
  place(size: number): number {
    const at = this.#nextSector;
    this.#nextSector += Math.max(SPARE, Math.ceil(size / 512)) + GAP;
    return at;
  }
}
