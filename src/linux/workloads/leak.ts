import { O_RDONLY } from "../open.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { free, malloc } from "./steps.ts";
import { ConfiguredWorkload } from "./workload.ts";

const BINARY = "/usr/bin/collector";

/** How fast the program loses what it has. */
export interface LeakOptions {
  /** Requests a second. */
  readonly rate: number;
  /** Bytes that each request takes. */
  readonly size: number;
  /** Of all requests, how many give nothing back: above 0, at most 1. */
  readonly share: number;
}

const PARAMETERS: ParameterTable<LeakOptions> = {
  rate: { usual: 200, most: 1_000_000 },
  size: { usual: 4_000, most: 100_000_000 },
  share: { usual: 0.2, most: 1 },
};

/** A program has at most so many files open; then `openat` fails with EMFILE, which this one ignores. */
const MOST_FILES = 900;

/**
 * A daemon takes memory and opens a file for each request. When a request fails it returns early, through
 * `handle_error`, and gives neither back.
 *
 * To be seen with: `uprobe:libc:malloc` (argument 0: bytes), `uretprobe:libc:malloc` and `uprobe:libc:free` (addresses that
 * never come back, with `ustack`), `tracepoint:syscalls:sys_enter_brk`, `tracepoint:exceptions:page_fault_user`,
 * `tracepoint:syscalls:sys_exit_openat` (numbers that only grow), `m.ls("/proc/PID/fd")`.
 */
export function leak(options: Partial<LeakOptions> = {}): ConfiguredWorkload<LeakOptions> {
  const all = withDefaults("leak", PARAMETERS, options);
  return new ConfiguredWorkload("leak", all, (linux) => {
    linux.files.create("/etc/collector.conf", "interval=5\n");
    return linux.process({ comm: "collector", uid: 1002, gid: 1002, program: (sys) => serve(sys, all) });
  });
}

function* serve(sys: Sys, { rate, size, share }: LeakOptions): UserCode<void> {
  sys.enter(sys.text(BINARY, "main"));
  const heap = { end: 0, limit: 0 };
  let files = 0;
  for (;;) {
    yield sys.nanosleep(1 + sys.random.exponential(1e9 / rate));
    sys.enter(sys.text(BINARY, "handle_request"));
    const memory = yield* malloc(sys, Math.ceil(size), heap);
    yield sys.touch(memory, size);
    const file = files < MOST_FILES ? yield sys.openat("/etc/collector.conf", O_RDONLY) : -1;
    yield sys.compute(40_000);
    if (sys.random.unit() < share) {
      files++;
      sys.enter(sys.text(BINARY, "handle_error"));
      yield sys.compute(5_000);
      sys.leave();
    } else {
      if (file >= 0) yield sys.close(file);
      free(sys, memory);
    }
    sys.leave();
  }
}
