import { COUNT, INTERVAL, TIMESTAMP } from "../frame/common.ts";
import type { HistogramRow } from "../frame/histograms.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num } from "../frame/values.ts";
import { type InterruptTime, interruptPlan, NANOSECONDS } from "./totals.ts";

const NAMES = ["hi", "timer", "net_tx", "net_rx", "block", "irq_poll", "tasklet", "sched", "hrtimer", "rcu"];

/** How long soft interrupts take. */
export const softirqs = tool({
  name: "softirqs",
  summary: "Summarize soft irq event time as histograms.",
  about: "tracepoints softirq_entry and softirq_exit; a hash by CPU, a per-CPU hash (or histogram) by vector",
  options: {
    timestamp: TIMESTAMP,
    nanoseconds: NANOSECONDS,
    dist: { flags: ["-d", "--dist"], kind: "flag", help: "show distributions as histograms" },
    interval: INTERVAL,
    outputs: { ...COUNT, metavar: "count" },
  },
  plan: (o): Plan<InterruptTime | HistogramRow> =>
    interruptPlan(o, {
      ...{ entry: "tracepoint:irq:softirq_entry", exit: "tracepoint:irq:softirq_exit", keep: "(uint64)args.vec" },
      ...{
        title: "SOFTIRQ",
        section: "softirq",
        width: 16,
        counted: false,
        name: (vector) => NAMES[num(vector)] ?? "?",
      },
      banner: "Tracing soft irq event time... Hit Ctrl-C to end.\n",
    }),
});
