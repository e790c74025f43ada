import { log2Text, section } from "./histogram.ts";
import type { Look, Value } from "./look.ts";
import type { Report } from "./tool.ts";

/** One row of a histogram. */
export interface HistogramRow {
  /** What the histogram is of, where a tool draws several: `read`, `vda`, a pid. */
  readonly of: string;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** The rows of slots as data. */
export const histogramRows = (of: string, slots: readonly number[]): readonly HistogramRow[] =>
  slots.flatMap((count, slot) =>
    count === 0 ? [] : [{ of, low: slot <= 1 ? 0 : 2 ** (slot - 1), high: 2 ** slot - 1, count }],
  );

/** How the histograms of a map are shown. */
export interface HistogramStyle {
  readonly map: string;
  /** What the numbers are: `usecs`. */
  readonly unit: string;
  /** What several are told apart by: `disk`. */
  readonly section?: string;
  /** What a key is called; left out: its first part. */
  readonly name?: (key: readonly Value[]) => string;
  /** The moment above them. */
  readonly time?: string;
}

/** The histograms of a map as bcc prints them, and as rows; the map is then empty. */
export function histogramReport(look: Look, style: HistogramStyle): Report<HistogramRow> {
  const name = style.name ?? (([first]: readonly Value[]) => String(first ?? ""));
  const all = look.histograms(style.map);
  look.clear(style.map);
  const texts = all.map(({ key, slots }) =>
    style.section === undefined || key.length === 0
      ? log2Text(slots, style.unit)
      : section(style.section, name(key)) + log2Text(slots, style.unit),
  );
  return {
    text: `\n${style.time === undefined ? "" : `${style.time}\n`}${texts.join("")}`,
    rows: all.flatMap(({ key, slots }) => histogramRows(key.length === 0 ? "" : name(key), slots)),
  };
}
