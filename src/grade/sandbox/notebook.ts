import { isObject } from "../../isa/argument.ts";
import { GradeError } from "../error.ts";
import { readJson } from "../submission/json.ts";

/** What a notebook may be at most: bytes, levels of JSON, cells, characters of one cell. */
export const NOTEBOOK_LIMITS = { bytes: 20 << 20, depth: 64, cells: 2000, cell: 200_000 } as const;

/**
 * The code cells of a notebook that somebody hostile may have written, in order, without those that the grader answers. Outputs,
 * metadata and ids are not looked at: nothing that is forged there counts.
 *
 * @throws GradeError
 */
export function readNotebook(bytes: Uint8Array): string[] {
  const value = readJson(bytes, { bytes: NOTEBOOK_LIMITS.bytes, depth: NOTEBOOK_LIMITS.depth });
  const wrong = (where: string, problem: string): never => {
    throw new GradeError("not-a-submission", where, problem, "Hand in the file that Jupyter saves");
  };
  if (!isObject(value) || Array.isArray(value)) return wrong("", "it is no notebook");
  if (value.nbformat !== 4) return wrong("nbformat", "it is no notebook of format 4");
  const { cells } = value;
  if (!Array.isArray(cells)) return wrong("cells", "the notebook has no cells");
  if (cells.length > NOTEBOOK_LIMITS.cells) return wrong("cells", `there are ${cells.length} cells`);
  return cells.flatMap((cell: unknown, index) => {
    const where = `cells[${index}]`;
    if (!isObject(cell) || Array.isArray(cell)) return wrong(where, "it is no cell");
    if (cell.cell_type !== "code") return [];
    const source = sourceOf(cell.source, `${where}.source`, wrong);
    if (source.length > NOTEBOOK_LIMITS.cell) return wrong(where, `it has ${source.length} characters`);
    return source.trim() === "" || /^\s*%%grade\b/.test(source) ? [] : [source];
  });
}

/** Files hold a cell's source as a text or as a list of lines. */
function sourceOf(source: unknown, where: string, wrong: (where: string, problem: string) => never): string {
  if (typeof source === "string") return source;
  if (Array.isArray(source) && source.every((line) => typeof line === "string")) return source.join("");
  return wrong(where, "it is neither a text nor a list of lines");
}
