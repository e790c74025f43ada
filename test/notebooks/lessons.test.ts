import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareOutputs, excerpt } from "../../src/cli/notebook/compare.ts";
import { type Cell, type Notebook, readNotebook } from "../../src/cli/notebook/document.ts";
import { executeNotebook } from "../../src/cli/notebook/execute.ts";
import { findJupyter, type JupyterServer, startJupyterServer } from "../../src/cli/notebook/server.ts";
import { ROOT } from "../support/programs.ts";

const NOTEBOOKS = join(ROOT, "notebooks");
// Translations have the cells and outputs of their originals (structure.test.ts), which are run.
const found = (pattern: string): string[] => globSync(pattern, { cwd: NOTEBOOKS, exclude: ["**/*.fr.ipynb"] }).sort();
const lessons = found("lessons/*.ipynb");
const solutions = found("assignments/solutions/*.ipynb");
const investigations = found("investigations/*.ipynb");

describe("lessons and solutions, through a Jupyter Server and JupyterLab's own client", () => {
  let folder: string;
  let server: JupyterServer;

  beforeAll(async () => {
    console.debug = () => {}; // the client announces each connection there
    // A copy, so that nothing a lesson writes lands in the repository; this also proves that lessons run anywhere.
    folder = await mkdtemp(join(tmpdir(), "bpfbook-lessons-"));
    await cp(NOTEBOOKS, folder, { recursive: true });
    const env = { XDG_DATA_HOME: join(folder, "data") }; // progress of whoever runs the tests stays what it is
    server = await startJupyterServer({ root: folder, jupyter: findJupyter(ROOT), env });
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const read = async (file: string): Promise<Notebook> => withoutClang(await readNotebook(join(NOTEBOOKS, file)));

  it.each(process.env["BPFBOOK_NIGHT"] ? [...lessons, ...investigations, ...solutions] : lessons)(
    "%s gives the stored outputs again",
    async (file) => {
      const stored = await read(file);
      expectSame(stored, await executeNotebook(server, stored, { path: file }));
    },
  );

  it("investigations and solutions give theirs, all on one kernel, which saves a minute by day", async () => {
    const stored = await Promise.all([...investigations, ...solutions].map(read));
    const cells = stored.flatMap((notebook) => notebook.cells);
    const got = await executeNotebook(server, { ...stored[0]!, cells }, { path: "assignments/solutions/all.ipynb" });
    for (const notebook of stored)
      expectSame(notebook, { ...notebook, cells: got.cells.splice(0, notebook.cells.length) });
  });

  it.each([...lessons, ...investigations, ...solutions])("%s writes nothing to stderr", async (file) => {
    const stored = await readNotebook(join(NOTEBOOKS, file));
    const streams = stored.cells.flatMap((cell) => cell.outputs ?? []).filter((one) => one.output_type === "stream");
    expect(streams.filter((one) => one.name === "stderr")).toEqual([]);
  });
});

const hasClang = spawnSync("clang", ["--version"]).error === undefined;

/** A cell that compiles C, on a machine that cannot. */
const isSkipped = ({ metadata }: Cell): boolean => !hasClang && (metadata.tags?.includes("needs-clang") ?? false);

/** The notebook as it can be run here: where clang is missing, cells that need it may fail. */
const withoutClang = (notebook: Notebook): Notebook => ({
  ...notebook,
  cells: notebook.cells.map((cell) =>
    isSkipped(cell)
      ? { ...cell, metadata: { ...cell.metadata, tags: [...(cell.metadata.tags ?? []), "raises-exception"] } }
      : cell,
  ),
});

function expectSame(stored: Notebook, got: Notebook): void {
  expect(unexpectedErrors(got)).toEqual([]);
  const skipped = new Set(stored.cells.filter(isSkipped).map(({ id }) => id));
  const differences = compareOutputs(stored, got)
    .filter(({ id }) => !skipped.has(id))
    .map(({ id, where, stored: before, got: now }) => ({ id, where, ...excerpt(before, now) }));
  expect(differences).toEqual([]);
}

const unexpectedErrors = (notebook: Notebook): string[] =>
  notebook.cells
    .filter((cell) => !cell.metadata.tags?.includes("raises-exception"))
    .flatMap((cell) => cell.outputs ?? [])
    .flatMap((output) => (output.output_type === "error" ? [`${output.ename}: ${output.evalue}`] : []));
