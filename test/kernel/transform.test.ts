import inspector from "node:inspector";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyEdits, type Edit } from "../../kernel/runtime/edits.ts";
import { CellSyntaxError, IMPORT_FUNCTION, META_OBJECT, transformCell } from "../../kernel/runtime/transform.ts";

/** Runs transformed cells as the kernel does, on this thread. */
class Repl {
  readonly #session = new inspector.Session();
  constructor() {
    this.#session.connect();
    Object.assign(globalThis, {
      [IMPORT_FUNCTION]: (name: string, options: unknown) => Promise.resolve({ ...modules[name], options }),
      [META_OBJECT]: { url: "file:///notebook.ts", dirname: "/" },
    });
  }
  async run(code: string): Promise<unknown> {
    const cell = await transformCell(code);
    const expression = `"use strict";void 0;${cell.code}`;
    return new Promise((resolve, reject) => {
      const parameters = { expression, replMode: true, awaitPromise: true, returnByValue: true };
      this.#session.post("Runtime.evaluate", parameters, (error, answer) => {
        const { result, exceptionDetails } = answer as inspector.Runtime.EvaluateReturnType;
        if (error ?? exceptionDetails) reject(new Error(exceptionDetails?.exception?.description ?? String(error)));
        else resolve(result.value);
      });
    });
  }
  close(): void {
    this.#session.disconnect();
    Reflect.deleteProperty(globalThis, IMPORT_FUNCTION);
    Reflect.deleteProperty(globalThis, META_OBJECT);
  }
}

const modules: Record<string, object> = {
  one: { default: "the default", a: 1, b: 2, "odd name": 3 },
  "./data.json": { default: { k: 1 } },
};

const lines = (text: string) => text.split("\n").length;

async function syntaxError(code: string): Promise<CellSyntaxError> {
  const error = await transformCell(code).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CellSyntaxError);
  return error as CellSyntaxError;
}

let repl: Repl;
beforeAll(() => {
  repl = new Repl();
});
afterAll(() => repl.close());

describe("types", () => {
  it("are blanked in place", async () => {
    const cell = await transformCell("const n: number = 1 as number;\ninterface A { x: 1 }\ntype B = A;");
    expect(cell.kind).toBe("stripped");
    expect(cell.code.split("\n").map((line) => line.trimEnd())).toEqual(["let   n         = 1          ;", "", ""]);
    expect(cell.declared).toEqual(["n"]);
  });

  it("emit no warning", async () => {
    const seen: unknown[] = [];
    const listen = (warning: Error) => seen.push(warning.message);
    process.on("warning", listen);
    await transformCell("let x: number");
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listen);
    expect(seen).toEqual([]);
  });

  it.each([
    ["enum Colour { Red, Green }\nColour[1]", "Green"],
    ["namespace Deep { export namespace Er { export const x = 4 } }\nDeep.Er.x", 4],
    ["class P { constructor(readonly x: number) {} }\nnew P(5).x", 5],
    [
      "function twice(f: any, _: any) { return (x: number) => f(f(x)) }\nclass D { @twice f(x: number) { return x + 1 } }\nnew D().f(1)",
      3,
    ],
    ["class Acc { accessor v = 6 }\nnew Acc().v", 6],
  ])("that need a compiler are compiled: %s", async (code, value) => {
    expect((await transformCell(code)).kind).toBe("compiled");
    expect(await repl.run(code)).toBe(value);
  });

  it("compiled names are visible to later cells, the compiler's helpers are not listed", async () => {
    await repl.run("enum Later { A = 7 }");
    expect(await repl.run("Later.A")).toBe(7);
    const { declared } = await transformCell("@d class Z {}\nfunction d(a: any, b: any) {}");
    expect([...declared].sort()).toEqual(["Z", "d"]);
  });
});

