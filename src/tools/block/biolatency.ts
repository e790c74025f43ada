import { COUNT, INTERVAL, TIMESTAMP } from "../frame/common.ts";
import { type HistogramRow, histogramReport } from "../frame/histograms.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num } from "../frame/values.ts";
import { requestWords } from "./requests.ts";

/** How long disks take. */
export const biolatency = tool({
  name: "biolatency",
  summary: "Summarize block device I/O latency as a histogram",
  about:
    "kprobes on blk_account_io_start or blk_mq_start_request, and on blk_account_io_done; a hash by request, a histogram (by disk or flags)",
  options: {
    timestamp: TIMESTAMP,
    queued: { flags: ["-Q", "--queued"], kind: "flag", help: "include OS queued time in I/O time" },
    milliseconds: { flags: ["-m", "--milliseconds"], kind: "flag", help: "millisecond histogram" },
    disks: { flags: ["-D", "--disks"], kind: "flag", help: "print a histogram per disk device" },
    flags: { flags: ["-F", "--flags"], kind: "flag", help: "print a histogram per set of I/O flags" },
    extension: { flags: ["-e", "--extension"], kind: "flag", help: "summarize average/total value" },
    interval: INTERVAL,
    count: COUNT,
  },
  plan: (o): Plan<HistogramRow> => {
    const unit = o.milliseconds ? "msecs" : "usecs";
    const key = o.disks ? "[str($rq->q->disk->disk_name)]" : o.flags ? "[(uint64)$rq->cmd_flags]" : "";
    return {
      program: `
        kprobe:${o.queued ? "blk_account_io_start" : "blk_mq_start_request"} { @start[arg0] = nsecs; }
        kprobe:blk_account_io_done /@start[arg0]/ {
          $rq = (struct request *)arg0;
          $took = (nsecs - @start[arg0]) / ${o.milliseconds ? 1_000_000 : 1000};
          @dist${key} = hist($took);
          ${o.extension ? "@all = stats($took);" : ""}
          delete(@start, arg0);
        }`,
      banner: "Tracing block device I/O... Hit Ctrl-C to end.\n",
      interval: o.interval,
      count: o.count,
      report: (look) => {
        const { text, rows } = histogramReport(look, {
          map: "dist",
          unit,
          ...(o.disks && { section: "disk" }),
          ...(o.flags && !o.disks && { section: "flags", name: ([flags]) => requestWords(num(flags)) }),
          ...(o.timestamp && { time: look.clock() }),
        });
        const all = o.extension ? look.stats("all")[0] : undefined;
        if (o.extension) look.clear("all");
        if (all === undefined) return { text, rows };
        const average = Math.floor(all.total / all.count);
        return {
          text: `${text}\navg = ${average} ${unit}, total: ${all.total} ${unit}, count: ${all.count}\n\n`,
          rows,
        };
      },
    };
  },
});
