/** Results as learning systems take them. All of it is for students' eyes: hidden tests are redacted first. */

import { ASSIGNMENTS, type AssignmentId } from "../assignments/index.ts";
import {
  type Adjustment,
  adjustedBy,
  adjustmentText,
  forStudent,
  type Result,
  rounded,
  type TestResult,
} from "../result/result.ts";
import { toBase64 } from "../submission/base64.ts";

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** What a test says to a student, in lines. */
export function testText({ message, hint, evidence = {} }: TestResult): string {
  const parts = [
    message,
    hint === undefined ? "" : `Look here: ${hint}`,
    evidence.input === undefined ? "" : `Input:\n${evidence.input}`,
    evidence.expected === undefined ? "" : `Expected: ${evidence.expected}`,
    evidence.got === undefined ? "" : `Got: ${evidence.got}`,
    evidence.verifier === undefined ? "" : `The verifier:\n${evidence.verifier}`,
    evidence.trace === undefined ? "" : `The last instructions:\n${evidence.trace}`,
  ];
  return parts.filter((part) => part !== "").join("\n");
}

/** The score, and what changed it after the tests, in lines. */
const scoreText = ({ score, maxScore, adjustments = [] }: Result): string =>
  [`${score} of ${maxScore} points`, ...adjustments.map(adjustmentText)].join("\n");

/**
 * `results.json` of Gradescope (gradescope-autograders.readthedocs.io, "Output format"): hidden tests are shown after grades are
 * published.
 */
export function gradescope(result: Result): string {
  const shown = forStudent(result);
  const { score, error, tests, student: _student, ...about } = shown;
  return json({
    score,
    output: error ?? scoreText(shown),
    output_format: "text",
    visibility: "visible",
    stdout_visibility: "hidden",
    extra_data: about,
    tests: tests.map((test) => ({
      score: test.points,
      max_score: test.maxPoints,
      status: test.status === "passed" ? "passed" : "failed",
      name: test.title,
      number: test.id,
      output: testText(test),
      output_format: "text",
      visibility: test.visibility === "visible" ? "visible" : "after_published",
    })),
  });
}

/** `results.json` of PrairieLearn's external grading (docs/externalGrading.md): a score from 0 to 1; not gradable is what is no submission. */
export function prairielearn(result: Result): string {
  const shown = forStudent(result);
  const { score, maxScore, error, tests } = shown;
  if (error !== undefined) return json({ gradable: false, message: error, score: 0 });
  return json({
    gradable: true,
    score: maxScore === 0 ? 0 : score / maxScore,
    message: scoreText(shown),
    output: "",
    tests: tests.map((test) => ({
      name: `${test.id} ${test.title}`,
      description: test.visibility === "visible" ? "" : "hidden test",
      points: test.points,
      max_points: test.maxPoints,
      message: test.message,
      output: testText(test),
    })),
  });
}

/** What a runner hands to GitHub Classroom's reporter (classroom-resources/autograding-grading-reporter) before it is encoded. */
export function githubClassroomReport(result: Result): string {
  const { maxScore, error, tests, adjustments = [] } = forStudent(result);
  const passed = error === undefined && tests.every(({ status }) => status === "passed");
  return json({
    version: 1,
    status: error === undefined ? (passed ? "pass" : "fail") : "error",
    max_score: maxScore,
    // The reporter adds the tests' scores up: what changed the score afterwards is one of them.
    tests: [...tests.map(reportedTest), ...adjustments.map(reportedAdjustment)],
    ...(error === undefined ? {} : { message: error }),
  });
}

const NO_PLACE = { test_code: "", filename: "", line_no: 0, execution_time: "0ms" } as const;

const reportedTest = (test: TestResult): object => ({
  name: `${test.id} ${test.title}`,
  status: test.status === "passed" ? "pass" : test.status === "error" ? "error" : "fail",
  score: test.points,
  message: testText(test),
  ...NO_PLACE,
});

const reportedAdjustment = (one: Adjustment): object => ({
  ...{ name: one.kind, status: one.points < 0 ? "fail" : "pass", score: one.points, message: adjustmentText(one) },
  ...NO_PLACE,
});

/** The same in base64: the value of `RUNNER_RESULTS`, the step's output `result`. */
export const githubClassroom = (result: Result): string =>
  `${toBase64(new TextEncoder().encode(githubClassroomReport(result)))}\n`;

/** Vocareum's `$vocareumGradeFile`: a criterion and its points a line, one for each task, and for what changed the score afterwards. */
export function vocareum(result: Result): string {
  const tasks = Map.groupBy(result.tests, ({ id }) => id.slice(0, id.lastIndexOf(".")));
  const rows = [...tasks].map(
    ([task, tests]) => `${task},${rounded(tests.reduce((sum, { points }) => sum + points, 0))}\n`,
  );
  if (rows.length === 0 && Object.hasOwn(ASSIGNMENTS, result.assignment)) {
    const { tasks: all } = ASSIGNMENTS[result.assignment as AssignmentId];
    rows.push(...all.map(({ id }) => `${id},0\n`)); // only criteria that the rubric names are read
  }
  const changes = Map.groupBy(result.adjustments ?? [], ({ kind }) => kind);
  const more = [...changes].map(([kind, all]) => `${kind},${adjustedBy({ adjustments: all })}\n`);
  return rows.length + more.length === 0 ? `${result.assignment || "submission"},0\n` : [...rows, ...more].join("");
}
