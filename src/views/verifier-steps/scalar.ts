/** A number as the verifier knows it, for pictures: where it lies on a line, and which of its bits are known. */
import { numberParts } from "../short-state.ts";
import { placeOnLine } from "./number-line.ts";

/** Ends of the bar, in parts of the whole line (0 to 1), and what is written at them. */
export interface RangeBar {
  readonly from: number;
  readonly to: number;
  /** The place of 0; at the left end unless numbers below it are possible. */
  readonly zero: number;
  readonly least: string;
  readonly most: string;
}

/** What is known of a number. */
export interface ScalarPicture {
  readonly bar: RangeBar;
  /** The bits from the highest that may be set: `0`, `1`, or `x` for one that is not known, in groups of eight. */
  readonly bits: string;
}

const S64_MIN = -(2n ** 63n);
const S64_MAX = 2n ** 63n - 1n;
const U64_MAX = 2n ** 64n - 1n;

/**
 * The picture of a register's state, undefined for pointers and for numbers of which nothing is known.
 *
 * @example scalarPicture("scalar(smin=0,smax=umax=255,var_off=(0x0; 0xff))")?.bits // "xxxxxxxx"
 */
export function scalarPicture(state: string): ScalarPicture | undefined {
  const parts = numberParts(state);
  if (parts === undefined || state === "scalar()") return undefined;
  const { bounds, value, mask } = parts;
  const signed = (bounds.get("smin") ?? S64_MIN) < 0n && (bounds.get("umax") ?? U64_MAX) > S64_MAX;
  const least = signed ? (bounds.get("smin") ?? S64_MIN) : (bounds.get("umin") ?? 0n);
  const most = signed ? (bounds.get("smax") ?? S64_MAX) : (bounds.get("umax") ?? U64_MAX);
  const zero = signed ? 0.5 : 0;
  return {
    bar: { from: placeOnLine(least, zero), to: placeOnLine(most, zero), zero, least: text(least), most: text(most) },
    bits: bitsText(value, mask),
  };
}

const text = (number: bigint): string => {
  const magnitude = number < 0n ? -number : number;
  return magnitude < 1_000_000n ? `${number}` : `${number < 0n ? "-" : ""}0x${magnitude.toString(16)}`;
};

function bitsText(value: bigint, mask: bigint): string {
  const highest = (value | mask).toString(2).length;
  const shown = Math.min(64, Math.max(8, Math.ceil(highest / 8) * 8));
  let bits = "";
  for (let bit = shown - 1; bit >= 0; bit--) {
    bits += (mask >> BigInt(bit)) & 1n ? "x" : `${(value >> BigInt(bit)) & 1n}`;
    if (bit % 8 === 0 && bit > 0) bits += " ";
  }
  return bits;
}
