// biome-ignore-all lint/suspicious/noTemplateCurlyInString: cells that hold templates are what is tested
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CellDocuments } from "../../kernel/language/cell-documents.ts";
import { completeness } from "../../kernel/language/completeness.ts";
import { namesOf } from "../../kernel/language/names.ts";
import { tokenize } from "../../kernel/language/tokens.ts";

/** Declared names as a line: `=` marks a variable, `^` what the cell exports itself. */
function declared(code: string): string {
  const mark = (kind: string, exported: boolean) => (kind === "variable" ? "=" : "") + (exported ? "^" : "");
  return [...namesOf(code).declared].map(([name, { kind, exported }]) => name + mark(kind, exported)).join(" ");
}

describe("declared names", () => {
  it.each([
    ["const a = 1, b = 2", "a b"],
    ["let a, b: string, c!: number = 3; var d", "a= b= c= d="],
    ["const a: Map<string, Set<number>> = new Map<string, Set<number>>(), b = 1", "a b"],
    ["const a = b < c, d = e > (f)", "a"],
    ["const f = <T, U = number>(x: T): Record<string, U> => x as any, g = 1", "f g"],
    ["const { a, b: { c = { d: 1 }, ...e }, 'f': f2, [g(1)]: h, ...i } = o", "a c e f2 h i"],
    ["let [a, , [b] = [1], ...[c]] = d", "a= b= c="],
    ["const a = { b: 1, c, d() { const no = 1 } }", "a"],
    ["let a\nlet b\nconst c = 1\n  + 2\nlet d", "a= b= c d="],
    ["const t = a ? b : c, u = `x ${ {v: 1, w: `${y}`}.v } z`", "t u"],
    ["const r = /[,;{]/g, s = 1 / 2 / 3", "r s"],
    ["function f() { var no; let no2 }\nasync function* g() {}\nfunction h(a, b) {}", "f g h"],
    ["function f(a: string): void\nfunction f(a: any) {}", "f"],
    ["class A {}\nabstract class B<T> extends C {}\n@dec class D {}\n@dec() class E {}", "A B D E"],
    ["const a = class No {}, b = function no2() {}", "a b"],
    ["enum A { x }\nconst enum B { y }\ndeclare enum C {}", "A B C"],
    ["interface A { no: 1 }\ntype B<T> = { no: T }\ntype C = 1\nnamespace D.E { const no = 1 }", "A B C D"],
    ["type = 1; type(2); interface\nfoo; namespace.x", ""],
    ["declare const a: number; declare function b(): void; declare global { var no: 1 }", "a b"],
    [
      "import a from 'x'; import b, * as c from 'x'; import { d, e as f, type G, default as h } from 'x'",
      "a b c d f G h",
    ],
    [
      "import type { A } from 'x'; import type B from 'x'; import type, { c } from 'x'; import d = require('x')",
      "A B type c d",
    ],
    ["import 'x'; import('x'); import.meta.url", ""],
    ["import a, {\n  b,\n  c as d,\n} from 'x' with { type: 'json' }", "a b d"],
    ["export const a = 1, b = 2; export function c() {}\nexport default class D {}", "a^ b^ c^ D^"],
    ["const a = 1, b = 2; export { a }; export * from 'x'; export type { T } from 'x'", "a^ b"],
    ["for (var i = 0, j = 1; i < j; i++) { var k; let no }\nfor (const no2 of x) {}\nfor (var l of m);", "i= j= k= l="],
    ["if (a) { var b = 1 } else { var c }\ntry { var d } catch (e) { var f } finally { { var g } }", "b= c= d= f= g="],
    ["const f = () => { var no }; x(function () { var no2 }); class A { m() { var no3 } static { var no4 } }", "f A"],
    ["interface Both {}\nlet Both = 1", "Both"],
    ["foo\n  .let()\nx.const\ny = function no() {}", ""],
    ["label: while (1) { break label }\nlet after", "after="],
    ["const unfinished = (\nlet b", "unfinished"],
  ])("%j: %s", (code, expected) => {
    expect(declared(code)).toBe(expected);
  });

  it("of a variable and a type with one name are imported whole", () => {
    expect(namesOf("interface Both {}\nlet Both = 1").declared.get("Both")?.kind).toBe("binding");
  });

  it("used names leave properties out", () => {
    const { used } = namesOf("a.b?.c[d](...e, `${f}`, g => g) as H<I>; @j class K {}; x?.5:1");
    expect([...used]).toEqual(expect.arrayContaining(["a", "d", "e", "f", "g", "H", "I", "j"]));
    expect([...used]).not.toEqual(expect.arrayContaining(["b"]));
    expect([...used]).not.toEqual(expect.arrayContaining(["c"]));
  });
});

