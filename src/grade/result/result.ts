/** Whether a student may see a test before the deadline. Hidden ones are reported without what they expect. */
export type Visibility = "visible" | "hidden";

/** `error`: the test could not be done at all, for there was no answer or none that can be looked at. */
export type TestStatus = "passed" | "partial" | "failed" | "error";

/** What a test saw when it failed; texts that a person reads. */
export interface Evidence {
  /** The failing input: a packet, the system calls that were made, ... */
  readonly input?: string;
  /** What was wanted. Only in the teacher's data for hidden tests. */
  readonly expected?: string;
  readonly got?: string;
  /** Why Linux's verifier refuses the program: message, cause, ways out. */
  readonly verifier?: string;
  /** The last instructions that the program executed on the input. */
  readonly trace?: string;
}

/** What one test of a task found. */
export interface TestResult {
  /** Task, dot, v or h with a number: `a3/2.h1`. */
  readonly id: string;
  readonly title: string;
  /** From 0 to `maxPoints`, in hundredths. */
  readonly points: number;
  readonly maxPoints: number;
  readonly visibility: Visibility;
  readonly status: TestStatus;
  /** What happened, in a sentence or a few lines. */
  readonly message: string;
  /** What is worth thinking about, where the mistake is a likely one. */
  readonly hint?: string;
  readonly evidence?: Evidence;
}

/** What changed a score after its tests were done. */
export interface Adjustment {
  readonly kind: "late" | "override";
  /** What is added to the score, in hundredths; below 0 where it is taken off. */
  readonly points: number;
  /** What the student reads. */
  readonly reason: string;
  /** The test whose points were set; left out where it is about the whole. */
  readonly test?: string;
}

/**
 * What grading found. The same bytes on every machine for the same submission, assignment and variant: no time and no place
 * is in it.
 */
export interface Result {
  readonly version: 1;
  readonly assignment: string;
  /** SHA-256 of what the assignment asks and tests, by which a result that an older version made is known. */
  readonly assignmentHash: string;
  readonly student: string;
  /** SHA-256 of the submission's bytes. */
  readonly submissionHash: string;
  /** Which instance of the assignment: nothing can be derived from it. */
  readonly variant: string;
  /** Name and version of the grader. */
  readonly tool: string;
  /** The sum of the tests' points and of the adjustments'. */
  readonly score: number;
  readonly maxScore: number;
  readonly tests: readonly TestResult[];
  /** The teacher's; the judge makes none. */
  readonly adjustments?: readonly Adjustment[];
  /** Why there are no tests: a submission that is none, an assignment that there is not. */
  readonly error?: string;
}

/** Points in hundredths: sums are the same in every order. @example rounded(1 / 3) // 0.33 */
export const rounded = (points: number): number => Math.round(points * 100) / 100;

/** The sum of the tests' points. */
export const scoreOf = (tests: readonly Pick<TestResult, "points">[]): number =>
  rounded(tests.reduce((sum, { points }) => sum + points, 0));

/** The points of all adjustments. */
export const adjustedBy = ({ adjustments = [] }: Pick<Result, "adjustments">): number =>
  rounded(adjustments.reduce((sum, { points }) => sum + points, 0));

/** An adjustment in a line. @example "late: -1.5 points: 2 days late" */
export const adjustmentText = ({ kind, points, reason, test }: Adjustment): string => {
  const what = kind === "late" ? "late" : `set by hand${test === undefined ? "" : `, ${test}`}`;
  return `${what}: ${points > 0 ? "+" : ""}${points} points: ${reason}`;
};

/**
 * The result as a student may see it: of a hidden test what went in and what came out, never its title's details or what it
 * expects.
 *
 * @example forStudent(result).tests.every((test) => test.visibility === "visible" || test.evidence?.expected === undefined)
 */
export function forStudent(result: Result): Result {
  return { ...result, tests: result.tests.map(redacted) };
}

function redacted(test: TestResult): TestResult {
  if (test.visibility === "visible") return test;
  const { evidence, hint, ...rest } = test;
  const number = test.id.slice(test.id.lastIndexOf(".h") + 2);
  const { expected: _expected, ...shown } = evidence ?? {};
  return {
    ...rest,
    title: `hidden test ${number}`,
    message: HIDDEN_WORDS[test.status],
    ...(hint === undefined ? {} : { hint }),
    ...(Object.keys(shown).length === 0 ? {} : { evidence: shown }),
  };
}

const HIDDEN_WORDS: Readonly<Record<TestStatus, string>> = {
  passed: "passed",
  partial: "passed in part: with other inputs than those in your notebook the answer is not always right",
  failed: "failed: with other inputs than those in your notebook the answer is not right",
  error: "could not be done: see the visible tests of this task",
};
