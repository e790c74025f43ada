import { type Binning, linearBinning, log2Binning, log2SlotBinning, niceInterval } from "./binning.ts";
import { gridText } from "./cells.ts";
import { brief, grouped, percent, plural, toCount } from "./format.ts";
import { litePlot, sentencePlot } from "./lite.ts";
import type { PlotOptions } from "./options.ts";
import type { Plot } from "./plot.ts";
import { factOf, kindAndTitle, type PlottedFacts } from "./plotted.ts";
import { leftOut, type Numeric, place } from "./series.ts";

/** Samples `[time, value]`, or with a number of them `[time, value, count]`. */
export type HeatmapData = Iterable<readonly [x: Numeric, y: Numeric, count?: Numeric]> & PlottedFacts;

export interface HeatmapOptions extends PlotOptions {
  /** The width of a column in the unit of time; about 50 columns of a round width unless given. */
  readonly x?: { readonly label?: string; readonly interval?: number };
  readonly y?: { readonly label?: string; readonly interval?: number };
  /** Rows: powers of two (`"log2"`, default), or of one width. */
  readonly bins?: "log2" | "linear";
  /** What y is: `"values"` (default) to be binned, or `"slots"`, floor(log2(value)), as programs count them. */
  readonly keys?: "values" | "slots";
  /** How colours grow with the count; `"sqrt"` (default) also shows what is rare. */
  readonly color?: { readonly type?: "linear" | "sqrt" | "log" };
}

/** More cells than this would be smaller than they can be told apart, and make the output heavy. */
const MOST_CELLS = 1200;
const MOST_COLUMNS = 60;

/**
 * How values are distributed, column by column of time: latencies of a disk, sizes of packets. A cell's colour says how many.
 *
 * @throws {PlotError} `PLOT_NUMBER`, `PLOT_COUNT`, `PLOT_SLOT`; `PLOT_BINS` for a width that makes no or too many bins
 * @example plot.heatmap(latencies.map(({ at, ns }) => [at, ns]), { x: { label: "seconds" }, y: { label: "latency (ns)" } });
 */
export function heatmap(data: HeatmapData, options: HeatmapOptions = {}): Plot {
  const kind = kindAndTitle("Heat map", options.title, data);
  const title = options.title ?? factOf(data, "name") ?? "Heat map";
  const { samples, left } = read(data);
  const missing = leftOut(left, "sample");
  if (samples.length === 0) return sentencePlot({ kind, title, data, missing, alt: options.alt });
  const rowsOf = rowBinning(samples, options);
  const y = rangeOf(samples.map(({ y }) => rowsOf.index(y)));
  const height = y.last - y.first + 1;
  const columnsOf = columnBinning(samples, Math.min(MOST_COLUMNS, Math.floor(MOST_CELLS / height)), options);
  const x = rangeOf(samples.map(({ x }) => columnsOf.index(x)));
  const cells = countCells(samples, (sample) => [
    columnsOf.index(sample.x) - x.first,
    rowsOf.index(sample.y) - y.first,
  ]);
  const total = samples.reduce((sum, { count }) => sum + count, 0n);
  const peak = cells.reduce((best, cell) => (cell.count > best.count ? cell : best));
  const column = (index: number) => columnsOf.label(x.first + index);
  const row = (index: number) => rowsOf.label(y.first + index);
  const width = x.last - x.first + 1;
  const alt =
    options.alt ??
    `${kind}: ${plural(total, "sample")}, x from ${columnsOf.edge(x.first)} to ${columnsOf.edge(x.last + 1)} in ${plural(width, "column")}, y from ${row(0)} to ${row(height - 1)} in ${plural(height, "row")}; ` +
      `most in ${row(peak.row)} at ${column(peak.column)} with ${grouped(peak.count)} (${percent(peak.count, total)}).${missing}`;
  const labels = Array.from({ length: height }, (_, index) => row(index));
  const wide = Math.max(...labels.map((label) => label.length));
  const lines = gridText(
    cells.map((cell) => ({ ...cell, count: Number(cell.count) })),
    width,
    height,
  ).map((line, index) => `${labels[height - 1 - index]!.padStart(wide)} |${line}`);
  const from = `${columnsOf.edge(x.first)} to ${columnsOf.edge(x.last + 1)}, most ${brief(peak.count)}`;
  return litePlot({
    title,
    alt,
    text: [...lines, `${" ".repeat(wide)} +${"-".repeat(width)}`, `${" ".repeat(wide)}  ${from}`].join("\n"),
    subtitle: plural(total, "sample"),
    spec: {
      width: options.width ?? 560,
      height: options.height ?? Math.min(320, Math.max(60, height * 16)),
      data: { values: cells.map(({ column, row, count }) => ({ x: column, y: row, n: Number(count) })) },
      transform: [
        { calculate: "datum.x + 1", as: "x2" },
        { calculate: "datum.y + 1", as: "y2" },
      ],
      mark: { type: "rect" },
      encoding: {
        x: edgeAxis("x", options.x?.label, width, (index) => columnsOf.edge(x.first + index)),
        x2: { field: "x2" },
        y: edgeAxis("y", options.y?.label, height, (index) => rowsOf.edge(y.first + index)),
        y2: { field: "y2" },
        color: {
          field: "n",
          type: "quantitative",
          scale: {
            type: options.color?.type ?? "sqrt",
            scheme: "viridis",
            ...(options.color?.type !== "log" && { domainMin: 0 }),
          },
          legend: { title: "samples", format: "~s", gradientLength: 90, tickCount: 3 },
        },
        tooltip: [{ field: "n", title: "samples" }],
      },
    },
  });
}

