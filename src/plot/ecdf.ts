import { PlotError } from "./error.ts";
import { brief, plural } from "./format.ts";
import { litePlot, sentencePlot } from "./lite.ts";
import { axis, rowHeight, rows, seriesColor } from "./lite-parts.ts";
import type { AxesOptions, AxisOptions } from "./options.ts";
import type { Plot } from "./plot.ts";
import { factOf, kindAndTitle } from "./plotted.ts";
import { factsOf, leftOut, type Numeric, placedValues, type Series, seriesOf } from "./series.ts";
import { SERIES, THEMED_TEXT } from "./theme.ts";

/** Samples of one series, or of several by name. */
export type EcdfData = Series<Numeric>;

export interface EcdfOptions extends Omit<AxesOptions, "y"> {
  /** Parts of the samples that are marked and listed, 0 to 1; half, 90 and 99 per cent unless given. */
  readonly quantiles?: readonly number[];
  readonly x?: AxisOptions;
}

/** Steps of a line; between two of them lies less than a pixel. */
const MOST_STEPS = 400;

/**
 * The part of all samples that is at most so large, as a line that rises from 0 to 1, with quantiles marked on it: the least value that
 * this part of the samples does not exceed.
 *
 * @throws {PlotError} `PLOT_NUMBER`, `PLOT_SERIES`
 * @example plot.ecdf({ before, after }, { x: { label: "latency (ns)", type: "log" }, quantiles: [0.5, 0.99] });
 */
export function ecdf(data: EcdfData, options: EcdfOptions = {}): Plot {
  const log = options.x?.type === "log";
  const all = seriesOf(data).map(({ name, items }) => ({ name, ...placedValues(items, log) }));
  const facts = factsOf(data);
  const kind = kindAndTitle("Cumulative distribution", options.title, facts);
  const title = options.title ?? factOf(facts, "name") ?? "Cumulative distribution";
  const count = all.reduce((sum, { values }) => sum + values.length, 0);
  const missing = leftOut(
    all.reduce((sum, { left }) => sum + left, 0),
    "sample",
    log,
  );
  const parts = (options.quantiles ?? [0.5, 0.9, 0.99]).map(asPart);
  if (count === 0) return sentencePlot({ kind, title, data: facts, missing, alt: options.alt });
  const names = all.map(({ name }) => name);
  const several = names.length > 1;
  const filled = all.filter(({ values }) => values.length > 0);
  const z = (name: string) => (several ? { z: name } : {});
  const steps = filled.flatMap(({ name, values }) => stepsOf(values).map(([x, y]) => ({ x, y, ...z(name) })));
  const marks = filled.flatMap(({ name, values }) =>
    parts.map((part) => {
      const x = quantile(values, part);
      return { x, y: part, text: `p${Number((part * 100).toPrecision(6))} ${brief(x)}`, ...z(name) };
    }),
  );
  const alt =
    options.alt ??
    `${kind}: ${plural(count, "sample")}; ${filled.map(({ name, values }) => describe(several ? name : "", values, parts)).join("; ")}.${missing}`;
  const encoding = {
    x: axis("x", options.x, false),
    y: {
      field: "y",
      type: "quantitative",
      scale: { domain: [0, 1] },
      axis: { title: "part of samples", tickCount: 5, format: "%" },
    },
    ...(several && { color: seriesColor(names, !options.fy) }),
  };
  const layer = [
    { data: { values: steps }, mark: { type: "line", interpolate: "step-after", color: SERIES[0] }, encoding },
    {
      data: { values: marks },
      mark: { type: "point", filled: true, size: 36, color: SERIES[0] },
      encoding: { ...encoding, tooltip: [{ field: "text" }] },
    },
    {
      data: { values: marks },
      mark: { type: "text", align: "left", baseline: "top", dx: 6, dy: 3, fontSize: 10, ...THEMED_TEXT, tooltip: null },
      encoding: { x: encoding.x, y: encoding.y, text: { field: "text" } },
    },
  ];
  const size = { width: options.width ?? 560, height: rowHeight(options, names.length) };
  const facets = rows(names, options);
  return litePlot({
    title,
    alt,
    text: quantilesText(filled, parts),
    subtitle: plural(count, "sample"),
    spec:
      "row" in facets
        ? { facet: facets, data: { values: tagged(steps, marks) }, spec: { ...size, layer: split(layer) } }
        : { ...size, layer },
  });
}

/** A facet shares one set of data, so rows of lines and of marks are told apart by a field. */
function tagged(steps: readonly object[], marks: readonly object[]): object[] {
  return [...steps.map((row) => ({ ...row, of: "line" })), ...marks.map((row) => ({ ...row, of: "mark" }))];
}

function split(layer: readonly { readonly data: unknown; readonly mark: { readonly type: string } }[]): object[] {
  return layer.map(({ data: _, ...rest }) => ({
    ...rest,
    transform: [{ filter: `datum.of === '${rest.mark.type === "line" ? "line" : "mark"}'` }],
  }));
}

/** The least value that `part` of the sorted values does not exceed (nearest rank). */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length - 1e-9) - 1))]!;
}

function asPart(part: number): number {
  if (part >= 0 && part <= 1) return part;
  throw new PlotError(
    "PLOT_NUMBER",
    `quantile ${part} is none`,
    "quantiles are parts of all samples, from 0 to 1: 0.99",
  );
}

/** Points where the line rises, at most `MOST_STEPS`. */
function stepsOf(values: Float64Array): (readonly [number, number])[] {
  const points: (readonly [number, number])[] = [[values[0]!, 0]];
  const stride = Math.max(1, values.length / MOST_STEPS);
  for (let at = stride; at < values.length + stride; at += stride) {
    let index = Math.min(values.length, Math.round(at));
    while (index < values.length && values[index] === values[index - 1]) index++;
    at = Math.max(at, index);
    points.push([values[index - 1]!, Number((index / values.length).toFixed(5))]);
  }
  return points;
}

function describe(name: string, values: Float64Array, parts: readonly number[]): string {
  const of = name === "" ? "" : `${name} `;
  const last = values[values.length - 1]!;
  if (values[0] === last) return `${of}all ${brief(last)}`;
  const marked = parts.map((part) => `${brief(quantile(values, part))} at ${Number((part * 100).toPrecision(6))}%`);
  return `${of}from ${brief(values[0]!)} to ${brief(last)}${marked.length > 0 ? `, ${marked.join(", ")}` : ""}`;
}

/** A table: a line a series, a column a quantile, between least and greatest. */
function quantilesText(
  all: readonly { readonly name: string; readonly values: Float64Array }[],
  parts: readonly number[],
): string {
  const heads = ["", "min", ...parts.map((part) => `p${Number((part * 100).toPrecision(6))}`), "max", "samples"];
  const lines = all.map(({ name, values }) => [
    name,
    ...[values[0]!, ...parts.map((part) => quantile(values, part)), values[values.length - 1]!].map(brief),
    String(values.length),
  ]);
  const widths = heads.map((head, i) => Math.max(head.length, ...lines.map((line) => line[i]!.length)));
  return [heads, ...lines]
    .map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  "))
    .map((line) => (all.length === 1 && all[0]!.name === "" ? line.trimStart() : line))
    .join("\n");
}