describe("imports", () => {
  it.each([
    ['import d from "one"; d', "the default"],
    ['import { a, b as c } from "one"; a + c', 3],
    ['import d, { a } from "one"; d + a', "the default1"],
    ['import * as ns from "one"; ns.b', 2],
    ['import e, * as ns2 from "one"; e + ns2.a', "the default1"],
    ['import { "odd name" as odd } from "one"; odd', 3],
    ['import { type T, default as f } from "one"; f', "the default"],
    ['import type { T } from "one"; import type U from "one"; 1', 1],
    ['1; import "one"', undefined],
    ['import data from "./data.json"; data.k', 1],
    ['import data2 from "./data.json" with { type: "json" }; data2.k', 1],
    ['const { a: viaCall } = await import("one"); viaCall', 1],
    ["import.meta.url", "file:///notebook.ts"],
    ['const load = async () => (await import("one")).b + import.meta.dirname; await load()', "2/"],
  ])("%s", async (code, value) => {
    expect(await repl.run(code)).toEqual(value);
  });

  it("pass attributes on, and know that JSON needs one", async () => {
    const options = { with: { type: "json" } };
    expect(await repl.run('import * as plain from "./data.json"; plain.options')).toEqual(options);
    expect(await repl.run('import * as text from "one" with { type: "text" }; text.options')).toEqual({
      with: { type: "text" },
    });
  });

  it("over several lines keep the lines after them", async () => {
    const cell = await transformCell('import {\n  a,\n  b,\n} from "one"; a\nthrow 1');
    expect(cell.code.split("\n")[4]).toBe("throw 1");
    expect(cell.declared).toEqual(["a", "b"]);
  });
});

describe("exports are dropped", () => {
  it.each([
    ["export const ex = 1; ex", 1],
    ["export function exf() { return 2 }\nexf()", 2],
    ["export class ExC { x = 3 }\nnew ExC().x", 3],
    ["export default { k: 4 }", { k: 4 }],
    ["export default function named() { return 5 }\nnamed()", 5],
    ["const exa = 6; export { exa }; exa", 6],
    ['export * from "one"; export { a } from "one"; 7', 7],
    ["export type T = 1; export interface I {}; 8", 8],
  ])("%s", async (code, value) => {
    expect(await repl.run(code)).toEqual(value);
  });
});

