import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Assignment, Variant } from "../../grade/assignment/index.ts";
import { ASSIGNMENTS, assignmentOf } from "../../grade/assignments/index.ts";
import type { Instance } from "../../grade/cell/handed.ts";
import { type Edition, releaseCell } from "../../grade/release/index.ts";
import { STUDENT_ID } from "../../grade/submission/artefact.ts";
import { readFlags } from "../flags.ts";
import { notebookOf } from "../notebook/build.ts";
import { formatNotebook } from "../notebook/document.ts";
import { type NotebookSource, readSource } from "../notebook/source.ts";
import { print, writeFile } from "../output.ts";
import { PACKAGE_ROOT } from "../package.ts";
import { UsageError } from "../usage.ts";
import { readSecret } from "./files.ts";
import { rosterOf } from "./results.ts";

/** Where the texts of assignments are. */
export const ASSIGNMENT_SOURCES = join(PACKAGE_ROOT, "notebooks", "source", "assignments");

/** The source of an assignment's notebook. */
export function assignmentSource({ source }: Assignment): NotebookSource {
  const file = join(ASSIGNMENT_SOURCES, `${source}.md`);
  return readSource(file, readFileSync(file, "utf8"));
}

/** An edition of an assignment's source, for one student or for practice. */
export function editionOfSource(
  assignment: Assignment,
  edition: Edition,
  instance: Instance | undefined,
): NotebookSource {
  const source = assignmentSource(assignment);
  const cells = source.cells.map((cell) =>
    cell.kind === "code" ? { ...cell, text: releaseCell(cell.text, assignment.id, edition, instance) } : cell,
  );
  return { ...source, cells };
}

/**
 * `bpfbook grade release`: in `DIR/STUDENT/` the notebooks and `variants.json`, which `grade check --variants` reads. Without a
 * secret one folder `practice`. With `--solutions` the model solutions instead, for teachers.
 */
export async function gradeRelease(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, {
    ...({ secret: "string", out: "string", roster: "string", solutions: "boolean" } as const),
    ...({ student: "list", assignment: "list" } as const),
  });
  if (words.length > 0 || flags.out === undefined) throw new UsageError("grade release --out DIR [--secret FILE]");
  const secret = readSecret(flags.secret);
  const students = [...(flags.student ?? []), ...rosterOf(flags.roster).map(({ student }) => student)];
  const wrong = students.find((name) => !STUDENT_ID.test(name));
  if (wrong !== undefined) throw new UsageError(`--student ${wrong}: letters, digits and _ . @ + -`);
  if (secret === undefined && students.length > 0)
    throw new UsageError("students get instances of their own by a secret: --secret FILE");
  if (secret !== undefined && students.length === 0) throw new UsageError("whose? --student NAME or --roster FILE");
  const assignments = (flags.assignment ?? Object.keys(ASSIGNMENTS)).map(assignmentOf);
  const edition: Edition = flags.solutions === true ? "solution" : "release";
  for (const student of secret === undefined ? ["practice"] : students) {
    const folder = join(flags.out, student);
    mkdirSync(folder, { recursive: true });
    const instances: Record<string, Instance> = {};
    for (const assignment of assignments) {
      const variant =
        secret === undefined ? Variant.practice(assignment.id) : Variant.of(secret, assignment.id, student);
      const instance = { student, variant: variant.id, params: assignment.variant(variant) };
      instances[assignment.id] = instance;
      const notebook = notebookOf(editionOfSource(assignment, edition, instance), undefined);
      writeFile(join(folder, `${assignment.source}.ipynb`), formatNotebook(notebook));
    }
    writeFile(join(folder, "variants.json"), `${JSON.stringify(instances, undefined, 2)}\n`);
  }
  const count = secret === undefined ? "the practice variant" : `${students.length} students`;
  await print(`${assignments.map(({ id }) => id).join(", ")} for ${count} in ${flags.out}\n`);
  return 0;
}
