/** A histogram that a program printed again and again, as a heat map over time. */
import { heatmap } from "../../plot/heatmap.ts";
import type { Plot } from "../../plot/plot.ts";
import type { HistogramRow } from "./pictures.ts";

/** A histogram at the moment when it was printed. */
export interface PrintedHistogram {
  readonly time: bigint;
  readonly rows: readonly HistogramRow[];
  /** Of `lhist` its step. */
  readonly step: number | undefined;
}

/** Fewer columns than this are no course of time. */
const LEAST_PRINTS = 3;

/**
 * A column for each print: what was counted since the print before. A program that clears the map after printing has just that in it;
 * of one that does not the rows only grow, and the growth is drawn. Undefined for fewer than three prints.
 */
export function overTime(title: string, prints: readonly PrintedHistogram[]): Plot | undefined {
  if (prints.length < LEAST_PRINTS) return undefined;
  const first = Number(prints[0]!.time);
  const between = (Number(prints[prints.length - 1]!.time) - first) / (prints.length - 1) / 1e9;
  if (between <= 0) return undefined;
  const interval = Number(between.toPrecision(9));
  const { step } = prints[0]!;
  const samples = prints.flatMap(({ rows }, index) => {
    // In the middle of its column, so that no rounding moves it into the next; columns begin at multiples of their width.
    const x = (Math.round(first / 1e9 / interval) + index - 0.5) * interval;
    return sinceThePrintBefore(prints[index - 1]?.rows ?? [], rows).flatMap(({ min, count }) =>
      min === undefined || count === 0n ? [] : [[x, min, count] as const],
    );
  });
  if (samples.length === 0) return undefined;
  return heatmap(samples, {
    title,
    x: { label: "seconds since boot", interval },
    ...(step !== undefined && { bins: "linear" as const, y: { interval: step } }),
  });
}

function sinceThePrintBefore(before: readonly HistogramRow[], rows: readonly HistogramRow[]): readonly HistogramRow[] {
  const known = new Map(before.map(({ label, count }) => [label, count]));
  const now = new Map(rows.map(({ label, count }) => [label, count]));
  const grown = before.every(({ label, count }) => (now.get(label) ?? 0n) >= count);
  return grown ? rows.map((row) => ({ ...row, count: row.count - (known.get(row.label) ?? 0n) })) : rows;
}
