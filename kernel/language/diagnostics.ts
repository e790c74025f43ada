import { lineStarts, positionAt } from "../runtime/edits.ts";
import { type PreparedCell, withoutPaths } from "./cell-documents.ts";
import { cellOffset, type LspRange } from "./lsp-positions.ts";
import { tokenize } from "./tokens.ts";
import type { CellDiagnostic } from "./types.ts";

/** A diagnostic as the server sends it. */
export interface LspDiagnostic {
  readonly range: LspRange;
  readonly severity?: number;
  readonly code?: number | string;
  readonly message: string;
}

/** "Import declaration conflicts with local declaration", "Cannot redeclare block-scoped variable", "Duplicate identifier". */
const CONFLICTS = new Set([2440, 2451, 2300]);
/** "Cannot find module". */
const NO_MODULE = 2307;
/** Behind a specifier: the attribute that makes any file text or bytes, which TypeScript does not know. */
const DATA_ATTRIBUTE = /^(?:\s+|\s*,\s*\{\s*)with\s*:?\s*\{\s*type\s*:\s*["'](?:text|bytes)["']/;
/** "Unterminated template literal", which TypeScript places at the end of the cell. */
const UNTERMINATED_TEMPLATE = 1160;
const SEVERITIES = ["error", "warning", "information", "hint"] as const;

/** The errors and warnings of a cell in its own positions, in order; the server's hints ("never read") are left out. */
export function cellDiagnostics(code: string, items: readonly LspDiagnostic[], lineShift: number): CellDiagnostic[] {
  const starts = lineStarts(code);
  const found: CellDiagnostic[] = [];
  for (const { range, severity = 1, code: number, message } of items) {
    const start = cellOffset(code, range.start, lineShift);
    const end = cellOffset(code, range.end, lineShift);
    if (Number(number) === NO_MODULE && DATA_ATTRIBUTE.test(code.slice(end))) continue;
    if (severity > 2 || isImplicitAny(Number(number)) || start === undefined || end === undefined) continue;
    found.push({
      severity: SEVERITIES[severity - 1]!,
      code: Number(number),
      message: Number(number) === UNTERMINATED_TEMPLATE ? unterminatedTemplate(code, message) : plain(message),
      ...positionAt(starts, start),
      start,
      length: end - start,
    });
  }
  return found.sort((a, b) => a.start - b.start);
}

/**
 * Names that the cell declares although its first line imports them. Errors of that line are otherwise dropped: the user did
 * not write it.
 */
export function conflictingNames(items: readonly LspDiagnostic[], { lineShift, imported }: PreparedCell): string[] {
  const names = items
    .filter(({ range, code }) => CONFLICTS.has(Number(code)) && range.start.line < lineShift)
    .flatMap(({ message }) => [...message.matchAll(/'([^']+)'/g)].map((match) => match[1]!));
  return imported.filter((name) => names.includes(name));
}

/** Says where the template begins. The missing backtick may be an earlier one: then it is where another was meant to end. */
function unterminatedTemplate(code: string, message: string): string {
  const begun: number[] = [];
  let lastOfSeveralLines: number | undefined;
  for (const { kind, text, start } of tokenize(code).tokens) {
    if (kind !== "template") continue;
    if (text.startsWith("`")) begun.push(start);
    if (!/[^\\]`$/.test(text) && text !== "``") continue;
    const from = begun.pop();
    if (from !== undefined && code.slice(from, start + text.length).includes("\n")) lastOfSeveralLines = from;
  }
  const first = begun.at(-1);
  if (first === undefined) return message;
  const line = (offset: number): number => positionAt(lineStarts(code), offset).line;
  const earlier =
    lastOfSeveralLines === undefined
      ? ""
      : `, or the backtick there is the end of one that begins before, as at line ${line(lastOfSeveralLines)}`;
  return `${message.replace(/\.$/, "")}: the template that begins at line ${line(first)} has no closing backtick${earlier}.`;
}

/** Errors 70xx say that something is implicitly `any`, which cells may be. */
function isImplicitAny(code: number): boolean {
  return code >= 7000 && code < 7100;
}

/** The documents that the kernel makes are not the user's business. */
function plain(message: string): string {
  return (
    withoutPaths(message)
      .replace(/^File '[^']*\.bpfbook-globals\.d\.ts' is not a module\.$/m, "There is no such module in Node.")
      // The options are the kernel's: advice to change them leads nowhere.
      .replace(/ Do you need to change your target library\?.*$/m, "")
  );
}
