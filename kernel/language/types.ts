/**
 * What the kernel asks of a language service, as plain data. Lines and columns are 1-based and count UTF-16 code units in
 * the cell as the user typed it; cursors and ranges are 0-based UTF-16 offsets into it (the protocol's code points are
 * converted at the kernel's edge).
 */

import type { Translators } from "../runtime/translators.ts";

/** One cell: `id` is stable for one execution (for example the execution count) and never used twice for other code. */
export interface Cell {
  readonly id: string | number;
  readonly code: string;
}

/** One error or warning of the type checker or parser, at its place in the cell. */
export interface CellDiagnostic {
  readonly severity: "error" | "warning" | "information" | "hint";
  /** TypeScript's number: 2322 for "Type 'string' is not assignable to type 'number'." */
  readonly code: number;
  /** All lines of TypeScript's message; the first is the summary, the others are indented reasons. */
  readonly message: string;
  readonly line: number;
  readonly column: number;
  /** 0-based UTF-16 range in the cell, for underlining. */
  readonly start: number;
  readonly length: number;
  /** Set where the error is that a name is not known. */
  readonly unknown?: UnknownName;
}

/** A name that no cell declares, and where it might come from. */
export interface UnknownName {
  readonly name: string;
  /** `restart`: a cell declared it before the runtime was restarted; a module: one that the kernel brings exports it. */
  readonly origin: "none" | "restart" | { readonly module: string };
}

/** The result of a check. With a `note` the cell was not checked (the server is gone): show the note, run the cell. */
export interface CheckResult {
  readonly diagnostics: readonly CellDiagnostic[];
  readonly note?: string;
  /** Statements in the midst of the cell that make a promise and do not wait for it. */
  readonly floating?: readonly FloatingCall[];
}

/** A call whose promise nobody awaits: what is called, and the 1-based line. */
export interface FloatingCall {
  readonly callee: string;
  readonly line: number;
}

/** One completion; `type` is a Jupyter word (`function`, `instance`, `class`, `module`, `keyword`, `type`, ...). */
export interface CompletionMatch {
  readonly text: string;
  readonly type: string;
  readonly signature?: string;
}

/** Completions that replace the cell's text from `start` to `end`, best first. */
export interface CompletionResult {
  readonly matches: readonly CompletionMatch[];
  readonly start: number;
  readonly end: number;
}

/** Type and documentation of the thing under the cursor. */
export interface InspectResult {
  readonly markdown: string;
  readonly text: string;
}

/** Whether a front end's Enter key should run the text (`complete`, `invalid`) or add a line indented by `indent`. */
export interface CompletenessResult {
  readonly status: "complete" | "incomplete" | "invalid";
  readonly indent: string;
}

export interface LanguageServiceOptions {
  /** The notebook's folder: relative imports and packages are resolved from here. */
  readonly cwd: string;
  /** Module name -> absolute path of its entry source, for modules that the kernel brings itself. */
  readonly modules?: Readonly<Record<string, string>>;
  /** Of files in other languages that cells import. */
  readonly translators?: Translators;
  /** Text of a `.d.ts` with the globals that the kernel puts into every cell. */
  readonly globals?: string;
  /** The server is ended after this long without a request and started again on demand; 10 minutes. */
  readonly idleMs?: number;
}

/** TypeScript's answers about cells: see {@link createLanguageService}. */
export interface LanguageService {
  /** Resolves when the server answers; never rejects (a server that cannot start makes cells run unchecked, with a note). */
  readonly ready: Promise<void>;
  /** Type checks a cell against all executed ones. Never rejects. */
  check(cell: Cell): Promise<CheckResult>;
  /** Makes the names that a cell declares visible to the cells after it. Call it once the cell ran (also when it threw). */
  executed(cell: Cell): void;
  complete(code: string, cursor: number): Promise<CompletionResult>;
  inspect(code: string, cursor: number): Promise<InspectResult | undefined>;
  isComplete(code: string): CompletenessResult;
  /** Forgets all executed cells: the runtime was restarted. */
  reset(): void;
  /** All names that cells have declared, the latest first. */
  names(): readonly string[];
  /** Ends the server. */
  dispose(): Promise<void>;
}
