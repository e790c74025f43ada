import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import { PACKAGE_ROOT } from "../package.ts";
import { UsageError } from "../usage.ts";
import { buildNotebooks } from "./build.ts";
import { compareOutputs, excerpt } from "./compare.ts";
import { type Notebook, readNotebook, writeNotebook } from "./document.ts";
import { executeNotebook } from "./execute.ts";
import { findJupyter, startJupyterServer } from "./server.ts";

const USAGE = "usage: bpfbook nb run|check FILE.ipynb... or bpfbook nb build [--check] SOURCE.md...";

/**
 * `bpfbook nb run FILE...` executes notebooks and stores their outputs; `bpfbook nb check FILE...` executes them and
 * compares with what is stored; `bpfbook nb build SOURCE...` makes notebooks of their sources. Exit code 1 when a cell
 * failed, an output differs, or `build --check` found a notebook that is not what its source says.
 */
export async function notebookCommand(args: readonly string[]): Promise<number> {
  const [verb, ...files] = args;
  if (verb === "build") return buildCommand(files);
  if ((verb !== "run" && verb !== "check") || files.length === 0) throw new UsageError(USAGE);
  // JupyterLab's client announces each connection there; it is nothing that this command has to say.
  console.debug = () => {};
  const notebooks = new Map<string, Notebook>();
  for (const file of files) notebooks.set(resolve(file), await readNotebook(file));
  const root = commonFolder([...notebooks.keys()]);
  await using reader = await newReader();
  await using server = await startJupyterServer({ root, jupyter: findJupyter(PACKAGE_ROOT), env: reader.env });
  let faults = 0;
  for (const [file, stored] of notebooks) {
    await reader.forget();
    const path = file
      .slice(root.length + 1)
      .split(sep)
      .join("/");
    const got = await executeNotebook(server, stored, {
      path,
      onCell: (done, total) => process.stderr.write(`\r${path}: cell ${done} of ${total}`),
    });
    process.stderr.write("\n");
    faults += reportErrors(path, got);
    if (verb === "run") await writeNotebook(file, got);
    else faults += reportDifferences(path, stored, got);
  }
  return faults === 0 ? 0 : 1;
}

/** Notebooks are executed as for somebody who opens them first: what is stored holds nobody's progress, nobody's history. */
async function newReader() {
  const data = await mkdtemp(join(tmpdir(), "bpfbook-nb-"));
  const remove = () => rm(data, { recursive: true, force: true });
  // Jupyter looks for kernels below the same variable: it keeps its folder.
  const jupyter = join(process.env.XDG_DATA_HOME ?? join(homedir(), ".local", "share"), "jupyter");
  const env: Record<string, string> = { XDG_DATA_HOME: data };
  if (process.platform === "linux") env.JUPYTER_DATA_DIR = process.env.JUPYTER_DATA_DIR ?? jupyter;
  return {
    env,
    forget: async () => {
      await remove();
      await mkdir(data, { recursive: true });
    },
    [Symbol.asyncDispose]: remove,
  };
}

async function buildCommand(args: readonly string[]): Promise<number> {
  const check = args.includes("--check");
  const files = args.filter((word) => word !== "--check");
  const unknown = files.find((word) => word.startsWith("-"));
  if (unknown !== undefined || files.length === 0) throw new UsageError(USAGE);
  const changed = await buildNotebooks(files, { check });
  for (const path of changed) process.stdout.write(`${path}: ${check ? "differs from its source" : "built"}\n`);
  return check && changed.length > 0 ? 1 : 0;
}

const commonFolder = (files: readonly string[]): string =>
  files.map(dirname).reduce((a, b) => {
    while (b !== a && !b.startsWith(a + sep)) a = dirname(a);
    return a;
  });

function reportErrors(path: string, notebook: Notebook): number {
  let count = 0;
  for (const [index, cell] of notebook.cells.entries()) {
    if (cell.metadata.tags?.includes("raises-exception")) continue;
    for (const output of cell.outputs ?? []) {
      if (output.output_type !== "error") continue;
      process.stderr.write(`${path}: cell ${index} (${cell.id}): ${output.ename}: ${output.evalue}\n`);
      count++;
    }
  }
  return count;
}

function reportDifferences(path: string, stored: Notebook, got: Notebook): number {
  const differences = compareOutputs(stored, got);
  for (const { index, id, where, ...texts } of differences) {
    const shown = excerpt(texts.stored, texts.got);
    process.stdout.write(`${path}: cell ${index} (${id}) ${where}\n  stored ${JSON.stringify(shown.stored)}\n`);
    process.stdout.write(`  now    ${JSON.stringify(shown.got)}\n`);
  }
  return differences.length;
}
