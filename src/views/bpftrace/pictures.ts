/** Pictures of bpftrace's maps in Vega-Lite: counts as bars, series as lines, histograms of several keys as rows of bars. */
import { greatest, least } from "../../bpftrace/output/extremes.ts";
import { linearBinning, log2Binning } from "../../plot/binning.ts";
import { plural } from "../../plot/format.ts";
import { LITE_SCHEMA, liteConfig } from "../../plot/lite.ts";
import { Plot } from "../../plot/plot.ts";
import { BAR, THEMED_TEXT } from "../../plot/theme.ts";

/** Keys and series that a picture shows; the largest are last in a map. */
const MOST_KEYS = 20;
const MOST_MULTIPLES = 9;

/** Characters of a key that fit beside a bar. */
const LABEL_LENGTH = 28;

const shortened = (label: string): string => {
  const line = label.replace(/\s+/g, " ");
  return line.length > LABEL_LENGTH ? `${line.slice(0, LABEL_LENGTH - 1)}…` : line;
};

function lite(title: string, alt: string, parts: Readonly<Record<string, unknown>>): Plot {
  const spec = { $schema: LITE_SCHEMA, description: alt, title: { text: title }, ...parts, config: liteConfig };
  return new Plot({ title, alt, text: title, picture: { mime: "application/vnd.vegalite.v5+json", spec } });
}

const quiet = { domain: false, ticks: false };

/** A bar for each key, the longest on top. */
export function barsPlot(title: string, rows: readonly (readonly [label: string, value: bigint])[]): Plot {
  const shown = rows.slice(-MOST_KEYS).reverse();
  const [largest] = shown;
  const values = shown.map(([label, value], row) => ({
    row,
    key: shortened(label),
    whole: label,
    value: Number(value),
    exact: String(value),
  }));
  const y = {
    field: "row",
    type: "ordinal",
    axis: { title: null, labelExpr: `${JSON.stringify(values.map(({ key }) => key))}[datum.value]`, ...quiet },
  };
  const x = { field: "value", type: "quantitative", axis: { title: null, tickCount: 5, format: "~s" } };
  const alt = `Bars of ${title}: ${plural(rows.length, "key")}, the largest ${largest?.[0] ?? ""} with ${largest?.[1] ?? 0n}.`;
  return lite(title, alt, {
    width: 560,
    height: { step: 20 },
    data: { values },
    layer: [
      {
        mark: { type: "bar", color: BAR },
        encoding: { y, x, tooltip: [{ field: "whole" }, { field: "exact" }] },
      },
      {
        mark: { type: "text", align: "left", dx: 4, fontSize: 10, ...THEMED_TEXT, tooltip: null },
        encoding: { y, x, text: { field: "exact" } },
      },
    ],
  });
}

/** A point of a series: its moment in nanoseconds since boot. */
export interface SeriesPoint {
  readonly interval: bigint;
  readonly value: bigint;
}

/** A line over the seconds since boot; series of several keys below each other. */
export function seriesPlot(
  title: string,
  series: readonly (readonly [label: string, points: readonly SeriesPoint[]])[],
): Plot {
  const shown = series.slice(-MOST_MULTIPLES);
  const values = shown.flatMap(([label, points]) =>
    points.map(({ interval, value }) => ({
      key: shortened(label),
      second: Number(interval) / 1e9,
      value: Number(value),
    })),
  );
  const all = shown.flatMap(([, points]) => points.map(({ value }) => value));
  const range = all.length === 0 ? "nothing" : `${least(all)} to ${greatest(all)}`;
  const alt = `Line of ${title}: ${plural(all.length, "interval")}, values from ${range}.`;
  const several = shown.length > 1;
  const encoding = {
    x: {
      field: "second",
      type: "quantitative",
      scale: { zero: false, nice: false },
      axis: { title: "seconds since boot" },
    },
    y: { field: "value", type: "quantitative", axis: { title: null, tickCount: 4, format: "~s" } },
    ...(several && {
      row: {
        field: "key",
        type: "nominal",
        header: { title: null, labelAngle: 0, labelAlign: "left" },
      },
    }),
  };
  return lite(title, alt, {
    width: 520,
    height: several ? 80 : 200,
    data: { values },
    mark: { type: "line", color: BAR, point: { color: BAR, size: 20 }, interpolate: "linear" },
    encoding,
  });
}

/** A row of a histogram. */
export interface HistogramRow {
  readonly label: string;
  readonly min: bigint | undefined;
  readonly count: bigint;
}

/** More ranges than this are not made up to fill what lies between two of them. */
const MOST_RANGES = 80;

/** Labels of all rows from the least to the greatest, and of those between that nobody has: the axis has no gaps. */
function rangesOf(rows: readonly HistogramRow[], step: number | undefined): string[] {
  const every = new Map(rows.map((row) => [row.label, row.min ?? -1n] as const));
  const known = [...every].sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0));
  const labels = known.map(([label]) => label);
  const least = known.find(([, min]) => min >= 0n)?.[1];
  if (least === undefined) return labels;
  const binning = step === undefined ? log2Binning : linearBinning([least], step);
  // Rows that are no bins of these (finer ones, those at the ends of `lhist`) stay as they are.
  const found = known.filter(([label, min]) => binning.label(binning.index(min)) === label);
  if (found.length === 0) return labels;
  const first = binning.index(found[0]![1]);
  const last = binning.index(found[found.length - 1]![1]);
  if (last - first >= MOST_RANGES || found.length < labels.filter((label) => !label.includes("...")).length)
    return labels;
  const between = Array.from({ length: last - first + 1 }, (_, index) => binning.label(first + index));
  const [before, after] = [labels.indexOf(found[0]![0]), labels.indexOf(found[found.length - 1]![0])];
  return [...labels.slice(0, before), ...between, ...labels.slice(after + 1)];
}

/** Histograms of several keys, one beside the other with the same rows, so that they can be compared. */
export function multiplesPlot(
  title: string,
  histograms: readonly (readonly [label: string, rows: readonly HistogramRow[]])[],
  step?: number,
): Plot {
  const shown = histograms.slice(-MOST_MULTIPLES).reverse();
  const order = rangesOf(
    shown.flatMap(([, rows]) => rows),
    step,
  );
  const values = shown.flatMap(([key, rows]) =>
    rows.map(({ label, count }) => ({
      key: shortened(key),
      range: label,
      count: Number(count),
      samples: String(count),
    })),
  );
  const total = histograms.reduce((sum, [, rows]) => rows.reduce((part, { count }) => part + count, sum), 0n);
  const alt = `Histograms of ${title} by key: ${plural(histograms.length, "key")}, ${plural(total, "sample")}; the first ${shown[0]?.[0] ?? ""}.`;
  return lite(title, alt, {
    columns: 3,
    data: { values },
    facet: {
      field: "key",
      type: "nominal",
      sort: shown.map(([key]) => shortened(key)),
      header: { title: null },
    },
    spec: {
      width: 170,
      height: { step: 14 },
      mark: { type: "bar", color: BAR },
      encoding: {
        y: { field: "range", type: "ordinal", sort: order, scale: { domain: order }, axis: { title: null, ...quiet } },
        x: { field: "count", type: "quantitative", axis: { title: null, tickCount: 3, format: "~s" } },
        tooltip: [{ field: "key" }, { field: "range" }, { field: "samples" }],
      },
    },
    resolve: { scale: { x: "independent" } },
  });
}
