import type { Content } from "./fs/content.ts";
import type { Path } from "./fs/dentry.ts";
import type { Inode } from "./fs/inode.ts";
import type { Maybe, Task } from "./task.ts";

/** What `struct file_operations` is: how a kind of file is opened, read, written and released. */
export interface FileOperations {
  /** What happens when such a file is opened; 0 or -errno. */
  readonly open?: (t: Task, file: OpenFile) => number;
  /** Bytes read, 0 at the end, or -errno. */
  readonly read: (t: Task, file: OpenFile, count: number) => Maybe<number>;
  readonly write: (t: Task, file: OpenFile, count: number) => Maybe<number>;
  /** All that was written reaches the disk; without it `fsync` is refused (EINVAL). */
  readonly sync?: (t: Task, file: OpenFile, dataOnly: boolean) => Maybe<number>;
  /** Terminals only; without it `ioctl` is refused (ENOTTY). */
  readonly ioctl?: (t: Task, file: OpenFile, command: number) => number;
  /** Has no position: `lseek` and `pread64` are refused (ESPIPE). */
  readonly stream?: true;
  /** The last descriptor is closed. */
  readonly release: (t: Task, file: OpenFile) => void;
}

/** An open file description: what descriptors point to, shared by `dup` and `fork`. */
export interface OpenFile {
  readonly operations: FileOperations;
  /** For messages and `/proc/PID/fd`. */
  readonly path: string;
  /** Where it was found, for files that have a name: `f_path`. */
  readonly place: Path | undefined;
  /** As `open(2)` was asked. */
  readonly flags: number;
  /** What it reads, where that was made when it began to read: files of /proc and /sys. */
  snapshot: Content | undefined;
  /** This open made the file. */
  created: boolean;
  readonly inode: Inode | undefined;
  /** Kind-specific: a pipe's end, a socket. */
  readonly object: unknown;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly append: boolean;
  position: number;
  /** Descriptors in all tasks that point here. */
  references: number;
  /** Bytes that `read` and `write` delivered, for conservation checks. */
  bytesRead: number;
  bytesWritten: number;
}

/** A new open file with one reference; options default to a readable, writable file at position 0. */
export function openFile(
  operations: FileOperations,
  path: string,
  options: Partial<Pick<OpenFile, "inode" | "object" | "readable" | "writable" | "append" | "place" | "flags">> = {},
): OpenFile {
  return {
    operations,
    path,
    place: options.place,
    flags: options.flags ?? 0,
    snapshot: undefined,
    created: false,
    inode: options.inode,
    object: options.object,
    readable: options.readable ?? true,
    writable: options.writable ?? true,
    append: options.append ?? false,
    position: 0,
    references: 1,
    bytesRead: 0,
    bytesWritten: 0,
  };
}

/** Descriptors that a process may have: RLIMIT_NOFILE. */
const MOST_FILES = 1024;

/** Descriptors of a process. */
export class FileTable {
  readonly #files: (OpenFile | undefined)[] = [];

  get(fd: number): OpenFile | undefined {
    return this.#files[fd];
  }

  /** No descriptor is left: EMFILE. */
  get full(): boolean {
    return this.#files.length >= MOST_FILES && this.#lowest() >= MOST_FILES;
  }

  /** Puts a file at the lowest free descriptor, as POSIX demands, or at `fd`. */
  install(file: OpenFile, fd = this.#lowest()): number {
    this.#files[fd] = file;
    return fd;
  }

  /** Frees a descriptor; gives back the file if that was its last reference. */
  remove(fd: number): { readonly file: OpenFile; readonly last: boolean } | undefined {
    const file = this.#files[fd];
    if (file === undefined) return undefined;
    this.#files[fd] = undefined;
    file.references--;
    return { file, last: file.references === 0 };
  }

  /** A child's copy after `fork`: the same open files, each with one reference more. */
  copy(): FileTable {
    const copy = new FileTable();
    for (const [fd, file] of this.entries()) {
      file.references++;
      copy.install(file, fd);
    }
    return copy;
  }

  /** Open descriptors. */
  entries(): readonly (readonly [fd: number, file: OpenFile])[] {
    return this.#files.flatMap((file, fd) => (file === undefined ? [] : [[fd, file] as const]));
  }

  #lowest(): number {
    const free = this.#files.indexOf(undefined);
    return free >= 0 ? free : this.#files.length;
  }
}
