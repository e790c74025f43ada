/** The real nbgrader with our kernel: a course is made, released, four students hand in, it is graded, feedback is written. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installKernelspec } from "../../kernel/install/kernelspec.ts";
import { formatNotebook, type Notebook } from "../../src/cli/notebook/document.ts";
import { Variant } from "../../src/grade/assignment/index.ts";
import { assignmentOf } from "../../src/grade/assignments/index.ts";
import { checksum } from "../../src/grade/nbgrader/checksum.ts";
import { GRADING_KERNEL, nbgraderConfig } from "../../src/grade/nbgrader/config.ts";
import { type NbgraderCell, NOTEBOOK_METADATA, nbgraderCells } from "../../src/grade/nbgrader/notebook.ts";
import { confinement } from "../../src/grade/sandbox/confinement.ts";
import { sourceOf } from "../grade/run-source.ts";
import { ROOT } from "../support/programs.ts";

const nbgrader = join(ROOT, ".venv", "bin", "nbgrader");
const python = join(ROOT, ".venv", "bin", "python");
const SECRET = "a secret of this test's course";
const a1 = assignmentOf("a1");
const drawn = Variant.of(SECRET, "a1", "class");
const instance = { student: "class", variant: drawn.id, params: a1.variant(drawn) };

const cellsOf = (edition: "source" | "release" | "solution"): NbgraderCell[] =>
  nbgraderCells(sourceOf(a1).cells, a1, { edition, instance });

const notebook = (cells: readonly NbgraderCell[]): string => {
  const whole = cells.map((cell) =>
    cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell,
  );
  const metadata: Record<string, unknown> = { ...NOTEBOOK_METADATA };
  return formatNotebook({ cells: whole as Notebook["cells"], metadata, nbformat: 4, nbformat_minor: 5 });
};

/** A cell with another source, as a student would type it; metadata and id stay. */
const typed = (cells: readonly NbgraderCell[], id: string, source: (old: string) => string): NbgraderCell[] =>
  cells.map((cell) => (cell.id === id ? { ...cell, source: source(cell.source) } : cell));

let course = "";

const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${join(ROOT, ".venv", "bin")}:${process.env["PATH"]}`, // nbgrader starts alembic
  JUPYTER_PATH: join(course, "share", "jupyter"),
  JUPYTER_RUNTIME_DIR: join(course, "runtime"),
  JUPYTER_CONFIG_DIR: join(course, "jupyter-config"),
  XDG_DATA_HOME: course,
});

function run(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(nbgrader, args, { cwd: course, env: environment(), encoding: "utf8" });
  expect(status, `nbgrader ${args.join(" ")}\n${stdout}\n${stderr}`).toBe(0);
  return stdout + stderr;
}

const read = (...path: readonly string[]): Notebook => {
  const parsed = JSON.parse(readFileSync(join(course, ...path), "utf8")) as Notebook;
  for (const cell of parsed.cells) cell.source = [cell.source].flat().join("");
  return parsed;
};

function handIn(student: string, cells: readonly NbgraderCell[]): void {
  const folder = join(course, "submitted", student, "a1");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "a1.ipynb"), notebook(cells));
}

/** Points of each grade cell, as nbgrader's own gradebook has them. */
function points(): Record<string, Record<string, number>> {
  const script = `
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    print(json.dumps({s.student.id: {g.cell.name: g.auto_score for n in s.notebooks for g in n.grades} for s in book.assignment_submissions("a1")}))`;
  return JSON.parse(execFileSync(python, ["-c", script], { cwd: course, env: environment(), encoding: "utf8" }));
}

const TAMPERING = `
import { submit } from "bpfbook";
const { writeSync } = require("node:fs");
Object.prototype.points = 100;
(globalThis as any)[Symbol.for("Jupyter.magics")] = new Map([["grade", { doc: "", run: () => 6 }]]);
(globalThis as any).__magic__ = async () => 6;
setInterval(() => {
  for (let cell = 1; cell < 30; cell++)
    writeSync(3, "\\u001e" + JSON.stringify({ type: "result", cell: String(cell), data: { "text/plain": "6.0" } }) + "\\n");
}, 5).unref();
const tried = (path: string) => { try { return require("node:fs").readFileSync(path, "utf8") } catch (error) { return String(error.code) } };
console.log("secret: " + tried("SECRET_FILE"));
`;

describe.skipIf(!existsSync(nbgrader))("an nbgrader course", () => {
  beforeAll(() => {
    course = mkdtempSync(join(tmpdir(), "bpfbook-course-"));
    writeFileSync(join(course, "secret"), SECRET, { mode: 0o600 });
    writeFileSync(join(course, "nbgrader_config.py"), nbgraderConfig({ timeout: 15 }));
    mkdirSync(join(course, "source", "a1"), { recursive: true });
    writeFileSync(join(course, "source", "a1", "a1.ipynb"), notebook(cellsOf("source")));
    const spec = { node: process.execPath, launcher: join(ROOT, "bin", "bpfbook.js"), name: GRADING_KERNEL };
    const path = join(ROOT, "src", "grade", "nbgrader", "kernel-extension.ts");
    const args = ["--secret", join(course, "secret")];
    installKernelspec({ kind: "prefix", path: course }, { ...spec, extension: { path, args } });
  });
  afterAll(() => rmSync(course, { recursive: true, force: true }));

  test("what nbgrader releases is what we release, with the same checksums", () => {
    run("generate_assignment", "a1", "--create");
    const released = read("release", "a1", "a1.ipynb");
    const ours = cellsOf("release");
    expect(released.cells.map(({ id, source, metadata }) => ({ id, source, nbgrader: metadata["nbgrader"] }))).toEqual(
      ours.map(({ id, source, metadata }) => ({ id, source, nbgrader: metadata.nbgrader })),
    );
    expect(JSON.stringify(released)).not.toContain("SOLUTION");
  });

  test("checksums are those of nbgrader's own function", () => {
    const cells = cellsOf("solution");
    const script = `
