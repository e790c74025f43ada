import { COUNT, INTERVAL, MILLISECONDS, PID, TIMESTAMP } from "../frame/common.ts";
import { type HistogramRow, histogramReport } from "../frame/histograms.ts";
import { type Plan, tool } from "../frame/tool.ts";

/** How long threads that could run waited for a CPU. */
export const runqlat = tool({
  name: "runqlat",
  summary: "Summarize run queue (scheduler) latency as a histogram",
  about:
    "raw tracepoints sched_wakeup, sched_wakeup_new and sched_switch; a hash by thread keeps when it became ready; a histogram",
  options: {
    timestamp: TIMESTAMP,
    milliseconds: MILLISECONDS,
    pids: { flags: ["-P", "--pids"], kind: "flag", help: "print a histogram per process ID" },
    tids: { flags: ["-L", "--tids"], kind: "flag", help: "print a histogram per thread ID" },
    pid: PID,
    interval: INTERVAL,
    count: COUNT,
  },
  plan: (o): Plan<HistogramRow> => {
    const wanted = (task: string) => (o.pid === undefined ? `${task}->pid != 0` : `${task}->tgid == ${o.pid}`);
    const key = o.tids ? "[$next->pid]" : o.pids ? "[$next->tgid]" : "";
    return {
      program: `
      rawtracepoint:sched_wakeup, rawtracepoint:sched_wakeup_new {
        $p = (struct task_struct *)arg0;
        if (${wanted("$p")}) { @ready[(uint64)$p->pid] = nsecs; }
      }
      rawtracepoint:sched_switch {
        $prev = (struct task_struct *)arg1;
        $next = (struct task_struct *)arg2;
        // It was taken from the CPU, and still wants it.
        if ($prev->__state == 0 && ${wanted("$prev")}) { @ready[(uint64)$prev->pid] = nsecs; }
        $pid = (uint64)$next->pid;
        if (@ready[$pid] != 0) {
          @dist${key} = hist((nsecs - @ready[$pid]) / ${o.milliseconds ? 1_000_000 : 1000});
          delete(@ready, $pid);
        }
      }`,
      banner: "Tracing run queue latency... Hit Ctrl-C to end.\n",
      interval: o.interval,
      count: o.count,
      report: (look) =>
        histogramReport(look, {
          map: "dist",
          unit: o.milliseconds ? "msecs" : "usecs",
          ...((o.pids || o.tids) && { section: o.tids ? "tid" : "pid" }),
          ...(o.timestamp && { time: look.clock() }),
        }),
    };
  },
});
