import type { Round } from "../../helpers/rounds.ts";
import { REGISTER_COUNT } from "../../isa/constants.ts";
import type { Xlated } from "../types.ts";
import { FIRST_CONSTANT, FIRST_SAVED, SAVED } from "./code.ts";
import type { Linked, RunState } from "./run-state.ts";

/**
 * One program at work within a run; the last of them executes. The next is there because a helper calls a function, or
 * because another program took the place of a subprogram. One that took a main function's place stands in its stead.
 */
export interface Activation {
  readonly linked: Linked;
  readonly state: RunState;
  /** For a function that a helper called: what the helper does next. */
  readonly round: Round | undefined;
  /** How often that helper has called functions, this one included; 0 without one. */
  readonly turn: number;
}

/** A function that waits for one that it called. */
export interface Caller {
  readonly program: Xlated;
  /** Slot of the xlated program that it goes on at. */
  readonly returnsTo: number;
  /** r1..r10 as they will be then, unsigned. */
  readonly registers: readonly bigint[];
}

const unsigned = (values: BigInt64Array): bigint[] => Array.from(values, (value) => BigInt.asUintN(64, value));

/** The functions that wait, outermost first. */
export function callersOf(activations: readonly Activation[]): Caller[] {
  return activations.flatMap(({ linked, state }, index) => {
    const { r, returns, pc } = state;
    const program = linked.xlated;
    const waiting = returns.map((returnsTo, depth): Caller => {
      const from = FIRST_SAVED + depth * SAVED;
      return { program, returnsTo, registers: unsigned(r.subarray(from, from + SAVED)) };
    });
    // Whoever made a tail call does not wait.
    if (activations[index + 1]?.round === undefined) return waiting;
    return [...waiting, { program, returnsTo: pc, registers: unsigned(r.subarray(1, REGISTER_COUNT)) }];
  });
}

/** How many functions wait. */
export function depthOf(activations: readonly Activation[]): number {
  let depth = 0;
  for (const { state, round } of activations) depth += state.returns.length + (round === undefined ? 0 : 1);
  return depth;
}

/** An activation as it was at one moment. */
export interface SavedActivation extends Activation {
  readonly registers: BigInt64Array;
  readonly returns: readonly number[];
  readonly pc: number;
  readonly executed: number;
  readonly exited: boolean;
}

/** Remembers an activation; of its registers those that what comes next may change. */
export function saveActivation(activation: Activation, registers = FIRST_CONSTANT): SavedActivation {
  const { r, returns, pc, executed, exited } = activation.state;
  return { ...activation, registers: r.slice(0, registers), returns: [...returns], pc, executed, exited };
}

/** Makes an activation what it was. */
export function restoreActivation(saved: SavedActivation): Activation {
  const { linked, state, round, turn, registers, returns, pc, executed, exited } = saved;
  state.r.set(registers);
  state.returns.splice(0, state.returns.length, ...returns);
  Object.assign(state, { pc, executed, exited, goesTo: 0 });
  return { linked, state, round, turn };
}
