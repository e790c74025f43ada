import { greatest } from "./extremes.ts";

/** One row of a histogram; a bound that is undefined has no end. Bounds are closed: `[2, 3]`. */
export interface Row {
  readonly min: bigint | undefined;
  readonly max: bigint | undefined;
  readonly label: string;
  readonly count: bigint;
}

const WIDTH = 52;

const SUFFIXES = ["", "K", "M", "G", "T", "P", "E"];

/** A power of two with the suffix that it has earned: 1024 is `1K`. */
function powerText(power: number): string {
  return `${2n ** BigInt(power % 10)}${SUFFIXES[Math.floor(power / 10)]}`;
}

/** A number whose suffix is that of its power of two. */
function scaled(value: bigint, power: number): string {
  const group = Math.floor(power / 10);
  const unit = 1n << BigInt(10 * group);
  return value % unit === 0n ? `${value / unit}${SUFFIXES[group]}` : String(value);
}

/** Only the rows from the first that counted something to the last. */
function between(rows: readonly Row[]): readonly Row[] {
  const first = rows.findIndex(({ count }) => count > 0n);
  const last = rows.findLastIndex(({ count }) => count > 0n);
  return first < 0 ? [] : rows.slice(first, last + 1);
}

/** The rows of `hist(n, k)`, by how often each was counted. */
export function powerRows(counts: ReadonlyMap<number, bigint>, k: number, div = 1n): readonly Row[] {
  const highest = Math.max(0, ...counts.keys());
  const rows: Row[] = [];
  for (let index = 0; index <= highest; index++)
    rows.push({ ...powerBounds(index, k), count: (counts.get(index) ?? 0n) / div });
  return between(rows);
}

function powerBounds(index: number, k: number): Omit<Row, "count"> {
  if (index === 0) return { min: undefined, max: -1n, label: "(..., 0)" };
  const number = BigInt(index - 1);
  const parts = 1n << BigInt(k);
  if (number < parts) return { min: number, max: number, label: `[${number}]` };
  // The group of a power, and the part in it.
  const power = Number(number >> BigInt(k)) + k - 1;
  const size = 1n << BigInt(power - k);
  const min = (1n << BigInt(power)) + (number & (parts - 1n)) * size;
  const end = min + size;
  if (size === 1n) return { min, max: min, label: `[${min}]` };
  if (k === 0) return { min, max: end - 1n, label: `[${powerText(power)}, ${powerText(power + 1)})` };
  const endPower = end === 1n << BigInt(power + 1) ? power + 1 : power;
  return { min, max: end - 1n, label: `[${scaled(min, power)}, ${scaled(end, endPower)})` };
}

/** A bound of `lhist`: with a suffix only where the step is of whole ones. */
function stepText(value: bigint, step: bigint): string {
  if (step % 1024n !== 0n || value === 0n) return String(value);
  if (value % 1_048_576n === 0n) return `${value / 1_048_576n}M`;
  return value % 1024n === 0n ? `${value / 1024n}K` : String(value);
}

/** The rows of `lhist(n, min, max, step)`. */
export function stepRows(
  counts: ReadonlyMap<number, bigint>,
  [min = 0n, max = 0n, step = 1n]: readonly bigint[],
): readonly Row[] {
  const last = Number((max - min) / step) + 1;
  const rows: Row[] = [];
  for (let index = 0; index <= last; index++) {
    const count = counts.get(index) ?? 0n;
    const start = min + BigInt(index - 1) * step;
    if (index === 0) rows.push({ min: undefined, max: min - 1n, label: `(..., ${stepText(min, step)})`, count });
    else if (index === last) rows.push({ min: max, max: undefined, label: `[${stepText(max, step)}, ...)`, count });
    else
      rows.push({
        min: start,
        max: start + step - 1n,
        label: `[${stepText(start, step)}, ${stepText(start + step, step)})`,
        count,
      });
  }
  return between(rows);
}

/** Rows as text; bars are as long as 32-bit numbers of C make them. */
export function rowsText(rows: readonly Row[]): string {
  const most = greatest(rows.map(({ count }) => count));
  return rows
    .map(({ label, count }) => {
      const part = Math.fround(Math.fround(Number(count)) / Math.fround(Number(most)));
      const length = most === 0n ? 0 : Math.trunc(Math.fround(part * WIDTH));
      return `${label.padEnd(16)}${String(count).padStart(8)} |${"@".repeat(length).padEnd(WIDTH)}|\n`;
    })
    .join("");
}
