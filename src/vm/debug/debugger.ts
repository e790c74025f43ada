import { requireWhole } from "../../isa/argument.ts";
import { DIRECT_MAP } from "../../memory/memory.ts";
import type { SourceLine } from "../../programs/spec.ts";
import type { Environment } from "../environment.ts";
import { ExecutionError } from "../errors.ts";
import type { Execution } from "../interpreter/execution.ts";
import type { InterpretedProgram } from "../interpreter/interpret.ts";
import type { Region } from "../regions.ts";
import { STACK_SIZE, type Xlated } from "../types.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { Changes, DebugState, Frame } from "./debug-state.ts";
import { memoryAccess } from "./memory-access.ts";
import { type Breakpoint, type Place, Points, requirePlace, slotsAt, type Watched } from "./points.ts";
import type { StackBytes } from "./stack-bytes.ts";
import { stepWithChanges, stepWithStack } from "./steps.ts";
import { DebugError, type Stop } from "./stop.ts";

/** Instructions after which a debugger that was sent somewhere stops anyway, unless it is told otherwise. */
const DEFAULT_LIMIT = 10_000_000;

/** A program that a tail call may lead to, besides the one that runs first. */
export interface OtherProgram {
  readonly xlated: Xlated;
  readonly lines?: readonly (SourceLine | undefined)[];
}

export interface DebuggerOptions {
  /** Offset of the object that r1 points to. */
  readonly context: number;
  /** For type `raw`: bytes there. */
  readonly length?: number;
  /** The source line of each slot of the program as it was written. */
  readonly lines?: readonly (SourceLine | undefined)[];
  /** What a tail call may lead to: their source lines, and places for breakpoints. */
  readonly others?: readonly OtherProgram[];
  /** Memory to show, besides the stack; for unverified programs what they may touch is added. */
  readonly regions?: readonly Region[];
  /** Instructions that one order to go on may take; default 10 million. */
  readonly limit?: number;
  /** Called once when the debugger is closed, after memory and host are as they were when it began. */
  readonly onClose?: () => void;
}

/**
 * One run of a program under control: step, stop at breakpoints and watches, and go back to any earlier point of the run,
 * where memory, maps and the host's random numbers are again what they were. Nothing else may run on the machine meanwhile;
 * `close()` puts everything back as it was before the run.
 *
 * @example
 * using debug = new Debugger(interpret(xlated, environment, maps), environment, { context });
 * debug.break({ line: 7 }, "r1 == 3");
 * debug.continue();          // { reason: "breakpoint", id: 1 }
 * debug.state().registers;   // r0..r10
 * debug.back(5);
 */
export class Debugger implements Disposable {
  readonly #program: InterpretedProgram;
  readonly #environment: Environment;
  readonly #options: DebuggerOptions;
  readonly #run: Execution;
  readonly #checkpoints: Checkpoints;
  readonly #points: Points;
  #stack: StackBytes;
  /** What the last step changed, if that was looked at. */
  #changes: Changes | undefined;
  #closed = false;

  constructor(program: InterpretedProgram, environment: Environment, options: DebuggerOptions) {
    this.#program = program;
    this.#environment = environment;
    this.#options = options;
    this.#run = program.start(options.context, options.length);
    this.#checkpoints = new Checkpoints(environment, this.#run);
    this.#points = new Points(environment.memory);
    this.#stack = this.#checkpoints.restore(0);
  }

  /** The breakpoints that are set. */
  get breakpoints(): readonly Breakpoint[] {
    return this.#points.breakpoints;
  }

  /** The watches that are set, by id. */
  get watches(): ReadonlyMap<number, Watched> {
    return this.#points.watches;
  }

  /** Instructions executed so far. */
  get executed(): number {
    return this.#run.executed;
  }

  /** How many functions wait for the one that runs. */
  get depth(): number {
    return this.#run.depth;
  }

  /** One register, unsigned. */
  register(number: number): bigint {
    requireWhole("register", number, 0, 10);
    return this.#run.register(number);
  }

  /** How many moments are kept to go back to: at most 64. */
  get checkpoints(): number {
    return this.#checkpoints.count;
  }

