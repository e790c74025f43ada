/** `bpfbook grade`: released for two students, graded with all that can be wrong beside, reported; nothing hidden gets out. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { packageVersion } from "../../src/cli/package.ts";
import { Variant } from "../../src/grade/assignment/index.ts";
import { ASSIGNMENTS } from "../../src/grade/assignments/index.ts";
import { GradeError } from "../../src/grade/error.ts";
import { gradeFiles } from "../../src/grade/plan/index.ts";
import { type Result, readResult } from "../../src/grade/result/index.ts";
import { encodeSubmission } from "../../src/grade/submission/index.ts";
import { handsOver } from "../grade/run-source.ts";

const SECRET = "a secret of the tests, long enough";
const folder = mkdtempSync(join(tmpdir(), "grade-"));
const at = (...names: string[]) => join(folder, ...names);
let stdout = "";
let stderr = "";

beforeAll(() => {
  writeFileSync(at("secret"), `${SECRET}\n`);
  vi.spyOn(process.stdout, "write").mockImplementation((text, done?: unknown) => {
    stdout += String(text);
    if (typeof done === "function") done();
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
});
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});
const run = async (...args: string[]) => {
  [stdout, stderr] = ["", ""];
  return { code: await main(["grade", ...args]), stdout, stderr };
};
const results = (): Result[] =>
  readFileSync(at("results.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => readResult(new TextEncoder().encode(line)));

describe("bpfbook grade", () => {
  it("releases notebooks without solutions, secrets or hidden tests", async () => {
    expect(
      (await run("release", "--secret", at("secret"), "--student", "anna", "--student", "bert", "--out", at("out")))
        .code,
    ).toBe(0);
    for (const { source } of Object.values(ASSIGNMENTS)) {
      const text = readFileSync(at("out", "anna", `${source}.ipynb`), "utf8");
      expect(text).not.toMatch(/SOLUTION|STUB/);
      expect(text).not.toContain(SECRET);
      expect(text).not.toBe(readFileSync(at("out", "bert", `${source}.ipynb`), "utf8"));
    }
    const variants = JSON.parse(readFileSync(at("out", "anna", "variants.json"), "utf8")) as Record<
      string,
      { params: unknown }
    >;
    expect(variants.a3?.params).toEqual(ASSIGNMENTS.a3.variant(Variant.of(SECRET, "a3", "anna")));
  });

  it("grades what can be graded and says what is wrong with the rest", async () => {
    const good = await handsOver(ASSIGNMENTS.a1, Variant.of(SECRET, "a1", "anna"), { student: "anna" });
    const files: Record<string, string | Uint8Array> = {
      "a-good": encodeSubmission(good),
      "b-corrupt": "{",
      "c-huge": " ".repeat(2_000_000),
      "d-unknown": '{"version":1,"assignment":"a99","student":"dora","answers":{}}',
      "e-empty": '{"version":1,"assignment":"a1","student":"emil","answers":{}}',
      "f-copied": encodeSubmission({ ...good, student: "fred" }),
      "g-claimed": encodeSubmission(good),
    };
    const paths = Object.keys(files).map((name) => at(`${name}.json`));
    for (const [name, text] of Object.entries(files)) writeFileSync(at(`${name}.json`), text);
    mkdirSync(at("zed"));
    const [notebook, nobodys] = [at("zed", "a01-vm-by-hand.ipynb"), at("nobodys.ipynb")];
    for (const file of [notebook, nobodys]) writeFileSync(file, "{");
    const more = [at("h-missing.json"), notebook, nobodys];
    const { code } = await run("run", ...paths, ...more, "--secret", at("secret"), "--out", at("results.jsonl"));
    expect(code).toBe(1);
    const all = results();
    expect(
      all.map(({ student, score, error }) => [student, score < 10 ? score : "all", error?.replace(/: .*/, "")]),
    ).toEqual([
      ["anna", "all", undefined],
      ["b-corrupt", 0, "it is no JSON"],
      ["c-huge", 0, "c-huge.json"],
      ["dora", 0, "assignment"],
      ["emil", 0, undefined],
      ["fred", expect.any(Number), undefined],
      ["anna", 0, "a second submission in the name of anna"],
      ["h-missing", 0, "h-missing.json"],
      ["zed", 0, "it is no JSON"],
      ["nobodys", 0, "nobodys.ipynb"],
    ]);
    expect(all[2]!.error).toContain("2000000 bytes; 1000000 are allowed");
    expect(all[5]!.score, "a copied answer").toBeLessThan(5);
  });

  it("goes on with a run that was ended, and comes to the same bytes with another number of processes", async () => {
    const files = ["e-empty", "a-good", "b-corrupt"].map((name) => at(`${name}.json`));
    const options = { out: at("again.jsonl"), secret: at("secret"), tool: `bpfbook ${packageVersion()}` };
    const ends = (done: number): void => {
      if (done === 1) throw new GradeError("fault", "", "the machine stopped");
    };
    await expect(gradeFiles(files, { ...options, jobs: 1, onProgress: ends })).rejects.toThrow("stopped");
    const [part] = readdirSync(at("")).filter((name) => name.endsWith(".part"));
    appendFileSync(at(part!), '{"version":1,"half');
    const begun: number[] = [];
    await gradeFiles(files, { ...options, jobs: 2, onProgress: (done) => begun.push(done) });
    expect(begun).toEqual([1, 2, 3]);
    expect(existsSync(at(part!))).toBe(false);
    const line = (at_: number): string => `${readFileSync(at("results.jsonl"), "utf8").split("\n")[at_]}\n`;
    expect(readFileSync(at("again.jsonl"), "utf8")).toBe([4, 0, 1].map(line).join(""));
  });

  it("shows a student the visible part with its points", async () => {
    const { code, stdout: text } = await run(
      "check",
      at("a-good.json"),
      "--variants",
      at("out", "anna", "variants.json"),
    );
    expect([code, text.split("\n").at(-2)]).toEqual([0, "2.4 of 2.4 visible points"]);
    expect((await run("check", at("e-empty.json"))).stdout).toMatch(/nothing was handed over: submit\("a1\/1"/);
  });

  it("reports in every form", async () => {
    expect(
      (await run("report", at("results.jsonl"), "--format", "csv", "--out", "-", "--columns", "student,score")).stdout,
    ).toMatch(/^student,score\r\nanna,10\r\n/);
    expect((await run("report", at("results.jsonl"), "--format", "html", "--out", at("pages"))).code).toBe(0);
    expect(existsSync(at("pages", "emil-a1.html"))).toBe(true);
  });

  it.each([
    [["runn"], /did you mean run/],
    [["run"], /RESULTS/],
    [["release", "--out", "/tmp/x", "--secret", "/nowhere/secret", "--student", "a"], /no such file/],
    [["release", "--out", "/tmp/x", "--student", "../x"], /letters, digits/],
    [["report", "x", "--format", "gradscope", "--out", "y"], /did you mean gradescope/],
  ])("refuses %j", async (args, message) => {
    const { code, stderr: text } = await run(...args);
    expect([code, text]).toEqual([2, expect.stringMatching(message)]);
  });
});
