import { afterAll, describe, expect, test } from "vitest";
import { callStatements } from "../../kernel/language/floating-promises.ts";
import { createLanguageService } from "../../kernel/language/service.ts";

describe("statements that are calls", () => {
  const callees = (code: string): string[] => callStatements(code).map(({ callee }) => callee);

  test.each([
    ["a(); b", ["a"]],
    ["a.b.c(1,\n 2)\nd", ["a.b.c"]],
    ["a()", []], // the last: its value is shown
    ["a();", []],
    ["await a(); b", []],
    ["void a(); b", []],
    ["const x = a(); b", []],
    ["const x =\n a()\nb", []],
    ["a().then(f); b", []],
    ["a.then(f); b", []],
    ["a() + 1; b", []],
    ["a()\n.b(); c", []],
    ["{ a(); } b()\nc", ["b"]],
    ["if (x)\n a()\nb", ["a"]],
    ["for await (const x of y) a(); b", []],
    ["a(`\n", []],
    ["a(]; b", []],
  ])("%j", (code, expected) => {
    expect(callees(code)).toEqual(expected);
  });
});

describe("promises that nobody waits for", () => {
  const language = createLanguageService({ cwd: process.cwd(), globals: "declare const m: { run(): Promise<void> };" });
  afterAll(() => language.dispose());
  const floating = async (code: string): Promise<unknown> => (await language.check({ id: 0, code })).floating;

  test("are found by their types, with their lines", async () => {
    const code = "const n = 1;\nm.run();\nasync function later() { return n; }\nlater()\nn";
    expect(await floating(code)).toEqual([
      { callee: "m.run", line: 2 },
      { callee: "later", line: 4 },
    ]);
  });

  test("nothing else is: any, never, generics, overloads, no functions, errors of the cell", async () => {
    expect(await floating("declare const any: any; any(); any.b.c(); process.exit(); console.log(1); 2")).toEqual([]);
    expect(await floating("const id = <T>(x: T): T => x; id(1); setTimeout(() => {}); 3")).toEqual([]);
    const wrong = await language.check({ id: 0, code: 'const n: number = "x"; nothing(); m.run(); n' });
    expect(wrong.diagnostics.map(({ code, line }) => [code, line])).toEqual([
      [2322, 1],
      [2304, 1],
    ]);
  });
});
