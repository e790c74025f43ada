/** What a teacher does with results: rosters, lateness, decisions that a regrade keeps, what a regrade changed, a class summed up. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GradeError } from "../../src/grade/error.ts";
import { type Result, readResult, resultLine, rounded, scoreOf } from "../../src/grade/result/index.ts";
import { csvTable } from "../../src/grade/teacher/csv-table.ts";
import {
  adjust,
  compareResults,
  comparisonText,
  type Handed,
  latenessOf,
  readOverrides,
  readPolicy,
  readRoster,
  readTimes,
  summarise,
  summaryPage,
  summaryText,
} from "../../src/grade/teacher/index.ts";
import { csv, githubClassroomReport, html, vocareum } from "../../src/grade/writers/index.ts";
import { RESULT } from "./example-result.ts";

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const of = (student: string, more: Partial<Result> = {}): Result => ({ ...RESULT, student, ...more });
const override = (more: object) =>
  readOverrides(`${JSON.stringify({ student: "ada", assignment: "a3", reason: "r", ...more })}\n`);
const tool = "test";

describe("a table", () => {
  it("brings back what was written, whatever is in the cells", () => {
    const cell = fc.string({ unit: "grapheme", maxLength: 8 }).map((text) => text.trim());
    const table = fc
      .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 5 }))
      .chain(([width, height]) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: height, maxLength: height }),
      );
    fc.assert(
      fc.property(table, fc.constantFrom("\n", "\r\n"), fc.boolean(), (rows, end, mark) => {
        const heads = rows[0]!.map((_, at) => `head${at}`);
        const text = [heads, ...rows]
          .map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(","))
          .join(end);
        const read = csvTable(`${mark ? "\ufeff" : ""}${text}${end}`);
        expect(read.map(({ cells }) => cells)).toEqual([heads, ...rows.filter((row) => row.some((one) => one !== ""))]);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 5000 : 100 },
    );
  });

  it("counts lines within quotes, and takes semicolons and tabs", () => {
    expect(csvTable('a;b\n"1\n2";3\n4;5').map(({ line }) => line)).toEqual([1, 2, 4]);
    expect(csvTable("a\tb\n1\t2")[1]!.cells).toEqual(["1", "2"]);
  });

  it.each([
    ['a,b\n"1,2', /:2: a quote does not end/],
    ['a,b\n"1"2,3', /:2: "2" stands behind a quote/],
  ])("refuses %j with the line", (text, message) => expect(() => csvTable(text)).toThrow(message));
});

describe("a roster", () => {
  it("is a list, or a table of Moodle's or Canvas', with names in any script", () => {
    expect(readRoster("ada\nbob\n").map(({ student }) => student)).toEqual(["ada", "bob"]);
    const moodle = '\ufeff"First name","Last name","ID number","Email address"\r\nAda,"von Ö, 王",7a,a@x\r\n';
    expect(readRoster(moodle)).toMatchObject([
      { student: "7a", name: "Ada von Ö, 王", cells: { "Email address": "a@x" } },
    ]);
    expect(readRoster("Student;ID;SIS User ID\nX;12;s1\n")[0]).toMatchObject({ student: "X" });
  });

  it("tells every faulty row by its line, and nothing is half read", () => {
    const text = "student,name\nada,A\nad a,B\nada,C\n,D\nx,y,z\n";
    const wanted =
      /line 3: "ad a" is no name.*; line 4: the student of line 2 again; line 5: no student; line 6: 3 cells under 2 heads/;
    expect(() => readRoster(text, "r.csv")).toThrow(wanted);
    expect(() => readRoster("colour,age\nred,7\n")).toThrow(/no column names the students/);
    expect(() => readRoster("")).toThrow(GradeError);
  });
});

describe("lateness", () => {
  const policy = readPolicy(
    bytes({
      deadlines: { a3: "2026-11-30T23:00:00+01:00", a4: "2026-11-01T00:00:00Z" },
      extensions: { cleo: { a3: 2 } },
      ...{ graceMinutes: 10, freeDays: 2, percentPerDay: 20, mostPercent: 50, closedAfterDays: 10 },
    }),
  );
  const handed = (student: string, hours: number, assignment = "a3"): Handed => ({
    ...{ student, assignment },
    at: Date.parse(assignment === "a3" ? "2026-11-30T22:00:00Z" : "2026-11-01T00:00:00Z") + hours * 3_600_000,
  });

  it("counts days begun, after grace, extensions and free days, up to a cap", () => {
    const late = latenessOf(policy, [
      handed("ada", 0.1),
      handed("bob", 0.2),
      handed("cleo", 40),
      handed("dan", 24 * 3 + 1),
      handed("eve", 24 * 9),
      handed("fay", 24 * 10 + 1),
      handed("gus", 1, "a9"),
    ]);
    const told = [...late].map(([key, { days, free, percent }]) => [key, days, free, percent]);
    expect(told).toEqual([
      ["a3/bob", 1, 1, 0],
      ["a3/dan", 4, 2, 40],
      ["a3/eve", 9, 2, 50],
      ["a3/fay", 11, 0, 100],
    ]);
  });

  it("spends free days on the earliest deadline, in whatever order the times come", () => {
    const times = [handed("ada", 47, "a3"), handed("ada", 23, "a4")];
    for (const order of [times, times.toReversed()]) {
      const late = latenessOf(policy, order);
      expect([late.get("a4/ada")?.percent, late.get("a3/ada")?.percent]).toEqual([0, 20]);
    }
  });

  it.each([
    [{ deadlines: { a3: "2026-11-30 23:00" } }, /deadlines.a3: .*no moment/],
    [{ percentPerDays: 1 }, /there is no such word: .*percentPerDay/],
    [{ freeDays: -1 }, /freeDays/],
    [{ extensions: { ada: 3 } }, /extensions.ada/],
  ])("refuses %j", (value, message) => expect(() => readPolicy(bytes(value))).toThrow(message));

  it("reads times by line; the last one counts", () => {
    const times = readTimes(
      "Student,Assignment,Submitted\nada,a3,2026-11-30T20:00:00Z\nada,a3,2026-11-30 21:00:00+00:00\n",
    );
    expect(times).toEqual([{ student: "ada", assignment: "a3", at: Date.parse("2026-11-30T21:00:00Z") }]);
    expect(() => readTimes("student,assignment,submitted\nada,a3,yesterday\n", "t.csv")).toThrow(
      /t.csv:2: "yesterday"/,
    );
  });
});

describe("decisions by hand", () => {
  it("are applied to what was graded, with their reason, and hold in a regrade", () => {
    const overrides = override({ test: "a3/1.h1", points: 4, reason: "the text was unclear", by: "M" });
    const [done] = adjust([of("ada")], { overrides, tool }).results;
    const change = { kind: "override", points: 2.5, reason: "the text was unclear (M)", test: "a3/1.h1" };
    expect(done).toMatchObject({ score: 6, adjustments: [change] });
    expect(done!.tests).toEqual(RESULT.tests);
    // The mended test now gives 3 points: what the teacher decided still counts.
    const tests = RESULT.tests.map((test) => (test.id === "a3/1.h1" ? { ...test, points: 3 } : test));
    const again = adjust([of("ada", { tests, score: 5 })], { overrides, tool }).results;
    expect(again[0]).toMatchObject({ score: 6, adjustments: [{ points: 1 }] });
    // Done twice is done once.
    expect(adjust(again, { overrides, tool }).results).toEqual(again);
    expect(readResult(new TextEncoder().encode(resultLine(again[0]!)))).toEqual(again[0]);
  });

  it("about the whole are final; those about tests come before lateness", () => {
    const late = new Map([["a3/ada", { days: 1, free: 0, percent: 50, reason: "1 day late" }]]);
    const one = override({ test: "a3/1.h1", points: 4 });
    expect(adjust([of("ada")], { overrides: one, late, tool }).results[0]!.score).toBe(3);
    const whole = override({ points: 5.5 });
    expect(adjust([of("ada")], { overrides: whole, late, tool }).results[0]).toMatchObject({ score: 5.5, maxScore: 6 });
    const failed = of("ada", { score: 0, maxScore: 0, tests: [], error: "it is no JSON" });
    expect(adjust([failed], { overrides: whole, tool }).results[0]).toMatchObject({ score: 5.5, maxScore: 10 });
  });

  it("replace and take back earlier ones; what they are about that is not there is a warning", () => {
    const lines = [{ points: 1 }, { points: 2, reason: "no" }, { points: null }, { points: 9, test: "a3/7.h1" }];
    const text = lines
      .map((one) => JSON.stringify({ student: "ada", assignment: "a3", reason: "r", ...one }))
      .join("\n");
    const overrides = readOverrides(text);
    expect(overrides).toHaveLength(1);
    const { results, warnings } = adjust([of("ada")], {
      overrides: [...overrides, ...override({ student: "zoe", points: 1 })],
      tool,
    });
    expect(results[0]!.score).toBe(3.5);
    expect(warnings).toEqual([
      expect.stringContaining("no test a3/7.h1"),
      expect.stringContaining("zoe has no result"),
    ]);
    expect(adjust([of("ada")], { overrides: override({ points: 99 }), tool })).toMatchObject({
      results: [{ score: 6 }],
      warnings: [/99 points/],
    });
  });

  it.each([
    [{ points: -1 }, /points/],
    [{ points: 1.234 }, /points/],
    [{ points: 1, reason: " " }, /reason/],
    [{ points: 1, test: "a4/1.h1" }, /no test of a3/],
    [{ points: 1, student: "../x" }, /student/],
  ])("refuses %j with the line", (value, message) => expect(() => override(value)).toThrow(message));

  it("and lateness add up, whatever they are", () => {
    const points = fc.integer({ min: 0, max: 400 }).map((cents) => cents / 100);
    fc.assert(
      fc.property(points, fc.integer({ min: 0, max: 100 }), (given, percent) => {
        const late = new Map([["a3/ada", { days: 1, free: 0, percent, reason: "late" }]]);
        const [one] = adjust([of("ada")], {
          overrides: override({ test: "a3/1.h1", points: given }),
          late,
          tool,
        }).results;
        expect(one!.score).toBeGreaterThanOrEqual(0);
        expect(readResult(new TextEncoder().encode(resultLine(one!)))).toEqual(one);
        expect(
          rounded(scoreOf(one!.tests) + one!.adjustments!.reduce((sum, each) => sum + each.points, 0)),
        ).toBeCloseTo(one!.score, 9);
      }),
      { numRuns: 200 },
    );
  });

  it("stand in every form, and who handed nothing in has a row", () => {
    const { results } = adjust([of("ada")], {
      overrides: override({ points: 1, reason: "<b>" }),
      students: ["ada", "zoe"],
      tool,
    });
    expect(results.map(({ student, score, maxScore, error }) => [student, score, maxScore, error])).toEqual([
      ["ada", 1, 6, undefined],
      ["zoe", 0, 6, "nothing was handed in"],
    ]);
    expect(html(results[0]!)).toContain("-2.5 points: &lt;b&gt;");
    expect(vocareum(results[0]!)).toBe("a3/1,3.5\noverride,-2.5\n");
    const { tests } = JSON.parse(githubClassroomReport(results[0]!)) as { tests: { score: number }[] };
    expect(tests.reduce((sum, { score }) => sum + score, 0)).toBe(1);
    const roster = [{ student: "zoe", cells: { Name: "Zoë" } }];
    const columns = "student,roster:Name,Final=score:a3,total";
    expect(csv(results, { columns, roster })).toBe("student,Name,Final,total\r\nada,,1,1\r\nzoe,Zoë,0,0\r\n");
  });
});

describe("a regrade", () => {
  it("is told as differences, the largest loss first", () => {
    const tests = RESULT.tests.map((test) => ({ ...test, points: 1 }));
    const before = [of("ada"), of("bob"), of("cleo")];
    const after = [of("ada", { tests, score: 2 }), of("bob"), of("dan")];
    const { changes, unchanged, won, lost } = compareResults(before, after);
    expect(changes.map(({ student, before: was, after: is }) => [student, was, is])).toEqual([
      ["cleo", 3.5, undefined],
      ["ada", 3.5, 2],
      ["dan", undefined, 3.5],
    ]);
    expect([unchanged, won, lost]).toEqual([1, 3.5, 5]);
    expect(comparisonText(compareResults(before, after))).toContain(
      "ada a3: 3.5 -> 2 (-1.5); a3/1.v1 2 -> 1, a3/1.h1 1.5 -> 1\n",
    );
    expect(compareResults(before, before).changes).toEqual([]);
  });
});

describe("a class", () => {
  const evidence = { verifier: 'R3 invalid mem access "scalar" (line 7: r0 = *(u8 *)(r3 + 0))\nmore' };
  const failing = RESULT.tests.map((test) => ({
    ...test,
    points: 0,
    status: "failed" as const,
    message: "rumika_n[17]: expected 4, got 5",
    evidence,
  }));
  const results = [
    of("ada"),
    of("bob", { tests: failing, score: 0 }),
    of("cleo", { tests: failing, score: 0 }),
    of("x", { tests: [], score: 0, maxScore: 0, error: "it is <no> JSON" }),
  ];

  it("is summed up: what fails most first, messages without what differs", () => {
    const { assignments, errors } = summarise(results);
    expect(assignments).toHaveLength(1);
    expect(assignments[0]).toMatchObject({
      graded: 3,
      mean: 1.17,
      quartiles: [0, 0, 0, 3.5, 3.5],
      tenths: [2, 0, 0, 0, 0, 1, 0, 0, 0, 0],
    });
    expect(assignments[0]!.tests.map(({ id, passed }) => [id, passed])).toEqual([
      ["a3/1.h1", 0],
      ["a3/1.v1", 1],
    ]);
    expect(assignments[0]!.verifier).toEqual([{ text: 'R# invalid mem access "..."', count: 2, example: "bob" }]);
    expect(assignments[0]!.tests[1]!.messages[0]).toMatchObject({ text: "NAME: not as expected", count: 2 });
    expect(errors).toMatchObject([{ count: 1, example: "x" }]);
  });

  it("is a page that loads and runs nothing, and lines", () => {
    const page = summaryPage(summarise(results));
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<no>|<script|https?:/);
    expect(summaryText(summarise(results))).toMatch(/a3: 3 graded.*\n +100 % do not pass a3\/1.h1/);
    expect(summaryText(summarise([]))).toBe("there are no results\n");
    expect(summaryPage(summarise([]))).toContain("Nothing was graded");
  });
});
