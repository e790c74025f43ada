/** Where the syllabus is covered: notebooks/COVERAGE.md is made from rows, and each cell that they name is there. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { TOPICS } from "../../src/course/explain/explain.ts";
import { ROOT } from "../support/programs.ts";
import { CONCEPTS, type CoverageRow, FACTS } from "./coverage-rows.ts";

const SOURCES = globSync("[0-9][0-9]-*.md", { cwd: join(ROOT, "notebooks/source") }).sort();

/** Names of the code cells by the number of their lesson. */
const CELLS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  SOURCES.map((file) => {
    const text = readFileSync(join(ROOT, "notebooks/source", file), "utf8");
    return [file.slice(0, 2), new Set([...text.matchAll(/^```ts cell=([\w-]+)/gm)].map(([, name]) => name!))];
  }),
);

const table = (title: string, rows: readonly CoverageRow[]): string[] => [
  `| ${title} | fact | lesson | cell |`,
  "|---|---|---|---|",
  ...rows.map(({ topic, fact, lesson, cell }) => `| ${topic} | ${fact} | ${lesson} | ${cell ?? "planned"} |`),
];

function page(): string {
  const all = [...CONCEPTS, ...FACTS];
  const shown = all.filter(({ cell }) => cell !== undefined).length;
  return `${[
    "# Where the syllabus is covered",
    "",
    `Made from \`test/course/coverage-rows.ts\` (\`vitest -u test/course/coverage.test.ts\`). ${shown} of ${all.length} are shown by a cell; the others are planned. \`explain(TOPIC)\` has all of it as text.`,
    "",
    "## Concepts",
    "",
    ...table("module", CONCEPTS),
    "",
    "## What the syllabus' program prints",
    "",
    ...table("section", FACTS),
  ].join("\n")}\n`;
}

it("the page is what the rows say; `--update` writes it anew", async () => {
  await expect(page()).toMatchFileSnapshot("../../notebooks/COVERAGE.md");
});

it("each cell that a row names is a cell of its lesson", () => {
  const missing = [...CONCEPTS, ...FACTS].filter(
    ({ lesson, cell }) => cell !== undefined && !CELLS.get(lesson)?.has(cell),
  );
  expect(missing).toEqual([]);
});

it("all fifteen concepts and all sixteen sections have rows", () => {
  expect(CONCEPTS.length).toBe(15);
  const sections = new Set(FACTS.map(({ topic }) => topic.replace(" ", "-")));
  expect([...sections].sort()).toEqual(TOPICS.map(({ id }) => id).sort());
});