describe("tokens", () => {
  it("cover the text in order, whatever it is", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom("`", "${", "}", "/", "'", '"', "/*", "*/", "//", "\n", "(", "]", "\\"),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const code = pieces.join("");
        const { tokens } = tokenize(code);
        let end = 0;
        for (const token of tokens) {
          expect(token.start).toBeGreaterThanOrEqual(end);
          expect(token.text).toBe(code.slice(token.start, token.end));
          expect(token.end).toBeGreaterThan(token.start);
          end = token.end;
        }
        namesOf(code);
      }),
    );
  });

  it("take time in proportion to the text", () => {
    const { tokens, open } = tokenize(`f(${"`${".repeat(20_000)}`);
    expect(tokens).toHaveLength(20_002);
    expect(open).toHaveLength(20_001);
  });
});

describe("completeness", () => {
  it.each([
    ["", "complete"],
    ["1 + 1", "complete"],
    ["// only a comment", "complete"],
    ["const s = `a\n${b}`", "complete"],
    ["if (a) {\n  b()\n}", "complete"],
    ["enum E { A }", "complete"],
    ["await f()", "complete"],
    ["for await (const x of y) z(x)", "complete"],
    ["f(", "incomplete"],
    ["const a = {", "incomplete"],
    ["`abc", "incomplete"],
    ["`abc ${", "incomplete"],
    ["`abc ${x}", "incomplete"],
    ["/* abc", "incomplete"],
    ["const a =", "incomplete"],
    ["x +", "incomplete"],
    ["a.", "incomplete"],
    ["if (x)", "incomplete"],
    ["class A", "incomplete"],
    ["'abc", "invalid"],
    ["'abc\n'", "invalid"],
    [")", "invalid"],
    ["f(]", "invalid"],
    ["1 +* 2", "invalid"],
    ["const 1 = 2", "invalid"],
  ])("%j is %s", (code, status) => {
    expect(completeness(code).status).toBe(status);
  });

  it.each([
    ["if (x) {", "  "],
    ["if (x) {\n  f(", "    "],
    ["f(\n    a,", "    "],
    ["`abc", ""],
  ])("indent after %j", (code, indent) => {
    expect(completeness(code).indent).toBe(indent);
  });
});

describe("a cell with what only modules have", () => {
  it.each([
    ["import a from 'x'", true],
    ["import 'x'", true],
    ["export { a }", true],
    ["export * from 'x'", true],
    ["export type { T } from 'x'", true],
    ["export default 1", true],
    ["declare global { var x: 1 }", true],
    ["declare module 'x' {}", true],
    ["if (a) { var b = 1 }", false],
    ["const a = await import('x'); import.meta", false],
    ["export const a = 1; export type T = 1", false],
    ["declare const a: 1; module.b", false],
    ["var a = 1; function f() { var b }", false],
  ])("%j: %s", (code, isModule) => {
    expect(namesOf(code).isModule).toBe(isModule);
  });
});

