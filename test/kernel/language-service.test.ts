import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createLanguageService, type LanguageService } from "../../kernel/language/service.ts";

let folder: string;
let language: LanguageService;
let cells = 0;

/** Checks a cell and lets it run if it is right, as the kernel does; errors as `line:column code`. */
async function run(code: string): Promise<string[]> {
  const cell = { id: ++cells, code };
  const { diagnostics, note } = await language.check(cell);
  expect(note).toBeUndefined();
  if (diagnostics.length === 0) language.executed(cell);
  return diagnostics.map(({ line, column, code: number }) => `${line}:${column} ${number}`);
}

async function runAll(...codes: string[]): Promise<string[]> {
  for (const code of codes.slice(0, -1)) expect(await run(code), code).toEqual([]);
  return run(codes.at(-1)!);
}

/** Completes at the `|` in the code. */
async function complete(marked: string) {
  const cursor = marked.indexOf("|");
  const code = marked.replace("|", "");
  const { matches, start, end } = await language.complete(code, cursor);
  return { names: matches.map(({ text }) => text), matches, replaced: code.slice(start, end) };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bpfbook-language-"));
  mkdirSync(join(folder, "notebook/node_modules/typed"), { recursive: true });
  mkdirSync(join(folder, "own"));
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  write("notebook/local.ts", "export const half: number = 0.5;");
  write("above.ts", "export const above = 'x';");
  write("notebook/data.json", '{ "k": [1] }');
  // A user's own options must not matter.
  write("notebook/tsconfig.json", '{ "compilerOptions": { "strict": false, "types": [] } }');
  write(
    "notebook/node_modules/typed/package.json",
    '{ "name": "typed", "type": "module", "exports": { ".": "./index.js" } }',
  );
  write("notebook/node_modules/typed/index.js", "export {}");
  write("notebook/node_modules/typed/index.d.ts", "export declare const typed: 'yes';");
  write(
    "own/index.ts",
    "import { inner } from './inner.ts';\nexport const own = inner;\n/** Adds one. */\nexport function inc(n: number) { return n + 1 }",
  );
  write("own/inner.ts", "export const inner = { deep: 1n };");
  language = createLanguageService({
    cwd: join(folder, "notebook"),
    modules: { ownlib: join(folder, "own/index.ts") },
    globals: "declare function display(value: unknown): void;",
  });
  await language.ready;
});
afterAll(async () => {
  await language.dispose();
  rmSync(folder, { recursive: true });
});
beforeEach(() => language.reset());

