import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from "../open.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { ConfiguredWorkload, exec } from "./workload.ts";

const BINARY = "/usr/sbin/logrotate";

/** How big the logs are and how often they are rotated. */
export interface LogRotationOptions {
  /** Bytes of each log. */
  readonly size: number;
  readonly logs: number;
  /** Milliseconds between two rounds. */
  readonly every: number;
}

const PARAMETERS: ParameterTable<LogRotationOptions> = {
  size: { usual: 3_000_000, most: 1_000_000_000, whole: true },
  logs: { usual: 3, most: 100, whole: true },
  every: { usual: 500, most: 3_600_000 },
};

/** A daemon that now and then pipes old logs through a compressor: long sequential reads, a pipe, two processes. */
export function logRotation(options: Partial<LogRotationOptions> = {}): ConfiguredWorkload<LogRotationOptions> {
  const all = withDefaults("logRotation", PARAMETERS, options);
  const { size, logs, every } = all;
  return new ConfiguredWorkload("logRotation", all, (linux) => {
    const paths = Array.from({ length: logs }, (_, i) => `/var/log/app${i}.log`);
    for (const path of paths) linux.files.create(path, size);
    return linux.process({ comm: "logrotate", program: (sys) => daemon(sys, paths, every * 1e6) });
  });
}

function* daemon(sys: Sys, paths: readonly string[], every: number): UserCode<void> {
  sys.enter(sys.text(BINARY, "main"));
  for (;;) {
    yield sys.nanosleep(every);
    for (const path of paths) yield* rotate(sys, path);
  }
}

/** `gzip` reads the pipe that the daemon fills. */
function* rotate(sys: Sys, path: string): UserCode<void> {
  sys.enter(sys.text(BINARY, "rotate_log"));
  const pipe: number[] = [];
  yield sys.pipe(pipe);
  const [from, to] = pipe as [number, number];
  yield sys.fork((child) => exec(child, "/usr/bin/gzip", (gzip) => compress(gzip, from, to, `${path}.gz`)));
  yield sys.close(from);
  const log = yield sys.openat(path, O_RDONLY);
  for (let bytes = 1; bytes > 0; ) {
    bytes = yield sys.read(log, 65_536);
    if (bytes > 0) yield sys.write(to, bytes);
  }
  yield sys.close(log);
  yield sys.close(to);
  yield sys.wait();
  sys.leave();
}

function* compress(sys: Sys, from: number, to: number, path: string): UserCode<void> {
  sys.enter(sys.text("/usr/bin/gzip", "main"));
  yield sys.close(to);
  const output = yield sys.openat(path, O_WRONLY | O_CREAT | O_TRUNC, 0o640);
  sys.enter(sys.text("/usr/bin/gzip", "deflate"));
  for (let bytes = 1; bytes > 0; ) {
    bytes = yield sys.read(from, 32_768);
    // gzip does some 60 MB/s.
    yield sys.compute(bytes * 16);
    if (bytes > 0) yield sys.write(output, Math.ceil(bytes / 6));
  }
  sys.leave();
  yield sys.close(output);
  sys.leave();
}
