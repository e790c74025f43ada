import type { Callback } from "../../helpers/callbacks.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import { arenaOf, locateInArena, scatter } from "../arena.ts";
import { resolveCalls } from "../call.ts";
import { contextWindow } from "../context-window.ts";
import { decode } from "../decode.ts";
import type { Environment } from "../environment.ts";
import { ExecutionError, overBudget, ProgramError } from "../errors.ts";
import { indirectCall } from "../indirect-call.ts";
import { addressLoader, reserveFunctions } from "../load-address.ts";
import { DEFAULT_BUDGET, type RunnableProgram } from "../program.ts";
import { addressedValues, originOfAddress, Regions } from "../regions.ts";
import { CHECKED_STACK, FRAMES, MAX_CALL_FRAMES, type Xlated } from "../types.ts";
import { type CompiledModule, callbackName, compile, NAMES } from "./compile.ts";
import { ZEROES } from "./guard.ts";

/** A program as machine code: its own WebAssembly module on the machine's memory. */
export interface CompiledProgram extends RunnableProgram {
  /** The module's bytes, and where in them each instruction went. */
  readonly module: CompiledModule;
}

/** Whether the JIT made a program. */
export const isCompiled = (program: RunnableProgram): program is CompiledProgram => "module" in program;

/** What the module of an unverified program exports beside its entry. */
type Supervised = Readonly<
  Record<"fuel" | "memory_start" | "memory_size" | "stack_start" | "frames_start", WebAssembly.Global>
>;

/**
 * Compiles a program to WebAssembly. `maps` are the machine's own, in the order of `xlated.maps`; `budget` is how many
 * instructions an unverified program may execute (below 2^31); verified ones are counted by the environment's meter, if any.
 * Throws `ProgramError` where the program calls a helper that the environment does not have, or is too large for a
 * function of WebAssembly (`too-large`): `interpret` runs it.
 *
 * @example
 * const program = jit(rewrite(spec, verdict), environment, [counts]);
 * program.run(context);   // low half of r0
 */
export function jit(
  xlated: Xlated,
  environment: Environment,
  maps: readonly RuntimeMap[],
  { budget = DEFAULT_BUDGET }: { budget?: number } = {},
): CompiledProgram {
  const operations = decode(xlated.insns);
  const arena = arenaOf(xlated, maps);
  const window = contextWindow(xlated.type, environment.memory);
  const regions = new Regions(addressedValues(operations, maps), window, arena);
  const calls = resolveCalls(xlated, operations, environment, maps, regions);
  const functions = reserveFunctions(operations, environment);
  const startsChains = calls.some((target) => target?.tail);
  const ownSlot = xlated.verified && startsChains ? environment.reserveSlot() : undefined;
  const module = compile(
    xlated,
    operations,
    calls,
    addressLoader(xlated, environment, maps, functions),
    ownSlot,
    arena?.arena,
    xlated.verified && environment.meter !== undefined,
  );
  const slot = (at: number): number => xlated.origin[at]!;
  const { exports } = new WebAssembly.Instance(translate(module), {
    [NAMES.environment]: {
      memory: environment.memory.wasm,
      entries: environment.entries,
      stack_pointer: environment.stackPointer,
      ...(environment.meter && { [NAMES.fuel]: environment.meter.fuel }),
      [NAMES.indirect]: indirectCall(xlated, environment, regions),
      [NAMES.fault]: (low: number, high: number, bytes: number, at: number) =>
        regions.offset(low, high, bytes, slot(at), originOfAddress(operations[at]!)),
      [NAMES.gather]: (low: number, bytes: number) => {
        const at = locateInArena(arena!, low >>> 0, bytes);
        return at < 0 ? ZEROES : at;
      },
      [NAMES.scatter]: (low: number, bytes: number) => scatter(arena!, low >>> 0, bytes),
      [NAMES.budget]: (at: number) => {
        throw overBudget(slot(at), xlated.verified ? environment.meter!.budget : budget);
      },
      [NAMES.depth]: (at: number) => {
        throw new ExecutionError("call-depth", slot(at), `calls nest deeper than ${MAX_CALL_FRAMES} functions`);
      },
    },
    [NAMES.helpers]: Object.fromEntries(module.imports.map(({ call }, i) => [i, call])),
  });
  for (const [start, address] of functions) {
    environment.host.callbacks.define(address, exports[callbackName(start)] as Callback);
  }
  if (!xlated.verified) return supervisedProgram(xlated, maps, module, exports, environment, regions, budget);
  const program = verifiedProgram(xlated, maps, module, exports, environment);
  if (ownSlot !== undefined) environment.enterAt(ownSlot, program);
  return program;
}

/** Engines refuse a function above 7.6 MB, or a `br_table` above 65,520 entries: very large programs are for the interpreter. */
function translate({ bytes }: CompiledModule): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    const what = `its WebAssembly (${bytes.length} bytes) is more than one function may be; the interpreter can run it`;
    throw new ProgramError("too-large", 0, what, error);
  }
}

function verifiedProgram(
  xlated: Xlated,
  maps: readonly RuntimeMap[],
  module: CompiledModule,
  exports: WebAssembly.Exports,
  environment: Environment,
): CompiledProgram {
  const run = exports[NAMES.run] as (context: number) => number;
  const repeat = exports[NAMES.repeat] as (context: number, times: number) => number;
  const enter = exports[NAMES.entry] as (context: number) => number;
  // Only a helper or the meter can throw in a verified program, and then nothing has put the stack pointer back.
  return {
    ...{ xlated, maps, module, enter, entry: enter },
    run(context) {
      try {
        return run(context) >>> 0;
      } catch (error) {
        environment.unwind();
        throw error;
      }
    },
    repeat(context, times) {
      try {
        return repeat(context, times) >>> 0;
      } catch (error) {
        environment.unwind();
        throw error;
      }
    },
  };
}

/** Before each run of an unverified program its module learns what it may use and touch. */
function supervisedProgram(
  xlated: Xlated,
  maps: readonly RuntimeMap[],
  module: CompiledModule,
  exports: WebAssembly.Exports,
  environment: Environment,
  regions: Regions,
  budget: number,
): CompiledProgram {
  const globals = exports as unknown as Supervised;
  const supervised =
    (name: string) =>
    (context: number, length: number): number => {
      environment.contextLength = length;
      const top = environment.stackPointer.value as number;
      regions.begin(context, length, top);
      globals.fuel.value = budget;
      globals.memory_start.value = context;
      globals.memory_size.value = length;
      globals.stack_start.value = top - CHECKED_STACK;
      globals.frames_start.value = top - FRAMES;
      try {
        return (exports[name] as (context: number, length: number) => number)(context, length) >>> 0;
      } finally {
        environment.stackPointer.value = top;
      }
    };
  const runSupervised = supervised(NAMES.run);
  const enterSupervised = supervised(NAMES.entry);
  const run = (context: number, length = 0): number => runSupervised(context, length);
  const enter = (context: number): number => enterSupervised(context, environment.contextLength);
  return {
    ...{ xlated, maps, module, run, enter },
    repeat(context, times) {
      let result = 0;
      for (let i = 0; i < times; i++) result = run(context);
      return result;
    },
  };
}
