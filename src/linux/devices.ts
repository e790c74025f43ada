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
  release: nothing,
};
