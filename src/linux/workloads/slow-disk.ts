import { O_RDONLY } from "../open.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { ConfiguredWorkload } from "./workload.ts";

const BINARY = "/usr/bin/indexer";

/** How slow the disk gets, and how many read from it. */
export interface SlowDiskOptions {
  /** How much longer each request takes. */
  readonly factor: number;
  /** Milliseconds after which the disk becomes slow. */
  readonly after: number;
  readonly readers: number;
}

const PARAMETERS: ParameterTable<SlowDiskOptions> = {
  factor: { usual: 10, most: 10_000 },
  after: { usual: 1_000, most: 3_600_000 },
  readers: { usual: 3, most: 1_000, whole: true },
};

/**
 * Programs read pieces of big files on the hard disk `vdb` (`/srv`), which after a while takes much longer for each request.
 *
 * To be seen with: `tracepoint:block:block_rq_issue` and `block_rq_complete` (the time between them, by `dev`),
 * `kprobe:blk_account_io_start`, `fentry:blk_account_io_start`, `kprobe:io_schedule` (who waits),
 * `tracepoint:sched:sched_switch` with `prev_state` 2.
 */
export function slowDisk(options: Partial<SlowDiskOptions> = {}): ConfiguredWorkload<SlowDiskOptions> {
  const all = withDefaults("slowDisk", PARAMETERS, options);
  return new ConfiguredWorkload("slowDisk", all, (linux) => {
    linux.files.create("/srv/archive/big.dat", 4_000_000_000);
    linux.at(linux.ktimeNs() + all.after * 1e6, () => {
      linux.disks[1]!.slowdown *= all.factor;
    });
    const readers = Array.from({ length: all.readers }, () => linux.process({ comm: "indexer", program: index }));
    return readers[0]!;
  });
}

function* index(sys: Sys): UserCode<void> {
  sys.enter(sys.text(BINARY, "main"));
  const file = yield sys.openat("/srv/archive/big.dat", O_RDONLY);
  for (;;) {
    sys.enter(sys.text(BINARY, "read_block"));
    yield sys.pread(file, 65_536, 65_536 * sys.random.below(60_000));
    sys.leave();
    sys.enter(sys.text(BINARY, "index_block"));
    yield sys.compute(400_000);
    sys.leave();
  }
}
