import type { RuntimeMap } from "../../maps/runtime.ts";
import type { Environment } from "../environment.ts";
import { overBudget } from "../errors.ts";
import { DEFAULT_BUDGET, type RunnableProgram } from "../program.ts";
import type { Xlated } from "../types.ts";
import type { RunState } from "./execute.ts";
import { Execution } from "./execution.ts";
import { begin, executeReserving, link, newState } from "./link.ts";

/** A program run instruction by instruction: the reference for what every instruction means. */
export interface InterpretedProgram extends RunnableProgram {
  /** Begins a run that is stepped, looked at and rewound by hand. */
  start(context: number, length?: number): Execution;
}

/** Instructions executed between two looks at the budget; keeps the counter a small integer. */
const SLICE = 2 ** 30;

/**
 * Prepares a program for the interpreter. `maps` are the machine's own, in the order of `xlated.maps`; `budget` is how many
 * instructions an unverified program may execute.
 * Throws `ProgramError` where the program calls a helper that the environment does not have.
 *
 * @example
 * const program = interpret(unverified(spec), environment, []);
 * program.run(memory, 16);
 */
export function interpret(
  xlated: Xlated,
  environment: Environment,
  maps: readonly RuntimeMap[],
  { budget = DEFAULT_BUDGET }: { budget?: number } = {},
): InterpretedProgram {
  const linked = link(xlated, environment, maps);
  const limit = xlated.verified ? Number.POSITIVE_INFINITY : budget;
  // One state serves all runs that are not inside each other.
  let idle: RunState | undefined = newState(linked);
  return {
    xlated,
    start: (context, length = 0) => new Execution(linked, limit, context, length),
    repeat(context, times) {
      let result = 0;
      for (let i = 0; i < times; i++) result = this.run(context);
      return result;
    },
    run(context, length = 0) {
      const state = idle ?? newState(linked);
      idle = undefined;
      begin(linked, state, context, length);
      while (!state.exited) {
        executeReserving(linked, state, Math.min(limit, state.executed + SLICE));
        if (!state.exited && state.executed >= limit) throw overBudget(xlated.origin[state.pc]!, limit);
      }
      idle = state;
      environment.memory.returnHigh = state.halves[1]!;
      return state.halves[0]! >>> 0;
    },
  };
}
