/** The reference card and the glossary: pages made from rows, and every term that a lesson sets in bold explained. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/course/explain/explain.ts";
import { TERMS, termOf } from "../../src/course/reference/terms.ts";
import { HELPERS } from "../../src/helpers/table.ts";
import { renderPage } from "../../src/views/page.ts";
import { ROOT } from "../support/programs.ts";

/** A page of `explain` as a file of its own: its title is the only one. */
const pageOf = (topic: string): string =>
  `${String(renderPage(explain(topic))["text/markdown"]).replaceAll(/^##(#?) /gm, "#$1 ")}\n`;

/** Lessons that are being written: their terms come with them. */
const IN_WORK = ["26", "27"];

/** Words in bold that are no terms, but to be read with emphasis. */
const EMPHASIS = new Set(
  `accepted, e, rewrites, read, keep, call, decide, it may not, every, the message, the line, what the verifier knew,
  where that came from, cause, all, loaded, maps in c, variables, constants, the licence, lines, read warnings, typed, watches,
  decides, failed, compare again, bytes, table, drops everything, copy, destination address, process, ip header, configuration,
  version, and nobody said so, in bits, libbpf reads, at load time, the verifier, parent process, one file, refused, on every cpu,
  one, fail, microseconds, of which file, and, missing, only the two, milliseconds, as they run, one byte, tries, 1234, names,
  not the cause, ways, and cannot, usually, linux does not count, linux counts, success, failure, all orders, old, shortest, 33 tail calls, 512 bytes`
    .split(",")
    .map((word) => word.trim().replaceAll(/\s+/g, " ")),
);

/** Short words in bold of each lesson, as they come; what ends with a mark or is long is a sentence. */
const BOLD: readonly (readonly [lesson: string, word: string])[] = globSync("[0-9][0-9]-*.md", {
  cwd: join(ROOT, "notebooks/source"),
})
  .sort()
  .flatMap((file) => {
    const text = readFileSync(join(ROOT, "notebooks/source", file), "utf8").replaceAll(/^```[\s\S]*?^```/gm, "");
    const words = [...text.matchAll(/\*\*([^*]+)\*\*/g)].map(([, word]) => word!.replaceAll(/\s+/g, " "));
    return words
      .filter((word) => !/[.?!:]$/.test(word) && word.split(" ").length <= 4)
      .map((word) => [file.slice(0, 2), word] as const);
  });

describe("the glossary", () => {
  it("has every term that a lesson sets in bold", () => {
    const unknown = BOLD.filter(
      ([lesson, word]) => !IN_WORK.includes(lesson) && !EMPHASIS.has(word.toLowerCase()) && termOf(word) === undefined,
    );
    expect(unknown).toEqual([]);
  });

  it("names the lesson that sets the term in bold first", () => {
    const first = new Map<string, string>();
    for (const [lesson, word] of BOLD) {
      const term = termOf(word)?.term;
      if (term !== undefined && !first.has(term)) first.set(term, lesson);
    }
    const wrong = TERMS.filter(({ term, lesson }) => first.has(term) && first.get(term) !== lesson);
    expect(wrong.map(({ term }) => [term, first.get(term)])).toEqual([]);
  });

  it("has each word once, with a sentence", () => {
    const words = TERMS.flatMap(({ term, also }) => [term, ...also].map((word) => word.toLowerCase()));
    expect(words.length).toBe(new Set(words).size);
    for (const { term, meaning } of TERMS) expect(meaning, term).toMatch(/^[A-Z0-9"“].*[.)]$/);
  });

  it("is a page, and each of its terms is one", async () => {
    await expect(pageOf("glossary")).toMatchFileSnapshot("../../docs/glossary.md");
    expect(explain("pruning").blocks[0]).toMatchObject({ kind: "text", text: termOf("pruning")!.meaning });
    expect(explain("Ring Buffer").title).toBe("ring buffer");
  });
});

describe("the reference card", () => {
  it("is what the rows say; `--update` writes it anew", async () => {
    const page = pageOf("reference-card");
    await expect(page).toMatchFileSnapshot("../../docs/reference-card.md");
    expect(page).not.toMatch(/undefined|\[object|NaN/);
    for (const { id, name } of HELPERS) expect(page).toContain(`| ${id} | \`bpf_${name}(`);
  });
});
