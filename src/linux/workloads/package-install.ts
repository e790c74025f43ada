import type { Linux } from "../linux.ts";
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from "../open.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { dynamicLinker, readAll, writeAll } from "./steps.ts";
import { ConfiguredWorkload, exec } from "./workload.ts";

const DPKG = "/usr/bin/dpkg";
const ARCHIVE = "/var/cache/apt/archives/tool_1.0_amd64.deb";
const STATUS = "/var/lib/dpkg/status";

/** How big the package is. */
export interface PackageInstallOptions {
  readonly files: number;
  /** Bytes of the median file. */
  readonly size: number;
  /** Milliseconds between two installations. */
  readonly pause: number;
}

const PARAMETERS: ParameterTable<PackageInstallOptions> = {
  files: { usual: 60, most: 100_000, whole: true },
  size: { usual: 20_000, most: 100_000_000 },
  pause: { usual: 1_500, most: 3_600_000 },
};

/**
 * `dpkg -i`: unpacks each file as `NAME.dpkg-new`, gives it owner and mode, brings it to the disk, renames it over the old
 * one; its own database is written anew and synced; then the package's script and `ldconfig` run.
 *
 * To be seen with: `tracepoint:syscalls:sys_enter_sync_file_range`, `sys_enter_fsync`, `sys_enter_rename`, `sys_enter_chown`,
 * `kprobe:vfs_create`, `vfs_rename`, `vfs_fsync_range`, `tracepoint:jbd2:jbd2_commit_flushing`,
 * `tracepoint:block:block_rq_complete`, `tracepoint:syscalls:sys_enter_execve` (the scripts).
 */
export function packageInstall(
  options: Partial<PackageInstallOptions> = {},
): ConfiguredWorkload<PackageInstallOptions> {
  const all = withDefaults("packageInstall", PARAMETERS, options);
  return new ConfiguredWorkload("packageInstall", all, (linux) => {
    const sizes = prepare(linux, all);
    return linux.process({ comm: "dpkg", program: (sys) => install(sys, sizes, all.pause * 1e6) });
  });
}

function prepare(linux: Linux, { files, size }: PackageInstallOptions): readonly number[] {
  const sizes = Array.from({ length: files }, () => linux.random32.lognormal(size, 1.2));
  linux.files.create(ARCHIVE, Math.ceil(sizes.reduce((sum, one) => sum + one, 0) / 3));
  linux.files.create(STATUS, 700_000);
  linux.files.mkdir("/usr/lib/tool");
  return sizes;
}

function* install(sys: Sys, sizes: readonly number[], pause: number): UserCode<void> {
  sys.enter(sys.text(DPKG, "main"));
  for (;;) {
    sys.enter(sys.text(DPKG, "process_archive"));
    const archive = yield sys.openat(ARCHIVE, O_RDONLY);
    for (const [index, size] of sizes.entries()) yield* unpack(sys, archive, `/usr/lib/tool/part${index}`, size);
    yield sys.close(archive);
    // All are on the disk before the first old one goes.
    for (const index of sizes.keys()) {
      const path = `/usr/lib/tool/part${index}`;
      const file = yield sys.openat(`${path}.dpkg-new`, O_RDONLY);
      yield sys.fsync(file);
      yield sys.close(file);
      yield sys.rename(`${path}.dpkg-new`, path);
    }
    sys.leave();
    yield* writeStatus(sys);
    for (const [path, argv] of SCRIPTS) {
      yield sys.fork((child) => exec(child, path, (script) => configure(script, path), argv));
      yield sys.wait();
    }
    yield sys.nanosleep(pause);
  }
}

const SCRIPTS: readonly (readonly [path: string, argv: readonly string[]])[] = [
  ["/var/lib/dpkg/info/tool.postinst", ["tool.postinst", "configure", ""]],
  ["/sbin/ldconfig", ["ldconfig"]],
];

function* unpack(sys: Sys, archive: number, path: string, size: number): UserCode<void> {
  sys.enter(sys.text(DPKG, "tarobject"));
  yield sys.read(archive, Math.ceil(size / 3));
  // Decompression, some 150 MB/s.
  yield sys.compute(size * 7);
  const file = yield sys.openat(`${path}.dpkg-new`, O_WRONLY | O_CREAT | O_TRUNC, 0o600);
  for (let left = size; left > 0; left -= 32_768) yield sys.write(file, Math.min(left, 32_768));
  yield sys.syncFileRange(file, 0, size);
  yield sys.close(file);
  yield sys.chown(`${path}.dpkg-new`, 0, 0);
  yield sys.chmod(`${path}.dpkg-new`, 0o644);
  sys.leave();
}

/** `dpkg`'s database: a new file beside the old one, synced, then in its place. */
function* writeStatus(sys: Sys): UserCode<void> {
  sys.enter(sys.text(DPKG, "writedb"));
  yield* readAll(sys, STATUS);
  yield* writeAll(sys, `${STATUS}-new`, 700_000);
  const file = yield sys.openat(`${STATUS}-new`, O_WRONLY);
  yield sys.fsync(file);
  yield sys.close(file);
  yield sys.rename(`${STATUS}-new`, STATUS);
  sys.leave();
}

function* configure(sys: Sys, path: string): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text(path, "main"));
  yield* writeAll(sys, "/etc/ld.so.cache", 18_451);
  yield sys.compute(4_000_000);
  sys.leave();
}
