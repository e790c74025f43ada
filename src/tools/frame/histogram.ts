import { format } from "./format.ts";

/** How wide bcc draws its bars. */
const STARS = 40;

/** Powers of two from which rows get more room for their numbers, and bars less. */
const WIDE = 32;

/**
 * A histogram of powers of two in bcc's text. `slots[i]` counts values from 2^(i-1) to 2^i - 1, `slots[1]` also zeros, as
 * `bpf_log2l` numbers them.
 *
 * @example
 * log2Text([0, 2, 5], "usecs")
 * //      usecs               : count     distribution
 * //          0 -> 1          : 2        |****************                        |
 * //          2 -> 3          : 5        |****************************************|
 */
export function log2Text(slots: readonly number[], unit: string): string {
  const last = slots.findLastIndex((count) => count > 0);
  if (last < 1) return "";
  const most = Math.max(...slots);
  const narrow = last <= WIDE;
  const [head, body, stars] = narrow
    ? ["     %-19s : count     distribution", "%10d -> %-10d : %-8d |%s|", STARS]
    : ["               %-29s : count     distribution", "%20d -> %-20d : %-8d |%s|", STARS / 2];
  const lines = [format(head as string, [unit])];
  for (let slot = 1; slot <= last; slot++) {
    const high = 2n ** BigInt(slot) - 1n;
    const low = slot === 1 ? 0n : 2n ** BigInt(slot - 1);
    const count = slots[slot] ?? 0;
    lines.push(format(body as string, [low, high, count, bar(count, most, stars as number)]));
  }
  return `${lines.join("\n")}\n`;
}

/** A histogram with a row for each number from 0 in bcc's text. */
export function linearText(slots: readonly number[], unit: string): string {
  const last = slots.findLastIndex((count) => count > 0);
  if (last < 0) return "";
  const most = Math.max(...slots);
  const lines = [format("     %-13s : count     distribution", [unit])];
  for (let slot = 0; slot <= last; slot++) {
    const count = slots[slot] ?? 0;
    lines.push(format("        %-10d : %-8d |%s|", [slot, count, bar(count, most, STARS)]));
  }
  return `${lines.join("\n")}\n`;
}

/** A bar of stars: `width` of them for the most. */
function bar(count: number, most: number, width: number): string {
  return "*".repeat(most === 0 ? 0 : Math.min(width, Math.floor((width * count) / most))).padEnd(width);
}

/** The slot of a value, as `bpf_log2l` gives it. */
export const log2Slot = (value: bigint): number => (value <= 1n ? 1 : value.toString(2).length);

/** What stands over each of several histograms: `\nflags = Write\n`. */
export const section = (name: string, value: string | number): string => `\n${name} = ${value}\n`;
