import { ERRNO } from "./errno.ts";
import { copyCost } from "./filemap.ts";
import { type FileOperations, type OpenFile, openFile } from "./files.ts";
import { kfree, kmalloc } from "./mm/slab.ts";
import { sleepOn } from "./scheduler.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import { type Kernel, type Maybe, TASK_INTERRUPTIBLE, type Task } from "./task.ts";
import { WaitQueue } from "./wait-queue.ts";

/** Bytes that a pipe holds: 16 pages. */
const CAPACITY = 65_536;

/** `sizeof(struct pipe_inode_info)`, rounded. */
const PIPE_SIZE = 192;

/** Both ends of a pipe. */
class Pipe {
  readonly serial: number;
  /** Of its `struct pipe_inode_info`. */
  address = 0n;
  bytes = 0;
  readers = 1;
  writers = 1;
  readonly readable = new WaitQueue();
  readonly writable = new WaitQueue();

  constructor(serial: number) {
    this.serial = serial;
  }
}

/** `pipe2(2)`; the two descriptors come back in `out`, which stands for the user's array. */
export function sysPipe2(t: Task, out: number[]): number {
  t.enter(ENTRY_POINT[293]!, 15);
  t.enter(F.do_pipe2, 600);
  const pipe = new Pipe(t.linux.files.pipes++);
  t.enter(F.alloc_pipe_info, 0);
  pipe.address = kmalloc(t, PIPE_SIZE, pipe.serial);
  t.leave(pipe.address);
  const read = openFile(PIPE_OPERATIONS, "pipe", { object: pipe, writable: false });
  const write = openFile(PIPE_OPERATIONS, "pipe", { object: pipe, readable: false });
  out.push(t.files.install(read), t.files.install(write));
  return t.leave(0, 2);
}

/** Takes or gives back the pipe's mutex, which nobody ever has to wait for here. */
function mutex(t: Task, frame: typeof F.mutex_lock, pipe: Pipe): void {
  t.enter(frame, 0, pipe.address);
  t.leave(undefined);
}

const PIPE_OPERATIONS: FileOperations = {
  read: pipeRead,
  write: pipeWrite,
  release(t, file) {
    t.enter(F.pipe_release, 80);
    const pipe = file.object as Pipe;
    if (file.readable) pipe.readers--;
    else pipe.writers--;
    pipe.readable.wakeAll();
    pipe.writable.wakeAll();
    if (pipe.readers + pipe.writers === 0) {
      t.enter(F.free_pipe_info, 0, pipe.address);
      kfree(t, pipe.address);
      t.leave(undefined);
    }
    t.leave(undefined);
  },
};

function pipeRead(t: Task, file: OpenFile, count: number): Maybe<number> {
  const pipe = file.object as Pipe;
  t.enter(F.anon_pipe_read, 60);
  return pipe.bytes > 0 ? take(t, pipe, count) : pipeReadWaiting(t, pipe, count);
}

/** Nothing in it: waits for a writer, or finds that there is none any more. */
function* pipeReadWaiting(t: Task, pipe: Pipe, count: number): Kernel<number> {
  while (pipe.bytes === 0 && pipe.writers > 0) yield* sleepOn(t, pipe.readable, TASK_INTERRUPTIBLE);
  return take(t, pipe, count);
}

function take(t: Task, pipe: Pipe, count: number): number {
  const bytes = Math.min(count, pipe.bytes);
  mutex(t, F.mutex_lock, pipe);
  t.enter(F.copy_page_to_iter, 15);
  t.enter(F._copy_to_iter, copyCost(bytes));
  t.leave(undefined, 2);
  pipe.bytes -= bytes;
  mutex(t, F.mutex_unlock, pipe);
  if (bytes > 0) pipe.writable.wakeAll();
  return t.leave(bytes);
}

/** Writes all of it, waiting for the reader as often as needed, as a blocking pipe does. */
function* pipeWrite(t: Task, file: OpenFile, count: number): Kernel<number> {
  const pipe = file.object as Pipe;
  t.enter(F.anon_pipe_write, 80);
  let written = 0;
  while (written < count) {
    if (pipe.readers === 0) return t.leave(written > 0 ? written : -ERRNO.EPIPE);
    const bytes = Math.min(count - written, CAPACITY - pipe.bytes);
    if (bytes === 0) {
      yield* sleepOn(t, pipe.writable, TASK_INTERRUPTIBLE);
      continue;
    }
    mutex(t, F.mutex_lock, pipe);
    t.enter(F.copy_page_from_iter, copyCost(bytes));
    t.leave(undefined);
    mutex(t, F.mutex_unlock, pipe);
    pipe.bytes += bytes;
    written += bytes;
    pipe.readable.wakeAll();
  }
  return t.leave(written);
}
