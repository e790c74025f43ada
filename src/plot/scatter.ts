import { type Cell, gridText } from "./cells.ts";
import { extremes } from "./extremes.ts";
import { brief, fromTo, plural } from "./format.ts";
import { litePlot, sentencePlot } from "./lite.ts";
import { axis, rowHeight, rows, seriesColor } from "./lite-parts.ts";
import type { AxesOptions } from "./options.ts";
import type { Plot } from "./plot.ts";
import { factOf, kindAndTitle } from "./plotted.ts";
import { factsOf, leftOut, type Point, placedColumns, type Series, seriesOf } from "./series.ts";
import { SERIES } from "./theme.ts";

/** Points `[x, y]` of one series, or of several by name. */
export type ScatterData = Series<Point>;

/** More dots than this are counted by cells: they would lie on each other and make the output heavy. */
const MOST_DOTS = 800;

const TEXT_COLUMNS = 60;
const TEXT_ROWS = 16;

/**
 * A dot for each point; of very many, a dot for each cell of a grid, as large as the number of points in it.
 *
 * @throws {PlotError} `PLOT_NUMBER`, `PLOT_SERIES`
 * @example plot.scatter(requests.map(({ bytes, ns }) => [bytes, ns]), { x: { type: "log" }, y: { type: "log" } });
 */
export function scatter(data: ScatterData, options: AxesOptions = {}): Plot {
  const log = { x: options.x?.type === "log", y: options.y?.type === "log" };
  const all = seriesOf(data).map(({ name, items }) => ({ name, ...placedColumns(items, log) }));
  const facts = factsOf(data);
  const kind = kindAndTitle("Scatter plot", options.title, facts);
  const title = options.title ?? factOf(facts, "name") ?? "Scatter plot";
  const count = all.reduce((sum, { xs }) => sum + xs.length, 0);
  const missing = leftOut(
    all.reduce((sum, { left }) => sum + left, 0),
    "point",
    log.x || log.y,
  );
  if (count === 0) return sentencePlot({ kind, title, data: facts, missing, alt: options.alt });
  const some = all.filter((one) => one.xs.length > 0);
  const xs = extremes(some.flatMap((one) => extremes(one.xs)));
  const ys = extremes(some.flatMap((one) => extremes(one.ys)));
  const grid = new Grid(xs, ys, log);
  const names = all.map(({ name }) => name);
  const several = names.length > 1;
  const binned = count > MOST_DOTS;
  // Each series has its share of cells.
  const side = Math.floor(Math.sqrt(MOST_DOTS / names.length / 1.5));
  const values = all.flatMap((points) => {
    const z = several ? { z: points.name } : {};
    if (!binned) return points.xs.map((x, index) => ({ x, y: points.ys[index]!, ...z })).sort((a, b) => a.x - b.x);
    return grid.count([points], Math.floor(side * 1.5), side).map((cell) => ({
      ...grid.middle(cell, Math.floor(side * 1.5), side),
      n: cell.count,
      ...z,
    }));
  });
  const alt =
    options.alt ??
    `${kind}: ${plural(count, "point")}${several ? ` in ${names.length} series` : ""}; x from ${fromTo(...xs)}, y from ${fromTo(...ys)}.${missing}`;
  const lines = gridText(grid.count(all, TEXT_COLUMNS, TEXT_ROWS), TEXT_COLUMNS, TEXT_ROWS);
  return litePlot({
    title,
    alt,
    text: [`y ${brief(ys[1])}`, ...lines.map((line) => `|${line}`), `+${"-".repeat(TEXT_COLUMNS)}`, foot(xs, ys)].join(
      "\n",
    ),
    subtitle: `${plural(count, "point")}${binned ? ", a dot is as large as their number" : ""}`,
    spec: {
      width: options.width ?? 560,
      height: rowHeight(options, names.length, 280),
      data: { values },
      mark: { type: "point", filled: true, opacity: 0.7, ...(!binned && { size: 26 }), color: SERIES[0] },
      encoding: {
        x: axis("x", options.x, false),
        y: axis("y", options.y, false),
        ...(binned && {
          size: {
            field: "n",
            type: "quantitative",
            scale: { range: [6, 160], domainMin: 0 },
            legend: null,
          },
          tooltip: [{ field: "x" }, { field: "y" }, { field: "n", title: "points" }],
        }),
        ...(several && { color: seriesColor(names, !options.fy) }),
        ...rows(names, options),
      },
    },
  });
}

function foot(xs: readonly [number, number], ys: readonly [number, number]): string {
  return `y ${brief(ys[0])}, x ${fromTo(...xs)}`;
}

/** Points as columns. */
interface Columns {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

/** Where points lie between the extremes, linear or by logarithm. */
class Grid {
  readonly #xs: readonly [number, number];
  readonly #ys: readonly [number, number];
  readonly #log: { readonly x: boolean; readonly y: boolean };

  constructor(xs: readonly [number, number], ys: readonly [number, number], log: { x: boolean; y: boolean }) {
    this.#log = log;
    this.#xs = log.x ? [Math.log(xs[0]), Math.log(xs[1])] : xs;
    this.#ys = log.y ? [Math.log(ys[0]), Math.log(ys[1])] : ys;
  }

  /** Cells that hold something, by row and column. */
  count(series: readonly Columns[], columns: number, rows: number): Cell[] {
    const counts = new Uint32Array(columns * rows);
    const at = (value: number, [low, high]: readonly [number, number], parts: number) =>
      high === low ? Math.floor(parts / 2) : Math.min(parts - 1, Math.floor(((value - low) / (high - low)) * parts));
    for (const { xs, ys } of series) {
      for (let i = 0; i < xs.length; i++) {
        const column = at(this.#log.x ? Math.log(xs[i]!) : xs[i]!, this.#xs, columns);
        const row = at(this.#log.y ? Math.log(ys[i]!) : ys[i]!, this.#ys, rows);
        counts[row * columns + column]!++;
      }
    }
    return Array.from(counts, (count, key) => ({
      column: key % columns,
      row: Math.floor(key / columns),
      count,
    })).filter(({ count }) => count > 0);
  }

  middle({ column, row }: Cell, columns: number, rows: number): { readonly x: number; readonly y: number } {
    const of = (index: number, [low, high]: readonly [number, number], parts: number, log: boolean) => {
      const value = low === high ? low : low + ((index + 0.5) / parts) * (high - low);
      return Number((log ? Math.exp(value) : value).toPrecision(5));
    };
    return { x: of(column, this.#xs, columns, this.#log.x), y: of(row, this.#ys, rows, this.#log.y) };
  }
}
