/**
 * Results in the forms of learning systems: golden files, and what each system's documentation demands (Gradescope "Output format",
 * PrairieLearn docs/externalGrading.md, GitHub Classroom's reporter, Vocareum's grade file, JUnit).
 */
import { describe, expect, it } from "vitest";
import { fromBase64 } from "../../src/grade/submission/index.ts";
import { csv, githubClassroomReport, WRITERS, type Writer, type WriterName } from "../../src/grade/writers/index.ts";
import { RESULT } from "./example-result.ts";

const HOSTILE = {
  ...RESULT,
  student: "mallory",
  tests: RESULT.tests.map((test) => ({
    ...test,
    message: '<script>alert(1)</script>"]]>\u0000\ud800',
    evidence: { input: "</pre><img src=x onerror=alert(1)>" },
  })),
};
const FAILED = { ...RESULT, assignment: "", score: 0, maxScore: 0, tests: [], error: '=cmd|"/c calc"!A1' };
const written = (name: WriterName, results = [RESULT]): string => {
  const writer: Writer = WRITERS[name];
  return "all" in writer ? writer.all(results) : writer.each(results[0]!);
};

describe.each(Object.keys(WRITERS) as WriterName[])("%s", (name) => {
  it("is as it was", async () => {
    await expect(written(name)).toMatchFileSnapshot(`golden/${name}.${WRITERS[name].extension}`);
  });

  it("has nothing that a hidden test expects, and survives anything", () => {
    for (const result of [RESULT, HOSTILE, FAILED]) {
      const text = written(name, [result]);
      expect(text).not.toMatch(/4711|from 1000/);
      expect(text.length).toBeGreaterThan(3);
    }
  });
});

describe("the forms", () => {
  it("Gradescope's: points and states that it knows, hidden tests after publishing", () => {
    const report = JSON.parse(written("gradescope")) as { score: number; tests: Record<string, unknown>[] };
    expect(report.score).toBe(3.5);
    for (const test of report.tests) {
      expect(["passed", "failed"]).toContain(test.status);
      expect(["hidden", "after_due_date", "after_published", "visible"]).toContain(test.visibility);
      expect(Number(test.score)).toBeLessThanOrEqual(Number(test.max_score));
    }
    expect(report.tests.map((test) => test.visibility)).toEqual(["visible", "after_published"]);
  });

  it("PrairieLearn's: a score from 0 to 1, points with every test; not gradable is what is no submission", () => {
    const report = JSON.parse(written("prairielearn")) as { score: number; gradable: boolean; tests: object[] };
    expect(report.score).toBeCloseTo(3.5 / 6, 12);
    for (const test of report.tests)
      expect(test).toMatchObject({ points: expect.any(Number), max_points: expect.any(Number) });
    expect(JSON.parse(written("prairielearn", [FAILED]))).toMatchObject({ gradable: false, message: FAILED.error });
  });

  it("GitHub Classroom's is base64 of its report", () => {
    const bytes = fromBase64(written("github-classroom").trim())!;
    expect(new TextDecoder().decode(bytes)).toBe(githubClassroomReport(RESULT));
    const report = JSON.parse(githubClassroomReport(RESULT)) as { max_score: number; tests: { score: number }[] };
    expect(report.max_score).toBe(6);
    expect(report.tests.reduce((sum, { score }) => sum + score, 0)).toBe(3.5);
  });

  it("Vocareum's: a criterion and its points", () => expect(written("vocareum")).toBe("a3/1,3.5\n"));

  it("JUnit's has no character that XML forbids, and escapes", () => {
    const text = written("junit", [HOSTILE, FAILED]);
    expect(text).not.toContain("<script");
    expect(text).not.toContain("\u0000");
    expect(text.isWellFormed()).toBe(true);
    expect(text).toMatch(/tests="2" failures="1" errors="0"/);
    expect(text).toMatch(/tests="1" failures="0" errors="1"/);
  });

  it("the page runs nothing of what was handed over", () => {
    const text = written("html", [HOSTILE]);
    expect(text).not.toMatch(/<script|<img/);
    expect(text).toMatch(/default-src 'none'/);
  });

  it("CSV has chosen columns, and no formula", () => {
    expect(csv([RESULT], { columns: "ID number=student,Grade=score,First task=task:a3/1" })).toBe(
      "ID number,Grade,First task\r\ns042,3.5,3.5\r\n",
    );
    expect(csv([FAILED])).toContain(`"'=cmd`);
    expect(csv([RESULT], { columns: "moodle" })).toBe("ID number,Grade,Feedback\r\ns042,3.5,a3/1.h1\r\n");
    expect(() => csv([RESULT], { columns: "scroe" })).toThrow(/Did you mean score/);
  });
});
