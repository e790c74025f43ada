import { O_RDONLY } from "../open.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { dynamicLinker } from "./steps.ts";
import { ConfiguredWorkload, exec } from "./workload.ts";

const SHELL = "/usr/bin/bash";
const CAT = "/usr/bin/cat";

/** What the shell reads, and how often. */
export interface ReadFilesOptions {
  readonly files: number;
  /** Bytes of the median file. */
  readonly size: number;
  /** Bytes that `cat` asks for at once. */
  readonly chunk: number;
  /** Milliseconds between two commands. */
  readonly pause: number;
}

const PARAMETERS: ParameterTable<ReadFilesOptions> = {
  files: { usual: 50, most: 100_000, whole: true },
  size: { usual: 40_000, most: 100_000_000 },
  // Linux reads no more at once.
  chunk: { usual: 131_072, most: 0x7fff_f000, whole: true },
  pause: { usual: 20, most: 3_600_000 },
};

/** A shell in which somebody runs `cat FILE` again and again: fork, exec, open, read, write, exit, wait. */
export function readFiles(options: Partial<ReadFilesOptions> = {}): ConfiguredWorkload<ReadFilesOptions> {
  const all = withDefaults("readFiles", PARAMETERS, options);
  const { files, size, chunk, pause } = all;
  return new ConfiguredWorkload("readFiles", all, (linux) => {
    const paths = Array.from({ length: files }, (_, i) => `/home/student/notes/chapter${i}.txt`);
    for (const path of paths) linux.files.create(path, linux.random32.lognormal(size, 1.2));
    linux.files.create("/etc/ld.so.cache", 18_451);
    linux.files.create("/usr/lib/x86_64-linux-gnu/libc.so.6", 2_125_328);
    return linux.process({
      comm: "bash",
      uid: 1000,
      gid: 1000,
      program: (sys) => shell(sys, paths, chunk, pause * 1e6),
    });
  });
}

function* shell(sys: Sys, paths: readonly string[], chunk: number, pause: number): UserCode<void> {
  sys.enter(sys.text(SHELL, "main"));
  sys.enter(sys.text(SHELL, "reader_loop"));
  for (;;) {
    yield sys.nanosleep(1 + sys.random.exponential(pause));
    const path = paths[sys.random.below(paths.length)]!;
    // What the user types; the prompt is its argument, the line its result.
    sys.enter(sys.text(SHELL, "readline"), sys.string("student@machine:~$ "));
    sys.leave(sys.string(`cat ${path}`));
    sys.enter(sys.text(SHELL, "execute_command"));
    yield sys.compute(60_000);
    yield sys.fork((child) => exec(child, CAT, (cat) => catFile(cat, path, chunk)));
    yield sys.wait();
    sys.leave();
  }
}

function* catFile(sys: Sys, path: string, chunk: number): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text(CAT, "main"));
  const output = yield sys.openat("/dev/pts/0", 1);
  const file = yield sys.openat(path, O_RDONLY);
  sys.enter(sys.text(CAT, "simple_cat"));
  for (let bytes = 1; bytes > 0; ) {
    bytes = yield sys.read(file, chunk);
    if (bytes > 0) yield sys.write(output, bytes);
  }
  sys.leave();
  yield sys.close(file);
  sys.leave();
}
