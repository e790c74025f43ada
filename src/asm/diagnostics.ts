/** Where an instruction was written. */
export interface SourceLine {
  /** 1-based line of the source text. */
  readonly line: number;
  /** 1-based column. */
  readonly column: number;
  /** The line as written. */
  readonly text: string;
}

/** One thing wrong with an assembler text. */
export interface AsmDiagnostic {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
  /** Characters to underline, at least 1. */
  readonly length: number;
  readonly message: string;
  /** What could stand there, where the grammar knows it: literal words in backquotes, or descriptions. */
  readonly expected?: readonly string[];
  /** A word that is close to the one written and would be right. */
  readonly suggestion?: string;
  /** The line as written. */
  readonly sourceLine: string;
}

/** Errors beyond this many are counted in the message, not shown. */
const MOST_SHOWN = 20;

/** A text that does not assemble: all its errors, in the order of the text; the message shows the first twenty. */
export class AsmError extends Error {
  readonly code = "ASM";
  readonly diagnostics: readonly AsmDiagnostic[];

  constructor(diagnostics: readonly AsmDiagnostic[]) {
    const left = diagnostics.length - MOST_SHOWN;
    const more = left > 0 ? [`(and ${left} more error${left === 1 ? "" : "s"})`] : [];
    super([...diagnostics.slice(0, MOST_SHOWN).map(formatDiagnostic), ...more].join("\n"));
    this.name = "AsmError";
    this.diagnostics = diagnostics;
  }
}

/**
 * A diagnostic for people: position and message, the source line, the place underlined.
 *
 * ```
 * 3:10: there is no register r11: r0 to r10 exist
 *     r1 = r11
 *          ^~~
 * ```
 */
export function formatDiagnostic(diagnostic: AsmDiagnostic): string {
  const { line, column, length, message, suggestion, sourceLine } = diagnostic;
  // Tabs stay tabs, so that the underline stands right however wide they are shown.
  const indent = sourceLine.slice(0, column - 1).replaceAll(/[^\t]/g, " ");
  const hint = suggestion === undefined ? "" : `; did you mean \`${suggestion}\`?`;
  return `${line}:${column}: ${message}${hint}\n${sourceLine}\n${indent}^${"~".repeat(length - 1)}`;
}