describe("top-level names", () => {
  const forms: Record<string, (value: number) => string> = {
    const: (value) => `const again = ${value}; again`,
    let: (value) => `let again = ${value}; again`,
    var: (value) => `var again = ${value}; again`,
    function: (value) => `function again() { return ${value} }\nagain()`,
    class: (value) => `class again { static v = ${value} }\nagain.v`,
    pattern: (value) => `const { x: { again } } = { x: { again: ${value} } }; again`,
    array: (value) => `let [, ...[again = 0]] = [0, ${value}]; again`,
    import: () => 'import { a as again } from "one"; again',
    enum: (value) => `enum again { A = ${value} }\nagain.A`,
    loop: (value) => `for (var again = 0; again < ${value}; again++);\nagain`,
    "for of": (value) => `for (var again of [0, ${value}]);\nagain`,
    block: (value) => `if (true) { var again = ${value} }\nagain`,
  };

  it("of any kind can be declared again as any kind", async () => {
    let value = 1;
    for (const first of Object.keys(forms)) {
      for (const second of Object.keys(forms)) {
        for (const form of [first, second]) {
          value++;
          const expected = form === "import" ? 1 : value;
          expect(await repl.run(forms[form]!(value)), `${first}, ${second}`).toBe(expected);
        }
      }
    }
  });

  it("named like a global leave Node's own alone, for all other modules too", async () => {
    const before = { fetch: globalThis.fetch, process: globalThis.process, URL: globalThis.URL, Map: globalThis.Map };
    expect(
      await repl.run(
        "function fetch(n = 1): number { return n && fetch(0) + 1 }\nvar process = 2; const URL = 3; [fetch(), process, URL]",
      ),
    ).toEqual([1, 2, 3]);
    expect(
      await repl.run("class Map { static again = Map; size = 4 }\n[new Map().size, Map.name, Map.again === Map]"),
    ).toEqual([4, "Map", true]);
    // This module sees the same scope as the cells.
    for (const [name, value] of Object.entries(before)) {
      expect(globalThis[name as "fetch"]).toBe(value);
      // biome-ignore lint/security/noGlobalEval: an indirect eval sees what modules see
      expect(globalThis.eval(name)).toBe(value);
    }
    expect((await transformCell("let process = 1")).declared).toEqual(["process"]);
  });

  it.each([
    ["process.pid", 5],
    ["({ process }).process.pid", 5],
    ["({ process: 1, x: process.pid }).x", 5],
    ["((process: number) => process)(7)", 7],
    ["(({ process }) => process)({ process: 8 })", 8],
    ["(function () { var process = 9; return process })()", 9],
    ["(() => { if (true) { let process = 10 } return process.pid })()", 5],
    ["{ const process = 11; process }", 11],
    ["for (const process of [12]) process", 12],
    ["try { throw 13 } catch (process) { process }", 13],
    ["[1].map((n) => process.pid + n)[0]", 6],
    ["const o = { process() { return process.pid }, get y() { return process.pid } }; o.process() + o.y", 10],
    ["class C { process = process.pid; static m() { return new C().process } }\nC.m()", 5],
    ["process: for (;;) break process\nprocess.pid", 5],
    ["({ process } = { process: { pid: 14 } }); process.pid", 14],
    ["({ process = { pid: 15 } } = {} as any); process.pid", 15],
    ["const process = { pid: 16 }; export { process }; process.pid", 16],
    ["import process from 'one'; process", "the default"],
    ["import * as process from 'one'; process.a", 1],
    ["enum process { A = 17 }\nprocess.A", 17],
    ["globalThis.process.version.slice(0, 1)", "v"],
  ])("named like a global are found where they are meant: %s", async (code, value) => {
    await repl.run("const process = { pid: 5 }");
    expect(await repl.run(code)).toBe(value);
  });

  it("of functions and var are hoisted", async () => {
    expect(
      await repl.run(
        "const early = later(2);\nfunction later(n: number): number { return n ? later(n - 1) + 1 : 0 }\nearly",
      ),
    ).toBe(2);
    expect(await repl.run("hoisted = 1; var hoisted; hoisted")).toBe(1);
    expect(await repl.run("function shown() {}\nshown.name")).toBe("shown");
  });

  it("are listed", async () => {
    const cell = await transformCell(
      "const { a, b: [c = 1, ...d], ...e } = f(); var g, h = 1; class I {}\nfunction j() { var no }\nlet k",
    );
    expect([...cell.declared].sort()).toEqual(["I", "a", "c", "d", "e", "g", "h", "j", "k"]);
  });

  it("declarations have no value", async () => {
    expect(await repl.run("var valueless = 1")).toBeUndefined();
    expect(await repl.run("const alsoNone = 1")).toBeUndefined();
  });
});

describe("errors", () => {
  it.each([
    ["const x: = 4", 1, 10],
    ["let ok = 1\nlet q = 1 +* 2", 2, 12],
    ["\tlet b: = 5", 1, 9],
    ["f(", 1, 3],
    ["const é = 'é'; const ü: = 4", 1, 25],
    ["return 1", 1, 1],
    ["const a = 1;\nconst a = 2", 2, 7],
    ["enum A { x = }", 1, 14],
  ])("%j are at line %i, column %i", async (code, line, column) => {
    const error = await syntaxError(code);
    expect([error.line, error.column]).toEqual([line, column]);
    expect(error.message).not.toMatch(/\(\d+:\d+\)|ERR_/);
    expect(error.code).toBe("syntax");
  });

  it("explain a top-level using, and allow it in a block", async () => {
    const error = await syntaxError("1;\n  using file = open()");
    expect(error).toMatchObject({ code: "using-at-top-level", line: 2, column: 3 });
    expect((await syntaxError("await using file = open()")).code).toBe("using-at-top-level");
    expect(await repl.run("const seen = []; { using x = { [Symbol.dispose]() { seen.push(1) } } }\nseen.length")).toBe(
      1,
    );
  });
});

