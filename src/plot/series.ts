/** Data of one series or of several, and the numbers in it. */
import { PlotError } from "./error.ts";
import { plural } from "./format.ts";
import { factOf, type PlottedFacts } from "./plotted.ts";

/** Items of one series, or of several by name: `{ before: [...], after: [...] }`. */
export type Series<T> = (Iterable<T> & PlottedFacts) | Readonly<Record<string, Iterable<T>>>;

/** A number as maps and samples have it. */
export type Numeric = number | bigint;

/** A point: where it is and how high. */
export type Point = readonly [x: Numeric, y: Numeric];

/** More than this cannot be told apart: five colours, each as a full and as a dashed line. */
export const MOST_SERIES = 10;

/**
 * The series of `data` in their order; one that has no name is called "".
 *
 * @throws {PlotError} `PLOT_SERIES` for more than ten
 */
export function seriesOf<T>(data: Series<T>): { readonly name: string; readonly items: Iterable<T> }[] {
  if (isOne(data)) return [{ name: factOf(data, "name") ?? "", items: data }];
  const all = Object.entries(data).map(([name, items]) => ({ name, items }));
  if (all.length <= MOST_SERIES) return all;
  throw new PlotError("PLOT_SERIES", `there are ${all.length} series`, `at most ${MOST_SERIES} can be told apart`);
}

/** Facts that stand at one series; several have none. */
export function factsOf(data: Series<unknown>): PlottedFacts {
  return isOne(data) ? data : {};
}

function isOne<T>(data: Series<T>): data is Iterable<T> & PlottedFacts {
  return Symbol.iterator in data;
}

/** Beyond this nothing is drawn exactly: the difference of two of the largest doubles is infinite. */
const EDGE = 1e300;

/**
 * A number to be placed in a picture; undefined for NaN and infinity, which have no place.
 *
 * @throws {PlotError} `PLOT_NUMBER` for what is no number at all
 */
export function place(value: unknown, of: string): number | undefined {
  if (typeof value !== "number" && typeof value !== "bigint")
    throw new PlotError("PLOT_NUMBER", `${of} is ${String(value)}`, "numbers and bigints can be drawn");
  const number = Number(value);
  return Number.isFinite(number) || typeof value === "bigint" ? Math.max(-EDGE, Math.min(EDGE, number)) : undefined;
}

const noPoint = (given: unknown) =>
  new PlotError("PLOT_NUMBER", `a point is ${String(given)}`, "points are pairs [x, y] of numbers");

/** Points that have a place, in the order of x; `left` counts the others. With a logarithmic axis only those above 0 have one. */
export function placed(
  points: Iterable<Point>,
  log: { readonly x?: boolean; readonly y?: boolean } = {},
): { readonly points: (readonly [number, number])[]; readonly left: number } {
  const found: (readonly [number, number])[] = [];
  let left = 0;
  let sorted = true;
  for (const pair of points) {
    if (!Array.isArray(pair)) throw noPoint(pair);
    const x = place(pair[0], "x of a point");
    const y = place(pair[1], "y of a point");
    if (x === undefined || y === undefined || (log.x && x <= 0) || (log.y && y <= 0)) left++;
    else {
      sorted &&= found.length === 0 || found[found.length - 1]![0] <= x;
      found.push([x, y]);
    }
  }
  if (!sorted) found.sort(([a], [b]) => a - b);
  return { points: found, left };
}

/** Points that have a place, as columns in their own order: of a million, pairs and their order would take seconds. */
export function placedColumns(
  points: Iterable<Point>,
  log: { readonly x?: boolean; readonly y?: boolean } = {},
): { readonly xs: readonly number[]; readonly ys: readonly number[]; readonly left: number } {
  const xs: number[] = [];
  const ys: number[] = [];
  let left = 0;
  for (const pair of points) {
    if (!Array.isArray(pair)) throw noPoint(pair);
    const x = place(pair[0], "x of a point");
    const y = place(pair[1], "y of a point");
    if (x === undefined || y === undefined || (log.x && x <= 0) || (log.y && y <= 0)) left++;
    else {
      xs.push(x);
      ys.push(y);
    }
  }
  return { xs, ys, left };
}

/** Values that have a place, least first. */
export function placedValues(values: Iterable<Numeric>, log = false): { readonly values: Float64Array; left: number } {
  const found: number[] = [];
  let left = 0;
  for (const each of values) {
    const value = place(each, "a sample");
    if (value === undefined || (log && value <= 0)) left++;
    else found.push(value);
  }
  return { values: Float64Array.from(found).sort(), left };
}

/** What the alternative text says of items without a place; "" for none. */
export function leftOut(left: number, noun: string, log = false): string {
  if (left === 0) return "";
  return ` ${plural(left, noun)} not finite${log ? " or not above 0" : ""} and left out.`;
}
