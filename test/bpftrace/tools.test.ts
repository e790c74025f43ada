import { existsSync, readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { Session } from "../../src/bpftrace/run/session.ts";
import { asm, BpftraceError, Machine, type MachineOptions, workloads } from "../../src/index.ts";
import type { Sys } from "../../src/linux/sys.ts";
import type { UserCode } from "../../src/linux/task.ts";

/** Where a distribution's bpftrace package has its tools; they are read there, unchanged. */
const FOLDER = "/usr/sbin";

/** A machine on which tools have something to see, all at once, for so long. */
interface Place {
  readonly options: MachineOptions;
  readonly for: string;
  readonly start: (m: Machine) => void;
}

const TC_ACT_SHOT = 2;

/** Machines by what goes on there. */
const PLACES = {
  /** Everything at once, the database on XFS. */
  mixed: {
    options: { cpus: 2, seed: 7, fileSystems: { "/var/lib/postgresql": "xfs" } },
    for: "1100ms",
    start: (m) => void m.spawn(workloads.mixed()),
  },
  /** Little memory, and a program that wants more. */
  small: {
    options: { ram: 64 * 2 ** 20 },
    for: "600ms",
    start: (m) => void m.spawn(workloads.memoryHog({ rate: 500 })),
  },
  /** A log is written for longer than pages may stay dirty; two programs talk through a socket, with pauses. */
  quiet: {
    options: {},
    for: "6s",
    start(m) {
      m.spawn(workloads.logRotation());
      m.linux.process({ comm: "chat", program: chat });
    },
  },
  /** A rule at the network card lets nothing out. */
  walled: {
    options: {},
    for: "100ms",
    start(m) {
      m.attach(m.load(asm({ type: "sched_cls" })(`r0 = ${TC_ACT_SHOT}\nexit`)), "tcx:eth0:egress");
      m.linux.process({ comm: "curl", program: knock });
    },
  },
  /** The Linux that still has a member that one tool reads. */
  older: { options: { release: "6.12" }, for: "100ms", start: (m) => void m.spawn(workloads.mixed()) },
} as const satisfies Readonly<Record<string, Place>>;

function* chat(sys: Sys): UserCode {
  const ends: number[] = [];
  yield sys.socketpair(ends);
  yield sys.fork(function* (child): UserCode {
    while ((yield child.read(ends[1]!, 100)) > 0);
  });
  for (;;) {
    yield sys.print(ends[0]!, "hello\n");
    yield sys.nanosleep(1.25e9);
  }
}

function* knock(sys: Sys): UserCode {
  const fd = yield sys.socket();
  yield sys.connect(fd, "203.0.113.9", 80);
}

type Outcome =
  /** A line that it prints, and on which machine; that is `mixed` unless said. */
  | { readonly prints: RegExp; readonly on?: keyof typeof PLACES }
  /** What a Linux 6.18 says, too: the function is not there any more, or is a module's. */
  | { readonly refused: RegExp; readonly on?: undefined };

const HISTOGRAM = /^\[.*[\])] +\d+ \|@/m;
const TIME = "\\d\\d:\\d\\d:\\d\\d";

/** A row that begins with a time of day. */
const row = (rest: string): RegExp => new RegExp(`^${TIME} +${rest}`, "m");

