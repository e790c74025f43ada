import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "../usage.ts";
import { type Cell, formatNotebook, type Notebook, readNotebook, writeNotebook } from "./document.ts";
import { withHeader } from "./lesson-header.ts";
import { type NotebookSource, readSource, SourceError, withCode } from "./source.ts";

const KERNELSPEC = { display_name: "TypeScript (bpfbook)", language: "typescript", name: "bpfbook" };

/**
 * The notebook of a source. Outputs of `stored` stay where the cell is the same; the rest is for `nb run`.
 *
 * @example notebookOf(readSource("03.md", text), undefined).cells[0].cell_type; // "markdown"
 */
export function notebookOf(source: NotebookSource, stored: Notebook | undefined): Notebook {
  const before = new Map(stored?.cells.map((cell) => [cell.id, cell]));
  const cells = source.cells.map(({ id, kind, text, tags }): Cell => {
    const metadata = tags.length > 0 ? { tags: [...tags] } : {};
    if (kind === "markdown") return { id, cell_type: kind, source: text, metadata };
    const old = before.get(id);
    const kept =
      old?.source === text ? { outputs: old.outputs ?? [], execution_count: old.execution_count ?? null } : {};
    return { id, cell_type: kind, source: text, metadata, outputs: [], execution_count: null, ...kept };
  });
  const metadata = stored?.metadata ?? { kernelspec: KERNELSPEC };
  return { cells, metadata, nbformat: 4, nbformat_minor: 5 };
}

/** A source, and where its notebook's outputs come from: a translation has those of the notebook that it translates. */
interface WholeSource {
  readonly source: NotebookSource;
  readonly notebook: string;
  readonly outputs: string;
}

/** Reads a source with the code of its original. Throws `UsageError`. */
async function readWhole(file: string): Promise<WholeSource> {
  const read = async (path: string) => {
    const text = await readFile(path, "utf8").catch(() => {
      throw new UsageError(`${path}: no such file`);
    });
    return readSource(path, text);
  };
  try {
    const source = await read(file);
    const notebook = resolve(dirname(file), source.notebook);
    if (source.code === undefined) {
      const french = existsSync(join(dirname(file), "fr", basename(file)));
      const edition = french ? basename(notebook).replace(/\.ipynb$/, ".fr.ipynb") : undefined;
      return { source: withHeader(source, notebook, edition), notebook, outputs: notebook };
    }
    const of = resolve(dirname(file), source.code);
    const original = await read(of);
    const outputs = resolve(dirname(of), original.notebook);
    return { source: withHeader(withCode(file, source, original), notebook), notebook, outputs };
  } catch (error) {
    if (error instanceof SourceError) throw new UsageError(error.message);
    throw error;
  }
}

/** A notebook that may not be there yet. */
const readStored = (path: string): Promise<Notebook | undefined> =>
  readNotebook(path).catch((error: unknown) => {
    if (error instanceof UsageError && error.message.endsWith("no such file")) return undefined;
    throw error;
  });

/**
 * Builds the notebooks of sources, those of translations with their original's outputs; with `check` only says which differ from what is stored. Returns the paths of the
 * notebooks that changed or differ.
 */
export async function buildNotebooks(files: readonly string[], { check }: { check: boolean }): Promise<string[]> {
  const changed: string[] = [];
  for (const file of files) {
    const { source, notebook: path, outputs } = await readWhole(file);
    const stored = await readStored(path);
    const built = notebookOf(source, outputs === path ? stored : await readStored(outputs));
    if (stored !== undefined && formatNotebook(stored) === formatNotebook(built)) continue;
    changed.push(path);
    if (!check) await writeNotebook(path, built);
  }
  return changed;
}
