import { filter, PID } from "../frame/common.ts";
import { type Plan, tool, when } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** The end of one process or thread. */
export interface Exit {
  readonly time: string;
  readonly comm: string;
  readonly pid: number;
  readonly ppid: number;
  readonly tid: number;
  readonly ageSeconds: number;
  readonly code: number;
  /** The signal that ended it; 0 for none. */
  readonly signal: number;
  readonly coreDumped: boolean;
}

/** Names of signals by number, from 1. */
const SIGNALS =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS".split(
    " ",
  );

function ending({ code, signal, coreDumped }: Exit): string {
  if (signal === 0) return code === 0 ? "0" : `code ${code}`;
  return `signal ${signal} (${SIGNALS[signal - 1] ?? "unknown"})${coreDumped ? ", core dumped " : ""}`;
}

/** Processes that end, and how. */
export const exitsnoop = tool({
  name: "exitsnoop",
  summary: "Trace all process termination (exit, fatal signal)",
  about: "tracepoint sched_process_exit; the rest is read from struct task_struct; no map",
  options: {
    timestamp: { flags: ["-t", "--timestamp"], kind: "flag", help: "include timestamp (local time default)" },
    utc: { flags: ["--utc"], kind: "flag", help: "include timestamp in UTC (-t implied)" },
    pid: PID,
    label: { flags: ["--label"], kind: "text", help: "label each line" },
    failed: { flags: ["-x", "--failed"], kind: "flag", help: "trace only fails, exclude exit(0)" },
    perThread: { flags: ["--per-thread"], kind: "flag", help: "trace per thread termination" },
  },
  plan: (o): Plan<Exit> => ({
    program: `
      tracepoint:sched:sched_process_exit
      ${filter(o.pid !== undefined && `pid == ${o.pid}`, !o.perThread && "pid == tid", o.failed && "curtask->exit_code != 0")} {
        print((comm, pid, curtask->real_parent->tgid, tid, nsecs - curtask->start_time, (uint64)curtask->exit_code));
      }`,
    event: ([comm, pid, ppid, tid, age, status], look) => ({
      ...{ time: look.clock("%H:%M:%S.%L"), comm: text(comm), pid: num(pid), ppid: num(ppid), tid: num(tid) },
      ...{ ageSeconds: num(age) / 1e9, code: (num(status) >> 8) & 0xff, signal: num(status) & 0x7f },
      coreDumped: (num(status) & 0x80) !== 0,
    }),
    columns: [
      ...when<Exit>(o.timestamp || o.utc, ["TIME-UTC", "%-12s", "%-12s", (row) => row.time]),
      ...when<Exit>(o.label !== undefined, ["LABEL", "%-5s", "%-5s", () => o.label || "exit"]),
      ["PCOMM", "%-16s", "%-16s", (row) => row.comm],
      ["PID", "%-7s", "%-7d", (row) => row.pid],
      ["PPID", "%-7s", "%-7d", (row) => row.ppid],
      ["TID", "%-7s", "%-7d", (row) => row.tid],
      ["AGE(s)", "%-7s", "%-7.2f", (row) => row.ageSeconds],
      ["EXIT_CODE", "%-10s", "%s", ending],
    ],
  }),
});
