import { describe, expect, it } from "vitest";
import { GradeError } from "../../src/grade/error.ts";
import { forStudent, type Result, readResult, resultLine } from "../../src/grade/result/index.ts";
import { RESULT } from "./example-result.ts";

const bytes = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

describe("a result", () => {
  it("is read back from its line", () => {
    expect(readResult(bytes(resultLine(RESULT)))).toEqual(RESULT);
    expect(resultLine(JSON.parse(JSON.stringify(RESULT)) as Result)).toBe(resultLine(RESULT));
  });

  it("tells the student nothing that a hidden test expects", () => {
    const shown = JSON.stringify(forStudent(RESULT));
    expect(shown).not.toMatch(/4711|from 1000/);
    expect(shown).toMatch(/udp dport 1234/);
    expect(shown).toMatch(/UDP is counted/);
  });

  it.each([
    ["another version", { ...RESULT, version: 2 }, "version"],
    ["points that do not add up", { ...RESULT, score: 6 }, "score"],
    ["more points than there are", { ...RESULT, tests: [{ ...RESULT.tests[0], points: 3 }] }, "tests[0].points"],
    ["points that are no number", { ...RESULT, score: "6" }, "score"],
    ["an unknown status", { ...RESULT, tests: [{ ...RESULT.tests[0], status: "great" }] }, "tests[0].status"],
    ["no tests", { ...RESULT, tests: {} }, "tests"],
  ])("with %s is refused", (_, value, where) => {
    expect(() => readResult(bytes(value))).toThrow(GradeError);
    try {
      readResult(bytes(value));
    } catch (error) {
      expect((error as GradeError).where).toBe(where);
    }
  });
});
