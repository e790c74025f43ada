import { COUNT, filter, INTERVAL, MILLISECONDS, PID, TIMESTAMP } from "../frame/common.ts";
import { type HistogramRow, histogramReport } from "../frame/histograms.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num } from "../frame/values.ts";

/** How long threads run, or wait, at a time. */
export const cpudist = tool({
  name: "cpudist",
  summary: "Summarize on- and off-CPU time per task as a histogram.",
  about: "tracepoint sched_switch; a hash by thread and CPU keeps the time of the last switch; a histogram",
  options: {
    offcpu: { flags: ["-O", "--offcpu"], kind: "flag", help: "measure off-CPU time" },
    timestamp: TIMESTAMP,
    milliseconds: MILLISECONDS,
    pids: { flags: ["-P", "--pids"], kind: "flag", help: "print a histogram per process ID" },
    tids: { flags: ["-L", "--tids"], kind: "flag", help: "print a histogram per thread ID" },
    pid: PID,
    includeIdle: { flags: ["-I", "--include-idle"], kind: "flag", help: "include CPU idle time" },
    extension: { flags: ["-e", "--extension"], kind: "flag", help: "show extension summary (average/total/count)" },
    interval: INTERVAL,
    count: COUNT,
  },
  plan: (o): Plan<HistogramRow> => {
    const unit = o.milliseconds ? "msecs" : "usecs";
    // Of a thread that comes to a CPU only its number is known there: what it belongs to is noted when it leaves one.
    const key = o.tids ? "[$who]" : o.pids ? "[@process[$who]]" : "";
    const measured = o.offcpu ? "args.next_pid" : "args.prev_pid";
    const noted = o.offcpu ? "args.prev_pid" : "args.next_pid";
    return {
      program: `
      tracepoint:sched:sched_switch {
        @process[(uint64)args.prev_pid] = (uint64)pid;
        $who = (uint64)${measured};
        $since = @start[$who, cpu];
        if ($since != 0 && ${o.pid === undefined ? "true" : `@process[$who] == ${o.pid}`}) {
          $took = (nsecs - $since) / ${o.milliseconds ? 1_000_000 : 1000};
          @dist${key} = hist($took);
          ${o.extension ? "@all = stats($took);" : ""}
          delete(@start, ($who, cpu));
        }
      }
      tracepoint:sched:sched_switch ${filter(!o.includeIdle && `${noted} != 0`)} {
        @start[(uint64)${noted}, cpu] = nsecs;
      }`,
      banner: `Tracing ${o.offcpu ? "off" : "on"}-CPU time... Hit Ctrl-C to end.\n`,
      interval: o.interval,
      count: o.count,
      report: (look) => {
        const { text, rows } = histogramReport(look, {
          map: "dist",
          unit,
          ...((o.pids || o.tids) && { section: o.tids ? "tid" : "pid" }),
          name: ([id]) => `${num(id)} ${look.comm(num(id)) ?? ""}\n`.replace(" \n", ""),
          ...(o.timestamp && { time: look.clock() }),
        });
        const all = o.extension ? look.stats("all")[0] : undefined;
        if (all === undefined) return { text, rows };
        look.clear("all");
        const average = Math.floor(all.total / all.count);
        return {
          text: `${text}\navg = ${average} ${unit}, total: ${all.total} ${unit}, count: ${all.count}\n\n`,
          rows,
        };
      },
    };
  },
});
