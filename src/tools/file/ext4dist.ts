import { COUNT, filter, INTERVAL, is, MILLISECONDS, PID } from "../frame/common.ts";
import { type HistogramRow, histogramReport } from "../frame/histograms.ts";
import { type Plan, ToolError, tool } from "../frame/tool.ts";

const OPERATIONS = {
  ext4_file_read_iter: "read",
  ext4_file_write_iter: "write",
  ext4_file_open: "open",
  ext4_sync_file: "fsync",
};

/** How long ext4's operations take. */
export const ext4dist = tool({
  name: "ext4dist",
  summary: "Summarize ext4 operation latency",
  about:
    "kprobes and kretprobes on ext4_file_read_iter, ext4_file_write_iter, ext4_file_open and ext4_sync_file; a hash by thread, a histogram by operation",
  options: {
    notimestamp: { flags: ["-T", "--notimestamp"], kind: "flag", help: "don't include timestamp on interval output" },
    milliseconds: { ...MILLISECONDS, help: "output in milliseconds" },
    pid: PID,
    interval: INTERVAL,
    count: COUNT,
  },
  plan: (o): Plan<HistogramRow> => {
    if (o.interval === 0) throw new ToolError("ERROR: interval 0. Exiting.", 0);
    const names = Object.entries(OPERATIONS);
    return {
      program: `
        ${names.map(([name]) => `kprobe:${name}`).join(", ")} ${filter(is("pid", o.pid))} { @start[tid] = nsecs; }
        ${names
          .map(
            ([name, operation]) => `kretprobe:${name} /@start[tid]/ {
          @dist["${operation}"] = hist((nsecs - @start[tid]) / ${o.milliseconds ? 1_000_000 : 1000});
          delete(@start, tid);
        }`,
          )
          .join("\n        ")}`,
      banner: "Tracing ext4 operation latency... Hit Ctrl-C to end.\n",
      interval: o.interval,
      count: o.count,
      report: (look) =>
        histogramReport(look, {
          map: "dist",
          unit: o.milliseconds ? "msecs" : "usecs",
          section: "operation",
          ...(o.interval !== undefined && !o.notimestamp && { time: `${look.clock()}:` }),
        }),
    };
  },
});
