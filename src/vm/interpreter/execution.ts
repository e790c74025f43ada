import { REGISTER_COUNT } from "../../isa/constants.ts";
import { recordChanges } from "../../memory/changes.ts";
import { overBudget } from "../errors.ts";
import type { Operation } from "../operation.ts";
import type { Region } from "../regions.ts";
import { ACCESS, FIRST_CONSTANT, FIRST_SAVED, SAVED } from "./code.ts";
import { type Linked, locate, type RunState } from "./execute.ts";
import { begin, executeReserving, newState } from "./link.ts";

/** The state of a run between two instructions: plain data. Memory is the machine's own, looked at through `memory`. */
export interface ExecutionState {
  /** Slot of the xlated program that comes next; where it exited, the `exit`. */
  readonly pc: number;
  /** r0..r10, unsigned. */
  readonly registers: readonly bigint[];
  /** Slots that the callers go on at, outermost first. */
  readonly returnsTo: readonly number[];
  /** Instructions executed so far. */
  readonly executed: number;
  readonly exited: boolean;
}

/** The registers and calls of a run at one moment, without memory: what `Execution.restore` takes. */
export interface SavedRun {
  readonly r: BigInt64Array;
  readonly returns: readonly number[];
  readonly pc: number;
  readonly executed: number;
  readonly exited: boolean;
}

/** What brings a run back to before one step. */
interface Undo {
  readonly pc: number;
  readonly executed: number;
  /** The register file, as far as the step changes it: with what calls save if it is one. */
  readonly registers: BigInt64Array;
  readonly returns: readonly number[];
  /** Puts back what the step did outside the registers. */
  readonly effects: (() => void) | undefined;
}

/**
 * One run, instruction by instruction, that can go back: every step remembers what it changed.
 *
 * @example
 * const run = interpret(xlated, environment, maps).start(context);
 * while (run.step()) console.log(run.state().pc);
 * run.back();
 */
export class Execution {
  readonly #linked: Linked;
  readonly #state: RunState;
  readonly #limit: number;
  readonly #undo: Undo[] = [];
  #wrote: readonly { readonly start: number; readonly bytes: number }[] = [];

  /** Use `InterpretedProgram.start`. */
  constructor(linked: Linked, limit: number, context: number, length: number) {
    this.#linked = linked;
    this.#limit = limit;
    this.#state = newState(linked);
    begin(linked, this.#state, context, length, linked.environment.stackPointer.value);
  }

  /** The operation that comes next. */
  get next(): Operation {
    return this.#linked.operations[this.#state.pc]!;
  }

  state(): ExecutionState {
    const { r, pc, returns, executed, exited } = this.#state;
    const registers = Array.from(r.subarray(0, REGISTER_COUNT), (value) => BigInt.asUintN(64, value));
    return { pc, registers, returnsTo: [...returns], executed, exited };
  }

  /** Slot of the xlated program that comes next. */
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
    return this.#state.returns.length;
  }

  /** One register, unsigned. */
  register(number: number): bigint {
    return BigInt.asUintN(64, this.#state.r[number]!);
  }

  /** r1..r10 of each caller, outermost first, unsigned: what its registers are again when the call returns. */
  callers(): bigint[][] {
    const { r, returns } = this.#state;
    return returns.map((_, depth) => {
      const from = FIRST_SAVED + depth * SAVED;
      return Array.from(r.subarray(from, from + SAVED), (value) => BigInt.asUintN(64, value));
    });
  }

  /** Where a slot of the xlated program was written, as a slot of the program's source. */
  origin(slot: number): number {
    return this.#linked.xlated.origin[slot]!;
  }

  /** What an unverified program may touch now; empty for verified ones, which the verifier watched over. */
  get regions(): readonly Region[] {
    return this.#linked.xlated.verified ? [] : this.#linked.regions.all;
  }

  /**
   * Executes one instruction; false when the run has exited. Throws `ExecutionError` where that instruction cannot be
   * executed, and leaves the state as it was before it.
   */
  step(): boolean {
    const state = this.#state;
    if (state.exited) return false;
    if (state.executed >= this.#limit) throw overBudget(this.#linked.xlated.origin[state.pc]!, this.#limit);
    const { pc, executed } = state;
    const registers = state.r.slice(0, this.next.kind === "call" ? FIRST_CONSTANT : FIRST_SAVED);
    const returns = [...state.returns];
    const effects = this.#perform();
    this.#undo.push({ pc, executed, registers, returns, effects });
    return true;
  }

  /** Takes the last step back; false at the beginning. */
  back(): boolean {
    const undo = this.#undo.pop();
    if (undo === undefined) return false;
    undo.effects?.();
    const state = this.#state;
    state.r.set(undo.registers);
    state.returns.splice(0, state.returns.length, ...undo.returns);
    state.pc = undo.pc;
    state.executed = undo.executed;
    state.exited = false;
    return true;
  }

  /** Goes to the moment after `executed` instructions, forwards or backwards, or to the end if that comes first. */
  goTo(executed: number): void {
    while (this.#state.executed > executed && this.back());
    while (this.#state.executed < executed && this.step());
  }

  /** Steps until `slot` of the xlated program comes next; false when the run exited without getting there. */
  runTo(slot: number): boolean {
    while (this.step()) if (!this.#state.exited && this.#state.pc === slot) return true;
    return false;
  }

  /**
   * Executes up to `count` instructions without remembering how to take them back; returns how many it executed.
   * Throws `ExecutionError` as `step` does.
   */
  advance(count: number): number {
    const state = this.#state;
    const from = state.executed;
    if (state.exited || count <= 0) return 0;
    if (from >= this.#limit) throw overBudget(this.#linked.xlated.origin[state.pc]!, this.#limit);
    this.#undo.length = 0;
    executeReserving(this.#linked, state, Math.min(this.#limit, from + count));
    return state.executed - from;
  }

  /** The run as it is now, memory aside. */
  save(): SavedRun {
    const { r, returns, pc, executed, exited } = this.#state;
    return { r: r.slice(0, FIRST_CONSTANT), returns: [...returns], pc, executed, exited };
  }

  /** Goes on from a moment of this run; memory is the caller's to bring back. Steps before it can no longer be taken back. */
  restore(saved: SavedRun): void {
    const state = this.#state;
    state.r.set(saved.r);
    state.returns.splice(0, state.returns.length, ...saved.returns);
    state.pc = saved.pc;
    state.executed = saved.executed;
    state.exited = saved.exited;
    this.#undo.length = 0;
  }

  /** Executes the next instruction and returns what undoes its effects outside the registers. */
  #perform(): (() => void) | undefined {
    const { environment, code } = this.#linked;
    const { memory } = environment;
    const state = this.#state;
    this.#wrote = [];
    const one = () => executeReserving(this.#linked, state, state.executed + 1);
    const operation = this.next;
    // An access to an arena may lie in two pages, or nowhere.
    const inArena = code.access[state.pc] === ACCESS.arena && operation.kind !== "load";
    if (inArena || operation.kind === "helper" || operation.kind === "kfunc" || operation.kind === "indirect") {
      const restoreHost = environment.remember();
      const restoreMemory = recordChanges(memory, one, (changes) => {
        this.#wrote = changes.map(({ word, before }) => ({ start: 4 * word, bytes: 4 * before.length }));
      });
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
      code.access[state.pc] === 0
        ? (state.halves[2 * base]! >>> 0) + offset
        : locate(this.#linked, state, state.pc, base, bytes);
    const before = memory.u8.slice(at, at + bytes);
    one();
    this.#wrote = [{ start: at, bytes }];
    return () => memory.u8.set(before, at);
  }
}