  /**
   * Stops before the instruction at a place, where `condition` (as `r1 == 5 && w2 s< 0`) holds. Returns the breakpoint's id.
   * Throws `DebugError` for a place without instructions and `ConditionError`.
   */
  break(place: Place, condition?: string): number {
    return this.#points.addBreakpoint(place, ...this.#find(place), condition);
  }

  /** Stops after the instruction that changes, reads or writes what is watched. Returns the watch's id. */
  watch(watched: Watched): number {
    return this.#points.addWatch(watched);
  }

  /** Removes a breakpoint or watch; false where there is none with this id. */
  remove(id: number): boolean {
    return this.#points.remove(id);
  }

  /** Executes one instruction. */
  step(): Stop {
    return this.#step(true) ?? { reason: "done" };
  }

  /**
   * Executes one instruction, with all of what it calls: a function, the functions that a helper calls, or the program that a
   * tail call goes on with, after which its caller or nobody comes next; unless something stops it there.
   */
  stepOver(): Stop {
    const { depth, isTailCall, program, pc } = this.#run;
    const stop = this.step();
    if (stop.reason !== "done") return stop;
    const wentOn = this.#run.program === program && this.#run.pc === pc + 1;
    if (isTailCall && !wentOn) return this.#go(() => this.#run.depth < depth);
    return this.#run.depth <= depth ? stop : this.#go(() => this.#run.depth <= depth);
  }

  /** Goes on until the current function has returned. */
  stepOut(): Stop {
    const depth = this.#run.depth;
    return this.#go(() => this.#run.depth < depth);
  }

  /** Goes on until the instruction at a place comes next. */
  runTo(place: Place): Stop {
    const [program, slots] = this.#find(place);
    return this.#go(() => this.#run.program === program && slots.has(this.#run.pc));
  }

  /** Goes on until something stops it. */
  continue(): Stop {
    return this.#go(() => false);
  }

  /** Takes `steps` instructions back, or all. */
  back(steps = 1): void {
    requireWhole("steps", steps, 0);
    this.goTo(Math.max(0, this.executed - steps));
  }

