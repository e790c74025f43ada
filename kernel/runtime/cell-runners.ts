import { CellRunner } from "./cell-runner.ts";
import { Evaluator } from "./evaluator.ts";
import type { FromChild, RunCell } from "./messages.ts";
import type { Unwinding } from "./unwinding.ts";

/** The runners of the shells; a subshell's is made when it runs its first cell. They share all variables and the one thread. */
export class CellRunners {
  readonly #emit: (message: FromChild) => void;
  readonly #shells = new Map<string, { readonly runner: CellRunner; readonly evaluator: Evaluator }>();
  readonly #declared = new Set<string>();
  readonly #unwinding: Unwinding;

  constructor(emit: (message: FromChild) => void, unwinding: Unwinding) {
    this.#emit = emit;
    this.#unwinding = unwinding;
    this.#open(""); // the main shell, before anybody waits for it
  }

  run(command: RunCell): void {
    (this.#shells.get(command.shell) ?? this.#open(command.shell)).runner.run(command);
  }

  #open(name: string) {
    // An evaluator of its own: one that is given up after an interrupt takes no other shell's cell with it.
    const evaluator = new Evaluator(this.#unwinding);
    const shell = { evaluator, runner: new CellRunner(evaluator, this.#emit, this.#declared) };
    this.#shells.set(name, shell);
    return shell;
  }

  /** Interrupts these cells where they still run. */
  interrupt(cells: readonly string[]): void {
    for (const { runner } of this.#shells.values()) runner.interrupt(cells);
  }

  /** A shell will run no more cells. */
  end(shell: string): void {
    this.#shells.get(shell)?.evaluator.disconnect();
    this.#shells.delete(shell);
  }

  /** Ends all sessions with the inspector, before the process exits. */
  disconnect(): void {
    for (const { evaluator } of this.#shells.values()) evaluator.disconnect();
  }
}
