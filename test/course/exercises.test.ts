/**
 * Every exercise of the course: unsolved it fails, likely wrong answers get hints of their own, strange answers do no harm.
 * That model solutions pass is proved by their notebooks (test/notebooks/solutions.test.ts).
 */
import { describe, expect, it } from "vitest";
import { check, exerciseOf, hint } from "../../src/course/check.ts";
import { EXERCISES } from "../../src/course/exercises/index.ts";
import { registerViews } from "../../src/views/index.ts";
import { WRONG } from "./wrong/index.ts";

registerViews();

const STRANGE: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  -1,
  2 ** 70,
  "",
  "x".repeat(1000),
  [],
  {},
  () => 1,
  1n,
];

describe("the exercises", () => {
  it("are numbered one after the other within each lesson, at least three", () => {
    const lessons = Map.groupBy(EXERCISES, (row) => row.id.split("-")[0]!);
    for (const [lesson, rows] of lessons) {
      expect(rows.map((row) => row.id)).toEqual(rows.map((_, i) => `${lesson}-${i + 1}`));
      expect(rows.length).toBeGreaterThanOrEqual(3);
    }
  });

  it.each(EXERCISES.map((row) => row.id))("%s fails for what is no answer", async (id) => {
    for (const answer of STRANGE) {
      const result = await check(id, answer);
      expect(result.passed, `${id} with ${String(answer)}`).toBe(false);
      expect(result.tests.length).toBeGreaterThan(0);
    }
  });

  it.each(EXERCISES.map((row) => row.id))("%s has a hint for each of its likely mistakes", async (id) => {
    const row = exerciseOf(id);
    const wrong = WRONG[id] ?? [];
    const mistakes = new Set(wrong.map(({ mistake }) => mistake));
    expect(mistakes.size, "at least two mistakes are tried").toBeGreaterThanOrEqual(2);
    expect([...mistakes].sort()).toEqual(Object.keys(row.mistakes).sort());
    for (const { answer, mistake } of wrong) {
      const result = await check(id, answer);
      expect(result.passed, mistake).toBe(false);
      expect(result.advice, JSON.stringify(result.tests)).toBe(row.mistakes[mistake]);
    }
  });

  it.each(EXERCISES.map((row) => row.id))("%s gives its hints one after the other, then again", (id) => {
    const { hints } = exerciseOf(id);
    expect(hints.length).toBeGreaterThanOrEqual(2);
    const given = [...hints, hints[0]!].map(() => hint(id).text);
    expect(given).toEqual([...hints, hints[0]]);
  });

  it("an exercise that there is not is an error with the nearest name", async () => {
    await expect(check("00-9", 1)).rejects.toThrow(/00-/);
    expect(() => hint("first light")).toThrow();
  });
});