  /**
   * Goes to the moment after `executed` instructions, before or after this one, or to the end if that comes first. Nothing
   * stops it but an error.
   */
  goTo(executed: number): Stop {
    requireWhole("executed", executed, 0);
    if (executed < this.executed) this.#stack = this.#checkpoints.restore(executed);
    this.#changes = undefined;
    while (this.executed < executed) {
      if (this.#run.exited) return { reason: "exit", result: this.#run.register(0) };
      const failed = this.#perform();
      if (failed !== undefined) return failed;
    }
    return { reason: "done" };
  }

  /**
   * Executes on to the end as fast as the interpreter can, at most `most` instructions, past breakpoints and watches; how
   * many it executed in all, and r0 if it ended. Throws the `ExecutionError` that ends the run. Then only `close` is left.
   */
  measure(most: number): { readonly executed: number; readonly result: bigint | undefined } {
    const run = this.#run;
    run.advance(most);
    const { executed } = run;
    const result = run.exited ? run.register(0) : undefined;
    this.close();
    return { executed, result };
  }

  /** Where the next instruction was written: its slot and line. */
  get place(): { readonly slot: number; readonly line?: SourceLine } {
    const slot = this.#run.origin(this.#run.pc);
    const line = this.#linesOf(this.#run.program)?.[slot];
    return { slot, ...(line ? { line } : {}) };
  }

  /** The program that the next instruction is of. */
  get program(): Xlated {
    return this.#run.program;
  }

  /** Everything that can be seen now, as plain data. */
  state(): DebugState {
    const changes = this.changes();
    const { pc, executed, exited, registers } = this.#run.state();
    const { memory } = this.#environment;
    return {
      ...this.place,
      program: this.program,
      ...{ pc, executed, exited, registers, changes, frames: this.#frames() },
      memory: this.regions().map(({ name, start, size }) => ({
        name,
        address: memory.address(start),
        bytes: memory.u8.slice(start, start + size),
      })),
    };
  }

  /** The memory that the program was given, the stack aside. */
  regions(): Region[] {
    const all = [...(this.#options.regions ?? []), ...this.#run.regions.filter(({ name }) => name !== "the stack")];
    return all.filter(({ start, size }, i) => all.findIndex((r) => r.start === start && r.size === size) === i);
  }

  /** What the instruction just executed changed. */
  changes(): Changes {
    if (this.#changes === undefined) {
      const { executed } = this;
      if (executed === 0) return { registers: [], memory: [] };
      this.goTo(executed - 1);
      this.#changes = stepWithChanges(this.#environment, this.#run, this.#stack);
    }
    return this.#changes;
  }

  /** Puts memory and host back as they were before the run; after that nothing can be executed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#changes = undefined;
    this.#stack = this.#checkpoints.restore(0);
    this.#options.onClose?.();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #frames(): Frame[] {
    const { memory } = this.#environment;
    const callers = this.#run.callers().map(({ program, registers, returnsTo }) => {
      return { program, registers, returnsTo: program.origin[returnsTo]! };
    });
    const frames = [...callers, { program: this.program, registers: this.#run.state().registers.slice(1) }];
    return frames.map((frame): Frame => {
      const pointer = frame.registers.at(-1)!;
      const top = Number(pointer - DIRECT_MAP);
      return {
        ...frame,
        pointer,
        stack: memory.u8.slice(top - STACK_SIZE, top),
        written: Uint8Array.from({ length: STACK_SIZE }, (_, i) => Number(this.#stack.has(top - STACK_SIZE + i))),
      };
    });
  }

  #linesOf(program: Xlated): readonly (SourceLine | undefined)[] | undefined {
    if (program === this.#program.xlated) return this.#options.lines;
    return this.#options.others?.find(({ xlated }) => xlated === program)?.lines;
  }

  /** The program of a place, and its slots there. */
  #find(place: Place): readonly [Xlated, ReadonlySet<number>] {
    const all = [this.#program.xlated, ...(this.#options.others ?? []).map(({ xlated }) => xlated)];
    requirePlace(place);
    const program = place.program === undefined ? all[0] : all.find(({ name }) => name === place.program);
    if (program !== undefined) return [program, slotsAt(place, program, this.#linesOf(program))];
    const names = [...new Set(all.map(({ name }) => name))].join(", ");
    throw new DebugError("NO_PROGRAM", `there is no program "${place.program}"; there is: ${names}`);
  }

  #go(there: () => boolean): Stop {
    const { limit = DEFAULT_LIMIT } = this.#options;
    for (let steps = 0; steps < limit; steps++) {
      const stop = this.#step();
      if (stop !== undefined) return stop;
      if (there()) return { reason: "done" };
    }
    return { reason: "limit", executed: this.executed };
  }

  /** Executes one instruction, keeping what it changed if that is wanted; why to stop after it, if anything says so. */
  #step(keepChanges = false): Stop | undefined {
    const run = this.#run;
    if (run.exited) return { reason: "exit", result: run.register(0) };
    const watching = this.#points.watches.size > 0;
    const register = (number: number) => run.register(number);
    const before = watching ? this.#points.values(register) : undefined;
    let watch = watching ? this.#points.accessed(memoryAccess(run)) : undefined;
    const failed = this.#perform(keepChanges);
    if (failed !== undefined) return failed;
    if (before !== undefined) {
      const after = this.#points.values(register);
      for (const [id, value] of after) if (value !== before.get(id) && this.#points.stopsOnChange(id)) watch ??= id;
      if (watch !== undefined)
        return { reason: "watch", id: watch, before: before.get(watch)!, after: after.get(watch)! };
    }
    if (run.exited) return { reason: "exit", result: run.register(0) };
    const id = this.#points.breakpointAt(run.program, run.pc, () => run.state().registers);
    return id === undefined ? undefined : { reason: "breakpoint", id };
  }

  #perform(keepChanges = false): Stop | undefined {
    if (this.#closed) throw new DebugError("CLOSED", "this run is over: its debugger was closed. Begin another one");
    const was = this.#changes;
    this.#changes = undefined;
    try {
      if (keepChanges) this.#changes = stepWithChanges(this.#environment, this.#run, this.#stack);
      else stepWithStack(this.#environment, this.#run, this.#stack);
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      this.#changes = was;
      return { reason: "error", error };
    }
    this.#checkpoints.passed(this.executed, this.#stack);
    return undefined;
  }
}
