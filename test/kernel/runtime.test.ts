import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { FromChild } from "../../kernel/runtime/messages.ts";
import { type ChildExit, Runtime } from "../../kernel/runtime/runtime.ts";

let runtime: Runtime;
const folder = realpathSync(mkdtempSync(join(tmpdir(), "bpfbook-runtime-")));
const messages: FromChild[] = [];
const exits: ChildExit[] = [];
let raw = "";
let changed = Promise.withResolvers<void>();
let cells = 0;

const notice = (): void => {
  const { resolve } = changed;
  changed = Promise.withResolvers();
  resolve();
};

beforeAll(() => {
  mkdirSync(join(folder, "lib", "inside"), { recursive: true });
  writeFileSync(
    join(folder, "lib", "brought.ts"),
    'export * from "./inside/fail.ts";\nexport const where = import.meta.url;\n',
  );
  writeFileSync(
    join(folder, "lib", "inside", "fail.ts"),
    `export function fail(depth: number): void {
      if (depth === 0) throw new SyntaxError("2:3: bad word\\n  foo\\n  ^~~");
      [depth].map((each) => fail(each - 1));
    }\n`,
  );
  writeFileSync(join(folder, "own.ts"), "export function call(f: () => void): void {\n  f();\n}\n");
  runtime = new Runtime(
    { cwd: folder, translators: {}, modules: { brought: join(folder, "lib", "brought.ts") } },
    {
      onMessage: (message) => {
        messages.push(message);
        notice();
      },
      onRawOutput: (_name, text) => {
        raw += text;
      },
      onExit: (exit) => {
        exits.push(exit);
        notice();
      },
    },
  );
});
afterEach(() => {
  // Nothing reaches descriptors 1 and 2 unless a test writes there itself.
  expect(raw).toBe("");
});
afterAll(() => {
  runtime.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function until(fits: () => boolean): Promise<void> {
  while (!fits()) await changed.promise;
}

/** Runs a cell to its `done`; what it sent, without the `done`. */
async function run(code: string, expressions: Record<string, string> = {}): Promise<FromChild[]> {
  const cell = `c${++cells}`;
  runtime.run({ type: "run", shell: "", cell, code, expressions });
  await until(() => messages.some((message) => message.type === "done" && message.cell === cell));
  return messages.filter((message) => "cell" in message && message.cell === cell && message.type !== "done");
}

const outcome = (): string => messages.filter((message) => message.type === "done").at(-1)!.outcome;
const text = async (code: string): Promise<unknown> => {
  const result = (await run(code)).find((message) => message.type === "result");
  return result?.type === "result" ? result.data["text/plain"] : undefined;
};

test("all kinds of values come out of the inspector as they are", async () => {
  const values = ["-0", "NaN", "Infinity", "10n", "'text'", "Symbol('s')", "null", "true", "[ 1 ]", "Map(0) {}"];
  for (const value of values) {
    expect(await text(value === "Map(0) {}" ? "new Map()" : `(${value})`)).toBe(
      value.replace("Symbol('s')", "Symbol(s)"),
    );
  }
  expect(await text("const o = {}; globalThis.o1 = o; o")).toBe("{}");
  expect(await text("function named() {} named")).toBe("[Function: named]");
  expect(await text("Promise.resolve(1)")).toBe("Promise { 1 }\n(a promise: write `await` before it to see its value)");
  expect(await text("await Promise.resolve(1)")).toBe("1");
});

test("a promise that is never kept does not end the process when it is collected", async () => {
  const cell = `c${++cells}`;
  const code = `
    let rounds = 0, garbage = [];
    const churn = setInterval(() => {
      garbage = [];
      for (let n = 0; n < 300_000; n++) garbage.push({});
      if (++rounds === 30) { clearInterval(churn); garbage = []; console.log("churned"); }
    }, 1);
    await new Promise(() => {});`;
  runtime.run({ type: "run", shell: "", cell, code, expressions: {} });
  await until(() => exits.length > 0 || messages.some((message) => message.type === "stream" && message.cell === cell));
  expect(exits).toEqual([]);
  runtime.interrupt([cell]);
  await until(() => messages.some((message) => message.type === "done" && message.cell === cell));
  expect(outcome()).toBe("interrupted");
  // Also what an interrupt has given up may be collected.
  await run(
    "for (let round = 0; round < 30; round++) { garbage = []; for (let n = 0; n < 300_000; n++) garbage.push({}); }",
  );
  expect(exits).toEqual([]);
});

test("many interrupts, one after the other, leave the process whole", async () => {
  await run("var survivor = 5;");
  const bodies = [
    "while (true);",
    "await null; while (true);",
    "setTimeout(() => { while (true); }); await new Promise(() => {});",
    "process.nextTick(() => { while (true); }); await new Promise(() => {});",
    "for (;;) await null;",
  ];
  for (let round = 0; round < 15; round++) {
    const cell = `c${++cells}`;
    const code = `console.log("go"); ${bodies[round % bodies.length]}`;
    runtime.run({ type: "run", shell: "", cell, code, expressions: {} });
    await until(() => messages.some((message) => message.type === "stream" && message.cell === cell));
    runtime.interrupt([cell]);
    await until(() => messages.some((message) => message.type === "done" && message.cell === cell));
    expect(outcome()).toBe("interrupted");
  }
  expect(await text("survivor")).toBe("5");
  expect(exits).toEqual([]);
});

test("a loop of slices can be interrupted at any moment, also where one ends when the worker would unwind it", async () => {
  await run("var survivor = 6; var slice = 3;");
  const code = `console.log("go");
    for (slice += 0.1;;) {
      const end = performance.now() + slice;
      while (performance.now() < end);
      await new Promise(resolve => setTimeout(resolve, 0));
    }`;
  for (let round = 0; round < 40; round++) {
    // A long name takes long to read, so the main thread is often about to answer when it is unwound.
    const cell = `c${++cells}`.padEnd(15_000, "c");
    runtime.run({ type: "run", shell: "", cell, code, expressions: {} });
    await until(() => messages.some((message) => message.type === "stream" && message.cell === cell));
    runtime.interrupt([cell]);
    await until(() => messages.some((message) => message.type === "done" && message.cell === cell));
    expect(outcome()).toBe("interrupted");
  }
  expect(await text("survivor")).toBe("6");
  expect(exits).toEqual([]);
});

test("an interrupt for a cell that has ended harms nobody", async () => {
  await run("1");
  runtime.interrupt([`c${cells}`]);
  expect(await text("'still here'")).toBe("'still here'");
});

test("what the kernel brings has no frames of its own, the user's files have", async () => {
  const [failed] = await run(
    'import { fail } from "brought";\nimport { call } from "./own.ts";\ncall(() => fail(20));',
  );
  expect(failed?.type === "error" && failed.error.traceback.join("\n")).toBe(
    [
      "SyntaxError: 2:3: bad word\n  foo\n  ^~~",
      '  1 | import { fail } from "brought";',
      '  2 | import { call } from "./own.ts";',
      "> 3 | call(() => fail(20));",
      "    |            ^",
      `    at cell-c${cells}.ts:3:12`,
      `    at call (${pathToFileURL(join(folder, "own.ts"))}:2:3)`,
      `    at cell-c${cells}.ts:3:1`,
    ].join("\n"),
  );
  // A long way down through code of the user is cut as in Node.
  const [deep] = await run(
    "function down(n: number): void { if (n === 0) throw new Error('deep'); down(n - 1); }\ndown(50)",
  );
  expect(deep?.type === "error" && deep.error.traceback.filter((line) => line.startsWith("    at "))).toHaveLength(10);
});

test("imports count from the notebook's folder, and modules of the kernel from anywhere", async () => {
  expect(await text('import { where } from "brought"; where')).toBe(
    `'${pathToFileURL(join(folder, "lib", "brought.ts"))}'`,
  );
  expect(await text("import.meta.dirname")).toBe(`'${folder}'`);
  expect(await text('import.meta.resolve("./x.ts")')).toBe(`'${pathToFileURL(join(folder, "x.ts"))}'`);
  expect(await text("process.cwd()")).toBe(`'${folder}'`);
});

test("positions of syntax and run-time errors are those of the typed text", async () => {
  const places = async (code: string) => {
    const error = (await run(code)).find((message) => message.type === "error");
    return error?.type === "error" ? error.error.traceback.join("\n") : "";
  };
  expect(await places("const a: number = 1;\nlet b = ;")).toContain("> 2 | let b = ;\n    |         ^");
  expect(await places("enum Color { Red }\ninterface I {}\nnull!.x")).toContain("> 3 | null!.x");
  expect(await places("function f(x: string): never {\n  throw new RangeError(x);\n}\nf('no')")).toMatch(
    /RangeError: no[\s\S]*> 2 \| {3}throw[\s\S]*cell-c\d+\.ts:2:9[\s\S]*cell-c\d+\.ts:4:1$/,
  );
});

test("console.error of an error shows the same places, and no frame of the kernel", async () => {
  const [printed] = await run("const e = new Error('shown');\nconsole.error(e.stack)");
  expect(printed?.type === "stream" && printed.text).toMatch(/^Error: shown\n {4}at cell-c\d+\.ts:1:11\n$/);
});

test("user expressions follow the cell", async () => {
  await run("const base = 20;", {
    sum: "base + 1",
    bad: "nowhere",
    shown: "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': 'x' }) })",
  });
  const done = messages.filter((message) => message.type === "done").at(-1)!;
  expect(done.expressions).toMatchObject({
    sum: { data: { "text/plain": "21" } },
    bad: { error: { ename: "ReferenceError" } },
    shown: { data: { "text/html": "x" } },
  });
});

test("bytes written to stdout may cut a character in two", async () => {
  const sent = await run(
    "const bytes = Buffer.from('ü'); process.stdout.write(bytes.subarray(0, 1)); process.stdout.write(bytes.subarray(1));",
  );
  expect(sent.map((message) => (message.type === "stream" ? message.text : "")).join("")).toBe("ü");
});

test("timers keep what Node promises of them", async () => {
  expect(await text("const t = setTimeout(() => {}, 1); [t.hasRef(), typeof t[Symbol.toPrimitive]()].join()")).toBe(
    "'true,number'",
  );
  expect(await text("await new Promise(r => setTimeout((a, b) => r(a + b), 1, 2, 3))")).toBe("5");
  expect(await text("const { promisify } = await import('node:util'); await promisify(setTimeout)(1, 'value')")).toBe(
    "'value'",
  );
  expect(
    await text("const { scheduler } = await import('node:timers/promises'); await scheduler.wait(1)"),
  ).toBeUndefined();
  expect(
    await text(
      "let n = 0; await new Promise(r => { const i = setInterval(() => { if (++n === 3) { clearInterval(i); r(n); } }, 1); })",
    ),
  ).toBe("3");
});

test("a child that ends is replaced, with what it said", async () => {
  const before = exits.length;
  runtime.run({
    type: "run",
    shell: "",
    cell: `c${++cells}`,
    code: "console.log('last'); process.exit(7)",
    expressions: {},
  });
  await until(() => exits.length > before);
  expect(exits.at(-1)).toEqual({ code: 7, signal: null, started: true, lastWords: "" });
  expect(messages.at(-1)).toMatchObject({ type: "stream", text: "last\n" });
  expect(await text("typeof survivor")).toBe("'undefined'");
});

test("a child that cannot start is an error, and is not tried again and again", async () => {
  const ended: ChildExit[] = [];
  const broken = new Runtime(
    { cwd: join(folder, "nowhere"), modules: {}, translators: {} },
    { onMessage: () => {}, onRawOutput: () => {}, onExit: (exit) => ended.push(exit) },
  );
  await vi.waitFor(() => expect(ended).toHaveLength(1));
  expect(ended[0]).toMatchObject({ started: false, lastWords: expect.stringContaining("ENOENT") });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(ended).toHaveLength(1);
  // A cell is a reason to try again.
  broken.run({ type: "run", shell: "", cell: "1", code: "1", expressions: {} });
  await vi.waitFor(() => expect(ended).toHaveLength(2));
  broken.dispose();
});
