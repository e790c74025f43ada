import { readFile, writeFile } from "node:fs/promises";
import { UsageError } from "../usage.ts";

/** One output of a code cell in nbformat 4.5, as it is stored in the file. */
export type Output =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: string }
  | { output_type: "display_data"; data: Record<string, unknown>; metadata: Record<string, unknown> }
  | {
      output_type: "execute_result";
      data: Record<string, unknown>;
      metadata: Record<string, unknown>;
      execution_count: number | null;
    }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

/** One cell; `source` and texts are joined to one string here and split into lines in the file. */
export interface Cell {
  id: string;
  cell_type: "code" | "markdown" | "raw";
  source: string;
  metadata: { tags?: string[] } & Record<string, unknown>;
  outputs?: Output[];
  execution_count?: number | null;
}

/** A notebook of nbformat 4.5. */
export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

const join = (text: unknown): string => (Array.isArray(text) ? text.join("") : String(text ?? ""));

const joinData = (data: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).map(([mime, value]) => [mime, mime.endsWith("json") ? value : join(value)]));

function joinOutput(output: Record<string, unknown>): Output {
  if (output.output_type === "stream") return { ...output, text: join(output.text) } as Output;
  if ("data" in output) return { ...output, data: joinData(output.data as Record<string, unknown>) } as Output;
  return output as Output;
}

/** Reads a notebook; `UsageError` for a file that is not there or is none. */
export async function readNotebook(path: string): Promise<Notebook> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${path}: ${error.code === "ENOENT" ? "no such file" : error.message}`);
  });
  let parsed: Notebook;
  try {
    parsed = JSON.parse(text) as Notebook;
  } catch (error) {
    throw new UsageError(`${path}: not a notebook: ${(error as Error).message}`);
  }
  if (!Array.isArray(parsed.cells)) throw new UsageError(`${path}: not a notebook: it has no "cells"`);
  for (const cell of parsed.cells) {
    cell.source = join(cell.source);
    cell.outputs = cell.outputs?.map((output) => joinOutput(output as unknown as Record<string, unknown>));
  }
  return parsed;
}

/** "a\nb" -> ["a\n", "b"], as Jupyter stores texts, so that a change shows as changed lines. */
const split = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const splitData = (data: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(data).map(([mime, value]) => [mime, typeof value === "string" ? split(value) : value]),
  );

function splitOutput(output: Output): unknown {
  if (output.output_type === "stream") return { ...output, text: split(output.text) };
  if ("data" in output) return { ...output, data: splitData(output.data) };
  return output;
}

/** The same data with the keys of every object in order, as the file has them. */
export const sortKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sortKeys(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** The text of the file: keys sorted, one space of indent, texts by lines, as Jupyter itself writes it. */
export function formatNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: split(cell.source),
    ...(cell.cell_type === "code"
      ? { outputs: (cell.outputs ?? []).map(splitOutput), execution_count: cell.execution_count ?? null }
      : {}),
  }));
  return `${JSON.stringify(sortKeys({ ...notebook, cells }), null, 1)}\n`;
}

export const writeNotebook = (path: string, notebook: Notebook): Promise<void> =>
  writeFile(path, formatNotebook(notebook));
