import { shown } from "./shown.ts";

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Virtual time must stay below 2^53 ns, about 104 days. */
export const LONGEST = 2 ** 53 - 1;

/** A span of virtual time: `"10s"`, `"250ms"`, or nanoseconds. */
export type Duration = string | number | bigint;

/** A duration that cannot be read, or would never end. */
export class DurationError extends Error {
  readonly code = "EINVAL";
  /** What was given. */
  readonly given: unknown;
  constructor(given: unknown) {
    super(
      `not a duration: ${shown(given)}; write a number and a unit, as in "10s", "250ms", "40us", "2m" or "1h", ` +
        "or a number of nanoseconds (at least 0, at most about 104 days in the life of a machine)",
    );
    this.name = "DurationError";
    this.given = given;
  }
}

/**
 * Virtual nanoseconds of a duration: `"10s"`, `"250ms"`, `"1.5us"`, or nanoseconds as a number or a bigint.
 * Throws `DurationError`.
 *
 * @example
 * parseDuration("10s") // 10_000_000_000
 */
export function parseDuration(given: Duration): number {
  const ns = typeof given === "string" ? fromText(given) : fromNumber(given);
  if (!Number.isFinite(ns) || ns < 0 || ns > LONGEST) throw new DurationError(given);
  return Math.round(ns);
}

function fromText(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ns|us|ms|s|m|h)\s*$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2]!]! : Number.NaN;
}

/** Not a number for anything else that plain JavaScript lets through. */
function fromNumber(given: number | bigint): number {
  return typeof given === "number" || typeof given === "bigint" ? Number(given) : Number.NaN;
}
