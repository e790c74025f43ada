/** Runs an assignment's notebook source without a kernel: what its cells hand over, as the grader gets it. */
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { resolve } from "node:path";
import { readSource } from "../../src/cli/notebook/source.ts";
import type { Assignment, Variant } from "../../src/grade/assignment/index.ts";
import { taskOf } from "../../src/grade/assignments/index.ts";
import { type Edition, editionOf } from "../../src/grade/release/solution-blocks.ts";
import { type Artefact, encodeArtefact, type Submission } from "../../src/grade/submission/index.ts";
import * as bpfbook from "../../src/index.ts";

const FOLDER = resolve(import.meta.dirname, "../../notebooks/source/assignments");
const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...values: unknown[]) => Promise<void>;

export const sourceOf = (assignment: Assignment) => {
  const file = resolve(FOLDER, `${assignment.source}.md`);
  return readSource(file, readFileSync(file, "utf8"));
};

/** All code cells of an edition, one after the other. */
export const codeOf = (assignment: Assignment, edition: Edition): string =>
  sourceOf(assignment)
    .cells.filter(({ kind }) => kind === "code")
    .map(({ id, text }) => editionOf(text, edition, id))
    .join("\n");

/** What a student of this variant hands over whose notebook has this code. */
export async function handsOver(
  assignment: Assignment,
  variant: Variant,
  { student = "s042", code = codeOf(assignment, "solution") } = {},
): Promise<Submission> {
  const answers: Record<string, Artefact> = {};
  const own = {
    variant: () => assignment.variant(variant),
    submit: (task: string, value: unknown) =>
      void (answers[task] = encodeArtefact(value, taskOf(task).task.submit.kind)),
    check: async () => {},
    hint: () => {},
    console: { log: () => {} },
  };
  const scope: Record<string, unknown> = { ...bpfbook, ...own };
  const names = new Set(["console"]);
  const body = code.replace(/^import \{([^}]*)\} from "bpfbook";$/gm, (_, list: string) => {
    for (const name of list.split(",")) if (name.trim() !== "") names.add(name.trim());
    return "";
  });
  // Within a function, for a cell may await.
  const plain = stripTypeScriptTypes(`async function cells() {${body}\n}`);
  await new AsyncFunction(...names, `${plain}\nreturn cells();`)(...[...names].map((name) => scope[name]));
  return { version: 1, assignment: assignment.id, student, answers };
}
