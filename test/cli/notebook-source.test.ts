import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { notebookOf } from "../../src/cli/notebook/build.ts";
import { withHeader } from "../../src/cli/notebook/lesson-header.ts";
import { readSource, SourceError, withCode } from "../../src/cli/notebook/source.ts";

const SOURCE = `---
notebook: ../lessons/03.ipynb
---

<!-- cell: title -->
# Title

\`\`\`c
// a fence of the text
\`\`\`

\`\`\`ts cell=one tags=volatile,raises-exception
const a = 1;

a;
\`\`\`

What follows has no name.

<!-- cell: end -->
The end.
`;

const FRENCH = SOURCE.replace("# Title", "# Titre")
  .replace("---\n\n", "code: 03.md\n---\n\n")
  .replace("const a = 1;\n\na;\n", "");

describe("sources of notebooks", () => {
  it("are text cells and code cells with names", () => {
    const { notebook, cells } = readSource("03.md", SOURCE);
    expect(notebook).toBe("../lessons/03.ipynb");
    expect(cells.map(({ id, kind }) => [id, kind])).toEqual([
      ["title", "markdown"],
      ["one", "code"],
      ["one-then", "markdown"],
      ["end", "markdown"],
    ]);
    expect(cells[0]!.text).toBe("# Title\n\n```c\n// a fence of the text\n```");
    expect(cells[1]).toMatchObject({ text: "const a = 1;\n\na;", tags: ["volatile", "raises-exception"] });
  });

  it("keep outputs of cells that did not change, and only those", () => {
    const source = readSource("03.md", SOURCE);
    const built = notebookOf(source, undefined);
    const outputs = [{ output_type: "stream" as const, name: "stdout" as const, text: "1\n" }];
    const run = {
      ...built,
      cells: built.cells.map((cell) => (cell.cell_type === "code" ? { ...cell, outputs } : cell)),
    };
    expect(notebookOf(source, run)).toEqual(run);
    const changed = readSource("03.md", SOURCE.replace("const a = 1", "const a = 2"));
    expect(notebookOf(changed, run).cells[1]!.outputs).toEqual([]);
  });

  it.each([
    ["/x/notebooks/lessons/03-maps.ipynb", 'progress.lesson("03");', "Glossary"],
    ["/x/notebooks/lessons/03-maps.fr.ipynb", 'progress.lesson("03");', "Glossaire"],
    ["/x/notebooks/investigations/investigations-1.ipynb", 'progress.lesson("inv");', "Glossary"],
  ])("of lessons get the student's progress below the title: %s", (path, code, word) => {
    const source = readSource("03.md", SOURCE);
    const { cells } = withHeader(source, path);
    expect(cells.map(({ id }) => id)).toEqual(["title", "course", "progress", "one", "one-then", "end"]);
    expect(cells[1]!.text).toContain(word);
    expect(cells[2]).toMatchObject({ kind: "code", tags: ["volatile"] });
    expect(cells[2]!.text.endsWith(code)).toBe(true);
    for (const other of ["/x/assignments/solutions/03-maps.ipynb", "/x/assignments/solutions/investigations-1.ipynb"])
      expect(withHeader(source, other)).toBe(source);
  });

  it("in another language take their code from the original", () => {
    const original = readSource("03.md", SOURCE);
    const french = withCode("fr/03.md", readSource("fr/03.md", FRENCH), original);
    expect(french.cells[1]!.text).toBe(original.cells[1]!.text);
    expect(french.cells[0]!.text).toContain("# Titre");
    const without = (part: RegExp) => () =>
      withCode("fr/03.md", readSource("fr/03.md", FRENCH.replace(part, "")), original);
    expect(without(/```ts cell=one.*\n```\n\nWhat follows.*\n/)).toThrow(
      /the next cell .* is the code cell one, not end/,
    );
    expect(without(/What follows.*\n/)).toThrow(/the next cell .* is the text cell one-then, not end/);
    expect(without(/<!-- cell: end -->\nThe end.\n/)).toThrow(/the text cell end of the original is missing/);
    const renamed = FRENCH.replace("cell=one", "cell=two");
    expect(() => withCode("fr/03.md", readSource("fr/03.md", renamed), original)).toThrow(/not two/);
    const own = FRENCH.replace(/(```ts cell=one.*\n)/, "$1a;\n");
    expect(() => withCode("fr/03.md", readSource("fr/03.md", own), original)).toThrow(/comes from the original/);
  });

  it.each([
    ["no head", "# Title", 1, /head/],
    ["an unknown key", "---\nfile: x\n---\n", 2, /lines such as/],
    ["no notebook", "---\n---\n", 1, /no notebook/],
    ["two cells of one name", `${SOURCE}\n<!-- cell: one -->\nx`, 23, /two cells/],
    ["a name with a blank", SOURCE.replace("cell=one", "cell=O_ne"), 12, /small letters/],
    ["code without an end", SOURCE.replace("a;\n```", "a;"), 12, /no end/],
    ["an empty text", SOURCE.replace("The end.", ""), 20, /empty/],
  ])("%s is an error with its line", (_, text, line, message) => {
    expect.assertions(3);
    try {
      readSource("03.md", text);
    } catch (error) {
      expect(error).toBeInstanceOf(SourceError);
      expect((error as SourceError).line).toBe(line);
      expect((error as SourceError).message).toMatch(message);
    }
  });

  it("any text is a source or an error", () => {
    const piece = fc.constantFrom("---", "notebook: x", "```ts cell=a", "```", "````", "<!-- cell: b -->", "text", "");
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (lines) => {
        try {
          readSource("x.md", lines.join("\n"));
        } catch (error) {
          expect(error).toBeInstanceOf(SourceError);
        }
      }),
    );
  });
});
