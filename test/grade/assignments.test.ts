/**
 * Every assignment: the model solution of its notebook gets all points whatever the variant, the notebook as it is released gets
 * none of the hidden ones, wrong solutions fail where they are wrong and get the hint for it, and last year's answers fail.
 */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type Assignment, Variant } from "../../src/grade/assignment/index.ts";
import { ASSIGNMENTS, type AssignmentId } from "../../src/grade/assignments/index.ts";
import { judge, testsOf } from "../../src/grade/judge/index.ts";
import type { Result } from "../../src/grade/result/index.ts";
import type { Submission } from "../../src/grade/submission/index.ts";
import { registerViews } from "../../src/views/index.ts";
import { codeOf, handsOver } from "./run-source.ts";
import { WRONG } from "./wrong/index.ts";

registerViews();

const SECRET = "a secret of the tests, long enough";
const VARIANTS = Number(process.env.BPFBOOK_VARIANTS ?? (process.env.BPFBOOK_NIGHT ? 20 : 1));
const variantOf = (id: string, number: number) => Variant.of(SECRET, id, `student${number}`);
const grade = (assignment: Assignment, submission: Submission, variant: Variant): Promise<Result> =>
  judge(assignment, { submission, faults: new Map() }, variant, { tool: "test" });
const lost = ({ tests }: Result) => tests.filter(({ status }) => status !== "passed");

/** Model solutions of objects are compiled. */
const withoutClang = spawnSync("clang", ["--version"]).error !== undefined;
const cannot = (id: AssignmentId): boolean =>
  withoutClang && ASSIGNMENTS[id].tasks.some(({ submit }) => submit.kind === "object");

describe.each(Object.keys(ASSIGNMENTS) as AssignmentId[])("%s", (id) => {
  const assignment: Assignment = ASSIGNMENTS[id];

  it("has hints, mistakes, and points that add up", () => {
    for (const task of assignment.tasks) {
      expect(task.id).toMatch(new RegExp(`^${id}/\\d+$`));
      expect(task.hints.length).toBeGreaterThanOrEqual(2);
      expect(task.visible.length).toBeGreaterThan(0);
      expect(task.hidden.length).toBeGreaterThan(0);
    }
    const total = testsOf(assignment).reduce((sum, { maxPoints }) => sum + maxPoints, 0);
    expect(total).toBeCloseTo(
      assignment.tasks.reduce((sum, { points }) => sum + points, 0),
      6,
    );
  });

  if (cannot(id)) return void it.skip("cannot be tested: clang is missing");

  it("gives the model solution all points on every variant", async () => {
    for (let number = 0; number < VARIANTS; number++) {
      const variant = variantOf(id, number);
      const result = await grade(assignment, await handsOver(assignment, variant), variant);
      expect(lost(result), `variant ${number}`).toEqual([]);
      expect(result.score).toBe(result.maxScore);
    }
  });

  it("gives what is released no hidden point, and each task a message", async () => {
    const variant = variantOf(id, 0);
    const code = codeOf(assignment, "release");
    expect(code).not.toMatch(/SOLUTION|STUB/);
    const result = await grade(assignment, await handsOver(assignment, variant, { code }), variant);
    const hidden = result.tests.filter(({ visibility }) => visibility === "hidden");
    for (const task of assignment.tasks)
      expect(
        hidden.filter((one) => one.id.startsWith(`${task.id}.`) && one.status !== "passed").length,
        task.id,
      ).toBeGreaterThan(0);
    expect(result.score).toBeLessThan(result.maxScore / 2);
    for (const test of lost(result)) expect(test.message).not.toBe("");
  });

  it("loses last year's answers", async () => {
    const old = await handsOver(assignment, Variant.of("the secret of the year before", id, "student0"));
    const result = await grade(assignment, old, variantOf(id, 0));
    expect(result.score).toBeLessThan(result.maxScore / 2);
  });

  it("has at least three wrong solutions", () => expect(WRONG[id].length).toBeGreaterThanOrEqual(3));

  it.each(WRONG[id].map((wrong) => [wrong.title, wrong] as const))("%s", async (_, wrong) => {
    let code = codeOf(assignment, "solution");
    for (const [from, to] of wrong.edits) {
      expect(code, "the model solution has changed").toContain(from);
      code = code.replace(from, () => to);
    }
    const task = assignment.tasks.find((one) => wrong.fails[0]!.startsWith(`${one.id}.`))!;
    for (let number = 0; number < VARIANTS; number++) {
      const variant = variantOf(id, number);
      const result = await grade(assignment, await handsOver(assignment, variant, { code }), variant);
      const failed = lost(result);
      const told = `variant ${number}: ${JSON.stringify(failed, undefined, 1)}`;
      expect(
        failed.map((test) => test.id),
        told,
      ).toEqual(wrong.fails);
      if (wrong.mistake !== undefined)
        expect(
          failed.map(({ hint }) => hint),
          told,
        ).toContain(task.mistakes[wrong.mistake]);
      if (wrong.says !== undefined) expect(failed.map(({ message }) => message).join("\n")).toMatch(wrong.says);
    }
  });
});
