import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOUNDS, confinement } from "../../src/grade/sandbox/confinement.ts";
import { readNotebook } from "../../src/grade/sandbox/notebook.ts";
import { runNotebook } from "../../src/grade/sandbox/run-notebook.ts";
import { systemTools } from "../../src/grade/sandbox/tools.ts";

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const notebook = (...cells: readonly string[]): Uint8Array =>
  bytes({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map((source, index) => ({ cell_type: "code", id: `c${index}`, source, metadata: {}, outputs: [] })),
  });

const HAND = `const hand = (name: string, value: unknown) => (globalThis as any)[Symbol.for("Jupyter.handOver")](
  name, new TextEncoder().encode(JSON.stringify({ kind: "value", value })));`;

const run = (...cells: readonly string[]) =>
  runNotebook(notebook(HAND, ...cells), {
    assignment: "t1",
    student: "s1",
    bounds: { ...BOUNDS, cpu: 4, memory: 128, processes: 40 },
    output: 200_000,
    hidden: [secret],
  });

const answer = (value: unknown) => ({ kind: "value", value });
const ended = (why: string) => [expect.stringMatching(new RegExp(`^the notebook was ended in cell 2 of 3: ${why}`))];

/** Namespaces are to be had: without them the sandbox is weaker, and says so. */
const strong = confinement().held.every(({ weaker }) => weaker === undefined);

let folder = "";
let secret = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bpfbook-secret-"));
  secret = join(folder, "secret");
  writeFileSync(secret, "the course's secret");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a notebook in the sandbox", () => {
  test("hands over data, cell by cell; one that fails costs the others nothing", async () => {
    const { submission, log } = await run('const n: number = "a"; hand("t1/1", n)', "missing()", 'hand("t1/2", 2)');
    const answers = { "t1/1": answer("a"), "t1/2": answer(2) };
    expect(submission).toEqual({ version: 1, assignment: "t1", student: "s1", answers });
    expect(log).toEqual(["cell 3: ReferenceError: missing is not defined"]);
  });

  test("what is no answer is told and left out", async () => {
    const { submission, log } = await run(
      'hand("t2/1", 1); hand("../x", 1); globalThis[Symbol.for("Jupyter.handOver")]("t1/1", Buffer.from("{"))',
    );
    expect(submission.answers).toEqual({});
    expect(log).toHaveLength(3);
    expect(log[0]).toBe("t2/1 is no task of t1");
  });
});

