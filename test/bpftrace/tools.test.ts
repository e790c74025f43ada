import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { BpftraceError, Machine, workloads } from "../../src/index.ts";

/** Where a distribution's bpftrace package has its tools; they are read there, unchanged. */
const FOLDER = "/usr/sbin";
const NIGHT = process.env["BPFBOOK_NIGHT"] !== undefined;

type Outcome =
  /** A line that it prints on a busy machine. */
  | { readonly prints: RegExp }
  /** It prints once a second, or what the workload seldom does: that it attaches is all that a short run shows. */
  | "attaches"
  /** What a Linux 6.18 says, too: the function is not there any more, or is a module's. */
  | { readonly refused: RegExp };

const HISTOGRAM = /^\[.*[\])] +\d+ \|@/m;

/** Each tool of bpftrace 0.17's package, on `workloads.mixed`. */
const TOOLS: Readonly<Record<string, Outcome>> = {
  bashreadline: { prints: /^\d\d:\d\d:\d\d +\d+ +\w+ /m },
  biolatency: { prints: HISTOGRAM },
  biosnoop: { prints: /^\d+ +vda +\w+ +\d+ +\d+$/m },
  biostacks: { prints: /blk_account_io_start\+\d+\n +blk_mq_submit_bio\+\d+/ },
  bitesize: { prints: HISTOGRAM },
  capable: "attaches",
  cpuwalk: "attaches",
  dcsnoop: { prints: /^\d+ +\d+ +\w+ +[RM] \w+/m },
  execsnoop: { prints: /^\d+ +\d+ +\/usr\/bin\/\w+/m },
  gethostlatency: "attaches",
  killsnoop: "attaches",
  loads: "attaches",
  mdflush: { refused: /kprobe:md_flush_request does not exist/ },
  naptime: "attaches",
  oomkill: "attaches",
  opensnoop: { prints: /^\d+ +\w+ +\d+ +\d+ \//m },
  pidpersec: "attaches",
  runqlat: { prints: HISTOGRAM },
  runqlen: { refused: /'struct cfs_rq' does not contain a field named 'nr_running'/ },
  setuids: "attaches",
  ssllatency: "attaches",
  sslsnoop: "attaches",
  statsnoop: "attaches",
  swapin: { refused: /kprobe:swap_readpage does not exist/ },
  syncsnoop: "attaches",
  syscount: { prints: /@syscall\[\d+\]: \d+/ },
  tcpaccept: { prints: /^\d\d:\d\d:\d\d \d+ +webserver +198\.51\.\d+\.\d+ +\d+ +10\.0\.0\.2 +80/m },
  tcpconnect: "attaches",
  tcpdrop: "attaches",
  tcplife: { prints: /^\d+ +\S+ +10\.0\.0\.2 +80 +198\.51\.\d+\.\d+ +\d+ +\d+ +\d+ +\d+/m },
  tcpretrans: "attaches",
  tcpsynbl: { prints: HISTOGRAM },
  threadsnoop: "attaches",
  undump: "attaches",
  vfscount: { prints: /@\[vfs_read\]: \d+/ },
  vfsstat: "attaches",
  writeback: "attaches",
  xfsdist: "attaches",
};

describe.skipIf(!existsSync(`${FOLDER}/opensnoop.bt`))("the tools that bpftrace ships, unchanged", () => {
  const machine = new Machine({ cpus: 2, seed: 7 });
  machine.spawn(workloads.mixed());
  const run = async (tool: string, on = machine) => {
    const text = readFileSync(`${FOLDER}/${tool}.bt`, "utf8");
    return on.bpftrace({ for: NIGHT ? "6s" : "100ms", name: `${tool}.bt`, unsafe: true, release: "0.17" })(text);
  };

  test.each(Object.entries(TOOLS))("%s", async (tool, outcome) => {
    if (typeof outcome === "object" && "refused" in outcome) {
      await expect(run(tool)).rejects.toThrow(BpftraceError);
      await expect(run(tool)).rejects.toThrow(outcome.refused);
      return;
    }
    const { text } = await run(tool);
    expect(text).toMatch(/^Attaching \d+ probes?\.\.\.\n/);
    if (typeof outcome === "object") expect(text).toMatch(outcome.prints);
  });

  test("runqlen runs on the Linux that still has the member that it reads", async () => {
    const older = new Machine({ cpus: 2, seed: 7, release: "6.12" });
    older.spawn(workloads.mixed());
    expect((await run("runqlen", older)).text).toMatch(HISTOGRAM);
  });
});
