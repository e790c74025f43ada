import { ERRNO } from "./errno.ts";
import { copyCost } from "./filemap.ts";
import type { FileOperations, OpenFile } from "./files.ts";
import { F } from "./symbols.ts";
import type { Task } from "./task.ts";

function nothing(): void {}

/** `/dev/null`: swallows writes, is empty to read. */
export const NULL_OPERATIONS: FileOperations = {
  read(t: Task): number {
    t.enter(F.read_null, 5);
    return t.leave(0);
  },
  write(t: Task, _file: OpenFile, count: number): number {
    t.enter(F.write_null, 5);
    return t.leave(count);
  },
  release: nothing,
};

/** `/dev/zero`. */
export const ZERO_OPERATIONS: FileOperations = {
  read(t: Task, _file: OpenFile, count: number): number {
    t.enter(F.read_iter_zero, copyCost(count));
    return t.leave(count);
  },
  write: NULL_OPERATIONS.write,
  release: nothing,
};

/** The terminal: takes what is written; nobody types, so reading gives the end of the file. */
export const TTY_OPERATIONS: FileOperations = {
  read(t: Task): number {
    t.enter(F.tty_read, 150);
    return t.leave(0);
  },
  write(t: Task, _file: OpenFile, count: number): number {
    t.enter(F.tty_write, 400 + copyCost(count));
    return t.leave(count);
  },
  /** `TCGETS`, `TIOCGWINSZ` and the like, which tell programs that this is a terminal. */
  ioctl(t: Task, file: OpenFile, command: number): number {
    t.enter(F.tty_ioctl, 120, file, command);
    return t.leave(command >>> 8 === 0x54 ? 0 : -ERRNO.ENOTTY!);
  },
  stream: true,
  release: nothing,
};
