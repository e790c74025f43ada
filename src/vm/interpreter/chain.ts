import { REG } from "../../isa/constants.ts";
import { overBudget } from "../errors.ts";
import { leaveFunction } from "./calls.ts";
import { begin, executeReserving, newState } from "./link.ts";
import type { Linked, RunState } from "./run-state.ts";

/** Instructions executed between two looks at the budget; keeps the counter a small integer. */
const SLICE = 2 ** 30;

/** A program whose subprogram made a tail call: it goes on when the other program has returned. */
interface Waiting {
  readonly linked: Linked;
  readonly state: RunState;
  readonly limit: number;
}

/**
 * Executes what was begun to its end, through all tail calls; r0 of `begun` is the result, also where another program took
 * its place. A main function is replaced, so a chain needs no more room however long it is. Throws `ExecutionError`.
 */
export function finish(first: Linked, begun: RunState, most: number): void {
  let linked = first;
  let state = begun;
  let limit = most;
  let waiting: Waiting[] | undefined;
  for (;;) {
    const { environment } = linked;
    const meter = linked.xlated.verified ? environment.meter : undefined;
    const before = state.executed;
    executeReserving(
      linked,
      state,
      Math.min(limit, before + (meter === undefined ? SLICE : Math.min(SLICE, meter.left))),
    );
    meter?.spend(state.executed - before);
    if (state.goesTo !== 0) {
      const program = environment.programAt(state.goesTo);
      const target = program.linked;
      const context = state.halves[2 * REG.R1]!;
      const top = state.halves[2 * REG.R10]! >>> 0;
      if (target === undefined) {
        const { stackPointer, memory } = environment;
        const reserved = stackPointer.value;
        stackPointer.value = top;
        const low = program.enter(context);
        stackPointer.value = reserved;
        leaveFunction(state, low, memory.returnHigh);
      } else if (target === linked && state.returns.length === 0) {
        begin(linked, state, context, environment.contextLength, top);
      } else {
        const next = target.idle.pop() ?? newState(target);
        begin(target, next, context, environment.contextLength, top);
        if (state.returns.length > 0) {
          waiting ??= [];
          waiting.push({ linked, state, limit });
        } else if (state !== begun) linked.idle.push(state);
        linked = target;
        state = next;
        limit = target.fuel.budget;
      }
    }
    if (state.exited) {
      const caller = waiting?.pop();
      if (caller === undefined && state === begun) return;
      const { halves } = state;
      linked.idle.push(state);
      if (caller === undefined) {
        begun.halves[0] = halves[0]!;
        begun.halves[1] = halves[1]!;
        return;
      }
      leaveFunction(caller.state, halves[0]!, halves[1]!);
      const ended = linked;
      ({ linked, state, limit } = caller);
      if (ended === linked) restoreRegions(linked, state);
    } else if (meter?.left === 0) throw overBudget(linked.xlated.origin[state.pc]!, meter.budget);
    else if (state.executed >= limit) throw overBudget(linked.xlated.origin[state.pc]!, linked.fuel.budget);
  }
}

/** After a program has run in a subprogram of its own: what it may touch is the outer run's again. */
export function restoreRegions({ regions, xlated }: Linked, { context, length, stackTop }: RunState): void {
  if (!xlated.verified) regions.begin(context, length, stackTop);
}
