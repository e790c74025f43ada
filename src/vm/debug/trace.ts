import type { Xlated } from "../types.ts";
import type { Changes, DebugState } from "./debug-state.ts";
import type { Debugger } from "./debugger.ts";
import type { Stop } from "./stop.ts";

/** One instruction of a trace, and what it changed. */
export interface TraceStep {
  /** Index in `RunTrace.programs` of the program that it is of: another one than 0 after a tail call. */
  readonly program: number;
  /** The slot of the instruction in the program as it was written. */
  readonly slot: number;
  /** How many functions wait for the one that it belongs to. */
  readonly depth: number;
  /** The registers that changed, with their new values. */
  readonly registers: readonly (readonly [number: number, value: bigint])[];
  readonly memory: Changes["memory"];
}

/** A whole run, told as its first state and what each instruction changed. Plain data. */
export interface RunTrace {
  /** The programs that ran, the one that began first. */
  readonly programs: readonly Xlated[];
  readonly begin: DebugState;
  readonly steps: readonly TraceStep[];
  /** Where the last step led. */
  readonly end: DebugState;
  /** Why it ended; `limit` where the run went on after the last step that is told. */
  readonly stop: Stop;
}

/** Steps that are told unless more are asked for. */
export const DEFAULT_STEPS = 2_000;

/**
 * Executes a run to its end, or `steps` instructions of it, and puts everything back: tracing changes nothing.
 *
 * @example
 * const { steps } = recordTrace(new Debugger(program, environment, { context }));
 * steps.map(({ slot }) => slot);   // the path that it took
 */
export function recordTrace(
  debug: Debugger,
  { steps: most = DEFAULT_STEPS }: { readonly steps?: number } = {},
): RunTrace {
  const begin = debug.state();
  const steps: TraceStep[] = [];
  const programs = [begin.program];
  const indexOf = (program: Xlated): number => {
    const index = programs.indexOf(program);
    return index >= 0 ? index : programs.push(program) - 1;
  };
  let stop: Stop = { reason: "done" };
  try {
    while (stop.reason === "done" && steps.length < most) {
      const { slot } = debug.place;
      const { depth, executed } = debug;
      const program = indexOf(debug.program);
      stop = debug.step();
      if (debug.executed === executed) break;
      const { registers, memory } = debug.changes();
      steps.push({ program, slot, depth, memory, registers: registers.map((n) => [n, debug.register(n)] as const) });
    }
    if (stop.reason === "done") stop = { reason: "limit", executed: debug.executed };
    indexOf(debug.program);
    return { programs, begin, steps, end: debug.state(), stop };
  } finally {
    debug.close();
  }
}
