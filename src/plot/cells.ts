/** Points counted by cells of a grid, and the grid as text. */

/** A cell that holds something: column and row from the lower left. */
export interface Cell {
  readonly column: number;
  readonly row: number;
  readonly count: number;
}

/** Signs from little to much. */
const SIGNS = " .:-=+*%@";

/** Lines of a grid, the uppermost row first; a cell's sign grows with the root of its count. */
export function gridText(cells: Iterable<Cell>, columns: number, rows: number): string[] {
  const grid = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  let most = 0;
  for (const { column, row, count } of cells) {
    grid[row]![column]! += count;
    most = Math.max(most, grid[row]![column]!);
  }
  const sign = (count: number) =>
    count === 0 ? " " : SIGNS[Math.max(1, Math.round(Math.sqrt(count / most) * (SIGNS.length - 1)))];
  return grid.reverse().map((line) => line.map(sign).join("").trimEnd());
}
