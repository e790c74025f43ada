import type { Result, TestResult } from "../result/result.ts";
import { rounded } from "../result/result.ts";

/** How often something was said, and to whom first. */
export interface Counted {
  readonly text: string;
  readonly count: number;
  /** Somebody to look at. */
  readonly example: string;
}

/** One test over a class. */
export interface TestSummary {
  readonly id: string;
  readonly title: string;
  readonly maxPoints: number;
  /** Mean points. */
  readonly mean: number;
  readonly passed: number;
  readonly partial: number;
  readonly failed: number;
  /** The most frequent messages of those who did not pass, without their numbers. */
  readonly messages: readonly Counted[];
}

/** One assignment over a class. */
export interface AssignmentSummary {
  readonly assignment: string;
  /** Results that could be graded. */
  readonly graded: number;
  readonly maxScore: number;
  readonly mean: number;
  /** Least, quarter, half, three quarters, most: of the scores. */
  readonly quartiles: readonly [number, number, number, number, number];
  /** How many have 0 to 10 %, ... 90 to 100 % of the points. */
  readonly tenths: readonly number[];
  /** Those that fail most first. */
  readonly tests: readonly TestSummary[];
  /** What the verifier said most often; each student counts once. */
  readonly verifier: readonly Counted[];
  /** Likely mistakes that were recognised. */
  readonly hints: readonly Counted[];
  /** Scores that were changed after grading. */
  readonly adjusted: number;
}

/** A class's results, summed up. */
export interface ClassSummary {
  readonly assignments: readonly AssignmentSummary[];
  /** What could not be graded. */
  readonly errors: readonly Counted[];
}

const MOST = 8;
const LONGEST = 200;

/** Names that variants draw for maps: syllables and what they are for. */
const DRAWN = /@?\b(?:[bdfgklmnprstvz][aeiou]){2,4}_[a-z]+\b(?:\[[^\]]*\])?/g;

/** A message without what differs from one program to the next: drawn names, registers, numbers, texts in quotes, its line. */
export const withoutDetails = (message: string): string =>
  message
    .split("\n")[0]!
    .replace(/ \(line \d+: .*$/, "")
    .replace(/: expected .*$/, ": not as expected")
    .replace(DRAWN, "NAME")
    .replace(/\b[rRwW]\d+\b/g, "R#")
    .replace(/-?\b(?:0x[0-9a-fA-F]+|\d+)\b/g, "#")
    .replace(/"[^"]*"/g, '"..."')
    .slice(0, LONGEST);

function counted(of: readonly (readonly [text: string, student: string])[]): readonly Counted[] {
  const found = new Map<string, Set<string>>();
  for (const [text, student] of of) found.set(text, (found.get(text) ?? new Set()).add(student));
  return [...found]
    .map(([text, students]) => ({ text, count: students.size, example: [...students].sort()[0]! }))
    .sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1))
    .slice(0, MOST);
}

/**
 * Which tests and which of the verifier's messages fail most, how scores lie. A message counts once for each student.
 *
 * @example summarise(results).assignments[0].tests[0] // the test that most fail
 */
export function summarise(results: readonly Result[]): ClassSummary {
  const good = results.filter(({ error }) => error === undefined);
  const assignments = Map.groupBy(good, ({ assignment }) => assignment);
  return {
    assignments: [...assignments.keys()].sort(byNumber).map((id) => ofAssignment(id, assignments.get(id)!)),
    errors: counted(
      results.flatMap(({ error, student }) => (error === undefined ? [] : [[withoutDetails(error), student] as const])),
    ),
  };
}

const byNumber = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

function ofAssignment(assignment: string, results: readonly Result[]): AssignmentSummary {
  const scores = results.map(({ score }) => score).sort((a, b) => a - b);
  const at = (part: number): number => scores[Math.round(part * (scores.length - 1))]!;
  const tenths = new Array<number>(10).fill(0);
  for (const { score, maxScore } of results)
    tenths[Math.min(9, Math.floor(maxScore === 0 ? 0 : (10 * score) / maxScore))]! += 1;
  const each = results.flatMap(({ tests, student }) => tests.map((test) => ({ test, student })));
  const tests = Map.groupBy(each, ({ test }) => test.id);
  const verifier = each.flatMap(({ test, student }) =>
    test.evidence?.verifier === undefined ? [] : [[withoutDetails(test.evidence.verifier), student] as const],
  );
  const hints = each.flatMap(({ test, student }) => (test.hint === undefined ? [] : [[test.hint, student] as const]));
  return {
    ...{ assignment, graded: results.length, tenths },
    maxScore: Math.max(...results.map(({ maxScore }) => maxScore)),
    mean: mean(scores),
    quartiles: [at(0), at(0.25), at(0.5), at(0.75), at(1)],
    tests: [...tests.values()].map(ofTest).sort((a, b) => a.passed - b.passed || byNumber(a.id, b.id)),
    verifier: counted(verifier),
    hints: counted(hints),
    adjusted: results.filter(({ adjustments = [] }) => adjustments.length > 0).length,
  };
}

const mean = (numbers: readonly number[]): number =>
  numbers.length === 0 ? 0 : rounded(numbers.reduce((sum, one) => sum + one, 0) / numbers.length);

function ofTest(all: readonly { readonly test: TestResult; readonly student: string }[]): TestSummary {
  const { id, title, maxPoints } = all[0]!.test;
  const count = (status: TestResult["status"]): number => all.filter(({ test }) => test.status === status).length;
  const messages = all
    .filter(({ test }) => test.status !== "passed" && test.message !== "")
    .map(({ test, student }) => [withoutDetails(test.message), student] as const);
  return {
    ...{ id, title, maxPoints, passed: count("passed"), partial: count("partial") },
    failed: count("failed") + count("error"),
    mean: mean(all.map(({ test }) => test.points)),
    messages: counted(messages),
  };
}
