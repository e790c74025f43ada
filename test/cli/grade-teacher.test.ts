/** The teacher's verbs of `bpfbook grade` over files of results: what they write, and what they say of mistakes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { resultLine } from "../../src/grade/result/index.ts";
import { RESULT } from "../grade/example-result.ts";

const folder = mkdtempSync(join(tmpdir(), "teacher-"));
const at = (name: string): string => join(folder, name);
let [stdout, stderr] = ["", ""];

beforeAll(() => {
  writeFileSync(at("r.jsonl"), ["ada", "bob"].map((student) => resultLine({ ...RESULT, student })).join(""));
  writeFileSync(at("class.csv"), "\ufeffID number;Full name\nada;Ada\nbob;Bób\nzoe;Zoë\n");
  writeFileSync(at("late.json"), '{"deadlines":{"a3":"2026-11-30T23:59:00Z"},"percentPerDay":10}');
  writeFileSync(at("times.csv"), "student,assignment,submitted\nbob,a3,2026-12-01T10:00:00Z\n");
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
  return main(["grade", ...args]);
};

it("writes decisions down, applies them with lateness, tells what differs, and sums up", async () => {
  const decide = (...more: string[]) =>
    run("override", at("o.jsonl"), "--student", "ada", ...more, "--reason", "unclear");
  expect(await decide("--test", "a3/1.h1", "--points", "3")).toBe(0);
  expect(await decide("--test", "a3/1.h1", "--points", "4")).toBe(0);
  expect(stdout).toContain("4 points instead of 3 (unclear)");
  const late = ["--late", at("late.json"), "--times", at("times.csv")];
  expect(
    await run(
      "adjust",
      at("r.jsonl"),
      "--out",
      at("f.jsonl"),
      "--overrides",
      at("o.jsonl"),
      ...late,
      "--roster",
      at("class.csv"),
    ),
  ).toBe(0);
  expect(stdout).toContain("3 results");
  expect(stdout).toContain("1 set by hand, 1 late, 1 not handed in");
  expect(stderr).toContain("ada a3: no time in");
  expect(await run("diff", at("r.jsonl"), at("f.jsonl"))).toBe(1);
  expect(stdout).toMatch(/bob a3: 3.5 -> 3.15[\s\S]*ada a3: 3.5 -> 6 \(\+2.5\)/);
  const columns = ["--columns", "student,roster:Full name,total", "--roster", at("class.csv")];
  expect(await run("report", at("f.jsonl"), "--format", "csv", "--out", "-", ...columns)).toBe(0);
  expect(stdout).toBe("student,Full name,total\r\nada,Ada,6\r\nbob,Bób,3.15\r\nzoe,Zoë,0\r\n");
  expect(await run("summary", at("f.jsonl"), "--out", at("s.html"))).toBe(0);
  expect(readFileSync(at("s.html"), "utf8")).toContain("a3: 2 graded");
});

it.each([
  [["override", "o", "--student", "ada", "--points", "1", "--reason", "x"], /--assignment a3\|--test/],
  [["override", "o", "--student", "ada", "--assignment", "a3", "--points", "1x", "--reason", "x"], /--points 1x/],
  [["override", "o", "--student", "ada", "--assignment", "a3", "--reason", "x"], /--points N, or --take-back/],
  [["adjust", "r", "--out", "f", "--late", "l"], /both are needed/],
  [["summary", "/nowhere"], /there is no such file/],
  [["diff", "one"], /BEFORE/],
  [["similarity", "x", "--out", "y", "--threshold", "2"], /at most 1/],
  [["similarty"], /did you mean similarity/],
])("refuses %j", async (args, message) => {
  expect(await run(...args)).toBe(2);
  expect(stderr).toMatch(message);
});
