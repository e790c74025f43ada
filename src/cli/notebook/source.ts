/** A fault in the source of a notebook: which file, which line, what to do. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly code = "SOURCE";
  readonly file: string;
  readonly line: number;
  constructor(file: string, line: number, message: string) {
    super(`${file}:${line}: ${message}`);
    this.file = file;
    this.line = line;
  }
}

/** One cell of a source: text, or code with its tags. */
export interface SourceCell {
  readonly id: string;
  readonly kind: "markdown" | "code";
  readonly text: string;
  readonly tags: readonly string[];
  /** Where it begins in the file, from 1. */
  readonly line: number;
}

/** A notebook as people write it. */
export interface NotebookSource {
  /** The notebook that is built, relative to the source. */
  readonly notebook: string;
  /** The source that the code comes from, relative to this one: set in translations. */
  readonly code: string | undefined;
  readonly cells: readonly SourceCell[];
}

const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
const TEXT_CELL = /^<!-- cell: (\S+) -->$/;
const CODE_CELL = /^(`{3,})ts cell=(\S+)(?: tags=(\S+))?$/;
const FENCE = /^(`{3,})/;

/**
 * Reads the source of a notebook: a head between two lines `---`, then text. `<!-- cell: NAME -->` begins a text cell; a
 * fence that begins with "```ts cell=NAME tags=a,b" is a code cell, and a text after it without a name of its own is named
 * `NAME-then`. Other fences stay in the text. Throws `SourceError`.
 *
 * @example
 * ---
 * notebook: ../lessons/03-maps.ipynb
 * ---
 * <!-- cell: title -->
 * # 03 · Maps
 *
 * ```ts cell=import
 * import { map } from "bpfbook";
 * ```
 */
export function readSource(file: string, content: string): NotebookSource {
  const lines = content.split("\n");
  const { head, next } = readHead(file, lines);
  const cells: SourceCell[] = [];
  const seen = new Set<string>();
  const add = (cell: SourceCell) => {
    if (!ID.test(cell.id)) throw new SourceError(file, cell.line, `${cell.id}: names are small letters, digits and -`);
    if (seen.has(cell.id)) throw new SourceError(file, cell.line, `two cells are named ${cell.id}`);
    seen.add(cell.id);
    cells.push(cell);
  };
  let text: { id: string | undefined; line: number; lines: string[] } = { id: undefined, line: next + 1, lines: [] };
  const endText = () => {
    const body = text.lines.join("\n").trim();
    if (body === "" && text.id === undefined) return;
    if (body === "") throw new SourceError(file, text.line, `the text cell ${text.id} is empty`);
    add({
      id: text.id ?? `${cells.at(-1)?.id ?? "start"}-then`,
      kind: "markdown",
      text: body,
      tags: [],
      line: text.line,
    });
  };
  for (let at = next; at < lines.length; at++) {
    const line = lines[at]!;
    const named = TEXT_CELL.exec(line);
    const code = CODE_CELL.exec(line);
    if (named) {
      endText();
      text = { id: named[1]!, line: at + 1, lines: [] };
    } else if (code) {
      endText();
      const end = lines.indexOf(code[1]!, at + 1);
      if (end < 0) throw new SourceError(file, at + 1, `the cell ${code[2]} has no end: ${code[1]}`);
      const tags = code[3]?.split(",") ?? [];
      add({ id: code[2]!, kind: "code", text: lines.slice(at + 1, end).join("\n"), tags, line: at + 1 });
      text = { id: undefined, line: end + 2, lines: [] };
      at = end;
    } else {
      const fence = FENCE.exec(line);
      const end = fence ? lines.indexOf(fence[1]!, at + 1) : at;
      if (end < 0) throw new SourceError(file, at + 1, "a fence without an end");
      text.lines.push(...lines.slice(at, end + 1));
      at = end;
    }
  }
  endText();
  return { notebook: head.notebook!, code: head.code, cells };
}

const HEAD_KEYS = ["notebook", "code"] as const;

function readHead(
  file: string,
  lines: readonly string[],
): { head: Partial<Record<(typeof HEAD_KEYS)[number], string>>; next: number } {
  const end = lines[0] === "---" ? lines.indexOf("---", 1) : -1;
  if (end < 0) throw new SourceError(file, 1, "a source begins with a head between two lines ---");
  const head: Partial<Record<(typeof HEAD_KEYS)[number], string>> = {};
  for (let at = 1; at < end; at++) {
    const found = /^(\w+): (.+)$/.exec(lines[at]!);
    const key = HEAD_KEYS.find((one) => one === found?.[1]);
    if (key === undefined) throw new SourceError(file, at + 1, `the head has lines such as "notebook: ../x.ipynb"`);
    head[key] = found![2]!.trim();
  }
  if (head.notebook === undefined) throw new SourceError(file, 1, "the head says no notebook");
  return { head, next: end + 1 };
}

/**
 * A translation with the code of the edition that it translates: the same cells in the same order, text for text, and code cells
 * whose bodies are empty here. Throws `SourceError` where a cell is missing, added or has code of its own.
 */
export function withCode(file: string, translation: NotebookSource, original: NotebookSource): NotebookSource {
  const what = (kind: SourceCell["kind"]) => (kind === "code" ? "code" : "text");
  const cells = translation.cells.map((cell, index) => {
    const of = original.cells[index];
    if (of?.id !== cell.id || of.kind !== cell.kind) {
      const next = of === undefined ? "none" : `the ${what(of.kind)} cell ${of.id}`;
      throw new SourceError(file, cell.line, `the next cell of the original is ${next}, not ${cell.id}`);
    }
    if (cell.kind !== "code") return cell;
    if (cell.text.trim() !== "")
      throw new SourceError(file, cell.line, `the code of ${cell.id} comes from the original`);
    return { ...cell, text: of.text, tags: of.tags };
  });
  const missing = original.cells[cells.length];
  if (missing !== undefined)
    throw new SourceError(file, 1, `the ${what(missing.kind)} cell ${missing.id} of the original is missing`);
  return { ...translation, cells };
}
