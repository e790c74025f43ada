import { REG } from "../../isa/constants.ts";
import type { ArenaPlace } from "../../maps/runtime.ts";
import { DIRECT_MAP, RETURN_HIGH, TAIL_CALLS } from "../../memory/memory.ts";
import type { Argument, CallTarget } from "../call.ts";
import { flowGraph } from "../flow/graph.ts";
import { promotableSlots, type StackSlot } from "../flow/stack-slots.ts";
import type { AddressOperation } from "../load-address.ts";
import type { Operation } from "../operation.ts";
import { FRAME_SIZE, FRAMES, STACK_SIZE, type Xlated } from "../types.ts";
import type { FunctionBuilder } from "../wasm/function.ts";
import { ModuleBuilder } from "../wasm/module.ts";
import type { ValueType } from "../wasm/opcodes.ts";
import { emitAtomic, emitLoad, emitSlotLoad, emitSlotStore, emitStore, type Guards } from "./access.ts";
import { defineArena, emitCast } from "./arena.ts";
import { emitAlu, emitExtend, emitNeg } from "./arithmetic.ts";
import { emitCondition } from "./branch.ts";
import { emitEnd } from "./byte-order.ts";
import { type CallbackBounds, defineCallback } from "./callback.ts";
import { emitFunction } from "./control.ts";
import { FrameBuilder } from "./frame.ts";
import { type Bounds, defineCheck, defineProbe } from "./guard.ts";
import { emitArguments, emitArrayLookup, emitHelperCall, emitWholeResult } from "./helper-call.ts";
import { emitTailCall, type TailCallModule } from "./tail-call.ts";

/** A compiled program before it is instantiated. */
export interface CompiledModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The helper that import `helpers.N` is, by N. */
  readonly imports: readonly CallTarget[];
  /** Where in its function's code each slot begins: [function index, byte]. For showing the two side by side. */
  readonly positions: ReadonlyMap<number, readonly [functionIndex: number, byte: number]>;
}

/** Names of what a module imports and exports, for whoever instantiates it. */
export const NAMES = {
  environment: "env",
  helpers: "helpers",
  /** Imports of unverified programs, which throw; the second one of metered ones too. */
  fault: "fault",
  budget: "budget",
  depth: "depth",
  /** Exported globals of unverified programs, set before each run; the first is an import of metered ones. */
  fuel: "fuel",
  memoryStart: "memory_start",
  memorySize: "memory_size",
  stackStart: "stack_start",
  framesStart: "frames_start",
  indirect: "indirect",
  /** Imports of programs with an arena. */
  gather: "gather",
  scatter: "scatter",
  entry: "entry",
  run: "run",
  repeat: "repeat",
} as const;

const NO_SLOTS: ReadonlyMap<number, StackSlot> = new Map();

/**
 * Compiles a program to the bytes of a WebAssembly module: each of its functions becomes one of the module's. `ownSlot` is
 * the program's slot in the table of entries, for tail calls to itself. A `metered` one counts the environment's fuel down.
 */
export function compile(
  xlated: Xlated,
  operations: readonly Operation[],
  calls: readonly (CallTarget | undefined)[],
  addressOf: (operation: AddressOperation, at: number) => bigint,
  ownSlot?: number,
  arena?: ArenaPlace,
  metered = false,
): CompiledModule {
  return new Compiler(xlated, operations, calls, addressOf, ownSlot, arena, metered).compile();
}

/** What blocks are paid with: a global, and the import that is called where it is used up. */
interface Fuel {
  readonly fuel: number;
  readonly budget: number;
}

/** What an unverified program has beside a verified one. */
interface Supervision extends Fuel {
  readonly bounds: Bounds;
  readonly callbacks: CallbackBounds;
  /** An import. */
  readonly depth: number;
}

class Compiler {
  readonly #xlated: Xlated;
  readonly #operations: readonly Operation[];
  readonly #calls: readonly (CallTarget | undefined)[];
  readonly #addressOf: (operation: AddressOperation, at: number) => bigint;
  readonly #ownSlot: number | undefined;
  readonly #arena: ArenaPlace | undefined;
  readonly #module = new ModuleBuilder();
  readonly #imports: CallTarget[] = [];
  /** Function index of the helper that each slot calls. */
  readonly #helpers = new Map<number, number>();
  readonly #functions = new Map<number, FunctionBuilder>();
  readonly #callbacks = new Set<number>();
  readonly #positions = new Map<number, readonly [number, number]>();
  readonly #stackPointer: number;
  readonly #indirect: number | undefined;
  readonly #supervision: Supervision | undefined;
  readonly #fuel: Fuel | undefined;
  readonly #guards: Guards;

