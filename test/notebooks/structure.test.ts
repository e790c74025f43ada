/** What every lesson promises a reader: its shape, its links, its exercises. Nothing is executed here. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { buildNotebooks } from "../../src/cli/notebook/build.ts";
import { type Cell, type Notebook, readNotebook } from "../../src/cli/notebook/document.ts";
import { EXERCISES } from "../../src/course/exercises/index.ts";
import { CHECK_MIME } from "../../src/views/course.ts";
import { ROOT } from "../support/programs.ts";

const NOTEBOOKS = join(ROOT, "notebooks");
// Assignments are released for a course, and not stored as notebooks.
const sources = globSync("source/**/*.md", { cwd: NOTEBOOKS, exclude: ["source/assignments/**"] }).sort();
// A translation lies beside its original, so that both find the same data: `00-first-light.fr.ipynb`.
const lessons = globSync("lessons/*.ipynb", { cwd: NOTEBOOKS, exclude: ["lessons/*.fr.ipynb"] }).sort();
const investigations = globSync("investigations/*.ipynb", { cwd: NOTEBOOKS }).sort();
const translations = globSync("lessons/*.fr.ipynb", { cwd: NOTEBOOKS }).sort();
const solutions = globSync("assignments/solutions/*.ipynb", { cwd: NOTEBOOKS }).sort();

const read = (file: string): Promise<Notebook> => readNotebook(join(NOTEBOOKS, file));
const numberOf = (file: string): string => file.split("/").at(-1)!.slice(0, 2);

/** The exercises of a lesson, of its solutions, or of five investigations. */
function exercisesOf(file: string): string[] {
  const five = /investigations-(\d)\.ipynb$/.exec(file)?.[1];
  const all = EXERCISES.map(({ id }) => id);
  if (five === undefined) return all.filter((id) => id.startsWith(numberOf(file)));
  return all.filter((id) => id.startsWith("inv-")).slice(5 * (Number(five) - 1), 5 * Number(five));
}

/** Headings of text cells, without what lies in fences. */
function headings(notebook: Notebook): { level: number; text: string }[] {
  return notebook.cells
    .filter((cell) => cell.cell_type === "markdown")
    .flatMap((cell) => [...cell.source.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^(#{1,6}) (.+)$/gm)])
    .map((found) => ({ level: found[1]!.length, text: found[2]! }));
}

/** What the checks of a notebook said when it was run. */
function checks(notebook: Notebook): { exercise: string; passed: boolean }[] {
  return notebook.cells
    .flatMap((cell: Cell) => cell.outputs ?? [])
    .flatMap((output) => ("data" in output && CHECK_MIME in output.data ? [output.data[CHECK_MIME]] : []))
    .map((said) => said as { exercise: string; passed: boolean });
}

describe("notebooks", () => {
  it("are what their sources say", async () => {
    const files = sources.map((file) => join(NOTEBOOKS, file));
    expect(await buildNotebooks(files, { check: true })).toEqual([]);
    expect(sources.length).toBe(lessons.length + investigations.length + translations.length + solutions.length);
  });

  it.each([...lessons, ...investigations, ...translations])(
    "%s has one title, its headings in order, and the parts of every lesson",
    async (file) => {
      const found = headings(await read(file));
      expect(found.filter(({ level }) => level === 1)).toHaveLength(1);
      expect(found[0]!.level).toBe(1);
      for (const [i, { level, text }] of found.entries()) {
        if (i > 0) expect(level, text).toBeLessThanOrEqual(found[i - 1]!.level + 1);
      }
    },
  );

  it.each(lessons)("%s has the same parts as the others", async (file) => {
    const found = headings(await read(file)).map(({ text }) => text);
    const parts = ["Your turn", "What real Linux does differently", "Going further", "Summary"];
    expect(found.filter((text) => parts.includes(text))).toEqual(parts);
  });

  it("in French have the code and the outputs of the English ones, so that nobody has to run them", async () => {
    const run = ({ cells }: Notebook) => cells.filter((cell) => cell.cell_type === "code");
    for (const file of translations) {
      const original = await read(file.replace(".fr.", "."));
      const french = await read(file);
      expect(run(french), file).toEqual(run(original));
      expect(french.cells.map(({ id }) => id)).toEqual(original.cells.map(({ id }) => id));
      // A text that is the same in both was forgotten; links and code alone may be.
      const texts = new Map(original.cells.map((cell) => [cell.id, cell.source]));
      const same = french.cells.filter((cell) => cell.cell_type === "markdown" && texts.get(cell.id) === cell.source);
      expect(
        same.map(({ id }) => id),
        file,
      ).toEqual([]);
    }
    expect(translations.length).toBeGreaterThanOrEqual(3);
  });

  it.each([...lessons, ...investigations])("%s runs at least eight cells, all of which were run", async (file) => {
    const code = (await read(file)).cells.filter((cell) => cell.cell_type === "code");
    expect(code.length).toBeGreaterThanOrEqual(8);
    // The student's own progress is nobody else's to show.
    const run = code.filter(({ id }) => id !== "progress");
    expect(run.filter((cell) => cell.execution_count === null).map((cell) => cell.id)).toEqual([]);
  });

  it.each([...lessons, ...investigations])("%s checks its exercises, and each is open", async (file) => {
    const own = exercisesOf(file);
    expect(own.length).toBeGreaterThanOrEqual(3);
    expect(checks(await read(file))).toEqual(
      own.map((exercise) => expect.objectContaining({ exercise, passed: false })),
    );
  });

  it.each(solutions)("%s solves all of its lesson", async (file) => {
    const own = exercisesOf(file);
    expect(checks(await read(file))).toEqual(
      own.map((exercise) => expect.objectContaining({ exercise, passed: true })),
    );
  });

  it.each([...lessons, ...investigations, ...translations, ...solutions])("%s links to what is there", async (file) => {
    const notebook = await read(file);
    const anchors = headings(notebook).map(({ text }) => text.replaceAll(" ", "-"));
    for (const cell of notebook.cells.filter((one) => one.cell_type === "markdown")) {
      for (const [, to] of cell.source.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(to!)) continue;
        if (to!.startsWith("#")) expect(anchors, to).toContain(decodeURIComponent(to!.slice(1)));
        else expect(existsSync(resolve(dirname(join(NOTEBOOKS, file)), to!)), `${cell.id}: ${to}`).toBe(true);
      }
    }
  });

  it.each([...lessons, ...investigations, ...translations])("%s gives pictures a text", (file) => {
    const text = readFileSync(join(NOTEBOOKS, file), "utf8");
    expect(text.match(/!\[\]\(/g) ?? []).toEqual([]);
    expect(text.match(/<img(?![^>]*\balt=)/g) ?? []).toEqual([]);
  });
});
