import type { Round } from "../../helpers/rounds.ts";
import { REG, REGISTER_COUNT } from "../../isa/constants.ts";
import { type MemoryRange, recordChanges } from "../../memory/changes.ts";
import type { Environment } from "../environment.ts";
import { ExecutionError, overBudget } from "../errors.ts";
import type { Operation } from "../operation.ts";
import type { Region } from "../regions.ts";
import { FRAMES, MAX_CALL_FRAMES, type Xlated } from "../types.ts";
import {
  type Activation,
  type Caller,
  callersOf,
  depthOf,
  restoreActivation,
  type SavedActivation,
  saveActivation,
} from "./activation.ts";
import { beginFunction } from "./callback.ts";
import { leaveFunction } from "./calls.ts";
import { restoreRegions } from "./chain.ts";
import { ACCESS, FIRST_CONSTANT, FIRST_SAVED, TAIL } from "./code.ts";
import { begin, executeReserving, newState } from "./link.ts";
import { locate } from "./locate.ts";
import { isQuiet } from "./quiet.ts";
import type { Linked, RunState } from "./run-state.ts";
import { SteppedPrograms } from "./stepping.ts";
import { writtenBy } from "./written.ts";

/** The state of a run between two instructions: plain data. Memory is the machine's own, looked at through `memory`. */
export interface ExecutionState {
  /** Slot of the xlated program (`Execution.program`) that comes next; where it exited, the `exit`. */
  readonly pc: number;
  /** r0..r10, unsigned. */
  readonly registers: readonly bigint[];
  /** Slots that the callers go on at, outermost first. */
  readonly returnsTo: readonly number[];
  /** Instructions executed so far, by all programs of the run. */
  readonly executed: number;
  readonly exited: boolean;
}

/** The registers and calls of a run at one moment, without memory: what `Execution.restore` takes. */
export interface SavedRun {
  readonly activations: readonly SavedActivation[];
  readonly tailCalls: number;
  readonly executed: number;
}

/** What brings a run back to before one step. */
interface Undo {
  /** The program that executed, with what calls save of its registers if it was one. */
  readonly saved: SavedActivation;
  /** All of the run, where another program or function began or ended. */
  readonly whole: SavedRun | undefined;
  /** Puts back what the step did outside the registers. */
  readonly effects: (() => void) | undefined;
}

/**
 * One run, instruction by instruction, that can go back: every step remembers what it changed. It goes into programs that
 * are tail-called and into functions that helpers call as into any other.
 *
 * @example
 * const run = interpret(xlated, environment, maps).start(context);
 * while (run.step()) console.log(run.state().pc);
 * run.back();
 */
export class Execution {
  readonly #environment: Environment;
  readonly #programs: SteppedPrograms;
  readonly #limit: number;
  readonly #stackTop: number;
  readonly #length: number;
  readonly #undo: Undo[] = [];
  /** Outermost first; the last executes. */
  #activations: Activation[];
  #tailCalls = 0;
  #wrote: readonly { readonly start: number; readonly bytes: number }[] = [];

  /** Use `InterpretedProgram.start`. */
  constructor(linked: Linked, limit: number, context: number, length: number) {
    this.#environment = linked.environment;
    this.#programs = new SteppedPrograms(linked.environment);
    this.#limit = limit;
    this.#length = length;
    this.#stackTop = linked.environment.stackPointer.value;
    const first = this.#programs.of(linked);
    const state = newState(first);
    begin(first, state, context, length, this.#stackTop);
    this.#activations = [{ linked: first, state, round: undefined, turn: 0 }];
  }

  get #top(): Activation {
    return this.#activations[this.#activations.length - 1]!;
  }

