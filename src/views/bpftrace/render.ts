/** What a bpftrace program printed, with the plot that fits its map. */
import { DISPLAY, type MimeBundle } from "../../plot/displayable.ts";
import { flameGraph } from "../../plot/flame-graph.ts";
import { histogram } from "../../plot/histogram.ts";
import type { Plot } from "../../plot/plot.ts";
import { overTime, type PrintedHistogram } from "./over-time.ts";
import { barsPlot, type HistogramRow, multiplesPlot, type SeriesPoint, seriesPlot } from "./pictures.ts";

/** A map's element as this view needs it. */
interface EntryView {
  readonly key: unknown;
  readonly value: {
    readonly kind: string;
    readonly rows?: readonly HistogramRow[];
    readonly points?: readonly SeriesPoint[];
    readonly average?: bigint;
    readonly data?: { readonly kind: string; readonly value?: unknown };
  };
}

/** A result as this view needs it. */
export interface BpftraceView {
  readonly text: string;
  readonly errors: string;
  readonly maps: readonly MapView[];
  /** Histograms as they were each time that the program printed them. */
  readonly prints?: readonly { readonly time: bigint; readonly map: MapView }[];
}

interface MapView {
  readonly name: string;
  readonly entries: readonly EntryView[];
  readonly labels: readonly string[];
  /** What the map is made by: `lhist` with its least and greatest number and its step. */
  readonly type: { readonly kind: string; readonly name?: string; readonly parameters?: readonly bigint[] };
}

/** The text as bpftrace prints it; where one map is a histogram or counts stacks, its picture too. */
export async function renderBpftrace(result: BpftraceView): Promise<MimeBundle> {
  const text = result.errors + result.text;
  const plot = [overTimeOf(result), ...result.maps.map(plotOf)].find((found) => found !== undefined);
  return plot === undefined ? { "text/plain": text } : { ...(await plot[DISPLAY]()), "text/plain": text };
}

const stepOf = ({ name, parameters }: MapView["type"]): number | undefined =>
  name === "lhist" ? Number(parameters?.[2] ?? 1n) : undefined;

/** The histogram that was printed most often, if it was printed again and again. */
function overTimeOf({ prints = [] }: BpftraceView): Plot | undefined {
  const byName = new Map<string, PrintedHistogram[]>();
  for (const { time, map } of prints) {
    const { name, entries, type } = map;
    const print = { time, rows: entries[0]?.value.rows ?? [], step: stepOf(type) };
    byName.set(name, [...(byName.get(name) ?? []), print]);
  }
  const [most] = [...byName].sort(([, a], [, b]) => b.length - a.length);
  return most && overTime(`@${most[0]}`, most[1]);
}

/** The picture that fits a map: what it holds decides. */
function plotOf({ name, entries, type, labels }: MapView): Plot | undefined {
  const [first] = entries;
  if (first === undefined) return undefined;
  const title = `@${name}`;
  const all = <T>(pick: (entry: EntryView) => T | undefined): (readonly [string, T])[] =>
    entries.flatMap((entry, index) => {
      const found = pick(entry);
      return found === undefined ? [] : [[labels[index] ?? "", found] as const];
    });
  const histograms = all(({ value }) => value.rows);
  if (first.key === undefined && first.value.rows !== undefined) {
    return rowsPlot(name, first.value.rows, stepOf(type));
  }
  if (histograms.length > 0) return multiplesPlot(title, histograms, stepOf(type));
  const series = all(({ value }) => value.points);
  if (series.length > 0) return seriesPlot(title, series);
  const stacks = entries.flatMap(({ key, value }) => {
    const functions = functionsOf(key);
    const count = numberOf(value);
    return functions === undefined || count === undefined || count < 0n ? [] : [[functions, count] as const];
  });
  if (stacks.length > 0 && stacks.length === entries.length) return flameGraph(stacks, { title });
  const numbers = all(({ key, value }) => (key === undefined ? undefined : numberOf(value)));
  // Numbers that are no amounts (times, addresses) would be bars that say nothing.
  const amounts = type.kind === "aggregate" && numbers.every(([, value]) => value >= 0n);
  return amounts && numbers.length > 0 ? barsPlot(title, numbers) : undefined;
}

/** What an element of counts, sums, extremes or averages has come to. */
function numberOf({ data, average }: EntryView["value"]): bigint | undefined {
  if (average !== undefined) return average;
  return data?.kind === "integer" && typeof data.value === "bigint" ? data.value : undefined;
}

/** Rows below the least number of `lhist` have no place on the axis; negative ones of `hist` have one bin. */
function rowsPlot(name: string, rows: readonly HistogramRow[], step: number | undefined): Plot {
  const pairs = rows.flatMap(({ min = step === undefined ? -1n : undefined, count }) =>
    min === undefined ? [] : [[min, count] as const],
  );
  return histogram(pairs, {
    keys: "values",
    title: `@${name}`,
    ...(step !== undefined && { bins: "linear" as const, interval: step }),
  });
}

interface Keyed {
  readonly kind?: unknown;
  readonly functions?: readonly string[];
  readonly elements?: readonly Keyed[];
  readonly text?: string;
}

/** The frames of a key that is a stack, or begins with one: other parts of the key are the lowest frames. */
function functionsOf(key: unknown): readonly string[] | undefined {
  const data = key as Keyed | undefined;
  if (data?.kind === "stack") return data.functions;
  const parts = data?.kind === "tuple" ? (data.elements ?? []) : [];
  if (!parts.some(({ kind }) => kind === "stack")) return undefined;
  const frames = parts.flatMap((part) => (part.kind === "stack" ? (part.functions ?? []) : []));
  const names = parts.flatMap((part) => (part.kind === "text" && part.text !== undefined ? [part.text] : []));
  return [...frames, ...names];
}
