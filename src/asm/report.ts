import type { AsmDiagnostic } from "./diagnostics.ts";
import { suggest } from "./suggest.ts";
import type { Token } from "./tokenize.ts";

/** Suggestions compare words with all names; a text with more errors than this gets none for the rest. */
const SUGGESTIONS = 100;

/** Collects the diagnostics of one text. */
export class Report {
  readonly diagnostics: AsmDiagnostic[] = [];
  readonly #lines: readonly string[];

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  /** A line of the text, by its 1-based number. */
  lineOf(line: number): string {
    return this.#lines[line - 1] ?? "";
  }

  /** Adds an error on the tokens from `first` to `last`, which stand on one line. */
  add(
    first: Token,
    last: Token,
    message: string,
    details: { readonly expected?: readonly string[]; readonly candidates?: Iterable<string> } = {},
  ): void {
    const { expected, candidates } = details;
    this.addAt(first.line, first.column, last.column + last.text.length - first.column, message, {
      expected,
      suggestion: candidates && this.diagnostics.length < SUGGESTIONS ? suggest(first.text, candidates) : undefined,
    });
  }

  /** Adds an error at a place that has no token, such as the end of a line. */
  addAt(
    line: number,
    column: number,
    length: number,
    message: string,
    details: { readonly expected?: readonly string[]; readonly suggestion?: string } = {},
  ): void {
    this.diagnostics.push({ line, column, length, message, ...details, sourceLine: this.lineOf(line) });
  }
}
