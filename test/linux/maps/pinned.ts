/** Runs on one CPU: what Linux keeps for each CPU is then always the same CPU's. */
import koffi from "koffi";

const SYS_SCHED_SETAFFINITY = 203;
const SYS_SCHED_GETAFFINITY = 204;
const BYTES = 128;

/** Does `work` with this thread kept on CPU 0. */
export function pinned<T>(work: () => T): T {
  const syscall = koffi.load("libc.so.6").func("long syscall(long, long, unsigned long, uint64_t)");
  const block = koffi.alloc("uint8_t", BYTES);
  const mask = new Uint8Array(koffi.view(block, BYTES));
  const address = koffi.address(block);
  syscall(SYS_SCHED_GETAFFINITY, 0, BYTES, address);
  const before = mask.slice();
  mask.fill(0);
  mask[0] = 1;
  syscall(SYS_SCHED_SETAFFINITY, 0, BYTES, address);
  try {
    return work();
  } finally {
    mask.set(before);
    syscall(SYS_SCHED_SETAFFINITY, 0, BYTES, address);
    koffi.free(block);
  }
}
