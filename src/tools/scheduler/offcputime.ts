import { filter, is, PID } from "../frame/common.ts";
import { STACK_OPTIONS, type StackRow, stackReport, stacksWord, threadsWord } from "../frame/stacks.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num, stack, text } from "../frame/values.ts";

/** Where threads wait, and how long. */
export const offcputime = tool({
  name: "offcputime",
  summary: "Summarize off-CPU time by stack trace",
  about:
    "tracepoint sched_switch: a hash by thread keeps when it left the CPU; a per-CPU hash by stacks adds the time up",
  options: {
    pid: PID,
    tid: { flags: ["-t", "--tid"], kind: "int", help: "trace this TID only" },
    ...STACK_OPTIONS,
    minBlockTime: {
      flags: ["-m", "--min-block-time"],
      kind: "int",
      initial: 1,
      help: "the amount of time in microseconds over which we store traces (default 1)",
    },
    maxBlockTime: {
      flags: ["-M", "--max-block-time"],
      kind: "int",
      help: "the amount of time in microseconds under which we store traces (default U64_MAX)",
    },
    duration: { kind: "int", help: "duration of trace, in seconds" },
  },
  plan: (o): Plan<StackRow> => {
    const range = [`$us >= ${o.minBlockTime}`, o.maxBlockTime !== undefined && `$us <= ${o.maxBlockTime}`];
    return {
      program: `
      tracepoint:sched:sched_switch ${filter("args.prev_pid != 0", is("pid", o.pid), is("tid", o.tid))} {
        @left[args.prev_pid] = nsecs;
        @stacks[args.prev_pid] = (${o.user ? "0" : "kstack(perf)"}, ${o.kernel ? "0" : "ustack(perf)"}, pid, comm);
      }
      tracepoint:sched:sched_switch /@left[args.next_pid]/ {
        $us = (nsecs - @left[args.next_pid]) / 1000;
        if (${range.filter((word) => word !== false).join(" && ")}) { @us[@stacks[args.next_pid]] = sum($us); }
        delete(@left, args.next_pid);
      }`,
      banner: o.folded
        ? ""
        : `Tracing off-CPU time (us) of ${threadsWord(o)} by ${stacksWord(o)} stack${o.duration === undefined ? "... Hit Ctrl-C to end." : ` for ${o.duration} secs.`}\n`,
      duration: o.duration,
      report: (look) =>
        stackReport(
          look.entries("us").map(({ key: [kernel, user, pid, comm], value }) => ({
            ...{ kernel: stack(kernel), user: stack(user), pid: num(pid), comm: text(comm), value },
          })),
          o,
        ),
    };
  },
});
