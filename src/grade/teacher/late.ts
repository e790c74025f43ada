import { isObject } from "../../isa/argument.ts";
import { GradeError } from "../error.ts";
import { ASSIGNMENT_ID, STUDENT_ID } from "../submission/artefact.ts";
import { readJson } from "../submission/json.ts";
import { csvTable } from "./csv-table.ts";

const DAY = 86_400_000;
const MINUTE = 60_000;

/**
 * When what is due and what lateness costs.
 *
 * @example
 * { deadlines: { a3: "2026-11-30T23:59:00+01:00" }, extensions: { ada: { a3: 2 } },
 *   graceMinutes: 15, freeDays: 3, percentPerDay: 10, mostPercent: 50, closedAfterDays: 7 }
 */
export interface LatePolicy {
  /** By assignment: a moment with its offset from UTC. One without a deadline is never late. */
  readonly deadlines: Readonly<Record<string, string>>;
  /** Days more, by student and assignment. */
  readonly extensions: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Minutes after a deadline that are not late. */
  readonly graceMinutes: number;
  /** Late days that each student may take over the whole course, used at the earliest deadlines first. */
  readonly freeDays: number;
  /** Of the score, for each day begun. */
  readonly percentPerDay: number;
  /** What lateness costs at most. */
  readonly mostPercent: number;
  /** Days after which nothing counts; left out: never. */
  readonly closedAfterDays?: number;
}

/** Something that was handed in. */
export interface Handed {
  readonly student: string;
  readonly assignment: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What lateness costs one submission. */
export interface Lateness {
  /** Days begun after deadline, extension and grace. */
  readonly days: number;
  /** Of them, those that were free. */
  readonly free: number;
  /** Per cent of the score that are taken off. */
  readonly percent: number;
  /** For the student. */
  readonly reason: string;
}

const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** A moment with its offset from UTC in milliseconds. Throws `GradeError`: a time without an offset means another moment elsewhere. */
export function momentOf(text: string, where: string): number {
  const at = MOMENT.test(text) ? Date.parse(text.replace(" ", "T")) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new GradeError(
    "not-a-policy",
    where,
    `${JSON.stringify(text.slice(0, 40))} is no moment such as 2026-11-30T23:59:00+01:00`,
  );
}

const NUMBERS = { graceMinutes: 0, freeDays: 0, percentPerDay: 0, mostPercent: 100 } as const;

/** Reads a policy from JSON. Throws `GradeError`, with the member. */
export function readPolicy(bytes: Uint8Array, where = "policy"): LatePolicy {
  const value = readJson(bytes, { bytes: 1_000_000, depth: 4, where });
  const wrong = (member: string, problem: string): never => {
    throw new GradeError("not-a-policy", `${where}.${member}`, problem);
  };
  if (!isObject(value)) throw new GradeError("not-a-policy", where, "it is no object");
  const known = [...Object.keys(NUMBERS), "deadlines", "extensions", "closedAfterDays"];
  for (const name of Object.keys(value))
    if (!known.includes(name)) wrong(name, `there is no such word: ${known.join(", ")}`);
  const number = (name: string, from: unknown): number =>
    typeof from === "number" && from >= 0 && from <= 100_000 ? from : wrong(name, "it is no number from 0");
  const { deadlines = {}, extensions = {}, closedAfterDays } = value;
  if (!isObject(deadlines)) return wrong("deadlines", "it is no object of moments by assignment");
  for (const [id, at] of Object.entries(deadlines)) {
    if (!ASSIGNMENT_ID.test(id)) wrong(`deadlines.${id}`, "it is no name of an assignment");
    momentOf(typeof at === "string" ? at : "", `${where}.deadlines.${id}`);
  }
  if (!isObject(extensions)) return wrong("extensions", "it is no object of days by student and assignment");
  for (const [student, of] of Object.entries(extensions)) {
    if (!STUDENT_ID.test(student) || !isObject(of))
      return wrong(`extensions.${student}`, "it is no student with days by assignment");
    for (const [id, days] of Object.entries(of)) number(`extensions.${student}.${id}`, days);
  }
  const numbers = Object.fromEntries(
    Object.entries(NUMBERS).map(([name, none]) => [name, number(name, value[name] ?? none)]),
  );
  return {
    ...(numbers as Record<keyof typeof NUMBERS, number>),
    deadlines: deadlines as LatePolicy["deadlines"],
    extensions: extensions as LatePolicy["extensions"],
    ...(closedAfterDays === undefined ? {} : { closedAfterDays: number("closedAfterDays", closedAfterDays) }),
  };
}

/** Reads a table with columns `student`, `assignment`, `submitted`; of several moments the last one counts. Throws `GradeError`, with the line. */
export function readTimes(text: string, where = "times"): readonly Handed[] {
  const [head, ...rows] = csvTable(text, where);
  const columns = ["student", "assignment", "submitted"].map((name) => {
    const at = head?.cells.findIndex((cell) => cell.toLowerCase() === name) ?? -1;
    if (at < 0) throw new GradeError("not-a-table", `${where}:${head?.line ?? 1}`, `there is no column ${name}`);
    return at;
  });
  const last = new Map<string, Handed>();
  for (const { line, cells } of rows) {
    const [student = "", assignment = "", submitted = ""] = columns.map((at) => cells[at] ?? "");
    const at = momentOf(submitted, `${where}:${line}`);
    const key = `${assignment}/${student}`;
    if ((last.get(key)?.at ?? Number.NEGATIVE_INFINITY) < at) last.set(key, { student, assignment, at });
  }
  return [...last.values()];
}

/** What lateness costs, by `assignment/student`; who was in time is not in it. */
export function latenessOf(policy: LatePolicy, handed: readonly Handed[]): ReadonlyMap<string, Lateness> {
  const deadline = ({ assignment }: Handed): number => Date.parse(policy.deadlines[assignment]!.replace(" ", "T"));
  const due = handed.filter(({ assignment }) => Object.hasOwn(policy.deadlines, assignment));
  const left = new Map<string, number>();
  const found = new Map<string, Lateness>();
  for (const one of due.toSorted((a, b) => deadline(a) - deadline(b) || (a.assignment < b.assignment ? -1 : 1))) {
    const { student, assignment, at } = one;
    const until = deadline(one) + (policy.extensions[student]?.[assignment] ?? 0) * DAY;
    if (at <= until + policy.graceMinutes * MINUTE) continue;
    const days = Math.ceil((at - until) / DAY);
    const closed = policy.closedAfterDays !== undefined && days > policy.closedAfterDays;
    const free = closed ? 0 : Math.min(days, left.get(student) ?? policy.freeDays);
    left.set(student, (left.get(student) ?? policy.freeDays) - free);
    const percent = closed ? 100 : Math.min(policy.mostPercent, (days - free) * policy.percentPerDay);
    const used = free === 0 ? "" : `, ${free} of them free`;
    const cost = closed ? `after ${policy.closedAfterDays} days nothing counts` : `${percent} % of the score`;
    found.set(`${assignment}/${student}`, {
      days,
      free,
      percent,
      reason: `${days} ${days === 1 ? "day" : "days"} late${used}: ${cost}`,
    });
  }
  return found;
}
