/** From values to numbered bins and back to what a bin is called. */
import { PlotError } from "./error.ts";
import { powerOfTwo } from "./format.ts";

/** A way to cut the number line: bins are numbered without gaps, so neighbours on the axis have neighbouring numbers. */
export interface Binning {
  /** The number of the bin that holds `value`. */
  index(value: number | bigint): number;
  /** The lower edge of a bin as text; the upper edge is the next bin's lower one. */
  edge(index: number): string;
  /** The bin as bpftrace writes it: `[4, 8)`, `[1]`, `(..., 0)`. */
  label(index: number): string;
}

/** More bins than this draw nothing that an eye could tell apart. */
const MAX_BINS = 1000;

/**
 * bpftrace's `hist()`: bin 0 holds what is negative, 1 holds 0, 2 holds 1, 3 holds [2, 4), then doubling.
 * Fractions are floored first.
 */
export const log2Binning: Binning = {
  index(value) {
    if (value < 0) return 0;
    return value < 1 ? 1 : exponentOf(value) + 2;
  },
  edge(index) {
    if (index === 0) return "−∞";
    return index === 1 ? "0" : powerOfTwo(index - 2);
  },
  label(index) {
    if (index === 0) return "(..., 0)";
    if (index <= 2) return `[${index - 1}]`;
    return `[${powerOfTwo(index - 2)}, ${powerOfTwo(index - 1)})`;
  },
};

const double = new DataView(new ArrayBuffer(8));

/** floor(log2(value)) of a finite value of at least 1, exactly: `Math.log2` rounds just below powers of two. */
function exponentOf(value: number | bigint): number {
  if (typeof value === "bigint") return value.toString(2).length - 1;
  double.setFloat64(0, value);
  return ((double.getUint16(0) >> 4) & 0x7ff) - 1023;
}

/** Keys that a program computed as floor(log2(value)): slot k is [2^k, 2^(k+1)). The value 0 has no such key. */
export const log2SlotBinning: Binning = {
  index(value) {
    const slot = Number(value);
    if (Number.isInteger(slot) && slot >= 0 && slot < 64) return slot;
    throw new PlotError(
      "PLOT_SLOT",
      `key ${value} is not a log2 slot (0 to 63)`,
      'where the keys are values and not slots, say { keys: "values" }',
    );
  },
  edge: powerOfTwo,
  label: (index) => `[${powerOfTwo(index)}, ${powerOfTwo(index + 1)})`,
};

/** Keys that a program computed as value / interval. */
export function linearSlotBinning(interval: number): Binning {
  const binning = linearBinning([0n], interval);
  return {
    ...binning,
    index(value) {
      const slot = Number(value);
      if (Number.isSafeInteger(slot)) return slot;
      throw new PlotError("PLOT_SLOT", `key ${value} is not a slot number`, "slots are whole numbers below 2^53");
    },
  };
}

/**
 * bpftrace's `lhist()`: bins of one width. Without `interval` the width is 1, 2 or 5 times a power of ten, for about 20
 * bins. Bin 0 holds the least of `values`, which must be finite and at least one. Whole numbers are binned exactly.
 */
export function linearBinning(values: readonly (number | bigint)[], interval?: number): Binning {
  const whole = values.every((v) => typeof v === "bigint" || Number.isInteger(v));
  const [low, high] = extent(values);
  const width = interval ?? niceInterval(Number(low), Number(high), whole);
  if (!(width > 0 && Number.isFinite(width)))
    throw new PlotError("PLOT_BINS", `interval is ${width}`, "it is the width of a bin: a finite number above 0");
  const bins = Number(high) / width - Number(low) / width;
  if (bins > MAX_BINS)
    throw new PlotError(
      "PLOT_BINS",
      `interval ${width} makes ${Math.ceil(bins)} bins`,
      `at most ${MAX_BINS} can be told apart: use a wider interval or bins: "log2"`,
    );
  return whole && Number.isInteger(width) ? wholeBins(BigInt(low), BigInt(width)) : fractionBins(Number(low), width);
}

function wholeBins(low: bigint, width: bigint): Binning {
  const base = floorDivide(low, width);
  const edge = (index: number) => byteSuffix((base + BigInt(index)) * width, width);
  return {
    index: (value) => Number(floorDivide(BigInt(value), width) - base),
    edge,
    label: (index) => `[${edge(index)}, ${edge(index + 1)})`,
  };
}

function fractionBins(low: number, width: number): Binning {
  const base = Math.floor(low / width);
  // 12 digits hide the rounding of steps like 0.1.
  const edge = (index: number) => String(Number(((base + index) * width).toPrecision(12)));
  return {
    index: (value) => Math.floor(Number(value) / width) - base,
    edge,
    label: (index) => `[${edge(index)}, ${edge(index + 1)})`,
  };
}

/** bpftrace's rule for `lhist`: suffixes only where the width is a multiple of 1024, and only on labels that divide. */
function byteSuffix(value: bigint, width: bigint): string {
  if (width % 1024n !== 0n || value === 0n) return String(value);
  return value % 1048576n === 0n ? `${value / 1048576n}M` : `${value / 1024n}K`;
}

function extent(values: readonly (number | bigint)[]): [number | bigint, number | bigint] {
  let low = values[0];
  let high = values[0];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** The least of 1, 2, 5, 10, ... that cuts the range into at most `most` bins; at least 1 for whole numbers. */
export function niceInterval(low: number, high: number, whole: boolean, most = 20): number {
  // Divided first: the difference of the largest doubles is infinite.
  const wanted = Math.max(high / most - low / most, whole ? 1 : 0);
  if (wanted === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(wanted));
  // Rounding in the division must not push an exact power to the next step.
  return power * ([1, 2, 5].find((step) => step * power >= wanted * (1 - 1e-9)) ?? 10);
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}
