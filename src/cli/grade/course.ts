import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Variant } from "../../grade/assignment/index.ts";
import { ASSIGNMENTS, assignmentOf } from "../../grade/assignments/index.ts";
import { nbgraderConfig } from "../../grade/nbgrader/config.ts";
import { type NbgraderCell, NOTEBOOK_METADATA, nbgraderCells } from "../../grade/nbgrader/notebook.ts";
import { readFlags } from "../flags.ts";
import { formatNotebook, type Notebook } from "../notebook/document.ts";
import { print, writeFile } from "../output.ts";
import { UsageError } from "../usage.ts";
import { readSecret } from "./files.ts";
import { assignmentSource } from "./release.ts";

/** nbgrader hands the same notebook to everybody, so a course has one instance, which is this student's. */
export const CLASS = "class";

/**
 * `bpfbook grade course`: an nbgrader course: `nbgrader_config.py`, `source/a1/a1.ipynb` for `nbgrader generate_assignment`, and
 * `release/a1/a1.ipynb`, which is what that makes of it.
 */
export async function gradeCourse(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, { out: "string", secret: "string", assignment: "list" });
  const secret = readSecret(flags.secret);
  if (words.length > 0 || flags.out === undefined || secret === undefined)
    throw new UsageError("grade course --out DIR --secret FILE [--assignment a1]...");
  const assignments = (flags.assignment ?? Object.keys(ASSIGNMENTS)).map(assignmentOf);
  mkdirSync(flags.out, { recursive: true });
  writeFile(join(flags.out, "nbgrader_config.py"), nbgraderConfig());
  for (const assignment of assignments) {
    const variant = Variant.of(secret, assignment.id, CLASS);
    const instance = { student: CLASS, variant: variant.id, params: assignment.variant(variant) };
    for (const edition of ["source", "release"] as const) {
      const folder = join(flags.out, edition, assignment.id);
      mkdirSync(folder, { recursive: true });
      const cells = nbgraderCells(assignmentSource(assignment).cells, assignment, { edition, instance });
      writeFile(join(folder, `${assignment.id}.ipynb`), nbgraderNotebook(cells));
    }
  }
  await print(`${assignments.map(({ id }) => id).join(", ")} in ${flags.out}\n`);
  return 0;
}

/** The text of the file. */
export function nbgraderNotebook(cells: readonly NbgraderCell[]): string {
  const whole = cells.map((cell) =>
    cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell,
  );
  const metadata: Record<string, unknown> = { ...NOTEBOOK_METADATA };
  return formatNotebook({ cells: whole as Notebook["cells"], metadata, nbformat: 4, nbformat_minor: 5 });
}
