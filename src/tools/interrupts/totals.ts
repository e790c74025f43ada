import { format } from "../frame/format.ts";
import { type HistogramRow, histogramReport } from "../frame/histograms.ts";
import type { Value } from "../frame/look.ts";
import type { ToolOption } from "../frame/options.ts";
import type { Plan } from "../frame/tool.ts";

/** What one kind of interrupt took in an interval. */
export interface InterruptTime {
  readonly name: string;
  /** Nanoseconds, or how often it came. */
  readonly total: number;
}

export const NANOSECONDS = {
  flags: ["-N", "--nanoseconds"],
  kind: "flag",
  help: "output in nanoseconds",
} as const satisfies ToolOption;

interface Given {
  readonly timestamp: boolean;
  readonly nanoseconds: boolean;
  readonly dist: boolean;
  readonly interval: number | undefined;
  readonly outputs: number | undefined;
}

interface Interrupts {
  readonly entry: string;
  readonly exit: string;
  /** What tells the kinds apart, at the entry. */
  readonly keep: string;
  readonly name: (kept: Value | undefined) => string;
  readonly title: string;
  readonly section: string;
  readonly width: number;
  readonly banner: string;
  /** Events are counted, not timed. */
  readonly counted: boolean;
}

/** Interrupts do not nest on a CPU, so the CPU is what entry and exit have in common. */
export function interruptPlan(o: Given, kind: Interrupts): Plan<InterruptTime | HistogramRow> {
  const [unit, factor] = o.nanoseconds ? ["nsecs", 1] : ["usecs", 1000];
  const store = kind.counted
    ? "@total[@kind[cpu]] = count();"
    : o.dist
      ? `@dist[@kind[cpu]] = hist((nsecs - @start[cpu]) / ${factor});`
      : "@total[@kind[cpu]] = sum(nsecs - @start[cpu]);";
  return {
    program: `
      ${kind.entry} { @start[cpu] = nsecs; @kind[cpu] = ${kind.keep}; }
      ${kind.exit} /@start[cpu]/ { ${store} delete(@start, cpu); }`,
    banner: kind.banner,
    interval: o.interval,
    count: o.outputs,
    report: (look) => {
      const time = o.timestamp ? look.clock() : undefined;
      if (o.dist && !kind.counted)
        return histogramReport(look, {
          ...{ map: "dist", unit, section: kind.section, name: ([kept]) => kind.name(kept) },
          ...(time !== undefined && { time }),
        });
      const rows = look.entries("total").map(({ key: [kept], value }) => ({ name: kind.name(kept), total: value }));
      look.clear("total");
      const head = format(`%-${kind.width}s %11s\n`, [kind.title, kind.counted ? "TOTAL_count" : `TOTAL_${unit}`]);
      const lines = rows.map(({ name, total }) =>
        format(`%-${kind.width}s %11d\n`, [name, kind.counted ? total : Math.floor(total / factor)]),
      );
      return { text: `\n${time === undefined ? "" : `${time}\n`}${head}${lines.join("")}`, rows };
    },
  };
}
