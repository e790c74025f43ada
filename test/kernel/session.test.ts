import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CellDiagnostic, UnknownName } from "../../kernel/language/service.ts";
import { ABORTED, CellQueue } from "../../kernel/session/cell-queue.ts";
import { exitError } from "../../kernel/session/child-errors.ts";
import { toCodePoints, toUtf16 } from "../../kernel/session/cursor.ts";
import { History } from "../../kernel/session/history.ts";
import { HistoryFile } from "../../kernel/session/history-file.ts";
import { kernelInfo } from "../../kernel/session/kernel-info.ts";
import { TYPE_ERROR_NAME, typeErrors } from "../../kernel/session/type-errors.ts";

describe("queue of cells", () => {
  const task =
    (value: string, dropWaiting = false) =>
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return { value, dropWaiting };
    };

  test("cells run one after the other, in order", async () => {
    const order: string[] = [];
    const queue = new CellQueue<string>();
    const cell = (name: string, time: number) =>
      queue.push(async () => {
        order.push(`${name} starts`);
        await new Promise((resolve) => setTimeout(resolve, time));
        order.push(`${name} ends`);
        return { value: name, dropWaiting: false };
      });
    expect(await Promise.all([cell("a", 5), cell("b", 1)])).toEqual(["a", "b"]);
    expect(order).toEqual(["a starts", "a ends", "b starts", "b ends"]);
  });

  test("a failed cell drops those that wait, and no later ones", async () => {
    const queue = new CellQueue<string>();
    const waiting = Promise.all([queue.push(task("fails", true)), queue.push(task("b")), queue.push(task("c"))]);
    expect(await waiting).toEqual(["fails", ABORTED, ABORTED]);
    expect(await queue.push(task("d"))).toBe("d");
  });

  test("without stop_on_error all of them run", async () => {
    const queue = new CellQueue<string>();
    expect(await Promise.all([queue.push(task("fails")), queue.push(task("b"))])).toEqual(["fails", "b"]);
  });

  test("a task that throws rejects its own promise and stops nobody", async () => {
    const queue = new CellQueue<string>();
    const broken = queue.push(async () => {
      throw new RangeError("broken");
    });
    const next = queue.push(task("next"));
    await expect(broken).rejects.toThrow("broken");
    expect(await next).toBe("next");
  });
});

describe("cursor", () => {
  test("an emoji is one code point and two UTF-16 units", () => {
    expect(toUtf16("a🎉b", 2)).toBe(3);
    expect(toCodePoints("a🎉b", 3)).toBe(2);
    expect(toUtf16("ab", Number.POSITIVE_INFINITY)).toBe(2);
    expect(toCodePoints("ab", 99)).toBe(2);
  });

  test("there and back is where one was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(30), (text, point) => {
        const within = Math.min(point, [...text].length);
        expect(toCodePoints(text, toUtf16(text, within))).toBe(within);
      }),
    );
  });
});

describe("history", () => {
  const history = new History();
  const sources = ["let a = 1", "a", "console.log(a)", "a", "[1, 2]\n  .map(x => x * a)"];
  sources.forEach((source, index) => {
    history.add({ session: history.session, line: index + 1, source, output: index === 1 ? "1" : undefined });
  });

  test("tail gives the last n, oldest first; without n all", () => {
    expect(history.query({ access: "tail", n: 2, output: false })).toEqual([
      [1, 4, "a"],
      [1, 5, sources[4]],
    ]);
    expect(history.query({ access: "tail", n: undefined, output: false })).toHaveLength(5);
    expect(history.query({ access: "tail", n: 0, output: false })).toEqual([]);
  });

  test("with outputs the third item is a pair", () => {
    const range = { access: "range", session: 0, start: 1, stop: 3, output: true } as const;
    expect(history.query(range)).toEqual([
      [1, 1, ["let a = 1", null]],
      [1, 2, ["a", "1"]],
    ]);
  });

  test("a range of another session is empty", () => {
    expect(history.query({ access: "range", session: -1, start: 1, stop: 9, output: false })).toEqual([]);
  });

  test("search is by glob over the whole source", () => {
    const search = (pattern: string, unique = false, n?: number) =>
      history.query({ access: "search", pattern, unique, n, output: false }).map(([, line]) => line);
    expect(search("*a")).toEqual([2, 4].concat([]));
    expect(search("let ? = 1")).toEqual([1]);
    expect(search("a")).toEqual([2, 4]);
    expect(search("a", true)).toEqual([4]);
    expect(search("*", false, 2)).toEqual([4, 5]);
    expect(search("[1, 2]*")).toEqual([5]);
    expect(search("console.log(.)")).toEqual([]);
  });
});

