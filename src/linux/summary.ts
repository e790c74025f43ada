import { DISPLAY, type Displayable } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";

/** What a machine counts. */
export interface RunNumbers {
  /** Virtual nanoseconds that passed. */
  readonly ns: number;
  /** Events at hooks that something is or was attached to. */
  readonly events: Readonly<Record<string, number>>;
  readonly syscalls: number;
  /** Context switches. */
  readonly switches: number;
}

/** What happened in one run. */
export interface RunSummary extends RunNumbers, Displayable {}

/** What happened in a replay. */
export interface ReplaySummary extends RunSummary {
  /** System calls of the log that were made. */
  readonly calls: number;
  readonly lines: number;
  /** Signals in the log; they are counted, not delivered. */
  readonly signals: number;
  readonly processes: number;
  /** Calls that strace had no name for (`syscall_0x1d5`), which were not made; only if there are any. */
  readonly skipped?: number;
}

/** Gives plain numbers the way to show themselves; hidden, so that two summaries compare by their numbers. */
export function showing<T extends object>(numbers: T): T & Displayable {
  return Object.defineProperty(numbers, DISPLAY, { value: () => render("summary", numbers) }) as T & Displayable;
}
