import { isObject } from "../../isa/argument.ts";
import { GradeError } from "../error.ts";
import { rounded } from "../result/result.ts";
import { ASSIGNMENT_ID, STUDENT_ID } from "../submission/artefact.ts";
import { canonical, readJson } from "../submission/json.ts";

/**
 * A decision by hand: so many points for a test, or for the whole. It is kept beside the results, never in them, so a regrade keeps it.
 *
 * @example { student: "ada", assignment: "a3", test: "a3/1.h2", points: 2, reason: "the text was unclear", by: "M. Curie" }
 */
export interface Override {
  readonly student: string;
  readonly assignment: string;
  /** Left out: the points are the final score, which lateness does not change. */
  readonly test?: string;
  /** `null` takes an earlier decision back. */
  readonly points: number | null;
  readonly reason: string;
  readonly by?: string;
}

const LINE = 10_000;
const TEST_ID = /^[a-z][a-z0-9-]*\/[a-z0-9-]+\.[vh]\d+$/;

/** What a decision is about. */
const aboutOf = ({ student, assignment, test = "" }: Override): string => `${assignment}/${student}/${test}`;

/** A decision as a line of a file. */
export const overrideLine = (override: Override): string => `${canonical(override)}\n`;

/** Checks one decision. Throws `GradeError`, with the member. */
export function checkOverride(value: unknown, where = "override"): Override {
  const wrong = (member: string, problem: string): never => {
    throw new GradeError("not-a-policy", `${where}.${member}`, problem);
  };
  if (!isObject(value)) throw new GradeError("not-a-policy", where, "it is no decision");
  const { student, assignment, test, points, reason, by } = value;
  if (typeof student !== "string" || !STUDENT_ID.test(student)) return wrong("student", "it is no name of a student");
  if (typeof assignment !== "string" || !ASSIGNMENT_ID.test(assignment))
    return wrong("assignment", "it is no name such as a3");
  if (test !== undefined && (typeof test !== "string" || !TEST_ID.test(test) || !test.startsWith(`${assignment}/`)))
    return wrong("test", `it is no test of ${assignment}, such as ${assignment}/1.h1`);
  if (points !== null && !(typeof points === "number" && points >= 0 && rounded(points) === points))
    return wrong("points", "they are no points in hundredths, from 0");
  if (typeof reason !== "string" || reason.trim() === "")
    return wrong("reason", "a decision has a reason, which the student reads");
  if (by !== undefined && typeof by !== "string") return wrong("by", "it is no text");
  return {
    ...{ student, assignment, points, reason: reason.trim() },
    ...(test === undefined ? {} : { test }),
    ...(by === undefined ? {} : { by }),
  };
}

/**
 * Reads decisions, one a line: a later one about the same replaces an earlier one. Throws `GradeError`, with the line.
 *
 * @example readOverrides('{"student":"ada","assignment":"a3","test":"a3/1.h2","points":2,"reason":"..."}\n')
 */
export function readOverrides(text: string, where = "overrides"): readonly Override[] {
  const last = new Map<string, Override>();
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const place = `${where}:${at + 1}`;
    const one = checkOverride(readJson(new TextEncoder().encode(line), { bytes: LINE, depth: 2, where: place }), place);
    last.delete(aboutOf(one));
    last.set(aboutOf(one), one);
  }
  return [...last.values()].filter(({ points }) => points !== null);
}
