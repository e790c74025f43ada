import { shown } from "../shown.ts";
import { HookError } from "./error.ts";

/** Nanoseconds between samples, from the number in the hook's name. */
const PROFILE_UNITS: Readonly<Record<string, (n: number) => number>> = {
  hz: (n) => 1e9 / n,
  s: (n) => n * 1e9,
  ms: (n) => n * 1e6,
  us: (n) => n * 1e3,
};

/** Samples no closer than this: Linux's cpu-clock event stretches a shorter period to it. */
const SHORTEST_PERIOD = 10_000;

/** Linux's kernel.perf_event_max_sample_rate: perf_event_open(2) refuses a higher frequency. */
const MAX_FREQUENCY = 100_000;

/**
 * Nanoseconds between two samples of `UNIT:N`; undefined if that is none. Throws `HookError` for a frequency that Linux refuses.
 *
 * @example
 * samplePeriod("profile:hz:100", ["hz", "100"]) // 10_000_000
 */
export function samplePeriod(hook: string, [unit, count, ...more]: readonly string[]): number | undefined {
  const toNs = PROFILE_UNITS[unit ?? ""];
  const n = Number(count);
  if (toNs === undefined || more.length > 0 || !/^\d+$/.test(count ?? "") || n === 0) return undefined;
  if (unit === "hz" && n > MAX_FREQUENCY) {
    const message = `${shown(hook)} samples too often: at most ${MAX_FREQUENCY} Hz (Linux's perf_event_max_sample_rate)`;
    throw new HookError(hook, "EINVAL", message);
  }
  return Math.max(SHORTEST_PERIOD, Math.floor(toNs(n)));
}
