import { type Binning, linearBinning, linearSlotBinning, log2Binning, log2SlotBinning } from "./binning.ts";
import { extremes } from "./extremes.ts";
import { grouped, overCpus, percent, plural, toCount } from "./format.ts";
import { histogramSpec } from "./histogram-spec.ts";
import { type Bar, histogramText } from "./histogram-text.ts";
import type { AxisOptions } from "./options.ts";
import { Plot } from "./plot.ts";
import { emptySentence, factOf, kindAndTitle, type PlottedFacts } from "./plotted.ts";
import { factsOf, type Numeric, place, type Series, seriesOf } from "./series.ts";

/**
 * What a histogram is made of: samples, or pairs of key and count as a map gives them; counts of several CPUs are summed. Anything that iterates will do:
 * an array, a map declaration, a `Map`. A `name` on it is the default title; an `emptyReason` is said where there is
 * nothing to draw.
 */
export type HistogramData = (
  | Iterable<number | bigint>
  | Iterable<readonly [number | bigint, number | bigint | readonly Numeric[]]>
) &
  PlottedFacts;

/** Data of several histograms by name, which share their bins. */
export type HistogramsData = Readonly<Record<string, HistogramData>>;

/** Options, named as Observable Plot names them. */
export interface HistogramOptions {
  /** `"log2"` (default): powers of two, as bpftrace's `hist()`. `"linear"`: bins of one width, as `lhist()`. */
  readonly bins?: "log2" | "linear";
  /**
   * What the keys of pairs are. `"slots"` (default): the program counted by bin already; with log2 bins key k is
   * floor(log2(value)), so it stands for [2^k, 2^(k+1)); no key is for the value 0, which has no logarithm. `"values"`:
   * keys are values to be binned.
   */
  readonly keys?: "slots" | "values";
  /** The width of a linear bin; for slots it is 1 unless given, else about 20 bins of a round width are made. */
  readonly interval?: number;
  readonly title?: string;
  readonly x?: { readonly label?: string };
  /** `"log"` also shows bins with few samples beside the fullest. */
  readonly y?: AxisOptions;
  /** Of several histograms: each in a row of its own (small multiples), instead of one over the other. */
  readonly fy?: boolean;
  /** Size of the drawing area in pixels, 560 by 220 unless given. */
  readonly width?: number;
  readonly height?: number;
  /** The alternative text; made from the data unless given. */
  readonly alt?: string;
}

/** A bar with its place on the axis. */
export interface PlacedBar extends Bar {
  readonly index: number;
}

/** The bars of one series. */
export interface HistogramSeries {
  readonly name: string;
  readonly bars: readonly PlacedBar[];
}

/**
 * A histogram of samples, or of a map that a program counted into; of several by name over each other or in rows.
 *
 * @throws {PlotError} `PLOT_COUNT` for counts that are none, `PLOT_SLOT` for keys that are no slots, `PLOT_BINS` for
 * a width that makes no or too many bins, `PLOT_SERIES`. NaN and infinite samples are left out, and the picture says how many.
 * @example
 * plot.histogram(sizes);                                             // a map keyed by floor(log2(size))
 * plot.histogram([3, 5, 900], { x: { label: "latency (ns)" } });     // samples, in powers of two
 * plot.histogram(byPort, { keys: "values", bins: "linear", interval: 1000 });
 * plot.histogram({ before, after }, { fy: true, y: { type: "log" } });
 */
export function histogram(data: HistogramData | HistogramsData, options: HistogramOptions = {}): Plot {
  const tallies = seriesOf<unknown>(data as Series<unknown>).map(({ name, items }) => ({ name, ...tally(items) }));
  const every = new Map(tallies.flatMap(({ counts }) => [...counts]));
  const paired = tallies.some((one) => one.paired);
  const left = tallies.reduce((sum, one) => sum + one.left, 0n);
  const binning = chooseBinning(every, paired, options);
  const series = fill(tallies, binning);
  const bars = series.flatMap((one) => one.bars);
  const facts = factsOf(data as Series<unknown>);
  const title = options.title ?? factOf(facts, "name") ?? "Histogram";
  const empty = emptySentence(facts);
  const total = bars.reduce((sum, bar) => sum + bar.count, 0n);
  const kind = kindAndTitle("Histogram", options.title, facts);
  const alt = options.alt ?? `${kind}: ${describe(series, total, left, { bins: options.bins ?? "log2", empty })}`;
  return new Plot({
    title,
    alt,
    text: bars.length === 0 ? `${title}: ${empty}` : series.map((one) => seriesText(one, series.length)).join("\n\n"),
    picture: histogramSpec({ series, edge: binning.edge, total, left, title, alt, empty, options }),
  });
}

