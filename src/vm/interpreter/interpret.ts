import type { RuntimeMap } from "../../maps/runtime.ts";
import type { Environment } from "../environment.ts";
import { DEFAULT_BUDGET, type RunnableProgram } from "../program.ts";
import type { Xlated } from "../types.ts";
import { finish } from "./chain.ts";
import { TAIL } from "./code.ts";
import { Execution } from "./execution.ts";
import { begin, link, newState } from "./link.ts";

/** A program run instruction by instruction: the reference for what every instruction means. */
export interface InterpretedProgram extends RunnableProgram {
  /** Begins a run that is stepped, looked at and rewound by hand. */
  start(context: number, length?: number): Execution;
}

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
  const limit = xlated.verified ? Number.POSITIVE_INFINITY : budget;
  const linked = link(xlated, environment, maps, limit);
  const startsChains = linked.code.op.includes(TAIL);
  const { memory, stackPointer } = environment;
  const execute = (context: number, length: number): number => {
    const state = linked.idle.pop() ?? newState(linked);
    begin(linked, state, context, length, stackPointer.value);
    finish(linked, state, limit);
    linked.idle.push(state);
    memory.returnHigh = state.halves[1]!;
    return state.halves[0]! >>> 0;
  };
  return {
    ...{ xlated, maps, linked },
    start: (context, length = 0) => new Execution(linked, limit, context, length),
    repeat(context, times) {
      let result = 0;
      for (let i = 0; i < times; i++) result = this.run(context);
      return result;
    },
    enter: (context) => execute(context, environment.contextLength),
    run(context, length = 0) {
      environment.contextLength = length;
      if (!startsChains) return execute(context, length);
      const outer = memory.tailCalls;
      memory.tailCalls = 0;
      try {
        return execute(context, length);
      } finally {
        memory.tailCalls = outer;
      }
    },
  };
}
