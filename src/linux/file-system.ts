import type { Disk } from "./block/disk.ts";
import { NULL_OPERATIONS, TTY_OPERATIONS, ZERO_OPERATIONS } from "./devices.ts";
import { Journal } from "./ext4/journal.ts";
import { EXT4_OPERATIONS, TMPFS_OPERATIONS } from "./filemap.ts";
import { deletedFolio } from "./filemap-trace.ts";
import type { FileOperations, OpenFile } from "./files.ts";
import { type Content, generated, TextContent } from "./fs/content.ts";
import { childOf, type Dentry, Path } from "./fs/dentry.ts";
import { DIRECTORY_OPERATIONS } from "./fs/directory.ts";
import {
  type Directory,
  DirectoryEntries,
  Inode,
  type InodeInit,
  S_IFCHR,
  S_IFDIR,
  S_IFLNK,
  S_IFREG,
} from "./fs/inode.ts";
import { type Mount, MountTable } from "./fs/mount.ts";
import { Nameidata } from "./fs/namei.ts";
import { type FileSystemType, SuperBlock } from "./fs/super-block.ts";
import { dropPages } from "./fs/truncate.ts";
import { DEVPTS, DEVTMPFS, EXT4, TMPFS, XFS } from "./fs/types.ts";
import type { Linux } from "./linux.ts";
import type { DiskFormat, DiskFormats } from "./linux-options.ts";
import { OpenHow } from "./open.ts";
import { mountPseudo } from "./proc/mount-pseudo.ts";
import { Generated } from "./proc/node.ts";
import { F } from "./symbols.ts";
import type { Task } from "./task.ts";
import { XfsLog } from "./xfs/log.ts";
import { XFS_OPERATIONS } from "./xfs/operations.ts";

/** Pages of memory for cached files: 64 MiB, small enough that a busy machine must read again. */
const CACHE_LIMIT = 16_384;

/** Bytes of a file that are given at once. */
const MOST_BYTES = 16 * 2 ** 20;

/** A path that does not lead to what was asked for. */
export class FileError extends Error {
  readonly code: "ENOENT" | "EISDIR";
  readonly path: string;
  constructor(code: FileError["code"], path: string) {
    const why = code === "ENOENT" ? "there is no such file or directory" : "it is a directory: m.ls(path) lists it";
    super(`${path}: ${why}`);
    this.name = "FileError";
    this.code = code;
    this.path = path;
  }
}

/** More links than this in one path are a circle. */
const MOST_LINKS = 40;

/** Directories that every machine has, beside those that its file systems are mounted on. */
const SKELETON =
  "/etc /home/student /opt /root /run /srv /tmp /usr/bin /usr/lib/x86_64-linux-gnu /usr/lib64 /usr/sbin " +
  "/usr/share /var/cache /var/lib /var/log /var/spool /var/tmp /var/www/html /dev /proc /sys";

/** Links that a merged `/usr` has. */
const LINKS: readonly (readonly [string, string])[] = [
  ["/bin", "usr/bin"],
  ["/sbin", "usr/sbin"],
  ["/lib", "usr/lib"],
  ["/lib64", "usr/lib64"],
];

/** Where the database's disk is mounted. */
const POSTGRESQL = "/var/lib/postgresql";

/** What a file made from outside of the machine is. */
export interface FileInit {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** Where a walk over inodes has come to: with the dentry, if the machine has one for it. */
interface Spot {
  inode: Inode;
  dentry: Dentry | undefined;
}

/** All files of a machine: what is mounted where, the cache of pages, and the way to files for who is outside of it. */
export class FileSystem {
  readonly mounts = new MountTable();
  /** The walk along a path: one, as walks never wait. */
  readonly nd: Nameidata;
  /** What the open under way asks for. */
  readonly how = new OpenHow();
  /** Who holds which locks of `flock(2)` on a file. */
  readonly locks = new Map<Inode, Map<OpenFile, number>>();
  /** Pages of all files. */
  /** Pipes so far. */
  pipes = 0;
  readonly pages = { resident: 0, dirty: 0 };
  readonly #linux: Linux;
  readonly #root: SuperBlock;
  /** Files of disks and of memory, which have pages. */
  readonly #inodes = new Set<Inode>();
  #nextMinor = 20;
  /** Counts uses, to find the file unused for longest. */
  #uses = 0;

