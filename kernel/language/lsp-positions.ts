import { lineStarts, positionAt } from "../runtime/edits.ts";

/** 0-based line and UTF-16 column, as the Language Server Protocol counts. */
export interface LspPosition {
  readonly line: number;
  readonly character: number;
}

export interface LspRange {
  readonly start: LspPosition;
  readonly end: LspPosition;
}

/** The position in a cell's document of an offset in the cell. */
export function lspPosition(code: string, offset: number, lineShift: number): LspPosition {
  const { line, column } = positionAt(lineStarts(code), offset);
  return { line: line - 1 + lineShift, character: column - 1 };
}

/** The offset in the cell of a position in its document; undefined before the cell. */
export function cellOffset(code: string, { line, character }: LspPosition, lineShift: number): number | undefined {
  if (line < lineShift) return undefined;
  const start = lineStarts(code)[line - lineShift];
  return start === undefined ? code.length : Math.min(code.length, start + character);
}
