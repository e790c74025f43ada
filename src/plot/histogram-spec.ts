/** The Vega-Lite 5 spec of a histogram. */
import { compact, grouped, percent, plural } from "./format.ts";
import type { HistogramOptions, HistogramSeries } from "./histogram.ts";
import { fullest } from "./histogram-text.ts";
import { LITE_SCHEMA, liteConfig, sentenceSpec } from "./lite.ts";
import { rowHeight, rows, seriesColor } from "./lite-parts.ts";
import type { PlotSpec } from "./svg.ts";
import { BAR, THEMED_TEXT } from "./theme.ts";

interface HistogramPicture {
  /** All with the same bins. */
  readonly series: readonly HistogramSeries[];
  /** The lower edge of a bin as text. */
  readonly edge: (index: number) => string;
  readonly total: bigint;
  readonly left: bigint;
  readonly title: string;
  readonly alt: string;
  /** What to say where there are no bars. */
  readonly empty: string;
  readonly options: HistogramOptions;
}

/** Above this, labels on bars would run into each other. */
const MAX_LABELLED_BARS = 20;

/** Bars between ticks at the edges of bins, as on a number line; each non-empty bar labelled where there is room. */
export function histogramSpec({ series, edge, total, left, title, alt, empty, options }: HistogramPicture): PlotSpec {
  const [one] = series;
  if (one === undefined) return sentenceSpec(title, empty, alt);
  const { bars } = one;
  const first = bars[0].index;
  const all = series.flatMap((each) => each.bars);
  const most = fullest(all);
  const names = series.map(({ name }) => name);
  const several = names.length > 1;
  const log = options.y?.type === "log";
  const edges = Array.from({ length: bars.length + 1 }, (_, i) => first + i);
  // A logarithm has no place for nothing.
  const drawn = series.flatMap(({ name, bars }) =>
    bars.filter(({ count }) => count > 0n || (!log && !several)).map((bar) => ({ ...bar, name })),
  );
  const values = drawn.map(({ index, label, count, name }) => ({
    ...(several && { z: name }),
    from: index,
    to: index + 1,
    range: label,
    // JSON has no 64-bit numbers: the bar's height may be rounded, its text is exact.
    count: Number(count),
    samples: String(count),
    share: percent(count, total),
    text: count === 0n ? "" : compact(count),
  }));
  const x = {
    field: "from",
    type: "quantitative",
    bin: "binned",
    scale: { domain: [first, first + bars.length], nice: false, zero: false },
    axis: {
      title: options.x?.label ?? null,
      values: edges,
      // Positions are bin numbers; what stands there is looked up.
      labelExpr: `${JSON.stringify(edges.map(edge))}[datum.value - ${first}]`,
      grid: false,
      labelFlush: false,
      labelOverlap: "parity",
    },
  };
  const y = {
    field: "count",
    type: "quantitative",
    stack: null,
    ...(log && { scale: { type: "log", domainMin: 0.5, nice: false } }),
    axis: {
      title: options.y?.label ?? "samples",
      tickCount: Math.min(5, Number(most)),
      tickMinStep: 1,
      format: most < 100_000n ? ",d" : "~s",
      domain: false,
      ticks: false,
    },
  };
  const bar = {
    mark: { type: "bar", color: BAR, binSpacing: 2, ...(several && !options.fy && { opacity: 0.6 }) },
    encoding: {
      x,
      x2: { field: "to" },
      y,
      ...(log && { y2: { datum: 0.5 } }),
      ...(several && { color: seriesColor(names, !options.fy) }),
      ...rows(names, options),
      tooltip: [{ field: "range" }, { field: "samples" }, { field: "share" }],
    },
  };
  const text = {
    transform: [{ calculate: "(datum.from + datum.to) / 2", as: "middle" }],
    mark: { type: "text", dy: -6, fontSize: 10, ...THEMED_TEXT, tooltip: null },
    encoding: { x: { ...x, field: "middle", bin: null }, y, text: { field: "text" } },
  };
  const spec = {
    $schema: LITE_SCHEMA,
    description: alt,
    title: { text: title, subtitle: subtitle(total, left) },
    width: options.width ?? 560,
    height: rowHeight(options, names.length),
    data: { values },
    ...(several ? bar : { layer: bars.length <= MAX_LABELLED_BARS ? [bar, text] : [bar] }),
    config: liteConfig,
  };
  return { mime: "application/vnd.vegalite.v5+json", spec };
}

function subtitle(total: bigint, left: bigint): string {
  return left > 0n ? `${plural(total, "sample")}, and ${grouped(left)} not finite` : plural(total, "sample");
}