function seriesText({ name, bars }: HistogramSeries, count: number): string {
  return count === 1 ? histogramText(bars) : `${name}\n${histogramText(bars)}`;
}

/** Values with their counts; `left` counts samples that are no finite number. */
function tally(data: Iterable<unknown> & PlottedFacts) {
  const counts = new Map<number | bigint, bigint>();
  let paired = false;
  let left = 0n;
  for (const item of data) {
    const pair = Array.isArray(item) ? (item as unknown as readonly [number | bigint, number | bigint]) : undefined;
    const value = pair ? pair[0] : (item as number | bigint);
    const count = pair ? toCount(overCpus(pair[1], data), `key ${String(value)}`) : 1n;
    paired ||= pair !== undefined;
    if (typeof value === "bigint" || Number.isFinite(value)) counts.set(value, (counts.get(value) ?? 0n) + count);
    else if (place(value, "a sample") === undefined) left += count;
  }
  return { counts, paired, left };
}

function chooseBinning(counts: ReadonlyMap<number | bigint, bigint>, paired: boolean, options: HistogramOptions) {
  const slots = paired && (options.keys ?? "slots") === "slots";
  if (options.bins !== "linear") return slots ? log2SlotBinning : log2Binning;
  if (slots) return linearSlotBinning(options.interval ?? 1);
  return counts.size === 0 ? log2Binning : linearBinning([...counts.keys()], options.interval);
}

/** From the first bin that holds something to the last of all series, empty ones between included; none where nothing holds any. */
function fill(
  tallies: readonly { readonly name: string; readonly counts: ReadonlyMap<number | bigint, bigint> }[],
  binning: Binning,
): HistogramSeries[] {
  const all = tallies.map(({ name, counts }) => {
    const bins = new Map<number, bigint>();
    for (const [value, count] of counts) {
      const index = binning.index(value);
      if (count > 0n) bins.set(index, (bins.get(index) ?? 0n) + count);
    }
    return { name, bins };
  });
  const indexes = all.flatMap(({ bins }) => [...bins.keys()]);
  if (indexes.length === 0) return [];
  const [first, last] = extremes(indexes);
  return all.map(({ name, bins }) => ({
    name,
    bars: Array.from({ length: last - first + 1 }, (_, i) => ({
      index: first + i,
      label: binning.label(first + i),
      count: bins.get(first + i) ?? 0n,
    })),
  }));
}

/** The alternative text behind kind and title. */
function describe(
  series: readonly HistogramSeries[],
  total: bigint,
  left: bigint,
  { bins, empty }: { readonly bins: "log2" | "linear"; readonly empty: string },
): string {
  const missing = left > 0n ? ` ${plural(left, "sample")} not finite and left out.` : "";
  const bars = series[0]?.bars ?? [];
  if (bars.length === 0) return `${empty}${missing}`;
  const range =
    bars.length === 1 ? `all in ${bars[0]!.label}` : `from ${bars[0]!.label} to ${bars[bars.length - 1]!.label}`;
  const scale = bars.length === 1 ? "" : ` in ${plural(bars.length, `${bins} bucket`)}`;
  const several = series.length > 1 ? ` in ${series.length} series` : "";
  const peaks = series.map((one) => peakText(one, series.length > 1)).join("; ");
  return `${plural(total, "sample")}${several} ${range}${scale}; ${peaks}.${missing}`;
}

function peakText({ name, bars }: HistogramSeries, named: boolean): string {
  const peak = bars.reduce((best, bar) => (bar.count > best.count ? bar : best));
  const total = bars.reduce((sum, { count }) => sum + count, 0n);
  const of = named ? `${name} ${grouped(total)}, ` : "";
  return `${of}peak ${peak.label} with ${grouped(peak.count)} (${percent(peak.count, total)})`;
}
