import type { Token } from "./tokenize.ts";

const NO_CONSTANTS: ReadonlyMap<string, bigint> = new Map();

/**
 * Reads the tokens of one statement with backtracking, and remembers the furthest place that any attempt reached with
 * all that was expected there: that is where the error is.
 */
export class Reader {
  readonly tokens: readonly Token[];
  /** Names that stand for numbers. */
  readonly constants: ReadonlyMap<string, bigint>;
  /** Index of the token that no attempt could go past. */
  furthest = 0;
  readonly #expected = new Set<string>();

  constructor(tokens: readonly Token[], constants: ReadonlyMap<string, bigint> = NO_CONSTANTS) {
    this.tokens = tokens;
    this.constants = constants;
  }

  /** What could stand at `furthest`. */
  get expected(): readonly string[] {
    return [...this.#expected];
  }

  /** Notes that an attempt came to `at` and would go on with `what`. */
  expect(at: number, what: string): void {
    if (at < this.furthest) return;
    if (at > this.furthest) {
      this.furthest = at;
      this.#expected.clear();
    }
    this.#expected.add(what);
  }

  is(at: number, text: string): boolean {
    return this.tokens[at]?.text === text;
  }
}
