import { ASSIGNMENTS } from "../assignments/index.ts";
import { testsOf } from "../judge/judge.ts";
import { type Adjustment, type Result, rounded, scoreOf } from "../result/result.ts";
import type { Lateness } from "./late.ts";
import type { Override } from "./overrides.ts";

/** What changes results after they were graded. */
export interface Adjusting {
  readonly overrides?: readonly Override[];
  /** By `assignment/student`. */
  readonly late?: ReadonlyMap<string, Lateness>;
  /** Who should have a result for each assignment that anybody has one for: who has none gets one without points. */
  readonly students?: readonly string[];
  readonly tool: string;
}

/** Results as they count, and what could not be done. */
export interface Adjusted {
  readonly results: readonly Result[];
  /** Decisions about tests or students that are not there any more, and points beyond what there are: one line each. */
  readonly warnings: readonly string[];
}

const keyOf = ({ assignment, student }: { readonly assignment: string; readonly student: string }): string =>
  `${assignment}/${student}`;

/**
 * Applies decisions and lateness to results as the judge made them; earlier adjustments are made anew, so it may be done any number of
 * times. Points that a decision gives a test are counted before lateness; one about the whole is the score, whatever was late. A second
 * entry in somebody's name, which was not graded, is left as it is.
 *
 * @example adjust(results, { overrides, late: latenessOf(policy, times), tool: "bpfbook 1.0.0" }).results
 */
export function adjust(given: readonly Result[], { overrides = [], late, students = [], tool }: Adjusting): Adjusted {
  const warnings: string[] = [];
  const results = [...given, ...missing(given, students, tool)];
  const taken = new Set<string>();
  const owners = ownersOf(results);
  const adjusted = results.map((result): Result => {
    const key = keyOf(result);
    if (owners.get(key) !== result) return withAdjustments(result, []);
    const own = overrides.filter((one) => keyOf(one) === key);
    for (const one of own) taken.add(`${key}/${one.test ?? ""}`);
    const whole = own.find(({ test }) => test === undefined);
    if (whole !== undefined) return wholeOf(result, whole, warnings);
    const changes = own.flatMap((one) => ofTest(result, one, warnings));
    const before = rounded(scoreOf(result.tests) + changes.reduce((sum, { points }) => sum + points, 0));
    const lateness = late?.get(key);
    const points = lateness === undefined ? 0 : -rounded((before * lateness.percent) / 100);
    if (lateness !== undefined && before > 0)
      changes.push({ kind: "late", points: points === 0 ? 0 : points, reason: lateness.reason });
    return withAdjustments(result, changes);
  });
  for (const one of overrides)
    if (!taken.has(`${keyOf(one)}/${one.test ?? ""}`))
      warnings.push(
        `${one.student} has no result for ${one.assignment}: the decision about ${one.test ?? "the whole"} waits`,
      );
  return { results: adjusted, warnings };
}

/** Whose result counts: the graded one where there are several. */
function ownersOf(results: readonly Result[]): ReadonlyMap<string, Result> {
  const owners = new Map<string, Result>();
  for (const result of results) {
    const before = owners.get(keyOf(result));
    if (before === undefined || (before.error !== undefined && result.error === undefined))
      owners.set(keyOf(result), result);
  }
  return owners;
}

function withAdjustments({ adjustments: _, ...result }: Result, adjustments: readonly Adjustment[]): Result {
  // Never -0.
  const score = Math.max(0, rounded(scoreOf(result.tests) + adjustments.reduce((sum, { points }) => sum + points, 0)));
  return { ...result, score, ...(adjustments.length === 0 ? {} : { adjustments }) };
}

const reasonOf = ({ reason, by }: Override): string => (by === undefined ? reason : `${reason} (${by})`);

function ofTest(result: Result, one: Override, warnings: string[]): Adjustment[] {
  const test = result.tests.find(({ id }) => id === one.test);
  if (test === undefined) {
    warnings.push(`${result.student} ${result.assignment}: there is no test ${one.test}; the decision is not applied`);
    return [];
  }
  const points = capped(one, test.maxPoints, `${result.student} ${test.id}`, warnings);
  return [{ kind: "override", points: rounded(points - test.points), reason: reasonOf(one), test: test.id }];
}

function wholeOf(given: Result, one: Override, warnings: string[]): Result {
  // What could not be graded has no points to be had: the assignment knows.
  const assignment = Object.hasOwn(ASSIGNMENTS, given.assignment)
    ? ASSIGNMENTS[given.assignment as keyof typeof ASSIGNMENTS]
    : undefined;
  const most = given.maxScore === 0 && assignment !== undefined ? maxOf(testsOf(assignment)) : given.maxScore;
  const points = capped(one, most, `${given.student} ${given.assignment}`, warnings);
  const change = { kind: "override", points: rounded(points - scoreOf(given.tests)), reason: reasonOf(one) } as const;
  return withAdjustments({ ...given, maxScore: most }, [change]);
}

const maxOf = (tests: readonly { readonly maxPoints: number }[]): number =>
  rounded(tests.reduce((sum, { maxPoints }) => sum + maxPoints, 0));

function capped({ points }: Override, most: number, who: string, warnings: string[]): number {
  if (points! <= most) return points!;
  warnings.push(`${who}: ${points} points by hand, there are ${most}: ${most} count`);
  return most;
}

/** Of each assignment those who have no result. */
function missing(results: readonly Result[], students: readonly string[], tool: string): readonly Result[] {
  const assignments = new Set(results.filter(({ tests }) => tests.length > 0).map(({ assignment }) => assignment));
  const there = new Set(results.map(keyOf));
  return [...assignments].flatMap((assignment) =>
    students
      .filter((student) => !there.has(keyOf({ assignment, student })))
      .map((student): Result => {
        const maxScore = results.find((one) => one.assignment === assignment && one.tests.length > 0)!.maxScore;
        return {
          version: 1,
          ...{ assignment, student, tool, assignmentHash: "", submissionHash: "", variant: "" },
          ...{ score: 0, maxScore, tests: [], error: "nothing was handed in" },
        };
      }),
  );
}
