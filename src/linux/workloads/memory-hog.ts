import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { ConfiguredWorkload, exec } from "./workload.ts";

const PYTHON = "/usr/bin/python3";

/** How fast memory is taken. */
export interface MemoryHogOptions {
  /** Megabytes a second. */
  readonly rate: number;
  /** Megabytes that are taken at once. */
  readonly step: number;
}

const PARAMETERS: ParameterTable<MemoryHogOptions> = {
  rate: { usual: 200, most: 100_000 },
  step: { usual: 4, most: 10_000, whole: true },
};

const MB = 1_000_000;

/**
 * A program takes more and more memory and touches all of it. When the machine has no more (`new Machine({ ram })`), Linux
 * drops what it has cached of files, then kills the program that has most; a service manager starts this one again.
 *
 * To be seen with: `kprobe:oom_kill_process`, `tracepoint:oom:mark_victim`, `tracepoint:exceptions:page_fault_user`,
 * `software:page-faults`, `tracepoint:vmscan:mm_vmscan_direct_reclaim_begin`, `tracepoint:kmem:mm_page_alloc`,
 * `tracepoint:signal:signal_generate` (signal 9), and `m.dmesg()`.
 */
export function memoryHog(options: Partial<MemoryHogOptions> = {}): ConfiguredWorkload<MemoryHogOptions> {
  const all = withDefaults("memoryHog", PARAMETERS, options);
  return new ConfiguredWorkload("memoryHog", all, (linux) =>
    linux.process({ comm: "supervise", program: (sys) => supervise(sys, all) }),
  );
}

function* supervise(sys: Sys, options: MemoryHogOptions): UserCode<void> {
  sys.enter(sys.text("/usr/bin/supervise", "main"));
  for (;;) {
    const argv = ["python3", "/srv/report.py"];
    yield sys.fork((child) => exec(child, PYTHON, (python) => grow(python, options), argv));
    yield sys.wait();
    yield sys.nanosleep(100e6);
  }
}

function* grow(sys: Sys, { rate, step }: MemoryHogOptions): UserCode<void> {
  sys.enter(sys.text(PYTHON, "Py_BytesMain"));
  sys.enter(sys.text(PYTHON, "_PyEval_EvalFrameDefault"));
  for (;;) {
    const begun = sys.now();
    sys.enter(sys.text(PYTHON, "list_resize"));
    const memory = yield sys.mmap(step * MB);
    if (memory < 0) return;
    yield sys.touch(memory, step * MB);
    sys.leave();
    yield sys.nanosleep(Math.max(1, begun + Math.round((step / rate) * 1e9) - sys.now()));
  }
}
