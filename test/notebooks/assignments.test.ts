/**
 * Every assignment's notebook, built and run as people run it: the model solution under a course's grading kernel gets all points; what
 * is released runs from its first cell to its last in a student's kernel, and its visible checks say in words what is wrong.
 * By day one of them, at night all.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installKernelspec } from "../../kernel/install/kernelspec.ts";
import { nbgraderNotebook } from "../../src/cli/grade/course.ts";
import { gradeRelease } from "../../src/cli/grade/release.ts";
import { type Cell, type Notebook, readNotebook } from "../../src/cli/notebook/document.ts";
import { executeNotebook } from "../../src/cli/notebook/execute.ts";
import { findJupyter, type JupyterServer, startJupyterServer } from "../../src/cli/notebook/server.ts";
import { type Assignment, Variant } from "../../src/grade/assignment/index.ts";
import { ASSIGNMENTS, type AssignmentId } from "../../src/grade/assignments/index.ts";
import { GRADING_KERNEL } from "../../src/grade/nbgrader/config.ts";
import { nbgraderCells } from "../../src/grade/nbgrader/notebook.ts";
import { sourceOf } from "../grade/run-source.ts";
import { ROOT } from "../support/programs.ts";

const SECRET = "a secret of this test's course";
const night = process.env["BPFBOOK_NIGHT"] !== undefined;
const hasClang = spawnSync("clang", ["--version"]).error === undefined;
const ids = (night ? (Object.keys(ASSIGNMENTS) as AssignmentId[]) : (["a2"] as const)).filter(
  (id) => hasClang || ASSIGNMENTS[id].tasks.every(({ submit }) => submit.kind !== "object"),
);
const CLASS = "class";

/** The model solution as nbgrader runs it, with a type error in its first cell. */
function solutionOf(assignment: Assignment): Notebook {
  const variant = Variant.of(SECRET, assignment.id, CLASS);
  const instance = { student: CLASS, variant: variant.id, params: assignment.variant(variant) };
  const cells = nbgraderCells(sourceOf(assignment).cells, assignment, { edition: "solution", instance });
  const notebook = JSON.parse(nbgraderNotebook(cells)) as Notebook;
  const whole = notebook.cells.map((cell) => ({ ...cell, source: [cell.source].flat().join("") }));
  const at = whole.findIndex((cell) => cell.cell_type === "code");
  whole[at]!.source = `const wrong: number = "a text";\n${whole[at]!.source}`;
  return { ...notebook, cells: whole, metadata: { ...notebook.metadata, kernelspec: { name: GRADING_KERNEL } } };
}

const outputsOf = (cell: Cell): string =>
  (cell.outputs ?? [])
    .map((output) => {
      if (output.output_type === "stream") return output.text;
      if (output.output_type === "error") return `${output.ename}: ${output.evalue}`;
      return [(output.data as Record<string, unknown>)["text/plain"]].flat().join("");
    })
    .join("\n");

const errorsOf = ({ cells }: Notebook): string[] =>
  cells.filter(({ outputs = [] }) => outputs.some((one) => one.output_type === "error")).map(outputsOf);

describe("notebooks of assignments, through a Jupyter Server", () => {
  let folder: string;
  let server: JupyterServer;

  beforeAll(async () => {
    console.debug = () => {}; // the client announces each connection there
    folder = mkdtempSync(join(tmpdir(), "bpfbook-assignments-"));
    writeFileSync(join(folder, "secret"), SECRET, { mode: 0o600 });
    const spec = { node: process.execPath, launcher: join(ROOT, "bin", "bpfbook.js") };
    const path = join(ROOT, "src", "grade", "nbgrader", "kernel-extension.ts");
    const extension = { path, args: ["--secret", join(folder, "secret")] };
    installKernelspec({ kind: "prefix", path: folder }, { ...spec, name: GRADING_KERNEL, extension });
    installKernelspec({ kind: "prefix", path: folder }, spec);
    const env = { JUPYTER_PATH: join(folder, "share", "jupyter"), XDG_DATA_HOME: join(folder, "data") };
    server = await startJupyterServer({ root: folder, jupyter: findJupyter(ROOT), env });
    await gradeRelease(["--out", join(folder, "out"), "--secret", join(folder, "secret"), "--student", "anna"]);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(ids)(
    "%s: the model solution gets all points under the grading kernel; a type error is a warning",
    async (id) => {
      const assignment: Assignment = ASSIGNMENTS[id];
      const run = await executeNotebook(server, solutionOf(assignment), { path: `${id}.ipynb` });
      expect(errorsOf(run)).toEqual([]);
      for (const { id: task, points } of assignment.tasks) {
        const graded = run.cells.find((cell) => cell.source === `%%grade ${task}`)!;
        expect(outputsOf(graded)).not.toMatch(/✗/);
        const result = graded.outputs?.find((one) => one.output_type === "execute_result");
        expect(Number(outputsOf({ ...graded, outputs: [result!] })), outputsOf(graded)).toBe(points);
      }
      expect(run.cells.map(outputsOf).join("\n")).toMatch(/Warning, as types are not graded/);
    },
  );

  it.each(ids)("%s: what is released runs to its end in a student's kernel, and says what is wrong", async (id) => {
    const assignment: Assignment = ASSIGNMENTS[id];
    const file = join(folder, "out", "anna", `${assignment.source}.ipynb`);
    expect(readFileSync(file, "utf8")).not.toMatch(/SOLUTION|STUB/);
    const run = await executeNotebook(server, await readNotebook(file), { path: `out/anna/${id}.ipynb` });
    expect(errorsOf(run)).toEqual([]);
    const texts = run.cells.map(outputsOf);
    for (const { id: task, title } of assignment.tasks) {
      const [, ...lines] = texts.find((text) => text.includes(title))!.split(title);
      expect(texts.join("\n"), task).toContain(`${task}: `); // what submit says
      expect(lines.join(title), `${task}: a test, and why it failed`).toMatch(/✓|✗|·|visible points/);
    }
    const all = texts.join("\n");
    expect(all, "some visible test fails").toMatch(/✗/);
    expect(all).not.toMatch(/undefined|\[object| {4}at .*\(|TypeError/);
  });
});
