import { lineStarts, positionAt } from "../runtime/edits.ts";
import { type PreparedCell, withoutPaths } from "./cell-documents.ts";
import { cellOffset, type LspRange } from "./lsp-positions.ts";
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
const SEVERITIES = ["error", "warning", "information", "hint"] as const;

/** The errors and warnings of a cell in its own positions, in order; the server's hints ("never read") are left out. */
export function cellDiagnostics(code: string, items: readonly LspDiagnostic[], lineShift: number): CellDiagnostic[] {
  const starts = lineStarts(code);
  const found: CellDiagnostic[] = [];
  for (const { range, severity = 1, code: number, message } of items) {
    const start = cellOffset(code, range.start, lineShift);
    const end = cellOffset(code, range.end, lineShift);
    if (severity > 2 || isImplicitAny(Number(number)) || start === undefined || end === undefined) continue;
    found.push({
      severity: SEVERITIES[severity - 1]!,
      code: Number(number),
      message: plain(message),
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
