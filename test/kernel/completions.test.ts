import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { completeMagic } from "../../kernel/magics/complete.ts";
import { completePath } from "../../kernel/session/path-completions.ts";

describe("magics", () => {
  const at = (code: string, added: string[] = []) => completeMagic(code, code.length, added);
  const texts = (code: string, added?: string[]) => at(code, added)?.matches.map(({ text }) => text);

  test("by their beginning, each in the forms that it has", () => {
    expect(texts("%ti")).toEqual(["%time"]);
    expect(texts("%%ti")).toEqual(["%%time"]);
    expect(texts("%%b", ["bpftrace", "asm"])).toEqual(["%%bash", "%%bpftrace"]);
    expect(texts("%wh")).toEqual(["%who"]);
    expect(at("  %wh")).toMatchObject({ start: 2, end: 5 });
    expect(texts("%")).toContain("%%html");
  });

  test("only above all code, and not in another language's text", () => {
    expect(texts("%time\n%wh")).toEqual(["%who"]);
    expect(at("const a = 7\n%wh")).toBeUndefined();
    expect(at("%%bash\n%wh")).toBeUndefined();
    expect(at("7 %wh")).toBeUndefined();
  });
});

describe("paths", () => {
  const folder = mkdtempSync(join(tmpdir(), "bpfbook-paths-"));
  mkdirSync(join(folder, "data", "inner"), { recursive: true });
  for (const name of ["data/a.csv", "data/b.csv", "data/.hidden", "date.txt"]) writeFileSync(join(folder, name), "");
  afterAll(() => rmSync(folder, { recursive: true }));
  const texts = (code: string) => completePath(code, code.length, folder)?.matches.map(({ text }) => text);

  test("of files and folders in strings and templates", () => {
    expect(texts('readFileSync("da')).toEqual(["data/", "date.txt"]);
    expect(texts("f('./data/")).toEqual(["a.csv", "b.csv", "inner/"]);
    expect(texts("f(`data/b")).toEqual(["b.csv"]);
    expect(texts('f("data/.')).toEqual([".hidden"]);
    expect(texts(`f("${folder}/dat`)).toEqual(["data/", "date.txt"]);
    expect(completePath('f("data/a', 9, folder)).toMatchObject({ start: 8, end: 9 });
  });

  test("nothing outside of strings, of closed ones, of sentences and of folders that are not there", () => {
    for (const code of ["da", '"data"', '"data" + da', 'f("see data/', 'f("', "f('data/a.csv', d"])
      expect(texts(code)).toBeUndefined();
    expect(texts('f("nowhere/')).toEqual([]);
    expect(texts('f("date.txt/')).toEqual([]);
  });

  test("no text makes it throw", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => void completePath(text, text.length, folder)));
  });
});