describe("types between cells", () => {
  it("of values", async () => {
    expect(await runAll("const n = 1; let s = 'a'", "n.toFixed(); s.length", "n.foo + s.bar")).toEqual([
      "1:3 2339",
      "1:11 2339",
    ]);
  });

  it("of interfaces, aliases and generics", async () => {
    expect(
      await runAll(
        "interface Point<T> { x: T }\ntype Pair<A, B> = [A, B]",
        "const pair: Pair<Point<number>, string> = [{ x: 1 }, 'b']",
        "pair[0].x.toFixed(); pair[1].length; pair[1].x",
      ),
    ).toEqual(["1:46 2339"]);
  });

  it("of classes, enums and namespaces, as values and types", async () => {
    expect(
      await runAll(
        "class Box<T> { constructor(readonly value: T) {} }\nenum Colour { Red }\nnamespace Deep { export const x = 1; export type T = string }",
        "const box: Box<Colour> = new Box(Colour.Red); const t: Deep.T = 'a'; class Sub extends Box<number> {}",
        "box.value.toFixed(); new Sub(Deep.x).value.foo; const wrong: Deep.T = 1",
      ),
    ).toEqual(["1:44 2339", "1:55 2322"]);
  });

  it("of functions and imports", async () => {
    expect(
      await runAll(
        "import { readFileSync as read, type Stats } from 'node:fs'; function twice(n: number) { return 2 * n }",
        "const text = read('x', 'utf8'); let stats: Stats | undefined",
        "text.length; stats?.size; twice('a')",
      ),
    ).toEqual(["1:33 2345"]);
  });

  it("of destructured names", async () => {
    expect(
      await runAll("const { a, b: [c], ...rest } = { a: 1, b: ['x'], d: true }", "a.toFixed(); c.length; rest.d.foo"),
    ).toEqual(["1:31 2339"]);
  });

  it("a declaration hides earlier ones, of any kind", async () => {
    expect(
      await runAll("const x = 1", "let x = 'now text'", "class x { static y = 1 }", "x.y.toFixed(); x.length; x.z"),
    ).toEqual(["1:28 2339"]);
    expect(
      await runAll(
        "let y = 1",
        "for (var y = 0; y < 3; y++);",
        "y.toFixed()",
        "import y from 'node:fs'",
        "y.readFileSync; y.foo",
      ),
    ).toEqual(["1:19 2339"]);
  });

  it("let and var can be assigned in later cells, and are checked; const cannot", async () => {
    expect(await runAll("let z: string | undefined; var v = 1", "z = 'a'; v++", "z = 5; v = 'b'")).toEqual([
      "1:1 2322",
      "1:8 2322",
    ]);
    expect(await runAll("const k = 1", "k = 2")).toEqual(["1:1 2632"]);
  });

  it("variables stay as wide as declared, whatever the cells before did", async () => {
    expect(
      await runAll(
        "let state: 'on' | 'off' = 'off'; let late: string | undefined; const seen: { x?: number } = {}",
        "state = 'off'; late = undefined; seen.x = undefined; throw new Error('stop')",
        "const copy = state, text = late; const x = seen.x",
        "if (copy === 'on') text?.length; x?.toFixed()",
      ),
    ).toEqual([]);
  });

  it("of cells with top-level await and loops", async () => {
    expect(
      await runAll(
        "const w = await Promise.resolve(5); const all = []; for await (const k of [w]) all.push(k)",
        "import { half } from './local.ts'; const sum = w + half",
        "var hidden = 0; if (sum) { var inner = [sum] }",
        "inner[0].toFixed(); all.length; sum.foo",
      ),
    ).toEqual(["1:37 2339"]);
  });

  it("of things that only get their type later", async () => {
    expect(
      await runAll(
        "const all = []; let x = null, y; const o = {}",
        "all.push(1); x = 2; y = 'a'; o['k'] = 3",
        "all[0].any; y.any",
      ),
    ).toEqual([]);
  });

  it("show names as the user wrote them", async () => {
    language.executed({ id: 1, code: "interface Point { x: number }\nconst p: Point = { x: 1 }" });
    const { diagnostics } = await language.check({ id: 2, code: "const n: string = p" });
    expect(diagnostics[0]!.message).toBe("Type 'Point' is not assignable to type 'string'.");
    expect((await language.inspect("p", 0))?.text).toBe("const p: Point");
  });

  it("a name that the scan does not see as declared does not stop the cell", async () => {
    // `var` in a block after a label.
    expect(await runAll("let hidden = 'x'", "outer: { var hidden = 1; hidden.toFixed() }")).toEqual([]);
  });

  it("a cell that failed declares nothing", async () => {
    expect(await run("const missing: string = 1")).toEqual(["1:7 2322"]);
    expect(await run("missing")).toEqual(["1:1 2304"]);
  });

  it("end with reset", async () => {
    expect(await run("const gone = 1")).toEqual([]);
    language.reset();
    expect(await run("gone")).toEqual(["1:1 2304"]);
  });
});

describe("unknown names", () => {
  const unknown = async (code: string) =>
    (await language.check({ id: ++cells, code })).diagnostics.map((diagnostic) => diagnostic.unknown);

  it("are told from where they might come", async () => {
    expect(await run("const kept = 1; interface Shape { a: 1 }")).toEqual([]);
    language.reset();
    expect(await unknown("kept; inc(1); let s: Shape; nowhere; ({ own })")).toEqual([
      { name: "kept", origin: "restart" },
      { name: "inc", origin: { module: "ownlib" } },
      { name: "Shape", origin: "restart" },
      { name: "nowhere", origin: "none" },
      { name: "own", origin: { module: "ownlib" } },
    ]);
  });

  it("are known again once a cell declares them", async () => {
    expect(await run("const kept = 1")).toEqual([]);
    language.reset();
    expect(await runAll("const kept = 2", "kept.toFixed()")).toEqual([]);
  });

  it("that look like a slip of the pen keep TypeScript's advice", async () => {
    expect(await unknown("let abcdef = 1; abcdeg")).toEqual([undefined]);
  });
});

describe("templates without an end", () => {
  const message = async (code: string) => (await language.check({ id: ++cells, code })).diagnostics.at(-1)?.message;

  it.each([
    ["const a = 1;\nconst t = `abc\ndef\n", "begins at line 2 has no closing backtick."],
    [`console.log(\`a \${ 1 + 2 } b\`,\n \`more \${\`inner\`}\n`, "begins at line 2 has no closing backtick."],
    [
      "const a = `\n  x\n;\nconst b = `\n  y\n`;\n",
      "begins at line 6 has no closing backtick, or the .* as at line 1.",
    ],
  ])("say where they begin: %j", async (code, end) => {
    expect(await message(code)).toMatch(new RegExp(`^Unterminated template literal: the template that ${end}$`));
  });
});

