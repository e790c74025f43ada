import { filter, is, PID } from "../frame/common.ts";
import { format } from "../frame/format.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num, stack, text } from "../frame/values.ts";

/** How long threads of one name slept until they were woken from one place. */
export interface Wakeup {
  readonly target: string;
  readonly waker: string;
  /** Functions of the waker's stack, innermost first. */
  readonly stack: readonly string[];
  readonly us: number;
}

const PF_KTHREAD = 0x200000;

/** Who wakes whom, and how long that took. */
export const wakeuptime = tool({
  name: "wakeuptime",
  summary: "Summarize sleep to wakeup time by waker kernel stack",
  about:
    "tracepoint sched_switch and raw tracepoint sched_wakeup; a hash by thread, a per-CPU hash by waker's stack adds the time up",
  options: {
    useronly: { flags: ["-u", "--useronly"], kind: "flag", help: "user threads only (no kernel threads)" },
    pid: PID,
    folded: { flags: ["-f", "--folded"], kind: "flag", help: "output folded format" },
    duration: { kind: "int", help: "duration of trace, in seconds" },
  },
  plan: (o): Plan<Wakeup> => ({
    program: `
      tracepoint:sched:sched_switch
      ${filter("args.prev_pid != 0", is("pid", o.pid), o.useronly && `(curtask->flags & ${PF_KTHREAD}) == 0`)} {
        @slept[args.prev_pid] = nsecs;
      }
      rawtracepoint:sched_wakeup {
        $p = (struct task_struct *)arg0;
        $pid = (uint64)$p->pid;
        if (@slept[$pid] != 0) {
          $us = (nsecs - @slept[$pid]) / 1000;
          if ($us > 0) { @us[str($p->comm), kstack(perf), comm] = sum($us); }
          delete(@slept, $pid);
        }
      }`,
    banner: o.folded
      ? ""
      : `Tracing blocked time (us) by kernel stack${o.duration === undefined ? "... Hit Ctrl-C to end." : ` for ${o.duration} secs.`}\n`,
    duration: o.duration,
    report: (look) => {
      const entries = look.entries("us");
      const rows = entries.map(
        ({ key: [target, frames, waker], value }): Wakeup => ({
          ...{ target: text(target), waker: text(waker), stack: stack(frames).functions, us: value },
        }),
      );
      if (o.folded) {
        const lines = rows.map(
          (row) => `${[row.waker, ...[...row.stack].reverse(), row.target].join(";")} ${row.us}\n`,
        );
        return { text: lines.join(""), rows };
      }
      const blocks = entries.map(({ key: [target, frames, waker], value }) => {
        const { addresses, functions } = stack(frames);
        const lines = addresses.map((address, index) => format("    %-16x %s\n", [address, functions[index] ?? ""]));
        const [head, end] = [
          ["target:", text(target)],
          ["waker:", text(waker)],
        ].map((each) => format("    %-16s %s\n", each));
        return `${head}${lines.join("")}${end}        ${num(value)}\n\n`;
      });
      return { text: `\n${blocks.join("")}`, rows };
    },
    farewell: o.folded ? "" : "Detaching...\n",
  }),
});
