import type { Round } from "../../helpers/rounds.ts";
import { resolveCalls } from "../call.ts";
import type { Environment } from "../environment.ts";
import type { RunnableProgram } from "../program.ts";
import { ROUNDS } from "./code.ts";
import { link, linkCall } from "./link.ts";
import type { Linked } from "./run-state.ts";

/** The programs of one run that is stepped, as `execute` takes them: helpers stop before they call a function. */
export class SteppedPrograms {
  readonly #environment: Environment;
  readonly #linked = new Map<RunnableProgram, Linked>();
  #round: Round | undefined;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** The program in a slot of the table of entries, linked anew for the interpreter if an engine of another kind runs it. */
  at(slot: number): Linked {
    const program = this.#environment.programAt(slot);
    let linked = this.#linked.get(program);
    if (linked === undefined) {
      const { xlated, maps } = program;
      linked = this.of(program.linked ?? link(xlated, this.#environment, maps, Number.POSITIVE_INFINITY));
      this.#linked.set(program, linked);
    }
    return linked;
  }

  /** A program whose helpers leave the first call that they want where `takeRound` finds it. */
  of(linked: Linked): Linked {
    const { xlated, operations, environment, maps, regions, code } = linked;
    const inRounds = new Set<number>();
    operations.forEach((operation, at) => {
      if (operation.kind === "helper" && environment.helperRow(operation.id)?.rounds !== undefined) inRounds.add(at);
    });
    if (inRounds.size === 0) return linked;
    const targets = resolveCalls(xlated, operations, environment, maps, regions, (id) => {
      const helper = environment.helper(id, xlated.type);
      const rounds = helper?.row.rounds?.(environment.host);
      if (helper === undefined || rounds === undefined) return helper;
      const call = (...args: number[]): number => {
        const begun = rounds(...args);
        if (typeof begun === "number") return begun;
        this.#round = begun;
        return 0;
      };
      return { row: helper.row, call };
    });
    return {
      ...linked,
      calls: linked.calls.map((call, at) => (inRounds.has(at) ? linkCall(targets[at]!) : call)),
      code: { ...code, op: code.op.map((op, at) => (inRounds.has(at) ? ROUNDS : op)) },
    };
  }

  /** What the helper just called wants called first, if it does. */
  takeRound(): Round | undefined {
    const round = this.#round;
    this.#round = undefined;
    return round;
  }
}
