import { MemoryHistory, type MemoryMoment } from "../../memory/history.ts";
import type { Environment } from "../environment.ts";
import type { Execution, SavedRun } from "../interpreter/execution.ts";
import { StackBytes } from "./stack-bytes.ts";

/** Most moments that are kept; beyond that every second one goes, and the next come half as often. */
const MOST = 64;

/** Instructions between the first checkpoints. */
const FIRST_INTERVAL = 4096;

interface Checkpoint {
  readonly run: SavedRun;
  readonly memory: MemoryMoment;
  readonly stack: StackBytes;
  /** Brings back what of the host lies outside of memory; may be called any number of times. */
  readonly host: () => void;
}

/**
 * Moments of a run from which it can be executed again, so that going back needs no record of each step: a run is a function
 * of memory and host, and both are remembered. 64 moments at most, evenly spread, each as large as what had changed by then.
 */
export class Checkpoints {
  readonly #environment: Environment;
  readonly #run: Execution;
  readonly #history: MemoryHistory;
  #kept: Checkpoint[];
  #interval = FIRST_INTERVAL;

  constructor(environment: Environment, run: Execution) {
    this.#environment = environment;
    this.#run = run;
    this.#history = new MemoryHistory(environment.memory);
    this.#kept = [this.#now(new StackBytes(), this.#history.beginning)];
  }

  /** How many moments are kept, for tests of the bound. */
  get count(): number {
    return this.#kept.length;
  }

  /** To be called after each instruction, with what is known of the stack's bytes. */
  passed(executed: number, stack: StackBytes): void {
    if (executed % this.#interval !== 0 || executed <= this.#kept.at(-1)!.run.executed) return;
    this.#kept.push(this.#now(stack.copy(), this.#history.mark()));
    if (this.#kept.length <= MOST) return;
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#interval *= 2;
  }

  /** Brings back the last moment that is kept and not after `executed` instructions; its stack's bytes. */
  restore(executed: number): StackBytes {
    const checkpoint = this.#kept.findLast(({ run }) => run.executed <= executed)!;
    this.#history.restore(checkpoint.memory);
    checkpoint.host();
    this.#run.restore(checkpoint.run);
    return checkpoint.stack.copy();
  }

  #now(stack: StackBytes, memory: MemoryMoment): Checkpoint {
    return { stack, memory, run: this.#run.save(), host: this.#environment.remember() };
  }
}
