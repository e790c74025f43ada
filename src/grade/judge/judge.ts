import { toHex } from "../../isa/encode.ts";
import type { Assignment } from "../assignment/assignment.ts";
import { assignmentHash } from "../assignment/assignment.ts";
import { sha256 } from "../assignment/hmac.ts";
import type { Variant } from "../assignment/variant.ts";
import { type Result, rounded, scoreOf, type TestResult } from "../result/result.ts";
import type { DecodedSubmission } from "../submission/decode.ts";
import { encodeSubmission } from "../submission/encode.ts";
import { judgeTest, type PlannedTest, plannedTests } from "./judge-task.ts";

export interface JudgeOptions {
  /** Name and version of the grader. */
  readonly tool: string;
  /** Only the visible tests, as for the student. */
  readonly visibleOnly?: boolean;
  /** Tests that were done before, by id: their results are taken over. */
  readonly done?: ReadonlyMap<string, TestResult>;
  /** Told before each test begins and after it ended. */
  readonly onTest?: (test: PlannedTest, result?: TestResult) => void;
}

/** All tests of an assignment, in order. */
export const testsOf = (assignment: Assignment): readonly PlannedTest[] =>
  assignment.tasks.flatMap((task) => plannedTests(task));

/** What a result says before any test is done. */
export function resultHead(
  assignment: Assignment,
  { submission }: DecodedSubmission,
  variant: Variant,
  tool: string,
): Omit<Result, "score" | "maxScore" | "tests"> {
  return {
    version: 1,
    assignment: assignment.id,
    assignmentHash: assignmentHash(assignment),
    student: submission.student,
    submissionHash: toHex(sha256(encodeSubmission(submission))),
    variant: variant.id,
    tool,
  };
}

/**
 * Grades a submission: every test of the assignment on the student's variant. Runs in a process without the student's TypeScript;
 * what is run are programs, on machines of their own. A missing or damaged answer fails its own tests only.
 *
 * Programs that Linux's verifier accepts end, but may take long: `judgeBounded` also keeps a wall clock.
 *
 * @example
 * const decoded = decodeSubmission(bytes);
 * const result = await judge(a1, decoded, Variant.of(secret, "a1", decoded.submission.student), { tool: "bpfbook 1.0.0" });
 */
export async function judge(
  assignment: Assignment,
  decoded: DecodedSubmission,
  variant: Variant,
  { tool, visibleOnly = false, done = new Map(), onTest = () => {} }: JudgeOptions,
): Promise<Result> {
  const { submission, faults } = decoded;
  const params = assignment.variant(variant);
  const tests: TestResult[] = [];
  for (const task of assignment.tasks) {
    for (const test of plannedTests(task)) {
      if (visibleOnly && test.visibility === "hidden") continue;
      const before = done.get(test.id);
      if (before !== undefined) {
        tests.push(before);
        continue;
      }
      onTest(test);
      const artefact = Object.hasOwn(submission.answers, task.id) ? submission.answers[task.id] : undefined;
      const v = visibleOnly ? undefined : variant.part(test.id);
      const result = await judgeTest(task, test, { artefact, fault: faults.get(task.id), params, v });
      onTest(test, result);
      tests.push(result);
    }
  }
  return {
    ...resultHead(assignment, decoded, variant, tool),
    score: scoreOf(tests),
    maxScore: rounded(tests.reduce((sum, { maxPoints }) => sum + maxPoints, 0)),
    tests,
  };
}

/** Does the visible tests of a submission with the parameters that the student's notebook has: the student's own check. */
export async function judgeVisible(
  assignment: Assignment,
  { submission, faults }: DecodedSubmission,
  params: unknown,
): Promise<readonly TestResult[]> {
  const tests: TestResult[] = [];
  for (const task of assignment.tasks) {
    const input = { artefact: submission.answers[task.id], fault: faults.get(task.id), params };
    for (const test of plannedTests(task)) {
      if (test.visibility === "visible") tests.push(await judgeTest(task, test, input));
    }
  }
  return tests;
}
