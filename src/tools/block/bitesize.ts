import { type HistogramRow, histogramReport } from "../frame/histograms.ts";
import { type Plan, tool } from "../frame/tool.ts";

/** How large requests to disks are. */
export const bitesize = tool({
  name: "bitesize",
  summary: "Show I/O distribution for requested block sizes, by process name",
  about: "tracepoint block_rq_issue; a histogram by process name",
  options: {},
  plan: (): Plan<HistogramRow> => ({
    program: "tracepoint:block:block_rq_issue { @dist[args.comm] = hist(args.bytes / 1024); }",
    banner: "Tracing block I/O... Hit Ctrl-C to end.\n",
    report: (look) => histogramReport(look, { map: "dist", unit: "Kbytes", section: "Process Name" }),
  }),
});