describe("positions", () => {
  /** Where `needle` of the result lies in the source. */
  async function mapped(code: string, needle: string) {
    const cell = await transformCell(code);
    const before = cell.code.slice(0, cell.code.lastIndexOf(needle));
    const column = before.length - before.lastIndexOf("\n");
    return cell.toSource({ line: lines(before), column });
  }
  const placeOf = (code: string, needle: string) => {
    const before = code.slice(0, code.lastIndexOf(needle));
    return { line: lines(before), column: before.length - before.lastIndexOf("\n") };
  };

  it.each([
    "throw here",
    'import { a } from "one"; throw here',
    "later(); function later(x: number) { throw here }",
    "var v = 1, w = (() => { throw here })()",
    'export const m = [import.meta.url, await import("one")]; throw here',
    "enum A { x }\n\nclass P { constructor(private y: number) {} }\n  throw here",
    "// a comment\n\nnamespace N { export function f() {\n    throw here } }",
  ])("%j", async (code) => {
    expect(await mapped(code, "throw here")).toEqual(placeOf(code, "throw here"));
  });

  it("outside the code come back unchanged", async () => {
    expect((await transformCell("1")).toSource({ line: 9, column: 4 })).toEqual({ line: 9, column: 4 });
  });

  const statement = fc.constantFrom(
    'import { a } from "one";',
    'import x,\n  * as y\nfrom "one";',
    "const c: number = 1;",
    "var v = 1,\n  w: string;",
    "function f(a: number): void {\n  g();\n}",
    "type T = {\n  a: 1;\n};",
    "export class K<T> { p!: T }",
    "for (var i = 0; i < 3; i++) {\n}",
    "await import('one');",
    "export { };",
    "\n\n",
    "/* comment\n*/",
  );
  it("every statement stays on its line", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { maxLength: 8 }), async (statements) => {
        // Each one in a block of its own name space would not be top level: only try sets without double names.
        const code = [...new Set(statements), "mark;"].join("\n");
        const cell = await transformCell(code);
        expect(lines(cell.code)).toBe(lines(code));
        expect(lines(cell.code.slice(0, cell.code.indexOf("mark;")))).toBe(lines(code.slice(0, code.indexOf("mark;"))));
        const at = placeOf(cell.code, "mark;");
        expect(cell.toSource(at)).toEqual(placeOf(code, "mark;"));
      }),
      { numRuns: 60 },
    );
  });

  it("of kept text map back exactly through any edits", () => {
    const pieces = fc.array(fc.record({ keep: fc.string(), drop: fc.string(), insert: fc.string() }), { maxLength: 6 });
    fc.assert(
      fc.property(pieces, (list) => {
        let before = "";
        let after = "";
        const edits: Edit[] = [];
        const kept: [number, number][] = [];
        for (const { keep, drop, insert } of list) {
          for (let index = 0; index < keep.length; index++) kept.push([before.length + index, after.length + index]);
          before += keep + drop;
          after += keep + insert;
          edits.push({ start: before.length - drop.length, end: before.length, text: insert });
        }
        const edited = applyEdits(before, edits);
        expect(edited.text).toBe(after);
        const position = (text: string, offset: number) => {
          const head = text.slice(0, offset);
          return { line: lines(head), column: offset - head.lastIndexOf("\n") };
        };
        for (const [from, to] of kept) expect(edited.toBefore(position(after, to))).toEqual(position(before, from));
      }),
    );
  });
});
