import { requireWhole } from "../isa/argument.ts";

/** What a module can count down: the fuel is one 32-bit global. */
const MOST = 2 ** 31 - 1;

/**
 * How many instructions the verified programs of one machine or several may still execute in all, those of callbacks and of programs that
 * are tail-called included. Whoever executes one more gets an `ExecutionError` of code `budget`, the same on every machine and at every
 * speed: for programs of people whom one does not know, as the verifier shows that a program ends but not when. A call of a helper counts
 * as one instruction.
 *
 * @example
 * const m = new Machine({ meter: new Meter(50_000_000) });
 */
export class Meter {
  readonly budget: number;
  /** What is left; compiled programs count it down themselves, by blocks. */
  readonly fuel: WebAssembly.Global;

  /** Throws `ArgumentError` for a budget that is not from 1 to 2^31 - 1. */
  constructor(budget: number) {
    requireWhole("budget", budget, 1, MOST);
    this.budget = budget;
    this.fuel = new WebAssembly.Global({ value: "i32", mutable: true }, this.budget);
  }

  /** Instructions that may still be executed; 0 where the budget is used up. */
  get left(): number {
    return Math.max(0, this.fuel.value);
  }

  /** Instructions were executed by an engine that counts them itself. */
  spend(instructions: number): void {
    this.fuel.value -= instructions;
  }
}
