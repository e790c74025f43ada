import { DIRECT_MAP_HIGH } from "../../memory/memory.ts";
import { ExecutionError } from "../errors.ts";
import { FRAME_SIZE, MAX_CALL_FRAMES, MAX_TAIL_CALLS } from "../types.ts";
import { FIRST_SAVED, SAVED } from "./code.ts";
import type { Linked, RunState } from "./run-state.ts";

/** A call of a function of the program: what the caller goes on with is saved, and a frame below its own is begun. */
export function enterFunction(linked: Linked, { halves, returns }: RunState, pc: number): void {
  if (returns.length + 1 >= MAX_CALL_FRAMES) {
    const message = `calls nest deeper than ${MAX_CALL_FRAMES} functions`;
    throw new ExecutionError("call-depth", linked.xlated.origin[pc]!, message);
  }
  // Programs may rely on r6..r10 only; r1..r5 are the caller's again too, so that every engine does the same.
  copy(halves, FIRST_SAVED + returns.length * SAVED, 1);
  returns.push(pc + 1);
  // The function's own r0 and r6..r9 begin at 0; only a program that nobody verified can see that.
  halves[0] = 0;
  halves[1] = 0;
  for (let half = 12; half < 20; half++) halves[half] = 0;
  // Stacks lie in the machine's memory, where the low half alone is the offset.
  halves[20] = halves[20]! - FRAME_SIZE;
}

/** Gives a caller its registers back, and says where it goes on; -1 where there is none, and the run is over. */
export function returnToCaller({ halves, returns }: RunState): number {
  const returnTo = returns.pop();
  if (returnTo === undefined) return -1;
  copy(halves, 1, FIRST_SAVED + returns.length * SAVED);
  return returnTo;
}

/** Calls a helper: its arguments are halves of registers, its result goes to r0. */
export function executeHelper(linked: Linked, { halves, r }: RunState, pc: number): void {
  const { invoke, passing } = linked.calls[pc]!;
  const result = invoke(halves);
  switch (passing) {
    case "i32":
      r[0] = BigInt(result);
      break;
    case "u32":
      halves[0] = result;
      halves[1] = 0;
      break;
    case "u64":
      halves[0] = result;
      halves[1] = linked.environment.memory.returnHigh;
      break;
    case "pointer":
      halves[0] = result;
      halves[1] = result === 0 ? 0 : DIRECT_MAP_HIGH;
      break;
    case "void":
      break;
  }
}

/** The slot of the program that a tail call goes on with, which is counted; 0 where there is none or too many were made. */
export function findProgram(linked: Linked, { halves }: RunState, pc: number): number {
  const { memory } = linked.environment;
  const slot = linked.calls[pc]!.invoke(halves);
  if (slot === 0 || memory.tailCalls >= MAX_TAIL_CALLS) return 0;
  memory.tailCalls++;
  return slot;
}

/**
 * Ends the function that runs with a result, as `exit` does; for one whose place another program took. False where nobody
 * waits for it: then the run is over.
 */
export function leaveFunction(state: RunState, low: number, high: number): boolean {
  state.goesTo = 0;
  state.halves[0] = low;
  state.halves[1] = high;
  const returnTo = returnToCaller(state);
  if (returnTo < 0) state.exited = true;
  else state.pc = returnTo;
  return returnTo >= 0;
}

/** `callx`: to a function of this program, or to the helper whose number is in the register. */
export function executeIndirect(linked: Linked, { halves }: RunState, pc: number): void {
  const o = linked.operations[pc]!;
  if (o.kind !== "indirect") return;
  const at = 2 * o.register;
  halves[0] = linked.indirect(pc, halves[at]!, halves[at + 1]!, ...halves.subarray(2, 12));
  halves[1] = linked.environment.memory.returnHigh;
}

/** Copies as many registers as a call saves. For so few a loop is several times faster than `copyWithin`. */
function copy(halves: Int32Array, to: number, from: number): void {
  for (let i = 0; i < 2 * SAVED; i++) halves[2 * to + i] = halves[2 * from + i]!;
}
