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
  /** Elements of maps that came, changed or went; only where there are any. */
  readonly maps?: readonly MapChange[];
}

/** Elements of a map, as bytes; `map` is its index in the program's maps. */
export interface MapContents {
  readonly map: number;
  readonly elements: readonly (readonly [key: Uint8Array, value: Uint8Array])[];
  /** Of a large array only those that the run writes are told, none before. */
  readonly written?: true;
}

/** An element that a step has set, or deleted where there is no value. */
export interface MapChange {
  readonly map: number;
  readonly key: Uint8Array;
  readonly value?: Uint8Array;
}

/** Tells what maps hold; it may leave no traces in memory. */
export interface MapWatch {
  readonly begin: readonly MapContents[];
  /** What a step that changed this memory has done to maps. */
  after(changes: Changes["memory"]): readonly MapChange[];
}

/** A whole run, told as its first state and what each instruction changed. Plain data. */
export interface RunTrace {
  /** The programs that ran, the one that began first. */
  readonly programs: readonly Xlated[];
  readonly begin: DebugState;
  /** What maps held before the first step, those that are told by key and value. */
  readonly maps: readonly MapContents[];
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
  { steps: most = DEFAULT_STEPS, maps }: { readonly steps?: number; readonly maps?: MapWatch } = {},
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
      const changed = memory.length === 0 ? [] : (maps?.after(memory) ?? []);
      steps.push({
        ...{ program, slot, depth, memory, registers: registers.map((n) => [n, debug.register(n)] as const) },
        ...(changed.length > 0 ? { maps: changed } : {}),
      });
    }
    if (stop.reason === "done") stop = { reason: "limit", executed: debug.executed };
    indexOf(debug.program);
    return { programs, begin, maps: maps?.begin ?? [], steps, end: debug.state(), stop };
  } finally {
    debug.close();
  }
}