describe("checks", () => {
  it("give message, place and length", async () => {
    language.executed({ id: "before", code: "let used = 1; const other = 2" });
    const code = "used + other;\r\n\r\n  const é = '😀'; const wrong: number = 'x'";
    const { diagnostics } = await language.check({ id: "now", code });
    expect(diagnostics).toEqual([
      {
        severity: "error",
        code: 2322,
        message: "Type 'string' is not assignable to type 'number'.",
        line: 3,
        column: 25,
        start: code.indexOf("wrong"),
        length: 5,
      },
    ]);
  });

  it("find syntax errors", async () => {
    expect(await run("const a = (\n")).toEqual(["1:12 1109", "2:1 1005"]);
    expect(await run("const x: = 1")).toEqual(["1:10 1110"]);
  });

  it.each([
    ["await Promise.resolve(1)"],
    ["for await (const x of [Promise.resolve(1)]) x.toFixed()"],
    ["const f = (x) => x; let unused = 1; function g({ a }, ...b) { return a(b) }"],
    ["const all = []; for (const n of [1]) all.push(n); const o = {}; o['k'] = 1"],
    ["export const e = 1; export default 2"],
    ["import data from './data.json'; data.k[0].toFixed()"],
    ["import { half } from './local.ts'; half.toFixed()"],
    ["import { above } from '../above.ts'; above.length"],
    ["import { typed } from 'typed'; const t: 'yes' = typed"],
    ["import { own, inc } from 'ownlib'; inc(Number(own.deep))"],
    ["const { join } = await import('node:path'); join('a', 'b')"],
    ["process.version; setTimeout(() => {}, 1); Buffer.from('a'); fetch('x'); structuredClone(1); new URL('a:b')"],
    [
      "new WebAssembly.Memory({ initial: 1 }).buffer.byteLength; (await WebAssembly.instantiate(new Uint8Array())).instance",
    ],
    ["display(import.meta.dirname)"],
    ["// @ts-nocheck\nconst n: number = 'x'"],
    ["/* a */ // b\n\n  //@ts-nocheck\nnope"],
    ["// @ts-ignore\nconst n: number = 'x'"],
    ["loop: for (;;) break loop\nif (false) console.log(1)"],
  ])("accept %j", async (code) => {
    expect(await run(code)).toEqual([]);
  });

  it.each([
    ["const n: string | null = null as any; n.length", "1:39 18047"],
    ["document.title", "1:1 2584"],
    [`${"/**/".repeat(50)}nope // @ts-nocheck`, "1:201 2304"],
    ["import x from 'no-such-package'", "1:15 2307"],
    ["import x from 'node:nothing'", "1:15 2306"],
    ["import { nothing } from './local.ts'", "1:10 2305"],
  ])("refuse %j", async (code, error) => {
    expect(await run(code)).toEqual([error]);
  });

  it("write nothing into the user's folder", () => {
    expect(readdirSync(join(folder, "notebook")).sort()).toEqual([
      "data.json",
      "local.ts",
      "node_modules",
      "tsconfig.json",
    ]);
  });
});

describe("completion", () => {
  it("of members across cells", async () => {
    language.executed({
      id: 1,
      code: "interface P { left: number; right: string }\nconst p: P = { left: 1, right: '' }",
    });
    expect(await complete("p.|")).toMatchObject({ names: ["left", "right"], replaced: "" });
    expect(await complete("1 + p.le|ft")).toMatchObject({ names: ["left"], replaced: "le" });
    expect((await complete("p.right.toU|")).names).toEqual(["toUpperCase"]);
  });

  it("of names: earlier cells' first, with their kind", async () => {
    language.executed({ id: 1, code: "function parse2() {}\nconst parcel = 1" });
    const { names } = await complete("par|");
    expect(names.slice(0, 2)).toEqual(["parcel", "parse2"]);
    expect(names).toContain("parseInt");
  });

  it("prefers the case that was typed", async () => {
    expect((await complete("Math.sq|")).names).toEqual(["sqrt"]);
    expect((await complete("Math.SQR|")).names).toEqual(["SQRT1_2", "SQRT2"]);
    expect((await complete("process.STDO|")).names).toEqual(["stdout"]);
  });

  it("in imports", async () => {
    expect(await complete('import x from "./lo|"')).toMatchObject({ names: ["local.ts"], replaced: "lo" });
    expect((await complete('import { in| } from "ownlib"')).names).toEqual(["inc"]);
  });

  it("says what things are", async () => {
    const { matches } = await complete("Math.PI|");
    expect(matches[0]).toMatchObject({ text: "PI", type: "property" });
  });
});

