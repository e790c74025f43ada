/** One bar: what it covers and how much fell into it. */
export interface Bar {
  /** As bpftrace writes it: `[4, 8)`. */
  readonly label: string;
  readonly count: bigint;
}

const LABEL_WIDTH = 16;
const COUNT_WIDTH = 8;
const BAR_WIDTH = 52;

/**
 * Bars as bpftrace prints them, one line each without a blank line after; the fullest bar is 52 characters.
 *
 * @example
 * histogramText([{ label: "[4, 8)", count: 5n }, { label: "[8, 16)", count: 10n }])
 * // [4, 8)                 5 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |
 * // [8, 16)               10 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|
 */
export function histogramText(bars: readonly Bar[]): string {
  const most = Number(fullest(bars));
  return bars
    .map(({ label, count }) => {
      // bpftrace computes in float32 and truncates.
      const length = most === 0 ? 0 : Math.trunc(Math.fround(Math.fround(Number(count) / most) * BAR_WIDTH));
      const bar = "@".repeat(length).padEnd(BAR_WIDTH);
      return `${label.padEnd(LABEL_WIDTH)}${String(count).padStart(COUNT_WIDTH)} |${bar}|`;
    })
    .join("\n");
}

/** The count of the fullest bar. */
export function fullest(bars: readonly Bar[]): bigint {
  let most = 0n;
  for (const { count } of bars) if (count > most) most = count;
  return most;
}
