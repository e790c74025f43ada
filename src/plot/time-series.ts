import { extremes } from "./extremes.ts";
import { brief, fromTo, plural } from "./format.ts";
import { litePlot, sentencePlot } from "./lite.ts";
import { axis, rowHeight, rows, seriesColor, seriesDash } from "./lite-parts.ts";
import type { AxesOptions } from "./options.ts";
import type { Plot } from "./plot.ts";
import { kindAndTitle } from "./plotted.ts";
import { factsOf, leftOut, type Point, placed, type Series, seriesOf } from "./series.ts";
import { SERIES } from "./theme.ts";

/** Points `[time, value]` of one series, or of several by name. */
export type TimeSeriesData = Series<Point>;

export interface TimeSeriesOptions extends AxesOptions {
  /** `"step-after"` for what holds until it changes; `"linear"` (default) joins points. */
  readonly curve?: "linear" | "step-after";
}

/** Points of all lines together: more are no wider than a pixel, and a bundle should stay small. */
const MOST_POINTS = 3000;

/**
 * Lines over time. Of very many points each column of pixels keeps the least and the greatest, so no peak is lost.
 *
 * @throws {PlotError} `PLOT_NUMBER`, `PLOT_SERIES`
 * @example
 * plot.timeSeries([[0, 3], [1, 5], [2, 4]], { x: { label: "seconds" } });
 * plot.timeSeries({ read, write }, { fy: true, y: { label: "bytes", type: "log" } });
 */
export function timeSeries(data: TimeSeriesData, options: TimeSeriesOptions = {}): Plot {
  const log = { x: options.x?.type === "log", y: options.y?.type === "log" };
  const all = seriesOf(data).map(({ name, items }) => ({ name, ...placed(items, log) }));
  const kind = kindAndTitle("Time series", options.title, factsOf(data));
  const title = options.title ?? (all.length === 1 && all[0]!.name !== "" ? all[0]!.name : "Time series");
  const count = all.reduce((sum, { points }) => sum + points.length, 0);
  const missing = leftOut(
    all.reduce((sum, { left }) => sum + left, 0),
    "point",
    log.x || log.y,
  );
  if (count === 0) return sentencePlot({ kind, title, data: factsOf(data), missing, alt: options.alt });
  const width = options.width ?? 560;
  const columns = Math.min(width, Math.floor(MOST_POINTS / 2 / all.length));
  const values = all.flatMap(({ name, points }) =>
    thinned(points, columns).map(([x, y]) => ({ x, y, ...(all.length > 1 && { z: name }) })),
  );
  const names = all.map(({ name }) => name);
  const several = names.length > 1;
  const alt = options.alt ?? `${kind}: ${describe(all)}${missing}`;
  return litePlot({
    title,
    alt,
    text: all.map((one) => lineText(one.name || title, one.points)).join("\n"),
    subtitle: `${plural(count, "point")}${several ? ` in ${names.length} series` : ""}`,
    spec: {
      width,
      height: rowHeight(options, names.length),
      data: { values },
      // A line of one point would not be seen.
      mark: {
        type: "line",
        interpolate: options.curve ?? "linear",
        strokeWidth: 1.5,
        ...(count <= 60 && { point: { size: 24 } }),
      },
      encoding: {
        x: axis("x", options.x, false),
        y: axis("y", options.y, true),
        ...(several && { color: seriesColor(names, !options.fy) }),
        ...(names.length > SERIES.length && { strokeDash: seriesDash(names, !options.fy) }),
        ...rows(names, options),
      },
    },
  });
}

/** The first, least, greatest and last point of each of `columns` parts of the range. */
export function thinned(points: readonly (readonly [number, number])[], columns: number) {
  if (points.length <= columns * 2) return points;
  const first = points[0]![0];
  const span = points[points.length - 1]![0] - first;
  const kept: (readonly [number, number])[] = [];
  let from = 0;
  for (let column = 0; column < columns && from < points.length; column++) {
    const end = first + (span * (column + 1)) / columns;
    let to = from;
    let low = from;
    let high = from;
    while (to < points.length && (points[to]![0] < end || column === columns - 1)) {
      if (points[to]![1] < points[low]![1]) low = to;
      if (points[to]![1] > points[high]![1]) high = to;
      to++;
    }
    if (to > from) {
      kept.push(points[Math.min(low, high)]!);
      if (low !== high) kept.push(points[Math.max(low, high)]!);
    }
    from = to;
  }
  return kept;
}

interface Line {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

function describe(all: readonly Line[]): string {
  const points = all.flatMap(({ points }) => (points.length === 0 ? [] : [points[0]!, points[points.length - 1]!]));
  const [from, to] = extremes(points.map(([x]) => x));
  const lines = all
    .filter(({ points }) => points.length > 0)
    .map(({ name, points }) => {
      const peak = points.reduce((best, point) => (point[1] > best[1] ? point : best));
      const least = points.reduce((low, [, y]) => Math.min(low, y), Number.POSITIVE_INFINITY);
      const range = least === peak[1] ? `always ${brief(least)}` : fromTo(least, peak[1]);
      return `${name === "" || all.length === 1 ? "" : `${name} `}${range}${least === peak[1] ? "" : `, peak at ${brief(peak[0])}`}`;
    });
  const count = all.reduce((sum, { points }) => sum + points.length, 0);
  const series = all.length > 1 ? ` in ${all.length} series` : "";
  return `${plural(count, "point")}${series} from ${fromTo(from, to)}; ${lines.join("; ")}.`;
}

const LEVELS = "▁▂▃▄▅▆▇█";
const TEXT_COLUMNS = 60;

/** A name, a row of blocks for the greatest value of each part of the time, and the range. */
function lineText(name: string, points: Line["points"]): string {
  if (points.length === 0) return `${name}: no points`;
  const [low, high] = extremes(points.map(([, y]) => y));
  const first = points[0]![0];
  const span = points[points.length - 1]![0] - first || 1;
  const most: (number | undefined)[] = Array.from({ length: Math.min(TEXT_COLUMNS, points.length) });
  for (const [x, y] of points) {
    const at = Math.min(most.length - 1, Math.floor(((x - first) / span) * most.length));
    most[at] = Math.max(most[at] ?? y, y);
  }
  const level = (y: number) => LEVELS[high === low ? 3 : Math.min(7, Math.floor(((y - low) / (high - low)) * 8))];
  return `${name}: ${most.map((y) => (y === undefined ? " " : level(y))).join("")} ${fromTo(low, high)}`;
}
