import { describe, isObject } from "../../isa/argument.ts";
import { GradeError } from "../error.ts";
import { canonical, readJson } from "../submission/json.ts";
import {
  type Adjustment,
  adjustedBy,
  type Evidence,
  type Result,
  rounded,
  scoreOf,
  type TestResult,
  type TestStatus,
} from "./result.ts";

const STATUSES: readonly TestStatus[] = ["passed", "partial", "failed", "error"];
const EVIDENCE = ["input", "expected", "got", "verifier", "trace"] as const satisfies readonly (keyof Evidence)[];

/** Bytes of a result at most. */
const MOST_BYTES = 1_000_000;

/** The bytes of a result, one line: equal results, equal bytes. @example appendFileSync("results.jsonl", resultBytes(result)) */
export const resultLine = (result: Result): string => `${canonical(result)}\n`;

/**
 * Reads a result, checking every member and that its points add up. Throws `GradeError`, with the member.
 *
 * @example readResult(new TextEncoder().encode(line)).score
 */
export function readResult(bytes: Uint8Array, where = ""): Result {
  return checkResult(readJson(bytes, { bytes: MOST_BYTES, depth: 8, where }), where);
}

/** The same for a value that was read already. */
export function checkResult(value: unknown, where = ""): Result {
  const at = (member: string): string => (where === "" ? member : `${where}.${member}`);
  const wrong = (member: string, problem: string): never => {
    throw new GradeError("not-a-result", at(member), problem);
  };
  if (!isObject(value) || Array.isArray(value)) return wrong("", `it is ${describe(value)}, no result`);
  if (value.version !== 1) return wrong("version", `it is ${describe(value.version)}, not 1`);
  const text = (of: Readonly<Record<string, unknown>>, member: string, path = member): string => {
    const found = of[member];
    return typeof found === "string" ? found : wrong(path, `it is ${describe(found)}, no text`);
  };
  const points = (of: Readonly<Record<string, unknown>>, member: string, path = member): number => {
    const found = of[member];
    return typeof found === "number" && found >= 0 && rounded(found) === found
      ? found
      : wrong(path, `it is ${describe(found)}, no points in hundredths`);
  };
  const test = (one: unknown, index: number): TestResult => {
    const path = `tests[${index}]`;
    if (!isObject(one)) return wrong(path, `it is ${describe(one)}, no test`);
    const { visibility, hint, evidence } = one;
    const status = STATUSES.find((each) => each === one.status);
    if (visibility !== "visible" && visibility !== "hidden")
      return wrong(`${path}.visibility`, `it is ${describe(visibility)}, not visible or hidden`);
    if (status === undefined) return wrong(`${path}.status`, `it is ${describe(one.status)}`);
    if (evidence !== undefined && !isObject(evidence)) return wrong(`${path}.evidence`, "it is no object");
    const kept: Partial<Record<keyof Evidence, string>> = {};
    for (const name of EVIDENCE)
      if (evidence?.[name] !== undefined) kept[name] = text(evidence, name, `${path}.evidence.${name}`);
    const read: TestResult = {
      id: text(one, "id", `${path}.id`),
      title: text(one, "title", `${path}.title`),
      points: points(one, "points", `${path}.points`),
      maxPoints: points(one, "maxPoints", `${path}.maxPoints`),
      ...{ visibility, status },
      message: text(one, "message", `${path}.message`),
      ...(hint === undefined ? {} : { hint: text(one, "hint", `${path}.hint`) }),
      ...(evidence === undefined ? {} : { evidence: kept }),
    };
    if (read.points > read.maxPoints) wrong(`${path}.points`, `${read.points} of ${read.maxPoints}`);
    return read;
  };
  const adjustment = (one: unknown, index: number): Adjustment => {
    const path = `adjustments[${index}]`;
    if (!isObject(one)) return wrong(path, `it is ${describe(one)}, no adjustment`);
    const { kind, points: change, test: of } = one;
    if (kind !== "late" && kind !== "override")
      return wrong(`${path}.kind`, `it is ${describe(kind)}, not late or override`);
    if (typeof change !== "number" || rounded(change) !== change)
      return wrong(`${path}.points`, `it is ${describe(change)}, no points in hundredths`);
    const reason = text(one, "reason", `${path}.reason`);
    return { kind, points: change, reason, ...(of === undefined ? {} : { test: text(one, "test", `${path}.test`) }) };
  };
  const { adjustments } = value;
  if (adjustments !== undefined && !Array.isArray(adjustments)) return wrong("adjustments", "it is no list");
  if (!Array.isArray(value.tests)) return wrong("tests", `it is ${describe(value.tests)}, no list`);
  const result: Result = {
    version: 1,
    assignment: text(value, "assignment"),
    assignmentHash: text(value, "assignmentHash"),
    student: text(value, "student"),
    submissionHash: text(value, "submissionHash"),
    variant: text(value, "variant"),
    tool: text(value, "tool"),
    score: points(value, "score"),
    maxScore: points(value, "maxScore"),
    tests: value.tests.map(test),
    ...(adjustments === undefined ? {} : { adjustments: adjustments.map(adjustment) }),
    ...(value.error === undefined ? {} : { error: text(value, "error") }),
  };
  const sum = rounded(scoreOf(result.tests) + adjustedBy(result));
  if (sum !== result.score) wrong("score", `its tests have ${sum} points in all`);
  return result;
}