describe("history file", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bpfbook-history-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const open = () => new History(new HistoryFile(join(folder, "deep", "history.jsonl")));

  test("a later kernel finds what earlier ones ran, any text, each under its session", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 5 }), (sources) => {
        rmSync(join(folder, "deep"), { recursive: true, force: true });
        const first = open();
        for (const [index, source] of sources.entries())
          first.add({ session: first.session, line: index + 1, source, output: index % 2 ? source : undefined });
        const second = open();
        expect(second.session).toBe(2);
        const rows = second.query({ access: "range", session: -1, start: 1, stop: undefined, output: true });
        expect(rows).toEqual(sources.map((source, index) => [1, index + 1, [source, index % 2 ? source : null]]));
      }),
      { numRuns: 20 },
    );
  });

  test("damaged lines are left out, and only the user may read it", () => {
    open().add({ session: 1, line: 1, source: "good", output: undefined });
    const path = join(folder, "deep", "history.jsonl");
    appendFileSync(path, '[1, 2\n{}\n["1", 1, "x"]\n[3, 1, "also good"]\nan unfinished li');
    expect(open().query({ access: "tail", n: undefined, output: false })).toEqual([
      [1, 1, "good"],
      [3, 1, "also good"],
    ]);
    expect(open().session).toBe(4);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("a file that grew too long is cut to its newest entries", () => {
    mkdirSync(join(folder, "deep"));
    const path = join(folder, "deep", "history.jsonl");
    writeFileSync(path, Array.from({ length: 10_001 }, (_, line) => `[1,${line},"s"]\n`).join(""));
    open();
    expect(readFileSync(path, "utf8").split("\n")).toHaveLength(5001);
    expect(open().query({ access: "tail", n: 1, output: false })).toEqual([[1, 10_000, "s"]]);
  });

  test("where nothing can be written the session goes on", () => {
    const blocked = new History(new HistoryFile(join(folder, "file", "history.jsonl")));
    writeFileSync(join(folder, "file"), "");
    blocked.add({ session: 1, line: 1, source: "1", output: undefined });
    expect(blocked.query({ access: "tail", n: 1, output: false })).toEqual([[1, 1, "1"]]);
  });
});