describe("cheats", () => {
  test.runIf(strong)("reading the tests: neither the secret nor anything but the package is there", async () => {
    const { submission } = await run(
      `const fs = require("node:fs"); const tried = (path: string) => { try { return fs.readFileSync(path, "utf8") } catch (error) { return error.code } };
       hand("t1/1", [tried(${JSON.stringify(secret)}), tried("/etc/passwd"), fs.readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).length < 6]);
       hand("t1/2", Object.keys(process.env).sort())`,
    );
    const names = ["HOME", "NODE_NO_WARNINGS", "PATH", "PWD", "LANG", "LC_ALL", "TZ"];
    expect(submission.answers["t1/1"]).toMatchObject(
      answer([expect.stringMatching(/^ENOENT|EACCES|^$/), "ENOENT", true]),
    );
    const environment = (submission.answers["t1/2"] as unknown as { value: string[] }).value;
    expect(environment.filter((name) => !names.includes(name))).toEqual([]);
  });

  test.runIf(strong)(
    "a second kernel: there is no network to reach one, and nobody else's process to look at",
    async () => {
      const { submission } = await run(
        `const { connect } = require("node:net");
       hand("t1/1", await new Promise((done) => connect(2049, "127.0.0.1").on("error", (error) => done(error.code)).on("connect", () => done("connected"))));
       hand("t1/2", Object.keys(require("node:os").networkInterfaces()))`,
      );
      expect(submission.answers).toEqual({ "t1/1": answer(expect.stringMatching(/^E/)), "t1/2": answer(["lo"]) });
    },
  );

  test("forged output: what a notebook says in its outputs, its metadata and its grading cells is not looked at", async () => {
    const cells = [
      { cell_type: "code", source: ["%%grade t1/1\n", 'hand("t1/1", "never run")'], metadata: {}, outputs: [] },
      {
        ...{ cell_type: "code", source: "1", execution_count: 1 },
        metadata: { nbgrader: { grade: true, points: 1e9, grade_id: "t1-1", schema_version: 3 } },
        outputs: [{ output_type: "execute_result", data: { "text/plain": "100.0" } }],
      },
    ];
    expect(readNotebook(bytes({ nbformat: 4, metadata: {}, cells }))).toEqual(["1"]);
  });

  test("forged messages of the process: at most they hand something over", async () => {
    const { submission, log } = await run(
      `const { writeSync } = require("node:fs");
       for (const message of [{ type: "done", cell: "77", outcome: "ok", expressions: {} }, { type: "score", points: 9 }, null, 5, { type: "handed", name: 5 }, { type: "error" }])
         writeSync(3, "\\u001e" + JSON.stringify(message) + "\\n");`,
      'hand("t1/1", 1)',
    );
    expect(submission.answers).toEqual({ "t1/1": answer(1) });
    expect(log.length).toBeLessThan(3);
  });

  test("patched prototypes: the child may break itself, not the one who reads", async () => {
    const { submission } = await run(
      `Object.prototype.points = 100; Array.prototype.push = () => 1; JSON.parse = () => 1;
       Object.prototype.toJSON = function () { return { kind: "value", value: "patched", score: 100 } }; 1`,
      'hand("t1/1", 3)',
    );
    for (const one of Object.values(submission.answers)) expect(Object.keys(one).sort()).toEqual(["kind", "value"]);
    expect(({} as { points?: number }).points).toBeUndefined();
  });

  test.each([
    ["endless loops", "for (;;);", "it took more|its process ended"],
    ["endless promises", "for (;;) await null", "it took more|its process ended"],
    ["process.exit", "process.exit(0)", "its process ended \\(code 0\\)"],
    ["gigabyte outputs", 'for (;;) console.log("x".repeat(1e6))', "it wrote more than it may"],
    ["one frame without an end", 'require("node:fs").writeSync(3, "x".repeat(2e7))', "it wrote more than it may"],
    ["memory", "const kept = []; for (;;) kept.push(new Array(1e6).fill(1.5))", "it used more memory than it may"],
  ])("%s: the notebook is ended, and what it handed over before counts", async (_name, code, why) => {
    const { submission, log } = await run(`hand("t1/1", 1); ${code}`, 'hand("t1/2", 2)');
    expect(submission.answers).toEqual({ "t1/1": answer(1) });
    expect(log).toEqual(ended(why));
  });

  test("time bombs end with the notebook", async () => {
    const { submission, log } = await run(
      'setTimeout(() => { for (;;); }, 100); setTimeout(() => hand("t1/1", "late"), 50); hand("t1/1", "in time")',
      'hand("t1/2", 2)',
    );
    expect(submission.answers).toMatchObject({ "t1/1": answer("in time") });
    expect(log.length).toBeLessThan(2);
  });

  test.runIf(strong)("fork bombs meet the limit on processes", async () => {
    const { submission } = await run(
      `let refused = 0; const { spawn } = require("node:child_process");
       for (let i = 0; i < 60; i++) { try { spawn("sleep", ["20"]).on("error", () => refused++) } catch { refused++ } }
       await new Promise((done) => setTimeout(done, 300)); hand("t1/1", refused > 20)`,
    );
    expect(submission.answers).toEqual({ "t1/1": answer(true) });
  });
});

describe("hostile notebooks", () => {
  test.each([
    ["no JSON", new TextEncoder().encode("{")],
    ["another format", bytes({ nbformat: 3, cells: [] })],
    ["no cells", bytes({ nbformat: 4 })],
    ["cells that are none", bytes({ nbformat: 4, cells: [1] })],
    ["source that is none", bytes({ nbformat: 4, cells: [{ cell_type: "code", source: { a: 1 } }] })],
    ["a huge cell", notebook("x".repeat(300_000))],
    ["deep JSON", new TextEncoder().encode(`{"nbformat":4,"cells":${"[".repeat(5000)}`)],
    ["too many cells", bytes({ nbformat: 4, cells: Array.from({ length: 3000 }, () => ({ cell_type: "raw" })) })],
  ])("%s: a typed error", (_name, data) => {
    expect(() => readNotebook(data)).toThrow(expect.objectContaining({ name: "GradeError" }));
  });
});

describe("weaker systems", () => {
  test("say what is left open", () => {
    const { held } = confinement({ tools: { root: false } });
    expect(held.filter(({ weaker }) => weaker !== undefined).map(({ what }) => what)).toEqual([
      "files",
      "network",
      "user",
      "processes",
      "memory",
    ]);
  });

  test("without bubblewrap, Node's permissions keep it to the package", async () => {
    const tools = { ...systemTools(), bwrap: undefined };
    const { submission, log } = await runNotebook(
      notebook(
        HAND,
        `const fs = require("node:fs"); const tried = (path: string) => { try { return fs.readFileSync(path, "utf8") } catch (error) { return error.code } };
         hand("t1/1", [tried("/etc/passwd"), tried(${JSON.stringify(secret)})])`,
      ),
      { assignment: "t1", student: "s1", tools },
    );
    expect(log).toEqual([]);
    expect(submission.answers).toEqual({ "t1/1": answer(["ERR_ACCESS_DENIED", "ERR_ACCESS_DENIED"]) });
  });
});
