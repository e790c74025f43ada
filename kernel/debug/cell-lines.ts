import { magicScript } from "../magics/run.ts";
import { withoutPrefix } from "../runtime/cell-sources.ts";
import type { Position } from "../runtime/edits.ts";
import { transformCell } from "../runtime/transform.ts";

/** Places (from 1) in a cell as typed and in the script that V8 runs. Most cells are run line by line as they are. */
export interface CellLines {
  /** The first line of the script that belongs to a line of the cell, or to the next one that has any. */
  toScript(line: number): number;
  toCell(place: Position): Position;
}

/** Those of a file: its types are blanked in place. */
export const SAME: CellLines = { toScript: (line) => line, toCell: (place) => place };

/** The places of a cell; lines that a compiler has moved (`enum`, `namespace`, decorators) are found by its source map. */
export async function cellLines(code: string): Promise<CellLines> {
  try {
    const { kind, code: script, toSource } = await transformCell(magicScript(code, []));
    const toCell = (place: Position): Position => toSource(withoutPrefix(place));
    if (kind === "stripped") return { toScript: (line) => line, toCell };
    const rows = script.split("\n");
    const cellLineOf = rows.map((row, index) => toSource({ line: index + 1, column: indentOf(row) + 1 }).line);
    return {
      toScript: (line) => {
        const wanted = Math.min(...cellLineOf.filter((each) => each >= line));
        // The last: a helper of the compiler stands above the code and counts as its first line.
        const exact = cellLineOf.lastIndexOf(wanted);
        const first = cellLineOf.findIndex((each, index) => each === wanted && startsRun(cellLineOf, index, exact));
        return first < 0 ? line : first + 1;
      },
      toCell,
    };
  } catch {
    return SAME; // it does not parse: it will not run either
  }
}

/** Whether all lines from `index` to `last` belong to the same line of the cell. */
function startsRun(lines: readonly number[], index: number, last: number): boolean {
  return lines.slice(index, last + 1).every((line) => line === lines[last]);
}

function indentOf(row: string): number {
  return row.length - row.trimStart().length;
}