interface Sample {
  readonly x: Numeric;
  readonly y: Numeric;
  readonly count: bigint;
}

function read(data: HeatmapData): { readonly samples: readonly Sample[]; readonly left: number } {
  const samples: Sample[] = [];
  let left = 0;
  for (const [x, y, count = 1] of data) {
    const found = place(x, "x of a sample") !== undefined && place(y, "y of a sample") !== undefined;
    const counted = toCount(count, `a sample at ${String(x)}`);
    if (!found) left++;
    else if (counted > 0n) samples.push({ x, y, count: counted });
  }
  return { samples, left };
}

function rowBinning(samples: readonly Sample[], { bins, keys, y }: HeatmapOptions): Binning {
  if (keys === "slots") return log2SlotBinning;
  if (bins !== "linear") return log2Binning;
  return linearBinning(
    samples.map((sample) => sample.y),
    y?.interval,
  );
}

function columnBinning(samples: readonly Sample[], most: number, { x }: HeatmapOptions): Binning {
  const values = samples.map((sample) => sample.x);
  if (x?.interval !== undefined) return linearBinning(values, x.interval);
  let [low, high] = [values[0]!, values[0]!];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const whole = values.every((value) => typeof value === "bigint" || Number.isInteger(value));
  return linearBinning(values, niceInterval(Number(low), Number(high), whole, Math.max(2, most - 1)));
}

function rangeOf(indexes: readonly number[]): { readonly first: number; readonly last: number } {
  let [first, last] = [indexes[0]!, indexes[0]!];
  for (const index of indexes) {
    if (index < first) first = index;
    if (index > last) last = index;
  }
  return { first, last };
}

function countCells(samples: readonly Sample[], cellOf: (sample: Sample) => readonly [number, number]) {
  const cells = new Map<string, { readonly column: number; readonly row: number; count: bigint }>();
  for (const sample of samples) {
    const [column, row] = cellOf(sample);
    const key = `${column} ${row}`;
    const cell = cells.get(key);
    if (cell) cell.count += sample.count;
    else cells.set(key, { column, row, count: sample.count });
  }
  return [...cells.values()].sort((a, b) => a.column - b.column || a.row - b.row);
}

/** An axis of numbered bins with the names of their edges, some of which are written. */
function edgeAxis(field: string, label: string | undefined, bins: number, edge: (index: number) => string) {
  const stride = Math.max(1, Math.ceil(bins / 12));
  const values = Array.from({ length: Math.floor(bins / stride) + 1 }, (_, index) => index * stride);
  return {
    field,
    type: "quantitative",
    bin: "binned",
    scale: { domain: [0, bins], nice: false, zero: false },
    axis: {
      title: label ?? null,
      values,
      labelExpr: `${JSON.stringify(values.map(edge))}[datum.value / ${stride}]`,
      grid: false,
      labelFlush: false,
      labelOverlap: "parity",
    },
  };
}
