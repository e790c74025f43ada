import { shown } from "../shown.ts";
import { HookError } from "./error.ts";

/** Nanoseconds between samples, from the number in the hook's name. */
const UNITS: Readonly<Record<string, (n: number) => number>> = {
  hz: (n) => 1e9 / n,
  s: (n) => n * 1e9,
  ms: (n) => n * 1e6,
  us: (n) => n * 1e3,
};

/** Samples no closer than this: Linux's cpu-clock event stretches a shorter period to it. */
const SHORTEST_PERIOD = 10_000;

/** Linux's kernel.perf_event_max_sample_rate: perf_event_open(2) refuses a higher frequency. */
const MAX_FREQUENCY = 100_000;

/** An event that a CPU raises again and again as time passes. */
export interface TimedEvent {
  /** Nanoseconds between two samples of one CPU. */
  readonly period: number;
  /** What `bpf_perf_event_data.sample_period` says. */
  readonly sample: number;
  /** On the first CPU only. */
  readonly first: boolean;
  /** It does not pass while the CPU is halted. */
  readonly busy: boolean;
}

/** Things that Linux itself counts, and raises a sample at each so many. */
export const SOFTWARE_COUNTS = {
  "context-switches": 1000,
  "cpu-migrations": 1,
  "page-faults": 100,
  "minor-faults": 100,
  "major-faults": 1,
  "alignment-faults": 1,
  "emulation-faults": 1,
  dummy: 1,
} as const;

export type SoftwareCount = keyof typeof SOFTWARE_COUNTS;

/** Time that Linux counts, in nanoseconds. */
const SOFTWARE_CLOCKS: Readonly<Record<string, { readonly usual: number; readonly busy: boolean }>> = {
  "cpu-clock": { usual: 1_000_000, busy: false },
  "task-clock": { usual: 1_000_000, busy: true },
};

/** Other names of the same events. */
const ALIASES: Readonly<Record<string, string>> = {
  cs: "context-switches",
  cpu: "cpu-clock",
  faults: "page-faults",
  cycles: "cpu-cycles",
  branches: "branch-instructions",
};

/**
 * How often a busy CPU counts each hardware event, in events a nanosecond. There is no hardware: the numbers are those of a CPU
 * at 3 GHz that executes 1.2 instructions a cycle, every fifth a branch of which 2 % go wrong, and misses its caches three times
 * a microsecond, whatever the program does.
 */
const HARDWARE: Readonly<Record<string, { readonly rate: number; readonly usual: number }>> = {
  "cpu-cycles": { rate: 3, usual: 1_000_000 },
  "ref-cycles": { rate: 3, usual: 1_000_000 },
  instructions: { rate: 3.6, usual: 1_000_000 },
  "branch-instructions": { rate: 0.72, usual: 100_000 },
  "branch-misses": { rate: 0.0144, usual: 100_000 },
  "cache-references": { rate: 0.03, usual: 1_000_000 },
  "cache-misses": { rate: 0.003, usual: 1_000_000 },
  "bus-cycles": { rate: 0.1, usual: 100_000 },
  "frontend-stalls": { rate: 0.4, usual: 1_000_000 },
  "backend-stalls": { rate: 0.8, usual: 1_000_000 },
};

/** `EVENT` or `EVENT:COUNT`; the count is undefined where it is none. */
function eventOf(rest: string): { readonly event: string; readonly count: number | undefined } {
  const [name = "", count = "", ...more] = rest.split(":");
  const event = ALIASES[name] ?? name;
  if (count === "") return { event, count: 0 };
  return { event, count: /^[1-9]\d{0,14}$/.test(count) && more.length === 0 ? Number(count) : undefined };
}

/**
 * The timed event of a hook of kind `profile`, `interval`, `software` or `hardware`; undefined if it is none. Throws `HookError`
 * for a frequency that Linux refuses.
 *
 * @example
 * timedEvent("profile:hz:100", "profile", "hz:100")?.period // 10_000_000
 */
export function timedEvent(hook: string, kind: string, rest: string): TimedEvent | undefined {
  if (kind === "profile" || kind === "interval") return clockEvent(hook, kind, rest.split(":"));
  const { event, count } = eventOf(rest);
  if (count === undefined) return undefined;
  const clock = kind === "software" ? SOFTWARE_CLOCKS[event] : undefined;
  if (clock !== undefined) {
    const sample = Math.max(SHORTEST_PERIOD, count || clock.usual);
    return { period: sample, sample, first: false, busy: clock.busy };
  }
  const counter = kind === "hardware" ? HARDWARE[event] : undefined;
  if (counter === undefined) return undefined;
  const sample = count || counter.usual;
  return { period: Math.max(SHORTEST_PERIOD, Math.floor(sample / counter.rate)), sample, first: false, busy: true };
}

function clockEvent(hook: string, kind: string, [unit, count, ...more]: readonly string[]): TimedEvent | undefined {
  const toNs = Object.hasOwn(UNITS, unit ?? "") ? UNITS[unit!] : undefined;
  const n = Number(count);
  if (toNs === undefined || more.length > 0 || !/^\d+$/.test(count ?? "") || n === 0) return undefined;
  if (unit === "hz" && n > MAX_FREQUENCY) {
    const message = `${shown(hook)} samples too often: at most ${MAX_FREQUENCY} Hz (Linux's perf_event_max_sample_rate)`;
    throw new HookError(hook, "EINVAL", message);
  }
  const period = Math.max(SHORTEST_PERIOD, Math.floor(toNs(n)));
  return { period, sample: period, first: kind === "interval", busy: false };
}

/** What a hook of kind `software` counts, and how many make a sample; undefined where it counts nothing of the kind. */
export function countedEvent(rest: string): { readonly event: SoftwareCount; readonly count: number } | undefined {
  const { event, count } = eventOf(rest);
  if (count === undefined || !Object.hasOwn(SOFTWARE_COUNTS, event)) return undefined;
  return { event: event as SoftwareCount, count: count || SOFTWARE_COUNTS[event as SoftwareCount] };
}

/** The names of all events of perf, without counts. */
export const PERF_EVENT_NAMES: readonly string[] = [
  ...[...Object.keys(SOFTWARE_CLOCKS), ...Object.keys(SOFTWARE_COUNTS)].map((event) => `software:${event}:`),
  ...Object.keys(HARDWARE).map((event) => `hardware:${event}:`),
];
