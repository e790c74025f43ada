import type { Linux } from "../linux.ts";
import { O_RDONLY } from "../open.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { dynamicLinker, malloc, readAll, writeAll } from "./steps.ts";
import { ConfiguredWorkload, exec } from "./workload.ts";

const MAKE = "/usr/bin/make";
const CC1 = "/usr/lib/gcc/x86_64-linux-gnu/14/cc1";
const SOURCES = "/home/student/project";

/** What is built, and with how many compilers at once. */
export interface BuildOptions {
  /** `make -j`. */
  readonly jobs: number;
  /** Source files. */
  readonly files: number;
  /** Headers that each of them includes. */
  readonly headers: number;
  /** Milliseconds of computing for the median file. */
  readonly compute: number;
  /** Milliseconds between two builds. */
  readonly pause: number;
}

const PARAMETERS: ParameterTable<BuildOptions> = {
  jobs: { usual: 4, most: 256, whole: true },
  files: { usual: 40, most: 100_000, whole: true },
  headers: { usual: 30, most: 1_000, whole: true },
  compute: { usual: 60, most: 60_000 },
  pause: { usual: 2_000, most: 3_600_000 },
};

/**
 * `make -j`: for each source `gcc`, which starts `cc1` and `as`; at the end `ld`. Many short processes, thousands of file names
 * looked up (most headers are first looked for where they are not), much computing.
 *
 * To be seen with: `tracepoint:syscalls:sys_enter_execve` (true argv), `tracepoint:sched:sched_process_fork`,
 * `sched_process_exit`, `tracepoint:sched:sched_switch` and `sched_wakeup` (run queues), `kprobe:lookup_fast`, `d_lookup`,
 * `tracepoint:exceptions:page_fault_user`, `tracepoint:syscalls:sys_exit_openat` (-ENOENT), `profile:hz:99`.
 */
export function build(options: Partial<BuildOptions> = {}): ConfiguredWorkload<BuildOptions> {
  const all = withDefaults("build", PARAMETERS, options);
  return new ConfiguredWorkload("build", all, (linux) => {
    makeSources(linux, all);
    return linux.process({ comm: "make", uid: 1000, gid: 1000, program: (sys) => make(sys, all) });
  });
}

function makeSources(linux: Linux, { files, headers }: BuildOptions): void {
  linux.files.mkdir(`${SOURCES}/obj`, { uid: 1000, gid: 1000 });
  for (let i = 0; i < files; i++) linux.files.create(`${SOURCES}/file${i}.c`, linux.random32.lognormal(9_000, 0.8));
  for (let i = 0; i < headers; i++)
    linux.files.create(`/usr/include/lib/part${i}.h`, linux.random32.lognormal(5_000, 1));
}

function* make(sys: Sys, options: BuildOptions): UserCode<void> {
  sys.enter(sys.text(MAKE, "main"));
  for (;;) {
    sys.enter(sys.text(MAKE, "update_goal_chain"));
    let running = 0;
    for (let file = 0; file < options.files; file++) {
      yield sys.stat(`${SOURCES}/file${file}.c`);
      if (running === options.jobs) {
        yield sys.wait();
        running--;
      }
      sys.enter(sys.text(MAKE, "start_job_command"));
      yield sys.compute(80_000);
      const argv = ["gcc", "-O2", "-c", `file${file}.c`, "-o", `obj/file${file}.o`];
      yield sys.vfork((child) => exec(child, "/usr/bin/gcc", (gcc) => driver(gcc, file, options), argv));
      running++;
      sys.leave();
    }
    for (; running > 0; running--) yield sys.wait();
    yield sys.vfork((child) => exec(child, "/usr/bin/ld", (ld) => link(ld, options.files), ["ld", "-o", "program"]));
    yield sys.wait();
    sys.leave();
    yield sys.nanosleep(options.pause * 1e6);
  }
}

/** `gcc` itself only starts the others. */
function* driver(sys: Sys, file: number, options: BuildOptions): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text("/usr/bin/gcc", "main"));
  const assembly = `/tmp/cc${sys.task.pid}.s`;
  yield sys.vfork((child) =>
    exec(child, CC1, (cc1) => compile(cc1, file, options, assembly), ["cc1", "-O2", `file${file}.c`, "-o", assembly]),
  );
  yield sys.wait();
  const object = `${SOURCES}/obj/file${file}.o`;
  yield sys.vfork((child) => exec(child, "/usr/bin/as", (as) => assemble(as, assembly, object), ["as", "-o", object]));
  yield sys.wait();
  yield sys.unlink(assembly);
  sys.leave();
}

function* compile(sys: Sys, file: number, options: BuildOptions, output: string): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text(CC1, "toplev_main"));
  sys.enter(sys.text(CC1, "c_parse_file"));
  yield* readAll(sys, `${SOURCES}/file${file}.c`);
  const heap = { end: 0, limit: 0 };
  for (let i = 0; i < options.headers; i++) {
    // Where headers may be, the right place last.
    for (const directory of [`${SOURCES}/include`, "/usr/local/include", "/usr/include"])
      if ((yield* readAll(sys, `${directory}/lib/part${i}.h`)) >= 0) break;
    const memory = yield* malloc(sys, 40_000, heap);
    yield sys.touch(memory, 40_000);
    yield sys.compute(options.compute * 8_000);
  }
  sys.leave();
  sys.enter(sys.text(CC1, "execute_pass_list"));
  yield sys.compute(sys.random.lognormal(options.compute * 700_000, 0.6));
  sys.leave();
  yield* writeAll(sys, output, sys.random.lognormal(60_000, 0.5), 4_096);
  sys.leave();
}

function* assemble(sys: Sys, input: string, output: string): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text("/usr/bin/as", "main"));
  const bytes = yield* readAll(sys, input, 32_768);
  yield sys.compute(50 * Math.max(0, bytes));
  yield* writeAll(sys, output, Math.ceil(Math.max(0, bytes) / 4));
  sys.leave();
}

function* link(sys: Sys, files: number): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text("/usr/bin/ld", "main"));
  const directory = yield sys.openat(`${SOURCES}/obj`, O_RDONLY);
  while ((yield sys.getdents(directory)) > 0);
  yield sys.close(directory);
  for (let i = 0; i < files; i++) yield* readAll(sys, `${SOURCES}/obj/file${i}.o`);
  yield sys.compute(files * 400_000);
  yield* writeAll(sys, `${SOURCES}/program`, files * 9_000);
  sys.leave();
}
