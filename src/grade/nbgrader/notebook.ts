import type { Assignment } from "../assignment/assignment.ts";
import type { Instance } from "../cell/handed.ts";
import { releaseCell } from "../release/release-cell.ts";
import type { Edition } from "../release/solution-blocks.ts";
import { checksum } from "./checksum.ts";

/** What nbgrader keeps of a cell, schema 3. */
export interface NbgraderMetadata {
  readonly schema_version: 3;
  readonly grade: boolean;
  readonly solution: boolean;
  readonly locked: boolean;
  readonly task: false;
  readonly grade_id: string;
  readonly points?: number;
  readonly checksum?: string;
  readonly cell_type?: "code" | "markdown";
}

/** A cell of an assignment's notebook. */
export interface NbgraderCell {
  readonly id: string;
  readonly cell_type: "code" | "markdown";
  readonly source: string;
  readonly metadata: { readonly nbgrader?: NbgraderMetadata };
}

/** One cell of a notebook's source: as `bpfbook nb build` reads it. */
export interface SourceCell {
  readonly id: string;
  readonly kind: "code" | "markdown";
  readonly text: string;
}

/**
 * The cells of an assignment as an nbgrader course has them. A code cell named after a task, `a3-2`, is the answer; behind it comes a
 * locked cell `%%grade a3/2` with the task's points, which the kernel's parent answers: no test is in the notebook. Everything else
 * is read-only. `source` is for `nbgrader generate_assignment`, `release` what that makes of it, with the same checksums.
 *
 * @example nbgraderCells(sourceCells, a3, { edition: "release", instance }).find(({ id }) => id === "grade-a3-2")?.source // "%%grade a3/2"
 */
export function nbgraderCells(
  cells: readonly SourceCell[],
  assignment: Assignment,
  options: { readonly edition: Edition | "source"; readonly instance?: Instance },
): NbgraderCell[] {
  const { edition, instance } = options;
  const tasks = new Map(assignment.tasks.map((task) => [task.id.replace("/", "-"), task]));
  return cells.flatMap(({ id, kind, text }): NbgraderCell[] => {
    const task = kind === "code" ? tasks.get(id) : undefined;
    const source = kind === "code" ? codeOf(text, assignment.id, edition, instance) : text;
    const flags = { grade: false, solution: task !== undefined, locked: task === undefined };
    const cell = graded({ id, cell_type: kind, source }, flags, edition);
    if (task === undefined) return [cell];
    const test = { id: `grade-${id}`, cell_type: "code", source: `%%grade ${task.id}` } as const;
    return [cell, graded(test, { grade: true, solution: false, locked: true, points: task.points }, edition)];
  });
}

/** What the notebook's metadata must say: nbgrader asks it for the language, and gives the kernel back if a student changed it. */
export const NOTEBOOK_METADATA = {
  kernelspec: { display_name: "TypeScript (bpfbook)", language: "typescript", name: "bpfbook" },
} as const;

function graded(
  cell: Omit<NbgraderCell, "metadata">,
  flags: Pick<NbgraderMetadata, "grade" | "solution" | "locked" | "points">,
  edition: Edition | "source",
): NbgraderCell {
  const nbgrader: NbgraderMetadata = { schema_version: 3, ...flags, task: false, grade_id: cell.id };
  if (edition === "source") return { ...cell, metadata: { nbgrader } };
  const summed = { ...nbgrader, cell_type: cell.cell_type, checksum: checksum({ ...cell, metadata: { nbgrader } }) };
  return { ...cell, metadata: { nbgrader: summed } };
}

/** The cell in its edition; in a source only the instance is put in, for nbgrader takes the solution out itself. */
function codeOf(text: string, assignment: string, edition: Edition | "source", instance: Instance | undefined): string {
  if (edition !== "source") return releaseCell(text, assignment, edition, instance);
  const drawn = `variant("${assignment}")`;
  return instance === undefined ? text : text.replace(drawn, () => releaseCell(drawn, assignment, "release", instance));
}