describe("cell documents", () => {
  const cell = (code: string) => ({ id: 1, code });
  const all = (documents: CellDocuments) =>
    documents
      .documents()
      .map(({ text }) => text)
      .join("");
  const spaces = (documents: CellDocuments) => all(documents).match(/(?<=namespace )\w+/g) ?? [];
  const HEADER = 'import * as __page_1 from "./.bpfbook-session-1.ts"; ';

  it("import each name from the cell that last declared it, on one line", () => {
    const documents = new CellDocuments();
    documents.commit(cell("const a = 1, b = 2; let c = 3"));
    documents.commit(cell("const b = a"));
    const { text, lineShift, imported } = documents.prepare("a + b + c\n+ unknown");
    expect(text.split("\n").slice(lineShift)).toEqual(["a + b + c", "+ unknown"]);
    expect(text.split("\n")[0]).toBe(
      `${HEADER}import a = __page_1.__cell_1.a; import b = __page_1.__cell_2.b; declare let c: typeof __page_1.__cell_1.c; ;`,
    );
    expect([...imported].sort()).toEqual(["a", "b", "c"]);
  });

  it("import nothing that the cell declares", () => {
    const documents = new CellDocuments();
    documents.commit(cell("const a = 1"));
    expect(documents.prepare("const a = 2; a").imported).toEqual([]);
  });

  it("keep executed cells as name spaces of a page", () => {
    const documents = new CellDocuments();
    documents.commit(cell("const a = 1; interface B {}"));
    documents.commit(cell("let c: B = a"));
    expect(documents.documents()).toEqual([
      {
        name: ".bpfbook-session-1.ts",
        text:
          `${HEADER}export {};\n` +
          "export namespace __cell_1 { \nconst a = 1; interface B {}\nexport { a, B };\n}\n" +
          "export namespace __cell_2 { import B = __page_1.__cell_1.B; import a = __page_1.__cell_1.a; \nlet c: B = a\nexport { c };\n}\n",
      },
    ]);
  });

  it("give cells with imports a document of their own", () => {
    const documents = new CellDocuments();
    documents.commit(cell("const a = 1"));
    documents.commit(cell("import b from 'x'; const c = a"));
    const [page, module] = documents.documents();
    expect(page!.text).toContain('import * as __cell_2 from "./.bpfbook-cell-2.ts"; export { __cell_2 };');
    expect(module).toEqual({
      name: ".bpfbook-cell-2.ts",
      text: `${HEADER}import a = __page_1.__cell_1.a; \nimport b from 'x'; const c = a\nexport { b, c };`,
    });
  });

  it("begin a page every 32 cells, and all import all pages", () => {
    const documents = new CellDocuments();
    for (let index = 0; index < 65; index++) documents.commit(cell(`const v${index} = 1`));
    expect(documents.documents().map(({ name }) => name)).toEqual(
      [1, 2, 3].map((page) => `.bpfbook-session-${page}.ts`),
    );
    const headers = new Set(
      [...documents.documents(), documents.prepare("1")].map(({ text }) => text.match(/import \* as \w+/g)?.join()),
    );
    expect([...headers]).toEqual(["import * as __page_1,import * as __page_2,import * as __page_3"]);
  });

  it("drop what nothing can reach, so running a notebook again and again does not grow", () => {
    const documents = new CellDocuments();
    for (let run = 0; run < 50; run++) {
      documents.commit(cell("let a = 1"));
      documents.commit(cell("const b = a"));
      documents.commit(cell("console.log(b)"));
    }
    expect(spaces(documents)).toHaveLength(2);
    expect(documents.documents().length).toBeLessThanOrEqual(2);
    // The cell that `a` came from is gone as a name, but `b` still has its type from there.
    documents.commit(cell("const a = 'new'"));
    expect(spaces(documents)).toHaveLength(3);
    documents.commit(cell("const b = a"));
    expect(spaces(documents)).toHaveLength(2);
    documents.reset();
    expect(documents.documents()).toEqual([]);
    expect(documents.names()).toEqual([]);
  });

  it("may form a chain of thousands", () => {
    const documents = new CellDocuments();
    documents.commit(cell("const v0 = 0"));
    for (let index = 1; index < 2000; index++) documents.commit(cell(`const v${index} = v${index - 1}`));
    expect(spaces(documents)).toHaveLength(2000);
    expect(documents.names()[0]).toBe("v1999");
  });
});