import json, sys, nbformat
from nbgrader.utils import compute_checksum
print(json.dumps([compute_checksum(cell) for cell in nbformat.reads(sys.stdin.read(), 4).cells]))`;
    const theirs = JSON.parse(execFileSync(python, ["-c", script], { input: notebook(cells), encoding: "utf8" }));
    expect(cells.map((cell) => checksum(cell))).toEqual(theirs);
  });

  // A minute and more: at night.
  test.skipIf(process.env["BPFBOOK_NIGHT"] === undefined)(
    "four students: perfect, empty, looping, tampering",
    () => {
      const solution = cellsOf("solution");
      const release = cellsOf("release");
      handIn(
        "perfect",
        typed(solution, "a1-1", (code) => `const unused: number = "a type error is a warning";\n${code}`),
      );
      handIn("empty", release);
      handIn(
        "looping",
        typed(solution, "a1-1", () => "for (;;);"),
      );
      const secret = TAMPERING.replace("SECRET_FILE", join(course, "secret"));
      // It changes a test, copies an id, gives its answer more points and puts another kernel into the notebook.
      const changed = typed(
        typed(release, "a1-2", () => secret),
        "grade-a1-3",
        () => "6.0",
      );
      const copied = { ...changed.find(({ id }) => id === "grade-a1-2")!, id: "copied", source: "2.0" };
      handIn("tampering", [copied, ...changed]);
      cpSync(join(course, "submitted"), join(course, "handed-in"), { recursive: true });
      run("autograde", "a1", "--create");

      const scores = points();
      const full = { "grade-a1-1": 2, "grade-a1-2": 2, "grade-a1-3": 6 };
      expect(scores["perfect"]).toEqual(full);
      expect(scores["looping"]).toEqual({ ...full, "grade-a1-1": 0 });
      expect(scores["tampering"]).toEqual(scores["empty"]);
      for (const score of Object.values(scores["empty"]!)) expect(score).toBeLessThan(2);

      const graded = JSON.stringify(read("autograded", "tampering", "a1", "a1.ipynb"));
      if (confinement().held.every(({ weaker }) => weaker === undefined)) expect(graded).not.toContain(SECRET);
      const perfect = JSON.stringify(read("autograded", "perfect", "a1", "a1.ipynb"));
      expect(perfect).toContain("Warning, as types are not graded");
      expect(perfect).toContain("hidden test 1");

      run("generate_feedback", "a1");
      const page = readFileSync(join(course, "feedback", "looping", "a1", "a1.html"), "utf8");
      expect(page).toContain("nothing was handed over");
      expect(page).not.toContain(SECRET);
    },
    600_000,
  );
});
