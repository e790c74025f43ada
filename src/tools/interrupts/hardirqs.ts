import { COUNT, INTERVAL, TIMESTAMP } from "../frame/common.ts";
import type { HistogramRow } from "../frame/histograms.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { text } from "../frame/values.ts";
import { type InterruptTime, interruptPlan, NANOSECONDS } from "./totals.ts";

/** How long interrupts take. */
export const hardirqs = tool({
  name: "hardirqs",
  summary: "Summarize hard irq event time as histograms",
  about: "tracepoints irq_handler_entry and irq_handler_exit; a hash by CPU, a per-CPU hash (or histogram) by name",
  options: {
    timestamp: TIMESTAMP,
    nanoseconds: NANOSECONDS,
    count: { flags: ["-C", "--count"], kind: "flag", help: "show event counts instead of timing" },
    dist: { flags: ["-d", "--dist"], kind: "flag", help: "show distributions as histograms" },
    interval: INTERVAL,
    outputs: { ...COUNT, metavar: "count" },
  },
  plan: (o): Plan<InterruptTime | HistogramRow> =>
    interruptPlan(o, {
      ...{ entry: "tracepoint:irq:irq_handler_entry", exit: "tracepoint:irq:irq_handler_exit", keep: "str(args.name)" },
      ...{ title: "HARDIRQ", section: "hardirq", width: 26, counted: o.count, name: text },
      banner: o.count
        ? "Tracing hard irq events... Hit Ctrl-C to end.\n"
        : "Tracing hard irq event time... Hit Ctrl-C to end.\n",
    }),
});
