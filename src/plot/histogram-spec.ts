/** The Vega-Lite 5 spec of a histogram. */
import { compact, grouped, percent, plural } from "./format.ts";
import type { HistogramOptions, PlacedBar } from "./histogram.ts";
import { fullest } from "./histogram-text.ts";
import { LITE_SCHEMA, liteConfig, sentenceSpec } from "./lite.ts";
import type { PlotSpec } from "./svg.ts";
import { color } from "./theme.ts";

interface HistogramPicture {
  readonly bars: readonly PlacedBar[];
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
export function histogramSpec({ bars, edge, total, left, title, alt, empty, options }: HistogramPicture): PlotSpec {
  if (bars.length === 0) return sentenceSpec(title, empty, alt);
  const first = bars[0].index;
  const most = fullest(bars);
  const edges = Array.from({ length: bars.length + 1 }, (_, i) => first + i);
  const values = bars.map(({ index, label, count }) => ({
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
    axis: {
      title: options.y?.label ?? "samples",
      tickCount: 5,
      tickMinStep: 1,
      format: most < 100_000n ? ",d" : "~s",
      domain: false,
      ticks: false,
    },
  };
  const bar = {
    mark: { type: "bar", color: color.bar, binSpacing: 2 },
    encoding: {
      x,
      x2: { field: "to" },
      y,
      tooltip: [{ field: "range" }, { field: "samples" }, { field: "share" }],
    },
  };
  const text = {
    transform: [{ calculate: "(datum.from + datum.to) / 2", as: "middle" }],
    mark: { type: "text", dy: -6, fontSize: 10, color: color.muted, tooltip: null },
    encoding: { x: { ...x, field: "middle", bin: null }, y, text: { field: "text" } },
  };
  const spec = {
    $schema: LITE_SCHEMA,
    description: alt,
    title: { text: title, subtitle: subtitle(total, left) },
    width: options.width ?? 560,
    height: options.height ?? 220,
    data: { values },
    layer: bars.length <= MAX_LABELLED_BARS ? [bar, text] : [bar],
    config: liteConfig,
  };
  return { mime: "application/vnd.vegalite.v5+json", spec };
}

function subtitle(total: bigint, left: bigint): string {
  return left > 0n ? `${plural(total, "sample")}, and ${grouped(left)} not finite` : plural(total, "sample");
}
