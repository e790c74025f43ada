import type { Span } from "./ast/expression.ts";

/** One fault, or one remark, about a place in a program. */
export interface Diagnostic {
  readonly severity: "ERROR" | "WARNING";
  readonly message: string;
  readonly span: Span;
  /** What to do, printed below as `HINT: ...`. */
  readonly hint?: string;
}

/** A program text with its name, as messages show them. */
export interface Source {
  /** A file's name; bpftrace calls the text of `-e` `stdin`. */
  readonly name: string;
  readonly text: string;
  /** Files that it imports: their texts stand behind its own, from `start` on. */
  readonly imports?: readonly { readonly name: string; readonly start: number }[];
}

/** The file that an offset lies in, and where it begins. */
function fileAt({ name, text, imports = [] }: Source, offset: number): Source & { readonly start: number } {
  const index = imports.findLastIndex(({ start }) => start <= offset);
  const found = imports[index] ?? { name, start: 0 };
  const next = imports[index + 1];
  return { ...found, text: text.slice(found.start, next === undefined ? undefined : next.start - 1) };
}

/** Where an offset lies: its file, line and column. */
export function placeIn(
  source: Source,
  offset: number,
): { readonly name: string; readonly line: number; readonly column: number } {
  const { name, text, start } = fileAt(source, offset);
  return { name, ...position(text, offset - start) };
}

/** 1-based line and column of an offset. */
export function position(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - (before.lastIndexOf("\n") + 1) + 1 };
}

/**
 * A diagnostic as bpftrace prints it: place, message, the line, and what is meant underlined. Over several lines only the
 * lines are named.
 *
 * @example
 * formatDiagnostic(source, diagnostic)
 * // stdin:1:24-26: ERROR: Undefined or undeclared variable: $y
 * // BEGIN { printf("%d\n", $y); }
 * //                        ~~
 */
export function formatDiagnostic(source: Source, { severity, message, span, hint }: Diagnostic): string {
  const file = fileAt(source, span.start);
  const start = position(file.text, span.start - file.start);
  const end = position(file.text, Math.max(span.end, span.start) - file.start);
  const tail = hint === undefined ? "" : `\nHINT: ${hint}`;
  if (start.line !== end.line) return `${file.name}:${start.line}-${end.line}: ${severity}: ${message}${tail}`;
  const line = file.text.split("\n")[start.line - 1] ?? "";
  const width = Math.max(1, end.column - start.column);
  // The underline is drawn with blanks alone, so a tab before it counts as one column.
  const underline = " ".repeat(start.column - 1) + "~".repeat(width);
  const place = `${file.name}:${start.line}:${start.column}-${start.column + width}`;
  return `${place}: ${severity}: ${message}\n${line}\n${underline}${tail}`;
}

/** A program that bpftrace refuses: all its faults, each with its place. The message is what bpftrace prints. */
export class BpftraceError extends Error {
  readonly code = "BPFTRACE";
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
  constructor(source: Source, diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => formatDiagnostic(source, diagnostic)).join("\n"));
    this.name = "BpftraceError";
    this.source = source;
    this.diagnostics = diagnostics;
  }
}

/** Ends the reading of a program at its first fault of syntax; caught where a probe begins. */
export class SyntaxFault extends Error {
  readonly diagnostic: Diagnostic;
  constructor(message: string, span: Span, hint?: string) {
    super(message);
    this.name = "SyntaxFault";
    this.diagnostic = { severity: "ERROR", message, span, ...(hint !== undefined && { hint }) };
  }
}