  constructor(
    xlated: Xlated,
    operations: readonly Operation[],
    calls: readonly (CallTarget | undefined)[],
    addressOf: (operation: AddressOperation, at: number) => bigint,
    ownSlot: number | undefined,
    arena: ArenaPlace | undefined,
    metered: boolean,
  ) {
    this.#xlated = xlated;
    this.#operations = operations;
    this.#calls = calls;
    this.#addressOf = addressOf;
    this.#ownSlot = ownSlot;
    this.#arena = arena;
    const module = this.#module;
    const { environment } = NAMES;
    module.importMemory(environment, "memory");
    module.importTable(environment, "entries");
    this.#stackPointer = module.importGlobal(environment, "stack_pointer", "i32");
    this.#importHelpers();
    const indirect = operations.some(({ kind }) => kind === "indirect");
    if (indirect) this.#indirect = module.importFunction(environment, NAMES.indirect, halves(13), ["i32"]);
    const fault = xlated.verified
      ? 0
      : module.importFunction(environment, NAMES.fault, ["i32", "i32", "i32", "i32"], ["i32"]);
    this.#supervision = xlated.verified ? undefined : this.#supervise();
    this.#fuel = this.#supervision ?? (metered ? this.#importFuel() : undefined);
    const cross = this.#importArena();
    const probes = xlated.facts.some(({ access }) => access === "probe");
    this.#guards = {
      probe: probes ? defineProbe(module) : 0,
      check: this.#supervision === undefined ? 0 : defineCheck(module, this.#supervision.bounds, fault),
      arena: cross && { locate: defineArena(module, arena!, cross.gather), scatter: cross.scatter },
    };
  }

  compile(): CompiledModule {
    const parameters: ValueType[] = this.#supervision === undefined ? ["i32"] : ["i32", "i32"];
    const f = this.#module.function(parameters, ["i32"]);
    const run = this.#startsChains() ? this.#defineRun(f, parameters) : f;
    this.#module.exportFunction(NAMES.entry, f.index);
    this.#module.exportFunction(NAMES.run, run.index);
    for (const operation of this.#operations) {
      const called = operation.kind === "call" || operation.kind === "function";
      if (!called || this.#functions.has(operation.to)) continue;
      this.#functions.set(operation.to, this.#module.function(["i64", "i64", "i64", "i64", "i64", "i32"], ["i64"]));
    }
    this.#emitMain(f);
    if (this.#supervision === undefined) this.#defineRepeat(run);
    this.#defineCallbacks();
    for (const [start, subprogram] of this.#functions) this.#emitSubprogram(subprogram, start);
    return { bytes: this.#module.finish(), imports: this.#imports, positions: this.#positions };
  }

  #startsChains(): boolean {
    return this.#calls.some((target) => target?.tail);
  }

  /** A run that nobody's tail call began: it starts with no tail call made, and leaves the count to whom it interrupts. */
  #defineRun(entry: FunctionBuilder, parameters: readonly ValueType[]): FunctionBuilder {
    const f = this.#module.function(parameters, ["i32"]);
    const outer = f.local("i32");
    f.i32(0).memory("i32.load", TAIL_CALLS).set(outer);
    f.i32(0).i32(0).memory("i32.store", TAIL_CALLS);
    parameters.forEach((_, i) => {
      f.get(i);
    });
    f.call(entry.index).i32(0).get(outer).memory("i32.store", TAIL_CALLS);
    return f;
  }

  /** The functions that helpers call, by their first slots. */
  #defineCallbacks(): void {
    for (const operation of this.#operations) {
      if (operation.kind !== "function" || this.#callbacks.has(operation.to)) continue;
      const { to } = operation;
      const subprogram = this.#functions.get(to)!;
      const f = defineCallback(this.#module, subprogram, this.#stackPointer, this.#supervision?.callbacks, to);
      this.#callbacks.add(to);
      this.#module.exportFunction(callbackName(to), f.index);
    }
  }

  /** The same helper on the same map is one import, however often it is called; a checked call knows its slot. */
  #importHelpers(): void {
    const known = new Map<string, number>();
    this.#calls.forEach((target, at) => {
      if (target === undefined || target.array !== undefined || target.programs !== undefined) return;
      const key = this.#xlated.verified ? `${target.name} ${target.map?.index}` : `${at}`;
      let index = known.get(key);
      if (index === undefined) {
        const parameters = target.args.map((): ValueType => "i32");
        const results: ValueType[] = target.passing === "void" && !target.tail ? [] : ["i32"];
        index = this.#module.importFunction(NAMES.helpers, String(this.#imports.length), parameters, results);
        this.#imports.push(target);
        known.set(key, index);
      }
      this.#helpers.set(at, index);
    });
  }

  /** What copies bytes that lie in two pages of the arena. */
  #importArena(): { gather: number; scatter: number } | undefined {
    if (!this.#xlated.facts.some(({ access }) => access === "arena")) return undefined;
    return {
      gather: this.#module.importFunction(NAMES.environment, NAMES.gather, ["i32", "i32"], ["i32"]),
      scatter: this.#module.importFunction(NAMES.environment, NAMES.scatter, ["i32", "i32"], []),
    };
  }

  /** The machine's own fuel, for all its programs. */
  #importFuel(): Fuel {
    const { environment } = NAMES;
    return {
      fuel: this.#module.importGlobal(environment, NAMES.fuel, "i32"),
      budget: this.#module.importFunction(environment, NAMES.budget, ["i32"], []),
    };
  }

  #supervise(): Supervision {
    const module = this.#module;
    const { environment } = NAMES;
    const budget = module.importFunction(environment, NAMES.budget, ["i32"], []);
    const depth = module.importFunction(environment, NAMES.depth, ["i32"], []);
    const global = (name: string): number => {
      const index = module.global("i32");
      module.exportGlobal(name, index);
      return index;
    };
    const fuel = global(NAMES.fuel);
    const stackStart = global(NAMES.stackStart);
    const framesStart = global(NAMES.framesStart);
    const bounds = { memoryStart: global(NAMES.memoryStart), memorySize: global(NAMES.memorySize), stackStart };
    return { fuel, bounds, callbacks: { stackStart, framesStart, depth }, budget, depth };
  }

  /** Whether a main function moves the end of the free stack: something that it calls may run other programs. */
  get #reserves(): boolean {
    return this.#helpers.size > 0 || this.#indirect !== undefined;
  }

  /** The entry: (context) or, unverified, (memory, length) -> low half of r0; the upper half goes to `RETURN_HIGH`. */
  #emitMain(f: FunctionBuilder): void {
    const frame = new FrameBuilder(f, []);
    const { bottom } = frame;
    // What runs inside our helpers needs the stack below all frames that this one may have.
    const reserves = this.#reserves;
    f.indexed("global.get", this.#stackPointer);
    if (reserves) {
      const top = frame.scratch("top", "i32");
      f.tee(top)
        .i32(this.#functions.size === 0 ? FRAME_SIZE : FRAMES)
        .op("i32.sub")
        .indexed("global.set", this.#stackPointer)
        .get(top);
    }
    f.i32(STACK_SIZE).op("i32.sub").set(bottom);
    f.get(0).op("i64.extend_i32_u").i64(DIRECT_MAP).op("i64.or");
    frame.set(REG.R1);
    if (this.#supervision !== undefined) {
      f.get(1).op("i64.extend_i32_u");
      frame.set(REG.R2);
    }
    this.#emitBlocks(frame, 0, "main", () => {
      if (reserves) {
        frame.top();
        f.indexed("global.set", this.#stackPointer);
      }
      f.i32(0);
      frame.get(REG.R0);
      f.i64(32n).op("i64.shr_u").memory("i64.store32", RETURN_HIGH);
      frame.getLow(REG.R0);
      f.op("return");
    });
  }

  /** (context, times) -> the result of the last run: what BPF_PROG_TEST_RUN does, without a step into JavaScript a run. */
  #defineRepeat(entry: FunctionBuilder): void {
    const f = this.#module.function(["i32", "i32"], ["i32"]);
    const [context, times] = [0, 1];
    const result = f.local("i32");
    f.begin("block").begin("loop");
    f.get(times).op("i32.eqz").branch("br_if", 1);
    f.get(context).call(entry.index).set(result);
    f.get(times).i32(1).op("i32.sub").set(times).branch("br", 0);
    f.op("end", "end").get(result);
    this.#module.exportFunction(NAMES.repeat, f.index);
  }

  /** A bpf-to-bpf function: (r1..r5, bottom of the caller's frame) -> r0. r6..r9 are its own locals, so they are saved. */
  #emitSubprogram(f: FunctionBuilder, start: number): void {
    const callersBottom = 5;
    const frame = new FrameBuilder(
      f,
      [0, 1, 2, 3, 4].map((local) => [REG.R1 + local, local] as const),
    );
    f.get(callersBottom).i32(FRAME_SIZE).op("i32.sub").set(frame.bottom);
    if (this.#supervision !== undefined) {
      const { depth, callbacks } = this.#supervision;
      f.get(frame.bottom).indexed("global.get", callbacks.framesStart).op("i32.lt_u");
      f.begin("if").i32(start).call(depth).op("end");
    }
    this.#emitBlocks(frame, start, "subprogram", () => {
      frame.get(REG.R0);
      f.op("return");
    });
  }

  #emitBlocks(frame: FrameBuilder, entry: number, place: "main" | "subprogram", exit: () => void): void {
    const { f } = frame;
    const mark = (at: number) => this.#positions.set(at, [f.index, f.position]);
    const graph = flowGraph(this.#operations, entry);
    // Without a verdict nobody knows that an access through a pointer stays within what it seems to touch.
    const slots = this.#xlated.verified ? promotableSlots(this.#operations, graph, this.#calls) : NO_SLOTS;
    emitFunction(f, this.#operations, graph, {
      enter: (start, end) => {
        if (this.#fuel !== undefined) this.#emitFuel(f, this.#fuel, start, end);
      },
      body: (start, end) => {
        for (let at = start; at < end; at++) {
          mark(at);
          this.#emitOperation(frame, this.#operations[at]!, at, slots.get(at), place);
        }
      },
      condition: (operation, negated, at) => {
        mark(at);
        emitCondition(frame, operation, negated);
      },
      exit: (at) => {
        mark(at);
        exit();
      },
    });
  }

  /** Pays for a block before it is executed. */
  #emitFuel(f: FunctionBuilder, { fuel, budget }: Fuel, start: number, end: number): void {
    const cost = this.#operations.slice(start, end).filter(({ kind }) => kind !== "second").length;
    f.indexed("global.get", fuel).i32(cost).op("i32.sub").indexed("global.set", fuel);
    f.indexed("global.get", fuel).i32(0).op("i32.lt_s").begin("if").i32(start).call(budget).op("end");
  }

  /** `slot` is the piece of the stack that the operation loads or stores, where that lives in a local. */
  #emitOperation(
    frame: FrameBuilder,
    operation: Operation,
    at: number,
    slot: StackSlot | undefined,
    place: "main" | "subprogram",
  ): void {
    const { f } = frame;
    const facts = this.#xlated.facts[at]!;
    const access = facts.access ?? "checked";
    switch (operation.kind) {
      case "alu":
        emitAlu(frame, operation);
        break;
      case "neg":
        emitNeg(frame, operation);
        break;
      case "extend":
        emitExtend(frame, operation);
        break;
      case "end":
        emitEnd(frame, operation);
        break;
      case "cast":
        emitCast(frame, operation, ((this.#arena?.start ?? 0n) >> 32n) << 32n);
        break;
      case "constant":
        f.i64(operation.value);
        frame.set(operation.dst);
        break;
      case "map":
      case "function":
      case "symbol":
        f.i64(this.#addressOf(operation, at));
        frame.set(operation.dst);
        break;
      case "load":
        if (slot !== undefined) emitSlotLoad(frame, operation, slot);
        else emitLoad(frame, this.#guards, operation, access, at);
        break;
      case "store":
        if (slot !== undefined) emitSlotStore(frame, operation, slot);
        else emitStore(frame, this.#guards, operation, access, at);
        break;
      case "atomic":
        emitAtomic(frame, this.#guards, operation, access, at);
        break;
      case "helper":
      case "kfunc": {
        const target = this.#calls[at]!;
        if (target.tail) emitTailCall(frame, target, this.#tailCallModule(frame, at), place);
        else if (target.array !== undefined) emitArrayLookup(frame, target.array, slot);
        else emitHelperCall(frame, target, this.#helpers.get(at)!);
        break;
      }
      case "call":
        for (let register = REG.R1; register <= REG.R5; register++) frame.get(register);
        f.get(frame.bottom).call(this.#functions.get(operation.to)!.index);
        frame.set(REG.R0);
        break;
      case "indirect":
        f.i32(at);
        emitArguments(frame, halvesOf(operation.register));
        f.call(this.#indirect!);
        emitWholeResult(f);
        frame.set(REG.R0);
        break;
      case "second":
      case "jump":
      case "branch":
      case "exit":
        break;
    }
  }

  #tailCallModule({ f }: FrameBuilder, at: number): TailCallModule {
    return {
      self: this.#ownSlot === undefined ? undefined : { slot: this.#ownSlot, entry: f.index },
      stackPointer: this.#stackPointer,
      reserves: this.#reserves,
      entryType: this.#module.type(["i32"], ["i32"]),
      find: this.#helpers.get(at),
    };
  }
}

/** The name of the export by which helpers call the function at a slot. */
export const callbackName = (start: number): string => `callback_${start}`;

const halves = (count: number): ValueType[] => new Array<ValueType>(count).fill("i32");

/** What `callx` passes: the register that it calls, then r1..r5. */
const halvesOf = (register: number): Argument[] =>
  [register, REG.R1, REG.R2, REG.R3, REG.R4, REG.R5].flatMap((each): Argument[] => [
    { register: each, half: "low" },
    { register: each, half: "high" },
  ]);
