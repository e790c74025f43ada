import { recordChanges } from "../../memory/changes.ts";
import { overBudget } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { FIRST_CONSTANT, FIRST_SAVED } from "./code.ts";
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

  /** Use `InterpretedProgram.start`. */
  constructor(linked: Linked, limit: number, context: number, length: number) {
    this.#linked = linked;
    this.#limit = limit;
    this.#state = newState(linked);
    begin(linked, this.#state, context, length);
  }

  /** The operation that comes next. */
  get next(): Operation {
    return this.#linked.operations[this.#state.pc]!;
  }

  state(): ExecutionState {
    const { r, pc, returns, executed, exited } = this.#state;
    const registers = Array.from(r.subarray(0, FIRST_SAVED), (value) => BigInt.asUintN(64, value));
    return { pc, registers, returnsTo: [...returns], executed, exited };
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

  /** Executes the next instruction and returns what undoes its effects outside the registers. */
  #perform(): (() => void) | undefined {
    const { environment, code } = this.#linked;
    const { memory } = environment;
    const state = this.#state;
    const one = () => executeReserving(this.#linked, state, state.executed + 1);
    const operation = this.next;
    if (operation.kind === "helper") {
      const restoreHost = environment.remember();
      const restoreMemory = recordChanges(memory, one);
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
    return () => memory.u8.set(before, at);
  }
}
