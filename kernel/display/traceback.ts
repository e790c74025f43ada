/** A place in a cell: 1-based line and column in UTF-16 code units, and how many of them to mark. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
  readonly length?: number;
}

/** Lines shown before and after the marked one. */
const CONTEXT = 2;
/** Longer lines are cut, so that generated code does not fill the notebook. */
const MAX_LINE = 160;

/**
 * The lines of a source around a place, numbered, with the place marked.
 *
 * @example
 * ```ts
 * excerpt("const a = 1;\nb.c;", { line: 2, column: 1 });
 * // [ "  1 | const a = 1;", "> 2 | b.c;", "    | ^" ]
 * ```
 */
export function excerpt(source: string, place: SourcePlace): string[] {
  const lines = source.split(/\r?\n/);
  if (place.line < 1 || place.line > lines.length) return [];
  const first = Math.max(1, place.line - CONTEXT);
  const last = Math.min(lines.length, place.line + CONTEXT);
  const width = String(last).length;
  const output: string[] = [];
  for (let number = first; number <= last; number++) {
    const text = lines[number - 1]!;
    const here = number === place.line;
    output.push(`${here ? ">" : " "} ${String(number).padStart(width)} | ${cut(text)}`.trimEnd());
    if (here && place.column <= MAX_LINE) output.push(`  ${" ".repeat(width)} | ${marks(text, place)}`);
  }
  return output;
}

/** `^^^` under the place; tabs of the line are kept, so that both lines are equally wide. */
function marks(text: string, { column, length = 1 }: SourcePlace): string {
  const before = text
    .slice(0, column - 1)
    .replace(/[^\t]/g, " ")
    .padEnd(column - 1);
  const room = Math.min(text.length, MAX_LINE) - column + 1;
  return before + "^".repeat(Math.max(1, Math.min(length, room)));
}

function cut(text: string): string {
  return text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}...` : text;
}