describe("inspection", () => {
  it("shows type and documentation across cells", async () => {
    language.executed({ id: 1, code: "/** Doubles it. */\nfunction double(n: number) { return 2 * n }" });
    const found = await language.inspect("1 + double(3)", 6);
    expect(found?.markdown).toBe("```typescript\nfunction double(n: number): number\n```\nDoubles it.");
    expect(found?.text).toBe("function double(n: number): number\nDoubles it.");
  });

  it("takes the name before the cursor, or the function whose arguments are typed", async () => {
    expect((await language.inspect("parseInt", 8))?.text).toContain("function parseInt(");
    expect((await language.inspect("parseInt(", 9))?.text).toContain("function parseInt(");
    expect((await language.inspect("import { inc } from 'ownlib'; inc(2, ", 37))?.text).toContain("Adds one.");
  });

  it("knows nothing of nothing", async () => {
    expect(await language.inspect("", 0)).toBeUndefined();
    expect(await language.inspect("  // comment", 6)).toBeUndefined();
  });
});

/** By night only: figures are the bench's business (bench/kernel-language.ts), this is the promise that they rest on. */
it.runIf(process.env["BPFBOOK_NIGHT"])(
  "the thousandth cell's check takes at most twice as long as the fortieth's",
  async () => {
    const long = createLanguageService({ cwd: join(folder, "notebook") });
    const times: number[] = [];
    for (let n = 0; n < 1000; n++) {
      const before = n % 10 === 0 ? "0" : `v${n - 1}.id`;
      const code = `const v${n}: { id: number; name: string } = { id: ${before} + 1, name: "x" };\ntype T${n} = typeof v${n};`;
      const start = performance.now();
      expect(await long.check({ id: n, code })).toMatchObject({ diagnostics: [] });
      times.push(performance.now() - start);
      long.executed({ id: n, code });
    }
    // Of many the least: what the computer does besides only adds.
    const least = (from: number, to: number): number => Math.min(...times.slice(from, to));
    expect(least(960, 1000)).toBeLessThan(2 * least(20, 60));
    await long.dispose();
  },
  300_000,
);

describe("the server", () => {
  /** Processes that this one started. */
  const servers = () => {
    try {
      return execFileSync("pgrep", ["-P", String(process.pid), "-f", "--", "--lsp --stdio"], { encoding: "utf8" })
        .trim()
        .split("\n")
        .map(Number);
    } catch {
      return [];
    }
  };

  it("that died is started again, with all that ran before", async () => {
    expect(await run("const kept = 1")).toEqual([]);
    expect(await run("kept")).toEqual([]);
    const [pid] = servers();
    process.kill(pid!, "SIGKILL");
    expect(await run("kept.foo")).toEqual(["1:6 2339"]);
    expect(servers()).not.toContain(pid);
  });

  it("ends when nobody asks for it, and comes back", async () => {
    const idle = createLanguageService({ cwd: folder, idleMs: 50 });
    await idle.ready;
    const before = servers();
    await expect.poll(() => servers().length, { timeout: 5000 }).toBeLessThan(before.length);
    expect((await idle.check({ id: 1, code: "nope" })).diagnostics).toHaveLength(1);
    await idle.dispose();
  });

  it("that cannot start leaves cells unchecked, with a note", async () => {
    const without = createLanguageService({ cwd: join(folder, "no/such/folder") });
    await without.ready;
    const result = await without.check({ id: 1, code: "const n: number = 'x'" });
    expect(result.diagnostics).toEqual([]);
    expect(result.note).toContain("unchecked");
    expect((await without.complete("Ma", 2)).matches).toEqual([]);
    expect(await without.inspect("Math", 2)).toBeUndefined();
    await without.dispose();
  });

  it("answers requests that are made at once", async () => {
    language.executed({ id: 1, code: "const a = { b: 1 }" });
    const [first, second, third] = await Promise.all([
      language.check({ id: 2, code: "a.c" }),
      language.complete("a.", 2),
      language.check({ id: 3, code: "a.b" }),
    ]);
    expect(first.diagnostics).toHaveLength(1);
    expect(second.matches.map(({ text }) => text)).toEqual(["b"]);
    expect(third.diagnostics).toEqual([]);
  });
});
