import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from "../open.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { ConfiguredWorkload } from "./workload.ts";

const TAR = "/usr/bin/tar";
const BLOCK = 262_144;
const AT_FDCWD = 0xffff_ff9c;

/** What is saved, and how often. */
export interface BackupOptions {
  readonly files: number;
  /** Bytes of the median file. */
  readonly size: number;
  /** Milliseconds between two backups. */
  readonly pause: number;
}

const PARAMETERS: ParameterTable<BackupOptions> = {
  files: { usual: 40, most: 100_000, whole: true },
  size: { usual: 400_000, most: 10_000_000_000 },
  pause: { usual: 1_000, most: 86_400_000 },
};

/**
 * `tar` saves `/home/data` to `/srv`, an old hard disk: long sequential reads from one disk, big writes to a slow one, at the
 * end `syncfs`. What others want of either disk waits meanwhile.
 *
 * To be seen with: `tracepoint:block:block_rq_issue` (sizes by disk), `kprobe:blk_account_io_start`,
 * `tracepoint:filemap:mm_filemap_add_to_page_cache`, `tracepoint:writeback:writeback_start`,
 * `tracepoint:syscalls:sys_enter_syncfs`, `tracepoint:syscalls:sys_enter_getdents64`, `kprobe:ext4_readahead`.
 */
export function backup(options: Partial<BackupOptions> = {}): ConfiguredWorkload<BackupOptions> {
  const all = withDefaults("backup", PARAMETERS, options);
  const { files, size, pause } = all;
  return new ConfiguredWorkload("backup", all, (linux) => {
    for (let i = 0; i < files; i++) linux.files.create(`/home/data/file${i}`, linux.random32.lognormal(size, 1));
    return linux.process({ comm: "tar", program: (sys) => save(sys, pause * 1e6) });
  });
}

function* save(sys: Sys, pause: number): UserCode<void> {
  sys.enter(sys.text(TAR, "main"));
  for (let round = 0; ; round++) {
    sys.enter(sys.text(TAR, "create_archive"));
    const archive = yield sys.openat(`/srv/backup${round % 2}.tar`, O_WRONLY | O_CREAT | O_TRUNC, 0o600);
    const names: string[] = [];
    const directory = yield sys.openat("/home/data", O_RDONLY);
    while ((yield sys.getdents(directory, names)) > 0);
    yield sys.close(directory);
    for (const name of names) if (name.startsWith("file")) yield* dumpFile(sys, `/home/data/${name}`, archive);
    yield sys.syncfs(archive);
    yield sys.close(archive);
    sys.leave();
    yield sys.nanosleep(pause);
  }
}

function* dumpFile(sys: Sys, path: string, archive: number): UserCode<void> {
  sys.enter(sys.text(TAR, "dump_file"), sys.string(path));
  yield sys.stat(path);
  // tar 1.35 asks not to leave the directory that it saves.
  const file = yield sys.call(437, [AT_FDCWD, sys.string(path), O_RDONLY, 0]);
  for (let bytes = 1; bytes > 0; ) {
    bytes = yield sys.read(file, BLOCK);
    if (bytes > 0) yield sys.write(archive, bytes);
  }
  yield sys.close(file);
  sys.leave();
}
