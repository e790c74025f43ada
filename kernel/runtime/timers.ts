/**
 * Timers of a cell end when the cell is interrupted: the only way to stop `while (true) await sleep(5)`, as no engine lets
 * one cancel an `await`. Timers with a promise are rejected, so that `finally` blocks run; the others never fire.
 */
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";
import promises from "node:timers/promises";
import { promisify } from "node:util";
import { type CellRun, ownerOfThisCall } from "./cell-run.ts";

/** Why the timers of a cell were ended. */
export class CellInterrupted extends Error {
  override readonly name = "CellInterrupted";
  readonly code = "interrupted";
  constructor() {
    super("the cell was interrupted");
    // Made by the kernel, outside of the cell: there are no frames to show.
    this.stack = `${this.name}: ${this.message}`;
  }
}

type Callback = (...args: unknown[]) => void;

/** Node's own functions, which the runtime uses for itself. */
export const nodeTimers = { setTimeout, setImmediate };

/** Replaces the timer functions, global and of `node:timers` and `node:timers/promises`, by ones that know their cell. */
export function installTimers(): void {
  patchCallbackTimers();
  patchPromiseTimers();
  // `import { setTimeout } from "node:timers/promises"` sees the replacement only after this.
  syncBuiltinESMExports();
}

/** Ends all timers of a cell. */
export function endTimers(run: CellRun): void {
  run.abort.abort(new CellInterrupted());
  for (const end of run.timers) end();
  run.timers.clear();
}

/** Whether an error is only the echo of {@link endTimers}: Node wraps the reason into an AbortError. */
export function isInterruption(error: unknown): boolean {
  return error instanceof CellInterrupted || (error instanceof Error && error.cause instanceof CellInterrupted);
}

function patchCallbackTimers(): void {
  const original = { setTimeout, setInterval, setImmediate };
  const replacement = {
    setTimeout: (callback: Callback, delay?: number, ...args: unknown[]) =>
      once(callback, (fire) => {
        const timer = original.setTimeout(fire, delay, ...args);
        return { timer, end: () => clearTimeout(timer) };
      }),
    setImmediate: (callback: Callback, ...args: unknown[]) =>
      once(callback, (fire) => {
        const timer = original.setImmediate(fire, ...args);
        return { timer, end: () => clearImmediate(timer) };
      }),
    setInterval: (callback: Callback, delay?: number, ...args: unknown[]) => {
      const timer = original.setInterval(callback, delay, ...args);
      ownerOfThisCall()?.timers.add(() => clearInterval(timer));
      return timer;
    },
  };
  for (const name of ["setTimeout", "setInterval", "setImmediate"] as const) {
    const patched = replacement[name];
    Object.defineProperty(patched, "name", { value: name });
    Object.assign(globalThis, { [name]: patched });
    Object.assign(timers, { [name]: patched });
  }
}

/** A timer that fires once, and is forgotten by its cell when it did. */
function once<T>(callback: Callback, start: (fire: Callback) => { timer: T; end: () => void }): T {
  const run = ownerOfThisCall();
  // Node itself reports a callback that is no function.
  if (run === undefined || typeof callback !== "function") return start(callback).timer;
  const { timer, end } = start((...args) => {
    run.timers.delete(end);
    callback(...args);
  });
  run.timers.add(end);
  return timer;
}

function patchPromiseTimers(): void {
  const original = { ...promises };
  const patched = {
    setTimeout: <T>(delay?: number, value?: T, options?: TimerOptions) =>
      original.setTimeout(delay, value, withCellSignal(options)),
    setImmediate: <T>(value?: T, options?: TimerOptions) => original.setImmediate(value, withCellSignal(options)),
    setInterval: <T>(delay?: number, value?: T, options?: TimerOptions) =>
      original.setInterval(delay, value, withCellSignal(options)),
  };
  Object.assign(promises, patched);
  Object.assign(promises.scheduler, {
    wait: (delay: number, options?: TimerOptions) => patched.setTimeout(delay, undefined, options),
  });
  for (const name of ["setTimeout", "setImmediate"] as const) {
    Object.defineProperty(globalThis[name], promisify.custom, { value: patched[name], configurable: true });
  }
}

interface TimerOptions {
  signal?: AbortSignal;
  ref?: boolean;
}

function withCellSignal(options: TimerOptions = {}): TimerOptions {
  const own = ownerOfThisCall()?.abort.signal;
  if (own === undefined) return options;
  return { ...options, signal: options.signal ? AbortSignal.any([own, options.signal]) : own };
}
