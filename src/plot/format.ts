/** Numbers as plots write them: the same in every locale, so that pictures and stored outputs never differ. */
import { PlotError } from "./error.ts";
import type { PlottedFacts } from "./plotted.ts";

/** `1234567` as `1,234,567`. */
export function grouped(value: number | bigint): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** `part` of `whole` in per cent: two digits below 10 %, never a "0%" for something that is there. */
export function percent(part: number | bigint, whole: number | bigint): string {
  const share = Number(whole) === 0 ? 0 : (Number(part) / Number(whole)) * 100;
  if (share === 0 || share === 100) return `${share}%`;
  if (share < 0.1) return "<0.1%";
  if (share > 99.9) return ">99.9%";
  return `${share < 10 ? Number(share.toFixed(1)) : Math.min(99, Math.round(share))}%`;
}

/** A count in at most four characters, for labels in a picture: `950`, `1.2k`, `35k`, `4M`, and so on to `18E`. */
export function compact(value: number | bigint): string {
  let scaled = Number(value);
  let unit = "";
  for (const next of ["k", "M", "G", "T", "P", "E"]) {
    // 999.5 and more would round to "1000".
    if (scaled < 999.5) break;
    scaled /= 1000;
    unit = next;
  }
  return `${scaled < 9.95 ? Number(scaled.toFixed(1)) : Math.round(scaled)}${unit}`;
}

/** Any number in a few characters: `0.25`, `−17`, `1.2k`, `9.2E`, `1e+25`. */
export function brief(value: number | bigint): string {
  const number = Number(value);
  if (number < 0) return `−${brief(-number)}`;
  if (number >= 9.995e20) return number.toExponential(1).replace(".0e", "e");
  return number >= 999.5 ? compact(number) : String(Number(number.toPrecision(3)));
}

const UNITS = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
] as const;

/** A time in the unit that suits it: `12.3 ms`. */
export function nanoseconds(time: number | bigint): string {
  const ns = Number(time);
  const [size, unit] = UNITS.find(([least]) => ns >= least) ?? [1, "ns"];
  return `${Number((ns / size).toPrecision(3))} ${unit}`;
}

/** `2^exponent` with bpftrace's base-1024 suffixes: `512`, `1K`, `2M`; from 2^70 on as a power. */
export function powerOfTwo(exponent: number): string {
  if (exponent >= 70) return `2^${exponent}`;
  return `${2 ** (exponent % 10)}${["", "K", "M", "G", "T", "P", "E"][Math.floor(exponent / 10)]}`;
}

/** `1 sample`, `2,000 samples`. */
export function plural(count: number | bigint, noun: string, nouns = `${noun}s`): string {
  return `${grouped(count)} ${Number(count) === 1 ? noun : nouns}`;
}

/** From one number to another in a few characters, with as many digits as tell them apart: `2k to 4k`, `2000.12 to 2000.87`. */
export function fromTo(from: number, to: number): string {
  const largest = Math.max(Math.abs(from), Math.abs(to));
  const share = (to - from) / largest;
  if (share > 0.1 || !(share > 0)) return `${brief(from)} to ${brief(to)}`;
  const digits = Math.min(15, Math.ceil(-Math.log10(share)) + 2);
  return [from, to].map((value) => String(Number(value.toPrecision(digits))).replace(/^-/, "−")).join(" to ");
}

/**
 * Values of one key on each CPU, as per-CPU maps have them, as one: their sum. Others are as they are, and so are lists in a map
 * that says of itself (`type`) that it has no values per CPU.
 */
export function overCpus(value: unknown, { type }: PlottedFacts): unknown {
  if (!Array.isArray(value) || value.length === 0) return value;
  if (typeof type === "string" && !type.includes("percpu")) return value;
  if (value.every((each) => typeof each === "bigint")) return value.reduce((sum, each) => sum + each, 0n);
  return value.every((each) => typeof each === "number") ? value.reduce((sum, each) => sum + each, 0) : value;
}

/** A count as a whole number of at least 0; anything else is a {@link PlotError} that names what it counts. */
export function toCount(count: unknown, of: string): bigint {
  if (typeof count === "bigint" && count >= 0n) return count;
  if (typeof count === "number" && Number.isInteger(count) && count >= 0) return BigInt(count);
  if (Array.isArray(count))
    throw new PlotError(
      "PLOT_COUNT",
      `the count of ${of} is a list of ${plural(count.length, "value")}`,
      "only the values of a per-CPU map are summed: of a list as a value give its pairs, plot.histogram([...list.entries()])",
    );
  throw new PlotError(
    "PLOT_COUNT",
    `the count of ${of} is ${String(count)}`,
    "counts are whole numbers (number or bigint) of at least 0",
  );
}
