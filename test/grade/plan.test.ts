import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BAD_INPUT, gradeMerge, gradePlan, gradeShards } from "../../src/cli/grade/plan.ts";
import { Variant } from "../../src/grade/assignment/index.ts";
import { assignmentOf } from "../../src/grade/assignments/index.ts";
import { gradeShard, makePlan, mergeShards, readPlan, shardCount, shardFile } from "../../src/grade/plan/index.ts";
import type { Result } from "../../src/grade/result/index.ts";
import { encodeSubmission } from "../../src/grade/submission/index.ts";
import { handsOver } from "./run-source.ts";

const SECRET = "a secret for the tests of plans";
const a1 = assignmentOf("a1");
let folder = "";
const at = (...names: readonly string[]): string => join(folder, ...names);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bpfbook-plan-"));
  mkdirSync(at("in", "zoe"), { recursive: true });
  writeFileSync(at("secret"), `${SECRET}\n`);
  for (const student of ["ada", "bob"]) {
    const submission = await handsOver(a1, Variant.of(SECRET, "a1", student), { student });
    writeFileSync(at("in", `${student}.json`), encodeSubmission(submission));
  }
  writeFileSync(at("in", "corrupt.json"), "{");
  writeFileSync(at("in", "huge.json"), " ".repeat(1_200_000));
  writeFileSync(at("huge2.json"), " ".repeat(1_200_000));
  writeFileSync(at("in", "other.json"), '{"version":1,"assignment":"a77","student":"eve","answers":{}}');
  const cell = { cell_type: "code", source: ['import { submit } from "bpfbook";\n', 'submit("a1/1", 1);'] };
  writeFileSync(at("in", "zoe", "a01-vm-by-hand.ipynb"), JSON.stringify({ nbformat: 4, cells: [cell] }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const resultsIn = (text: string): Result[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Result);

describe("a plan", () => {
  test("is the same for the same files, and knows whose a notebook is", () => {
    const plan = makePlan([at("in")], folder, 4);
    expect(makePlan([at("in"), at("in", "ada.json")], folder, 4)).toEqual(plan);
    expect(plan.submissions.map(({ file }) => file)).toEqual(
      ["ada", "bob", "corrupt", "huge", "other"].map((name) => `in/${name}.json`).concat("in/zoe/a01-vm-by-hand.ipynb"),
    );
    expect(plan.submissions.at(-1)?.notebook).toEqual({ student: "zoe", assignment: "a1" });
    expect(shardCount(plan)).toBe(2);
    expect(readPlan(new TextEncoder().encode(JSON.stringify(plan)))).toEqual(plan);
  });

  test("a file that is none is a typed error", () => {
    for (const text of [
      "",
      "{}",
      '{"version":1,"size":0,"submissions":[]}',
      '{"version":1,"size":1,"submissions":[{}]}',
    ])
      expect(() => readPlan(new TextEncoder().encode(text))).toThrow(expect.objectContaining({ name: "GradeError" }));
    expect(() => makePlan([at("nobody.ipynb")], folder)).toThrow();
  });

  test("shards have the same bytes whatever the pool, go on where they stopped, and what is wrong is an entry", {
    timeout: 180_000, // a notebook's child and three graders start
  }, async () => {
    const plan = makePlan([at("in")], folder, 100);
    const options = { folder, secret: at("secret"), tool: "bpfbook test" };
    mkdirSync(at("one"));
    mkdirSync(at("two"));
    const one = readFileSync(await gradeShard(plan, 0, { ...options, out: at("one"), jobs: 1 }), "utf8");
    // The first result, and a part of the second, are there from a run that was ended.
    const begun = at("two", `${shardFile(plan, 0)}.part`);
    const [first = ""] = one.split("\n");
    writeFileSync(begun, `${first}\n`);
    appendFileSync(begun, first.slice(0, 40));
    const graded: string[] = [];
    const done = { ...options, out: at("two"), jobs: 2, onResult: ({ student }: Result) => void graded.push(student) };
    const two = readFileSync(await gradeShard(plan, 0, done), "utf8");
    expect(two).toBe(one);
    expect(graded).not.toContain("ada");
    await gradeShard(plan, 0, done); // nothing is left to do
    expect(graded).toHaveLength(5);

    const results = resultsIn(one);
    expect(results.map(({ student, score }) => [student, score])).toEqual([
      ...[
        ["ada", 10],
        ["bob", 10],
        ["corrupt", 0],
        ["huge", 0],
        ["eve", 0],
        ["zoe", 0],
      ],
    ]);
    expect(results.slice(2, 5).map(({ error }) => error)).toEqual([
      expect.stringContaining("no JSON"),
      expect.stringContaining("1000000 are allowed"),
      expect.stringContaining("a77"),
    ]);
    expect(results[5]?.tests.length).toBeGreaterThan(0);
    expect(mergeShards(plan, at("two"))).toEqual({ lines: one, missing: [] });
  });

  test("a file that changed since it was planned is not graded in the old one's place", async () => {
    const plan = makePlan([at("in", "ada.json")], folder);
    mkdirSync(at("changed"));
    truncateSync(at("in", "ada.json"), 10);
    const file = await gradeShard(plan, 0, { folder, out: at("changed"), tool: "t" });
    expect(resultsIn(readFileSync(file, "utf8"))[0]?.error).toContain("has changed");
  });
});

describe("the commands", () => {
  test("plan, shard, merge; 42 for bad input, 1 for missing shards", async () => {
    const plan = at("plan.json");
    expect(await gradePlan([at("in", "huge.json"), at("huge2.json"), "--out", plan, "--size", "1"])).toBe(0);
    const out = at("results");
    expect(await gradeShards([plan, "--index", "0", "--out", out])).toBe(0);
    expect(await gradeMerge([plan, "--results", out, "--out", at("all.jsonl")])).toBe(1);
    expect(await gradeShards([plan, "--index", "all", "--out", out])).toBe(0);
    expect(await gradeMerge([plan, "--results", out, "--out", at("all.jsonl")])).toBe(0);
    expect(resultsIn(readFileSync(at("all.jsonl"), "utf8"))).toHaveLength(2);
    expect(await gradeShards([plan, "--index", "2", "--out", out])).toBe(BAD_INPUT);
    expect(await gradeShards([at("in", "corrupt.json"), "--index", "0", "--out", out])).toBe(BAD_INPUT);
    expect(await gradeShards([plan, "--index", "0", "--out", out, "--secret", at("none")])).toBe(BAD_INPUT);
    expect(await gradePlan([at("empty"), "--out", plan])).toBe(BAD_INPUT);
  });
});
