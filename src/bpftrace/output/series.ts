import type { Names } from "./data.ts";
import { greatest, least } from "./extremes.ts";

const WIDTH = 53;

/** One value of each interval, named by the time that it began. */
export interface Point {
  /** Nanoseconds since boot. */
  readonly interval: bigint;
  readonly value: bigint;
}

/** A series as a column of stars between its least and its greatest value. */
export function seriesText(points: readonly Point[], names: Names): string {
  if (points.length === 0) return "";
  const values = points.map(({ value }) => value);
  const low = least(values);
  const high = greatest(values);
  const span = high - low;
  const column = (value: bigint) => (span === 0n ? 0 : Number(((value - low) * BigInt(WIDTH - 1)) / span));
  const zero = low <= 0n && high >= 0n && span !== 0n ? column(0n) : undefined;
  const labels = points.map(({ interval }) => names.time(interval, "%H:%M:%S.%L"));
  const width = Math.max(...labels.map((label) => label.length));
  const first = String(low);
  const head = `${" ".repeat(width + 1)}${first}${String(high).padStart(Math.max(1, WIDTH + 1 - first.length))}\n`;
  const line = points.map(({ value }, index) => {
    const cells = new Array<string>(WIDTH).fill(" ");
    if (zero !== undefined) cells[zero] = ".";
    cells[column(value)] = "*";
    return `${labels[index]!.padEnd(width)} |${cells.join("")}| ${value}\n`;
  });
  const edge = `${" ".repeat(width)} ${`v${"_".repeat(WIDTH)}v`.slice(0, WIDTH + 2)}\n`;
  return head + edge + line.join("");
}
