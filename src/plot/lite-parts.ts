/** Parts of Vega-Lite specs that several plots have. */
import type { AxesOptions, AxisOptions } from "./options.ts";
import { SERIES } from "./theme.ts";

/** A quantitative axis from 0 where `zero` says so; ticks are short numbers. */
export function axis(field: string, options: AxisOptions | undefined, zero: boolean) {
  const log = options?.type === "log";
  return {
    field,
    type: "quantitative",
    scale: log ? { type: "log", nice: true } : { zero, nice: zero },
    axis: { title: options?.label ?? null, tickCount: 6, ...(log ? { format: "~s" } : { labelExpr: SHORT }) },
  };
}

/** Ticks as `1.5k` and `0.25`: by suffix alone a quarter would be `250m`. */
export const SHORT = "format(datum.value, abs(datum.value) < 1000 ? '~g' : '~s')";

/** A legend above the picture, where no data can be. */
const TOP = { title: null, orient: "top", direction: "horizontal", offset: 4 };

/** Colours by series, and a legend where there are several in one picture. */
export function seriesColor(names: readonly string[], legend: boolean) {
  return {
    field: "z",
    type: "nominal",
    scale: { domain: names, range: names.map((_, index) => SERIES[index % SERIES.length]) },
    legend: legend && names.length > 1 ? TOP : null,
  };
}

/** The second five lines are dashed: colours come again. */
export function seriesDash(names: readonly string[], legend: boolean) {
  return {
    field: "z",
    type: "nominal",
    scale: { domain: names, range: names.map((_, index) => (index < SERIES.length ? [1, 0] : [4, 3])) },
    legend: legend ? TOP : null,
  };
}

/** One row a series where `fy` asks for it. */
export function rows(names: readonly string[], options: AxesOptions) {
  if (!options.fy || names.length < 2) return {};
  return {
    row: {
      field: "z",
      type: "nominal",
      sort: names,
      header: { title: null, labelAngle: 0, labelAlign: "left", labelFontSize: 12 },
    },
  };
}

/** Height of one row of `count`. */
export function rowHeight(options: AxesOptions, count: number, whole = 220): number {
  return options.height ?? (options.fy && count > 1 ? 90 : whole);
}
