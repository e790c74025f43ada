import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from "../open.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";

const LOADER = "/usr/lib64/ld-linux-x86-64.so.2";
const LIBC = "/usr/lib/x86_64-linux-gnu/libc.so.6";

/** What every dynamically linked program does first: it finds libc and reads its header. */
export function* dynamicLinker(sys: Sys): UserCode<void> {
  sys.enter(sys.text(LOADER, "_dl_map_object"));
  yield sys.close(yield sys.openat("/etc/ld.so.cache", O_RDONLY));
  const library = yield sys.openat(LIBC, O_RDONLY);
  yield sys.read(library, 832);
  yield sys.close(library);
  yield sys.compute(250_000);
  sys.leave();
}

/** Opens a file, reads all of it, closes it; how many bytes, or -errno. */
export function* readAll(sys: Sys, path: string, chunk = 65_536): UserCode<number> {
  const file = yield sys.openat(path, O_RDONLY);
  if (file < 0) return file;
  let total = 0;
  for (let bytes = 1; bytes > 0; total += Math.max(0, bytes)) bytes = yield sys.read(file, chunk);
  yield sys.close(file);
  return total;
}

/** Makes a file of `size` bytes anew, in pieces. */
export function* writeAll(sys: Sys, path: string, size: number, chunk = 65_536): UserCode<number> {
  const file = yield sys.openat(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
  if (file < 0) return file;
  for (let left = size; left > 0; left -= chunk) yield sys.write(file, Math.min(left, chunk));
  yield sys.close(file);
  return size;
}

/** libc's `malloc`: the heap grows when it must. `heap` is where the program keeps its own end of the heap. */
export function* malloc(sys: Sys, bytes: number, heap: { end: number; limit: number }): UserCode<number> {
  sys.enter(sys.text(LIBC, "malloc"), bytes);
  if (heap.end === 0) heap.end = heap.limit = yield sys.brk(0);
  const address = heap.end;
  heap.end += (bytes + 31) & ~15;
  if (heap.end > heap.limit) heap.limit = yield sys.brk(heap.end + HEAP_STEP);
  sys.leave(address);
  return address;
}

/** M_TOP_PAD: how far the heap grows at once. */
const HEAP_STEP = 132 * 1024;

/** libc's `free`. */
export function free(sys: Sys, address: number): void {
  sys.enter(sys.text(LIBC, "free"), address);
  sys.leave();
}