describe("type errors", () => {
  const diagnostic = (over: Partial<CellDiagnostic>): CellDiagnostic => ({
    severity: "error",
    code: 2322,
    message: "Type 'string' is not assignable to type 'number'.",
    line: 2,
    column: 7,
    start: 16,
    length: 1,
    ...over,
  });
  const code = 'const a = 1;\nconst n: number = "x";';

  test("all errors are shown at once, each at its line", () => {
    const error = typeErrors(code, {
      diagnostics: [diagnostic({}), diagnostic({ line: 1, column: 7, message: "Second.\n  With a reason." })],
    });
    expect(error?.ename).toBe(TYPE_ERROR_NAME);
    expect(error?.evalue).toBe("Type 'string' is not assignable to type 'number'.");
    const text = error!.traceback.join("\n");
    expect(text).toContain('> 2 | const n: number = "x";\n    |       ^');
    expect(text).toContain("Second. (TS2322, line 1)\n  With a reason.");
    expect(text).toContain("did not run: 2 errors");
  });

  test("unknown names are one error, with what to do about each", () => {
    const unknown = (name: string, origin: UnknownName["origin"], line = 1) =>
      diagnostic({ code: 2304, message: `Cannot find name '${name}'.`, line, unknown: { name, origin } });
    const error = typeErrors(code, {
      diagnostics: [
        unknown("lost", "restart"),
        diagnostic({}),
        unknown("f", { module: "lib" }),
        unknown("g", { module: "lib" }, 2),
        unknown("nowhere", "none"),
        unknown("lost", "restart", 2),
      ],
    });
    expect(error?.evalue).toBe("Cannot find the names 'lost', 'f', 'g' and 'nowhere'.");
    expect(error?.traceback).toEqual([
      "TypeCheckError: Cannot find the names 'lost', 'f', 'g' and 'nowhere'. (TS2304, line 1)",
      "> 1 | const a = 1;",
      "    |       ^",
      '  2 | const n: number = "x";',
      "'lost': it was declared in an earlier cell and is gone since the restart: run that cell again (Run > Run All Above Selected Cell).",
      "'f' and 'g' come from \"lib\": run the cell with the import first, or add `import { f, g } from \"lib\";`",
      "TypeCheckError: Type 'string' is not assignable to type 'number'. (TS2322, line 2)",
      "  1 | const a = 1;",
      '> 2 | const n: number = "x";',
      "    |       ^",
      "The cell did not run: 5 errors.",
    ]);
    expect(typeErrors(code, { diagnostics: [unknown("nowhere", "none")] })?.traceback[0]).toBe(
      "TypeCheckError: Cannot find name 'nowhere'. (TS2304, line 1)",
    );
  });

  test("what the parser says is a syntax error", () => {
    expect(typeErrors(code, { diagnostics: [diagnostic({ code: 1123 })] })?.ename).toBe("SyntaxError");
  });

  test("warnings and hints let the cell run", () => {
    expect(typeErrors(code, { diagnostics: [diagnostic({ severity: "hint" })] })).toBeUndefined();
    expect(typeErrors(code, { diagnostics: [] })).toBeUndefined();
  });
});

describe("errors of the child", () => {
  const exit = { code: null, signal: null, started: true, lastWords: "" } as const;

  test.each([
    [{ ...exit, started: false, code: 1 }, "ProcessStartError", /does not start/],
    [{ ...exit, code: 3 }, "ProcessExitError", /exit code 3/],
    [{ ...exit, signal: "SIGSEGV" as const }, "ProcessCrashError", /SIGSEGV/],
    [{ ...exit, signal: "SIGKILL" as const }, "ProcessKilledError", /killed/],
    [
      { ...exit, signal: "SIGABRT" as const, lastWords: "FATAL ERROR: Reached heap limit Allocation failed" },
      "OutOfMemoryError",
      /memory/,
    ],
  ])("%o is %s, and says that variables are gone", (end, ename, text) => {
    const error = exitError(end);
    expect(error.ename).toBe(ename);
    expect(error.evalue).toMatch(text);
    expect(error.traceback.at(-1)).toMatch(
      /variables .* are gone.*Run All Above Selected Cell brings the variables back\.$/,
    );
  });
});

test("kernel_info names the language as front ends know it", () => {
  expect(kernelInfo("1.2.3")).toMatchObject({
    status: "ok",
    protocol_version: "5.5",
    implementation_version: "1.2.3",
  });
  // Whole: a notebook that stores anything else counts as changed as soon as it is opened.
  const typescript = JSON.parse(readFileSync(new URL(import.meta.resolve("typescript/package.json")), "utf8"));
  expect(kernelInfo("1.2.3")["language_info"]).toEqual({
    name: "typescript",
    version: typescript.version,
    mimetype: "text/typescript",
    file_extension: ".ts",
    codemirror_mode: "typescript",
    pygments_lexer: "typescript",
    nbconvert_exporter: "script",
  });
});