  get #state(): RunState {
    return this.#top.state;
  }

  /** The program that the next instruction is of: another one than at the beginning after a tail call. */
  get program(): Xlated {
    return this.#top.linked.xlated;
  }

  /** The operation that comes next. */
  get next(): Operation {
    const { linked, state } = this.#top;
    return linked.operations[state.pc]!;
  }

  /** The operation that comes next goes on with another program, if there is one. */
  get isTailCall(): boolean {
    const { linked, state } = this.#top;
    return linked.code.op[state.pc] === TAIL;
  }

  /** The operation that comes next calls a helper that leaves memory as it is. */
  get isQuietCall(): boolean {
    const { linked, state } = this.#top;
    return isQuiet(linked, state, this.next);
  }

  /** All memory that the helper call that comes next can write, where that is known (`writtenBy`). */
  get writes(): readonly MemoryRange[] | undefined {
    const { linked, state } = this.#top;
    return writtenBy(linked, state, this.next);
  }

  state(): ExecutionState {
    const { r, pc, executed, exited } = this.#state;
    const registers = Array.from(r.subarray(0, REGISTER_COUNT), (value) => BigInt.asUintN(64, value));
    const returnsTo = this.callers().map((caller) => caller.returnsTo);
    return { pc, registers, returnsTo, executed, exited };
  }

  /** Slot of `program` that comes next. */
  get pc(): number {
    return this.#state.pc;
  }

  /** Instructions executed so far. */
  get executed(): number {
    return this.#state.executed;
  }

  get exited(): boolean {
    return this.#state.exited;
  }

  /** Where memory was written by the last `step`: offsets and numbers of bytes. */
  get wrote(): readonly { readonly start: number; readonly bytes: number }[] {
    return this.#wrote;
  }

  /** How many functions wait for the one that runs. */
  get depth(): number {
    return depthOf(this.#activations);
  }

  /** One register, unsigned. */
  register(number: number): bigint {
    return BigInt.asUintN(64, this.#state.r[number]!);
  }

  /** The functions that wait for the one that runs, outermost first. */
  callers(): Caller[] {
    return callersOf(this.#activations);
  }

  /** Which functions and programs are under way, in words that tell two such states apart. */
  get callKey(): string {
    const callers = this.callers().map(({ returnsTo, registers }) => `${returnsTo} ${registers.join(" ")}`);
    const activations = this.#activations.map(
      ({ linked, round, turn }) => `${linked.xlated.name} ${round?.halves.join(" ")} ${turn}`,
    );
    return [...callers, ...activations, this.#tailCalls].join();
  }

  /** Where a slot of `program` was written, as a slot of its source. */
  origin(slot: number): number {
    return this.program.origin[slot]!;
  }

  /** What an unverified program may touch now; empty for verified ones, which the verifier watched over. */
  get regions(): readonly Region[] {
    return this.program.verified ? [] : this.#top.linked.regions.all;
  }

  /**
   * Executes one instruction; false when the run has exited. Throws `ExecutionError` where that instruction cannot be
   * executed, and leaves the state as it was before it.
   */
  step(): boolean {
    const { linked, state } = this.#top;
    if (state.exited) return false;
    if (state.executed >= this.#limit) throw overBudget(linked.xlated.origin[state.pc]!, this.#limit);
    const { next } = this;
    const call = next.kind === "call";
    const leaves = this.isTailCall || next.kind === "exit" || linked.calls[state.pc] !== undefined;
    const saved = saveActivation(this.#top, call ? FIRST_CONSTANT : FIRST_SAVED);
    const whole = leaves ? this.save() : undefined;
    const effects = this.#perform();
    this.#undo.push({ saved, whole, effects });
    return true;
  }

  /** Takes the last step back; false at the beginning. */
  back(): boolean {
    const undo = this.#undo.pop();
    if (undo === undefined) return false;
    undo.effects?.();
    if (undo.whole !== undefined) this.#restore(undo.whole);
    else restoreActivation(undo.saved);
    return true;
  }

  /** Goes to the moment after `executed` instructions, forwards or backwards, or to the end if that comes first. */
  goTo(executed: number): void {
    while (this.executed > executed && this.back());
    while (this.executed < executed && this.step());
  }

  /** Steps until `slot` of the program comes next; false when the run exited without getting there. */
  runTo(slot: number): boolean {
    const { program } = this;
    while (this.step()) if (!this.exited && this.pc === slot && this.program === program) return true;
    return false;
  }

  /**
   * Executes up to `count` instructions without remembering how to take them back; returns how many it executed.
   * Throws `ExecutionError` as `step` does.
   */
  advance(count: number): number {
    const from = this.executed;
    if (this.exited || count <= 0) return 0;
    if (from >= this.#limit) throw overBudget(this.origin(this.pc), this.#limit);
    this.#undo.length = 0;
    const limit = Math.min(this.#limit, from + count);
    while (!this.exited && this.executed < limit) this.#execute(limit);
    return this.executed - from;
  }

  /** The run as it is now, memory aside. */
  save(): SavedRun {
    const activations = this.#activations.map((each) => saveActivation(each));
    return { activations, tailCalls: this.#tailCalls, executed: this.executed };
  }

  /** Goes on from a moment of this run; memory is the caller's to bring back. Steps before it can no longer be taken back. */
  restore(saved: SavedRun): void {
    this.#restore(saved);
    this.#undo.length = 0;
  }

  #restore({ activations, tailCalls }: SavedRun): void {
    const was = this.#top;
    this.#activations = activations.map(restoreActivation);
    this.#tailCalls = tailCalls;
    const { linked, state } = this.#top;
    if (was.state !== state && was.linked.regions === linked.regions) restoreRegions(linked, state);
  }

  /** Executes the next instruction and returns what undoes its effects outside the registers. */
  #perform(): (() => void) | undefined {
    const { linked, state, round } = this.#top;
    const { memory } = this.#environment;
    this.#wrote = [];
    const one = () => this.#execute(state.executed + 1);
    const operation = this.next;
    // An access to an arena may lie in two pages, or nowhere.
    const inArena = linked.code.access[state.pc] === ACCESS.arena && operation.kind !== "load";
    const calls = linked.calls[state.pc] !== undefined || operation.kind === "indirect";
    if (this.isQuietCall) {
      const restoreHost = this.#environment.remember();
      one();
      return restoreHost;
    }
    const resumes = operation.kind === "exit" && state.returns.length === 0 && round !== undefined;
    if (inArena || resumes || (calls && !this.isTailCall)) {
      const restoreHost = this.#environment.remember();
      const restoreMemory = recordChanges(
        memory,
        one,
        (changes) => {
          this.#wrote = changes.map(({ word, before }) => ({ start: 4 * word, bytes: 4 * before.length }));
        },
        writtenBy(linked, state, operation),
      );
      return () => {
        restoreMemory();
        restoreHost();
      };
    }
    if (operation.kind !== "store" && operation.kind !== "atomic") {
      one();
      return undefined;
    }
    const { base, bytes, offset } = operation;
    const at =
      linked.code.access[state.pc] === 0
        ? (state.halves[2 * base]! >>> 0) + offset
        : locate(linked, state, state.pc, base, bytes);
    const before = memory.u8.slice(at, at + bytes);
    one();
    this.#wrote = [{ start: at, bytes }];
    return () => memory.u8.set(before, at);
  }

  /** Executes until so many instructions have been executed, or until another program or function begins or ends. */
  #execute(limit: number): void {
    const { linked, state } = this.#top;
    const { memory, stackPointer } = this.#environment;
    const outer = [memory.tailCalls, this.#environment.contextLength] as const;
    memory.tailCalls = this.#tailCalls;
    this.#environment.contextLength = this.#length;
    try {
      executeReserving(linked, state, limit);
      const round = this.#programs.takeRound();
      if (state.goesTo !== 0) this.#goTo(this.#programs.at(state.goesTo));
      else if (round !== undefined) this.#enter(round, 1);
      else if (state.exited && this.#activations.length > 1) this.#leave();
      this.#tailCalls = memory.tailCalls;
    } finally {
      [memory.tailCalls, this.#environment.contextLength] = outer;
      stackPointer.value = this.#stackTop;
    }
  }

  /** Goes on with another program in place of the function that runs. */
  #goTo(linked: Linked): void {
    const { state, round, turn } = this.#top;
    const next = newState(linked);
    begin(linked, next, state.halves[2 * REG.R1]!, this.#length, state.halves[2 * REG.R10]! >>> 0);
    next.executed = state.executed;
    state.goesTo = 0;
    // A main function is replaced, also where it is one that a helper called; a subprogram's callers go on afterwards.
    this.#activations =
      state.returns.length > 0
        ? [...this.#activations, { linked, state: next, round: undefined, turn: 0 }]
        : [...this.#activations.slice(0, -1), { linked, state: next, round, turn }];
  }

  /** Begins the function that a helper wants called, on the free stack below the one that called the helper. */
  #enter(round: Round, turn: number): void {
    const { linked, state } = this.#top;
    const top = state.stackTop - FRAMES;
    if (!linked.xlated.verified && top - FRAMES < linked.regions.stackStart) {
      round.abandon?.();
      state.pc--;
      state.executed--;
      throw new ExecutionError(
        "call-depth",
        this.origin(state.pc),
        `calls nest deeper than ${MAX_CALL_FRAMES} functions`,
      );
    }
    const start = linked.functions.get(round.callback);
    if (start === undefined) {
      // A function of another program, which only unverified programs come by.
      this.#resume(round, turn, this.#environment.host.callbacks.at(round.callback)!(...round.halves));
      return;
    }
    const next = newState(linked);
    beginFunction(next, start, round.halves, top);
    next.executed = state.executed;
    this.#activations = [...this.#activations, { linked, state: next, round, turn }];
  }

  /** The function or program that ended gives its result to whoever waits for it. */
  #leave(): void {
    const { linked: ended, state, round, turn } = this.#top;
    this.#activations = this.#activations.slice(0, -1);
    const { linked, state: caller } = this.#top;
    caller.executed = state.executed;
    if (round !== undefined) {
      this.#resume(round, turn, state.halves[0]!);
      return;
    }
    leaveFunction(caller, state.halves[0]!, state.halves[1]!);
    if (ended.regions === linked.regions) restoreRegions(linked, caller);
  }

  /** A helper goes on with the result of a function: it calls the next, or ends. */
  #resume(round: Round, turn: number, result: number): void {
    const then = round.next(result);
    if (typeof then !== "number") this.#enter(then, turn + 1);
    else this.#state.r[0] = BigInt(then);
  }
}
