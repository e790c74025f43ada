import { extremes } from "./extremes.ts";
import { brief, grouped, overCpus, plural } from "./format.ts";
import { litePlot, sentencePlot } from "./lite.ts";
import { SHORT } from "./lite-parts.ts";
import type { PlotOptions } from "./options.ts";
import type { Plot } from "./plot.ts";
import { factOf, kindAndTitle, type PlottedFacts } from "./plotted.ts";
import { leftOut, type Numeric, place } from "./series.ts";
import { BAR, THEMED_TEXT } from "./theme.ts";

/** Pairs of a name and a number: a map declaration, an array, a `Map`. Structs are written as their fields, values of several CPUs are summed. */
export type BarsData = Iterable<readonly [key: unknown, value: Numeric | readonly Numeric[]]> & PlottedFacts;

export interface BarsOptions extends Omit<PlotOptions, "height"> {
  /** `"-x"` (default): the longest bar first; `null`: in the order of the data. */
  readonly sort?: "-x" | null;
  /** So many bars are drawn, 20 unless given; what the others have together is said. */
  readonly limit?: number;
  readonly x?: { readonly label?: string };
}

/** Characters of a name that fit beside a bar, and in a line of text. */
const LABEL_LENGTH = 28;

/**
 * A bar for each name, the longest on top.
 *
 * @throws {PlotError} `PLOT_NUMBER` for a value that is no number
 * @example plot.bars([["read", 120n], ["write", 30n]], { x: { label: "calls" } });
 */
export function bars(data: BarsData, options: BarsOptions = {}): Plot {
  const all: Bar[] = [];
  let left = 0;
  for (const [key, values] of data) {
    const value = overCpus(values, data);
    const length = place(value, `the value of ${keyText(key)}`);
    if (length === undefined) left++;
    else all.push({ key: keyText(key), value: value as Numeric, length });
  }
  const kind = kindAndTitle("Bars", options.title, data);
  const title = options.title ?? factOf(data, "name") ?? "Bars";
  const missing = leftOut(left, "value");
  if (all.length === 0) return sentencePlot({ kind, title, data, missing, alt: options.alt });
  if (options.sort !== null) all.sort((a, b) => (a.value === b.value ? 0 : a.value > b.value ? -1 : 1));
  const shown = all.slice(0, Math.max(1, options.limit ?? 20));
  const rest = all.length - shown.length;
  const more = rest > 0 ? ` ${plural(rest, "other")} not drawn.` : "";
  const largest = all.reduce((best, bar) => (bar.value > best.value ? bar : best));
  const least = all.reduce((low, bar) => (bar.value < low.value ? bar : low));
  const range = all.length === 1 ? "" : `, the least ${shortened(least.key)} with ${exact(least.value)}`;
  const alt =
    options.alt ??
    `${kind}: ${plural(all.length, "bar")}, the greatest ${shortened(largest.key)} with ${exact(largest.value)}${range}.${more}${missing}`;
  return litePlot({
    title,
    alt,
    text: barsText(shown, rest),
    ...((more || missing) && { subtitle: `${more}${missing}`.trim() }),
    spec: barsSpec(shown, options),
  });
}

interface Bar {
  readonly key: string;
  readonly value: Numeric;
  readonly length: number;
}

function barsSpec(shown: readonly Bar[], options: BarsOptions) {
  const values = shown.map(({ key, value, length }, row) => ({ row, key, value: length, exact: exact(value) }));
  const names = JSON.stringify(shown.map(({ key }) => shortened(key)));
  const quiet = { domain: false, ticks: false };
  const y = {
    field: "row",
    type: "ordinal",
    axis: { title: null, labelExpr: `${names}[datum.value]`, labelLimit: 240, ...quiet },
  };
  const x = {
    field: "value",
    type: "quantitative",
    axis: { title: options.x?.label ?? null, tickCount: 5, labelExpr: SHORT },
  };
  return {
    width: options.width ?? 560,
    height: { step: 20 },
    data: { values },
    layer: [
      { mark: { type: "bar", color: BAR }, encoding: { y, x, tooltip: [{ field: "key" }, { field: "exact" }] } },
      {
        mark: { type: "text", align: "left", dx: 4, fontSize: 10, ...THEMED_TEXT, tooltip: null },
        encoding: { y, x, text: { field: "exact" } },
      },
    ],
  };
}

/** Bars as bpftrace's, beside the names; negative ones are only numbers. */
function barsText(shown: readonly Bar[], rest: number): string {
  const width = Math.max(...shown.map(({ key }) => shortened(key).length));
  const digits = Math.max(...shown.map(({ value }) => exact(value).length));
  const [, most] = extremes(shown.map(({ length }) => length));
  const lines = shown.map(({ key, value, length }) => {
    const signs = most > 0 && length > 0 ? Math.trunc((length / most) * 40) : 0;
    return `${shortened(key).padEnd(width)}  ${exact(value).padStart(digits)} |${"@".repeat(signs).padEnd(40)}|`;
  });
  return [...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n");
}

/** Whole numbers are exact; of fractions three digits tell enough. */
function exact(value: Numeric): string {
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return grouped(value);
  return brief(value);
}

function shortened(label: string): string {
  const line = label.replace(/\s+/g, " ");
  return line.length > LABEL_LENGTH ? `${line.slice(0, LABEL_LENGTH - 1)}…` : line;
}

/** A key as text: structs as `pid 7, cpu 0`. */
function keyText(key: unknown): string {
  if (Array.isArray(key)) return key.map(keyText).join(", ");
  if (key === null || typeof key !== "object") return String(key);
  return Object.entries(key)
    .map(([name, value]) => `${name} ${keyText(value)}`)
    .join(", ");
}
