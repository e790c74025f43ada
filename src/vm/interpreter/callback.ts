import type { Callback } from "../../helpers/callbacks.ts";
import { DIRECT_MAP_HIGH } from "../../memory/memory.ts";
import { ExecutionError } from "../errors.ts";
import { FRAMES, MAX_CALL_FRAMES } from "../types.ts";
import { finish } from "./chain.ts";
import { FIRST_SAVED } from "./code.ts";
import { newState } from "./link.ts";
import type { Linked, RunState } from "./run-state.ts";

/**
 * The function at slot `start` as helpers call it: it runs on the free stack below the program that called the helper, and
 * its instructions count as that program's.
 */
export function callbackOf(linked: Linked, start: number): Callback {
  const { environment, xlated, regions, fuel } = linked;
  const { memory, stackPointer } = environment;
  return (...halves) => {
    const top = stackPointer.value;
    if (!xlated.verified && top - FRAMES < regions.stackStart) {
      throw new ExecutionError(
        "call-depth",
        xlated.origin[start]!,
        `calls nest deeper than ${MAX_CALL_FRAMES} functions`,
      );
    }
    const state = linked.idle.pop() ?? newState(linked);
    beginFunction(state, start, halves, top);
    finish(linked, state, fuel.left);
    fuel.left -= state.executed;
    memory.returnHigh = state.halves[1]!;
    linked.idle.push(state);
    return state.halves[0]!;
  };
}

/** Puts a run before the first instruction of a function, with r1..r5 as halves and a stack that ends at `top`. */
export function beginFunction(state: RunState, start: number, halves: readonly number[], top: number): void {
  state.r.fill(0n, 0, FIRST_SAVED);
  state.halves.set(halves, 2);
  state.halves[20] = top;
  state.halves[21] = DIRECT_MAP_HIGH;
  state.returns.length = 0;
  state.stackTop = top;
  state.pc = start;
  state.executed = 0;
  state.exited = false;
  state.goesTo = 0;
}
