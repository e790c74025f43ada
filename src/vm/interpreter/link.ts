import type { RuntimeMap } from "../../maps/runtime.ts";
import { DIRECT_MAP_HIGH } from "../../memory/memory.ts";
import { resolveCalls } from "../call.ts";
import { decode } from "../decode.ts";
import type { Environment } from "../environment.ts";
import { mapAddress } from "../map-address.ts";
import { Regions } from "../regions.ts";
import { MAX_CALL_FRAMES, STACK_SIZE, type Xlated } from "../types.ts";
import { FIRST_CONSTANT, layOut } from "./code.ts";
import { execute, type Linked, type RunState } from "./execute.ts";

/** Lays a program out and resolves what it names: maps, helpers. */
export function link(xlated: Xlated, environment: Environment, maps: readonly RuntimeMap[]): Linked {
  const operations = decode(xlated.insns);
  const regions = new Regions();
  const calls = resolveCalls(xlated, operations, environment, maps, regions);
  const code = layOut(xlated, operations, (o, at) => mapAddress(o, xlated.origin[at]!, maps));
  return { xlated, code, operations, calls, callsOut: calls.some(Boolean), environment, regions };
}

/** Memory for the state of runs of a program; `begin` makes a run of it. */
export function newState({ code }: Linked): RunState {
  const r = new BigInt64Array(FIRST_CONSTANT + code.constants.length);
  r.set(code.constants, FIRST_CONSTANT);
  const halves = new Int32Array(r.buffer);
  const unsigned = new Uint32Array(r.buffer);
  return { r, halves, unsigned, frames: [], stackTop: 0, pc: 0, executed: 0, exited: false };
}

/** Puts a run before its first instruction. */
export function begin(linked: Linked, state: RunState, context: number, length: number): void {
  const { environment, regions, xlated } = linked;
  const { r, halves, frames } = state;
  const top = environment.stackPointer.value as number;
  r.fill(0n, 0, FIRST_CONSTANT);
  halves[2] = context;
  halves[3] = DIRECT_MAP_HIGH;
  halves[20] = top;
  halves[21] = DIRECT_MAP_HIGH;
  if (!xlated.verified) {
    halves[4] = length;
    regions.begin(context, length, top);
  }
  frames.length = 0;
  state.stackTop = top;
  state.pc = 0;
  state.executed = 0;
  state.exited = false;
}

/** Executes with the stack pointer below this run's frames, so that programs inside its helpers find free stack. */
export function executeReserving(linked: Linked, state: RunState, limit: number): void {
  if (!linked.callsOut) {
    execute(linked, state, limit);
    return;
  }
  const { stackPointer } = linked.environment;
  const frames = linked.xlated.subprograms.length > 1 ? MAX_CALL_FRAMES : 1;
  stackPointer.value = state.stackTop - frames * STACK_SIZE;
  try {
    execute(linked, state, limit);
  } finally {
    stackPointer.value = state.stackTop;
  }
}
