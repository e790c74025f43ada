import type { RuntimeMap } from "../../maps/runtime.ts";
import { DIRECT_MAP_HIGH } from "../../memory/memory.ts";
import { arenaOf, upperHalf } from "../arena.ts";
import { type CallTarget, resolveCalls } from "../call.ts";
import { contextWindow } from "../context-window.ts";
import { decode } from "../decode.ts";
import type { Environment } from "../environment.ts";
import { indirectCall } from "../indirect-call.ts";
import { addressLoader, reserveFunctions } from "../load-address.ts";
import { addressedValues, Regions } from "../regions.ts";
import { FRAME_SIZE, FRAMES, type Xlated } from "../types.ts";
import { callbackOf } from "./callback.ts";
import { FIRST_CONSTANT, FIRST_SAVED, layOut } from "./code.ts";
import { execute } from "./execute.ts";
import type { Linked, LinkedCall, RunState } from "./run-state.ts";

/** Lays a program out and resolves what it names: maps, helpers, functions. It may execute `budget` instructions a run. */
export function link(xlated: Xlated, environment: Environment, maps: readonly RuntimeMap[], budget: number): Linked {
  const operations = decode(xlated.insns);
  const arena = arenaOf(xlated, maps);
  const window = contextWindow(xlated.type, environment.memory);
  const regions = new Regions(addressedValues(operations, maps), window, arena);
  const targets = resolveCalls(xlated, operations, environment, maps, regions);
  const functions = reserveFunctions(operations, environment);
  const linked: Linked = {
    ...{ xlated, operations, environment, regions, arena, maps, idle: [] },
    functions: new Map(Array.from(functions, ([start, address]) => [address, start])),
    code: layOut(xlated, operations, targets, addressLoader(xlated, environment, maps, functions), upperHalf(arena)),
    calls: targets.map((target) => target && linkCall(target)),
    indirect: indirectCall(xlated, environment, regions),
    callsOut: operations.some(
      ({ kind }, at) => kind === "indirect" || ((kind === "helper" || kind === "kfunc") && targets[at]?.tail === false),
    ),
    fuel: { budget, left: budget },
  };
  for (const [start, address] of functions) environment.host.callbacks.define(address, callbackOf(linked, start));
  return linked;
}

/** Calls without an array of arguments where there are few, as there almost always are. */
export function linkCall({ args, call, passing }: CallTarget): LinkedCall {
  const places = args.map(({ register, half }) => 2 * register + (half === "high" ? 1 : 0));
  const [a, b, c, d] = places as [number, number, number, number];
  const invokers: ((halves: Int32Array) => number)[] = [
    () => call(),
    (halves) => call(halves[a]!),
    (halves) => call(halves[a]!, halves[b]!),
    (halves) => call(halves[a]!, halves[b]!, halves[c]!),
    (halves) => call(halves[a]!, halves[b]!, halves[c]!, halves[d]!),
  ];
  const any = (halves: Int32Array): number => call(...places.map((place) => halves[place]!));
  return { passing, invoke: invokers[args.length] ?? any };
}

/** Memory for the state of runs of a program; `begin` makes a run of it. */
export function newState({ code }: Linked): RunState {
  const r = new BigInt64Array(FIRST_CONSTANT + code.constants.length);
  r.set(code.constants, FIRST_CONSTANT);
  const halves = new Int32Array(r.buffer);
  const unsigned = new Uint32Array(r.buffer);
  return {
    ...{ r, halves, unsigned, returns: [], stackTop: 0, context: 0, length: 0 },
    ...{ pc: 0, executed: 0, exited: false, goesTo: 0 },
  };
}

/** Puts a run before its first instruction, with a stack that ends at `top`. */
export function begin(linked: Linked, state: RunState, context: number, length: number, top: number): void {
  const { regions, xlated } = linked;
  const { halves, returns } = state;
  // The verifier has seen that a program writes registers before it reads them.
  if (!xlated.verified) for (let half = 0; half < 2 * FIRST_SAVED; half++) halves[half] = 0;
  halves[2] = context;
  halves[3] = DIRECT_MAP_HIGH;
  linked.fuel.left = linked.fuel.budget;
  halves[20] = top;
  halves[21] = DIRECT_MAP_HIGH;
  if (!xlated.verified) {
    halves[4] = length;
    regions.begin(context, length, top);
  }
  // Setting the length takes 20 ns, and after a run that ended well nothing is left.
  if (returns.length > 0) returns.length = 0;
  state.stackTop = top;
  state.context = context;
  state.length = length;
  state.pc = 0;
  state.executed = 0;
  state.exited = false;
  state.goesTo = 0;
}

/** Executes with the stack pointer below this run's frames, so that programs inside its helpers find free stack. */
export function executeReserving(linked: Linked, state: RunState, limit: number): void {
  if (!linked.callsOut) {
    execute(linked, state, limit);
    return;
  }
  const { stackPointer } = linked.environment;
  stackPointer.value = state.stackTop - (linked.xlated.subprograms.length > 1 ? FRAMES : FRAME_SIZE);
  try {
    execute(linked, state, limit);
  } finally {
    stackPointer.value = state.stackTop;
  }
}
