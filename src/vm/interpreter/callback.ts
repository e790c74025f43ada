import type { Callback } from "../../helpers/callbacks.ts";
import { DIRECT_MAP_HIGH } from "../../memory/memory.ts";
import { ExecutionError, overBudget } from "../errors.ts";
import { FRAMES, MAX_CALL_FRAMES } from "../types.ts";
import { FIRST_SAVED } from "./code.ts";
import type { Linked, RunState } from "./execute.ts";
import { executeReserving, newState } from "./link.ts";

/** Instructions executed between two looks at the budget; keeps the counter a small integer. */
export const SLICE = 2 ** 30;

/**
 * The function at slot `start` as helpers call it: it runs on the free stack below the program that called the helper, and
 * its instructions count as that program's.
 */
export function callbackOf(linked: Linked, start: number): Callback {
  const { environment, xlated, regions, fuel } = linked;
  const { memory, stackPointer } = environment;
  /** States of runs that are over. */
  const idle: RunState[] = [];
  return (...halves) => {
    const top = stackPointer.value;
    if (!xlated.verified && top - FRAMES < regions.stackStart) {
      throw new ExecutionError(
        "call-depth",
        xlated.origin[start]!,
        `calls nest deeper than ${MAX_CALL_FRAMES} functions`,
      );
    }
    const state = idle.pop() ?? newState(linked);
    state.r.fill(0n, 0, FIRST_SAVED);
    state.halves.set(halves, 2);
    state.halves[20] = top;
    state.halves[21] = DIRECT_MAP_HIGH;
    Object.assign(state, { stackTop: top, pc: start, executed: 0, exited: false });
    state.returns.length = 0;
    while (!state.exited) {
      executeReserving(linked, state, Math.min(fuel.left, state.executed + SLICE));
      if (!state.exited && state.executed >= fuel.left) throw overBudget(xlated.origin[state.pc]!, fuel.budget);
    }
    fuel.left -= state.executed;
    memory.returnHigh = state.halves[1]!;
    idle.push(state);
    return state.halves[0]!;
  };
}