  /** `on`: what disks are made with, by where they are mounted; ext4 unless said. */
  constructor(linux: Linux, on: DiskFormats = {}) {
    this.#linux = linux;
    this.#root = this.#onDisk(linux.disks[0]!, "ext4");
    this.mounts.add(this.#root, `/dev/${this.#root.id}`, undefined);
    this.nd = new Nameidata(this.mounts.root);
    for (const path of SKELETON.split(" ")) this.mkdir(path);
    for (const [path, target] of LINKS) this.symlink(path, target);
    for (const path of ["/tmp", "/var/tmp"]) this.lookup(path)!.mode = S_IFDIR | 0o1777;
    const home = this.lookup("/home/student")!;
    home.uid = home.gid = 1000;
    this.#mountDevices();
    this.mount(this.#onDisk(linux.disks[1]!, on["/srv"]), "/dev/vdb1", "/srv");
    this.mount(this.#onDisk(linux.disks[2]!, on[POSTGRESQL]), "/dev/vdc1", POSTGRESQL);
    mountPseudo(linux, this);
  }

  /** The file system on a disk's first partition. */
  #onDisk(disk: Disk, format: DiskFormat = "ext4"): SuperBlock {
    const partition = disk.partitions[0]!;
    const type = format === "ext4" ? EXT4 : XFS;
    const sb = this.#superBlock(type, partition.name, partition.dev, partition);
    if (format === "ext4") sb.journal = new Journal(this.#linux, sb);
    else sb.log = new XfsLog(this.#linux, sb);
    return sb;
  }

  #mountDevices(): void {
    this.mount(this.#superBlock(DEVTMPFS, "devtmpfs", this.#nextMinor++), "devtmpfs", "/dev");
    this.mkdir("/dev/pts");
    this.mount(this.#superBlock(DEVPTS, "devpts", this.#nextMinor++), "devpts", "/dev/pts");
    this.device("/dev/null", 0o666, (1 << 20) | 3, NULL_OPERATIONS);
    this.device("/dev/zero", 0o666, (1 << 20) | 5, ZERO_OPERATIONS);
    this.device("/dev/tty", 0o666, 5 << 20, TTY_OPERATIONS);
    const terminal = this.device("/dev/pts/0", 0o620, 136 << 20, TTY_OPERATIONS);
    terminal.uid = 1000;
    terminal.gid = 5;
  }

  #superBlock(type: FileSystemType, id: string, dev: number, partition?: SuperBlock["partition"]): SuperBlock {
    const sb = new SuperBlock(type, id, dev, this.pages, partition);
    sb.root = new Inode(sb, {
      mode: S_IFDIR | 0o755,
      operations: DIRECTORY_OPERATIONS,
      directory: new DirectoryEntries(),
      size: type.disk === undefined ? 0 : 4096,
      ino: type.disk?.rootIno ?? 1,
    });
    return sb;
  }

  // What the machine's own calls use.

  /** A new file in `dir`, made by a task. */
  newInode(t: Task, dir: Inode, mode: number, init: Partial<InodeInit> = {}): Inode {
    const inode = this.#inode(dir.sb, { mode, uid: t.uid, gid: t.gid, ...init });
    inode.modified = inode.changed = inode.accessed = t.cpu.now;
    return inode;
  }

  #inode(sb: SuperBlock, init: Omit<InodeInit, "operations"> & { readonly operations?: FileOperations }): Inode {
    const operations = init.directory !== undefined ? DIRECTORY_OPERATIONS : fileOperations(sb);
    const inode = new Inode(sb, { operations, ...init });
    this.#inodes.add(inode);
    this.charge(sb, inode.size);
    return inode;
  }

  /** Names came into a directory, or left it. */
  changedDirectory(t: Task, directory: Inode): void {
    directory.modified = directory.changed = t.cpu.now;
    this.inodeDirtied(t, directory);
  }

  /** Size or times of a file are newer than the disk's. */
  inodeDirtied(t: Task, inode: Inode): void {
    if (inode.sb.partition !== undefined) this.#linux.writeback.inodeDirtied(t, inode);
  }

  /** Bytes more or less on a disk. */
  charge(sb: SuperBlock, bytes: number): void {
    sb.used += bytes;
  }

  /** No room for so many bytes more: ENOSPC. */
  isFull(sb: SuperBlock, bytes: number): boolean {
    return sb.used + bytes > sb.capacity;
  }

  /** The name that an open file keeps: as it was asked for. */
  pathOf(nd: Nameidata): string {
    return nd.name.text;
  }

  /** Somebody has a file of this mount open, or works in one of its directories. */
  opened(mount: Mount): boolean {
    return this.#linux
      .tasks()
      .some(
        ({ cwd, files }) => cwd?.mount === mount || files.entries().some(([, file]) => file.place?.mount === mount),
      );
  }

  /** A name or an open file of an inode has gone: with the last of both it goes itself. */
  drop(t: Task, inode: Inode): void {
    if (inode.nlink > 0 || inode.opened > 0 || !this.#inodes.delete(inode)) return;
    t.enter(F.evict, 120, inode);
    const { disk } = inode.sb.type;
    if (disk !== undefined) t.enter(disk.evict, 1_500, inode);
    dropPages(t, inode, 0);
    if (disk !== undefined) t.leave(undefined);
    this.charge(inode.sb, -inode.size);
    t.leave(undefined);
    this.#linux.objects.forget(inode);
  }

  /** A file's pages are being used: the least recently used file gives up its pages if memory is short. */
  use(inode: Inode): void {
    inode.pages.lastUse = ++this.#uses;
  }

  /** Called after pages came in, or when memory is short: evicts clean pages of files unused for longest while there are too many. */
  shrink(t: Task, most = CACHE_LIMIT): void {
    if (this.pages.resident <= most) return;
    const byAge = [...this.#inodes]
      .filter(({ sb, pages }) => sb.partition !== undefined && pages.resident > pages.dirty)
      .sort((a, b) => a.pages.lastUse - b.pages.lastUse);
    for (const inode of byAge) {
      if (this.pages.resident <= most * 0.9) return;
      inode.pages.evict((page) => deletedFolio(t, inode, page));
    }
  }

  // What is done from outside of the machine: nothing of it takes time or is seen by programs.

  /**
   * Creates a file, with the directories that it needs: of `size` bytes, or with this text or these bytes; one that exists changes. Files
   * of a size alone have lines of words in them.
   *
   * @example
   * linux.files.create("/etc/hostname", "student\n");
   */
  create(
    path: string,
    content: number | string | Uint8Array = 0,
    { mode = 0o644, uid = 0, gid = 0 }: FileInit = {},
  ): Inode {
    const text = typeof content === "number" ? undefined : new TextContent(content);
    const size = text?.length ?? (content as number);
    const known = this.lookup(path);
    if (known !== undefined) {
      this.charge(known.sb, size - known.size);
      known.size = size;
      if (text !== undefined) known.content = text;
      return known;
    }
    const { parent, name } = this.#parent(path);
    const sb = parent.inode.sb;
    const bytes: Content = text ?? generated(this.#linux.seed ^ sb.nextIno);
    const inode = this.#inode(sb, { mode: S_IFREG | mode, uid, gid, size, content: bytes });
    this.#enter(parent, name, inode);
    return inode;
  }

  /** Takes a name away, of a file or of an empty directory; false where that cannot be: in /proc, a directory that holds something. */
  remove(path: string): boolean {
    const cut = path.lastIndexOf("/");
    const parent = this.#walk(path.slice(0, cut), true);
    const name = path.slice(cut + 1);
    const inode = parent?.inode.directory?.find(name);
    if (parent?.inode.directory?.remove === undefined || inode === undefined || inode.opened > 0) return false;
    if ((inode.directory?.names().length ?? 0) > 0) return false;
    parent.inode.directory.remove(name);
    if (inode.isDirectory) parent.inode.nlink--;
    inode.nlink--;
    this.charge(inode.sb, -inode.size);
    this.#inodes.delete(inode);
    const known = parent.dentry?.children?.get(name);
    if (known !== undefined) known.inode = undefined;
    return true;
  }

  /** Makes a directory, with those above it; one that exists is returned. */
  mkdir(path: string, { mode = 0o755, uid = 0, gid = 0 }: FileInit = {}): Inode {
    const known = this.lookup(path);
    if (known !== undefined) return known;
    const { parent, name } = this.#parent(path);
    const directory = new DirectoryEntries();
    const inode = this.#inode(parent.inode.sb, { mode: S_IFDIR | mode, uid, gid, directory, size: 4096 });
    parent.inode.nlink++;
    this.#enter(parent, name, inode);
    return inode;
  }

  symlink(path: string, target: string): Inode {
    const { parent, name } = this.#parent(path);
    const inode = this.#inode(parent.inode.sb, { mode: S_IFLNK | 0o777, target, size: target.length });
    this.#enter(parent, name, inode);
    return inode;
  }

  /** A device file. */
  device(path: string, mode: number, rdev: number, operations: FileOperations, kind = S_IFCHR): Inode {
    const { parent, name } = this.#parent(path);
    const inode = this.#inode(parent.inode.sb, { mode: kind | mode, rdev, operations });
    this.#enter(parent, name, inode);
    return inode;
  }

  /** Mounts a file system of its own kind at a directory, made if needed; a tree that is made when somebody looks has `root`. */
  mount(sb: SuperBlock, source: string, at: string): Mount {
    this.mkdir(at);
    const place = this.#dentryOf(at);
    return this.mounts.add(sb, source, place);
  }

  /** A file system without a disk, whose directories `root` makes. */
  pseudo(type: FileSystemType, root: Directory): SuperBlock {
    const sb = new SuperBlock(type, type.name, this.#nextMinor++, this.pages);
    sb.root = new Inode(sb, { mode: S_IFDIR | 0o555, operations: DIRECTORY_OPERATIONS, directory: root, ino: 1 });
    return sb;
  }

  /** An empty file system in memory. */
  tmpfs(): SuperBlock {
    return this.#superBlock(TMPFS, "tmpfs", this.#nextMinor++);
  }

  /** The file that a path leads to, with all links followed; undefined if there is none. */
  lookup(path: string): Inode | undefined {
    return this.#walk(path, true)?.inode;
  }

  /** The same, of the link itself. */
  lookupLink(path: string): Inode | undefined {
    return this.#walk(path, false)?.inode;
  }

  /**
   * A file's bytes; at most the first 16 MiB. Throws `FileError` for what is no file.
   *
   * @example
   * new TextDecoder().decode(linux.files.bytes("/proc/loadavg"));
   */
  bytes(path: string): Uint8Array {
    const inode = this.lookup(path);
    if (inode === undefined) throw new FileError("ENOENT", path);
    if (inode.isDirectory) throw new FileError("EISDIR", path);
    if (inode.content instanceof Generated) return inode.content.bytes();
    const out = new Uint8Array(inode.isRegular ? Math.min(inode.size, MOST_BYTES) : 0);
    inode.content.read(0, out);
    return out;
  }

  /** What a directory holds, by name; a file is the one row of itself. Throws `FileError`. */
  directory(path: string): readonly (readonly [name: string, inode: Inode])[] {
    const inode = this.lookup(path);
    if (inode === undefined) throw new FileError("ENOENT", path);
    if (inode.directory === undefined) return [[path, inode]];
    const below = path.endsWith("/") ? path : `${path}/`;
    const rows = inode.directory.names().flatMap((name): [string, Inode][] => {
      const found = this.lookupLink(below + name);
      return found === undefined ? [] : [[name, found]];
    });
    return rows;
  }

  /** All files that have pages, in the order in which they were made. */
  list(): readonly Inode[] {
    return [...this.#inodes];
  }

  #walk(path: string, follow: boolean, links = 0): Spot | undefined {
    let spot: Spot = { inode: this.#root.root, dentry: this.mounts.root.root };
    let at = "";
    const parts = path.split("/").filter((part) => part !== "" && part !== ".");
    for (const [index, part] of parts.entries()) {
      const { directory } = spot.inode;
      const inode = directory?.find(part);
      if (inode === undefined) return undefined;
      if (inode.isLink && (follow || index < parts.length - 1)) {
        if (links >= MOST_LINKS) return undefined;
        const target = inode.target.startsWith("/") ? inode.target : `${at}/${inode.target}`;
        const rest = parts.slice(index + 1).join("/");
        return this.#walk(`${target}/${rest}`, follow, links + 1);
      }
      at += `/${part}`;
      spot = this.#into({ inode, dentry: spot.dentry?.children?.get(part) });
    }
    return spot;
  }

  /** Into what is mounted there. */
  #into(spot: Spot): Spot {
    const mounted = spot.dentry?.mounted;
    return mounted === undefined ? spot : this.#into({ inode: mounted.sb.root, dentry: mounted.root });
  }

  /** The directory of a path, made if needed, and the last component. */
  #parent(path: string): { readonly parent: Spot; readonly name: string } {
    const cut = path.lastIndexOf("/");
    const directory = path.slice(0, cut);
    if (directory !== "") this.mkdir(directory);
    return { parent: this.#walk(directory, true)!, name: path.slice(cut + 1) };
  }

  /** A name for an inode; the machine's cache of names, if it says that there is none, learns of it. */
  #enter({ inode: directory, dentry }: Spot, name: string, inode: Inode): void {
    directory.directory!.add!(name, inode);
    const known = dentry?.children?.get(name);
    if (known !== undefined) known.inode = inode;
  }

  /** A place as the machine's own walks reach it: its dentries are made. */
  #dentryOf(path: string): Path {
    let mount = this.mounts.root;
    let dentry = mount.root;
    for (const name of path.split("/").filter((part) => part !== "")) {
      dentry = childOf(dentry, name);
      while (dentry.mounted !== undefined) {
        mount = dentry.mounted;
        dentry = mount.root;
      }
    }
    return new Path(mount, dentry);
  }
}

function fileOperations(sb: SuperBlock): FileOperations {
  if (sb.type === EXT4) return EXT4_OPERATIONS;
  return sb.type === XFS ? XFS_OPERATIONS : TMPFS_OPERATIONS;
}