/** Each tool of bpftrace 0.17's package. */
const TOOLS: Readonly<Record<string, Outcome>> = {
  bashreadline: { prints: row("\\d+ +\\w+ ") },
  biolatency: { prints: HISTOGRAM },
  biosnoop: { prints: /^\d+ +vda +\w+ +\d+ +\d+$/m },
  biostacks: { prints: /blk_account_io_start\+\d+\n +blk_mq_submit_bio\+\d+/ },
  bitesize: { prints: HISTOGRAM },
  capable: { prints: row("0 +\\d+ +\\S+ +21 +CAP_SYS_ADMIN +\\d") },
  cpuwalk: { prints: /^\[1, 2\) +\d+ \|@/m },
  dcsnoop: { prints: /^\d+ +\d+ +\w+ +[RM] \w+/m },
  execsnoop: { prints: /^\d+ +\d+ +gcc -O2 -c file0\.c -o obj\/file0\.o$/m },
  gethostlatency: { prints: row("\\d+ +curl +\\d+ www\\.example\\.com$") },
  killsnoop: { prints: row("\\d+ +bash +15 +999999 -3$") },
  loads: { prints: row("load averages: \\d\\.\\d{3} \\d\\.\\d{3} \\d\\.\\d{3}$") },
  mdflush: { refused: /kprobe:md_flush_request does not exist/ },
  naptime: { prints: row("\\d+ +\\w+ +\\d+ +chat +1\\.250$"), on: "quiet" },
  oomkill: { prints: row('Triggered by PID \\d+ \\("python3"\\), OOM kill of PID \\d+'), on: "small" },
  opensnoop: { prints: /^\d+ +\w+ +\d+ +\d+ \//m },
  pidpersec: { prints: row("PIDs/sec: @: \\d+$") },
  runqlat: { prints: HISTOGRAM },
  runqlen: { prints: HISTOGRAM, on: "older" },
  setuids: { prints: row("\\d+ +cron +0 +setuid +uid=0 \\(0\\)$") },
  ssllatency: { prints: /^@stat\[SSL_do_handshake\]: count \d+, average \d+, total \d+$/m },
  sslsnoop: { prints: /^\d+ +\d+ +curl +\d+ +\d+ SSL_do_handshake$/m },
  statsnoop: { prints: /^\d+ +ls +0 \/home\/student\/notes\.txt$/m },
  swapin: { refused: /kprobe:swap_readpage does not exist/ },
  syncsnoop: { prints: row("\\d+ +dpkg +tracepoint:syscalls:sys_enter_fsync$") },
  syscount: { prints: /@syscall\[\d+\]: \d+/ },
  tcpaccept: { prints: row("\\d+ +webserver +198\\.51\\.\\d+\\.\\d+ +\\d+ +10\\.0\\.0\\.2 +80") },
  tcpconnect: { prints: row("\\d+ +rsync +10\\.0\\.0\\.2 +\\d+ +203\\.0\\.113\\.9 +873") },
  tcpdrop: { prints: row("\\d+ +curl +10\\.0\\.0\\.2:\\d+ +203\\.0\\.113\\.9:80 +SYN_SENT"), on: "walled" },
  tcplife: { prints: /^\d+ +\S+ +10\.0\.0\.2 +80 +198\.51\.\d+\.\d+ +\d+ +\d+ +\d+ +\d+/m },
  tcpretrans: { prints: row("\\d+ +10\\.0\\.0\\.2:80 +198\\.51\\.\\d+\\.\\d+:\\d+ +FIN_WAIT1$") },
  tcpsynbl: { prints: HISTOGRAM },
  threadsnoop: { prints: /^\d+ +\d+ +worker +work$/m },
  undump: { prints: row("chat +\\d+ +6 +hello\\\\x0a$"), on: "quiet" },
  vfscount: { prints: /@\[vfs_read\]: \d+/ },
  vfsstat: { prints: /^@\[vfs_open\]: \d+/m },
  writeback: { prints: row("254:0 +\\d+ +periodic +\\d+\\.\\d{3}$"), on: "quiet" },
  xfsdist: { prints: /^@us\[xfs_file_fsync\]:\s*\n(?:\[.*\n)*\[.*[\])] +\d+ \|@/m },
};

const placeOf = (outcome: Outcome): keyof typeof PLACES | undefined =>
  "refused" in outcome ? undefined : (outcome.on ?? "mixed");

const textOf = (tool: string): string => readFileSync(`${FOLDER}/${tool}.bt`, "utf8");

/** Runs tools at once on one machine, and gives what each printed. */
async function runAll(
  { options, start, for: duration }: Place,
  tools: readonly string[],
): Promise<Map<string, string>> {
  const machine = new Machine(options);
  start(machine);
  const sessions = tools.map((tool) => {
    const source = { name: `${tool}.bt`, text: textOf(tool) };
    return [tool, new Session(machine, source, { unsafe: true, release: "0.17" })] as const;
  });
  for (const [, session] of sessions) session.attach();
  await machine.linux.run(duration);
  return new Map(
    sessions.map(([tool, session]) => {
      session.finish();
      return [tool, session.transcript.text];
    }),
  );
}

describe.skipIf(!existsSync(`${FOLDER}/opensnoop.bt`))("the tools that bpftrace ships, unchanged", () => {
  test("all of them are listed here", () => {
    const installed = readdirSync(FOLDER).filter((name) => name.endsWith(".bt"));
    expect(installed.map((name) => name.slice(0, -3)).sort()).toEqual(Object.keys(TOOLS).sort());
  });

  for (const [name, place] of Object.entries(PLACES)) {
    const here = Object.entries(TOOLS).filter(([, outcome]) => placeOf(outcome) === name);
    describe(`on the machine "${name}"`, () => {
      let texts: ReadonlyMap<string, string>;
      beforeAll(async () => {
        texts = await runAll(
          place,
          here.map(([tool]) => tool),
        );
      });
      test.each(here)("%s", (tool, outcome) => {
        const text = texts.get(tool)!;
        expect(text).toMatch(/^Attaching \d+ probes?\.\.\.\n/);
        if ("prints" in outcome) expect(text).toMatch(outcome.prints);
      });
    });
  }

  test.each(Object.entries(TOOLS).filter(([, outcome]) => "refused" in outcome))("%s is refused", (tool, outcome) => {
    const compile = () => new Session(new Machine(), { name: `${tool}.bt`, text: textOf(tool) }, { release: "0.17" });
    expect(compile).toThrow(BpftraceError);
    if ("refused" in outcome) expect(compile).toThrow(outcome.refused);
  });
});
