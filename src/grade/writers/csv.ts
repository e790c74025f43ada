import { suggest } from "../../asm/suggest.ts";
import { GradeError } from "../error.ts";
import { type Result, rounded } from "../result/result.ts";

/** What a column can hold. */
const VALUES = {
  student: (result) => result.student,
  assignment: (result) => result.assignment,
  score: (result) => String(result.score),
  max: (result) => String(result.maxScore),
  percent: (result) => (result.maxScore === 0 ? "0" : String(rounded((100 * result.score) / result.maxScore))),
  passed: (result) => String(result.tests.filter(({ status }) => status === "passed").length),
  tests: (result) => String(result.tests.length),
  variant: (result) => result.variant,
  submission: (result) => result.submissionHash,
  error: (result) => result.error ?? "",
  failed: (result) =>
    result.tests
      .filter(({ status }) => status !== "passed")
      .map(({ id }) => id)
      .join(" "),
} as const satisfies Readonly<Record<string, (result: Result) => string>>;

/** The columns of learning systems' own tables. */
export const PRESETS: Readonly<Record<string, string>> = {
  default: "student,assignment,score,max,percent,failed,error",
  /** What Moodle's "Grades, Import, CSV file" maps to a user and a grade item. */
  moodle: "ID number=student,Grade=score,Feedback=failed",
  /** What Canvas' gradebook takes beside the columns that name a student. */
  canvas: "SIS User ID=student,Points=score",
};

/** Cells that a spreadsheet would take for a formula begin with an apostrophe. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * A table with a line for each result. `columns` are names with commas between, each with another head where wanted
 * (`Grade=score`), or `task:a3/1` for the points of one task, or the name of a preset. Throws `GradeError` for a column that there
 * is not.
 *
 * @example csv(results, "ID number=student,Grade=score,First task=task:a3/1")
 */
export function csv(results: readonly Result[], columns = "default"): string {
  const list = (Object.hasOwn(PRESETS, columns) ? PRESETS[columns]! : columns).split(",").map(columnOf);
  const rows = results.map((result) => list.map(({ value }) => cell(value(result))).join(","));
  return `${[list.map(({ head }) => cell(head)).join(","), ...rows].join("\r\n")}\r\n`;
}

function columnOf(text: string): { readonly head: string; readonly value: (result: Result) => string } {
  const at = text.lastIndexOf("=");
  const name = text.slice(at + 1).trim();
  const head = at < 0 ? name : text.slice(0, at).trim();
  if (name.startsWith("task:")) {
    const prefix = `${name.slice("task:".length)}.`;
    const points = (result: Result): number =>
      result.tests.reduce((sum, test) => (test.id.startsWith(prefix) ? sum + test.points : sum), 0);
    return { head, value: (result) => String(rounded(points(result))) };
  }
  if (Object.hasOwn(VALUES, name)) return { head, value: VALUES[name as keyof typeof VALUES] };
  const near = suggest(name, Object.keys(VALUES));
  const known = `${Object.keys(VALUES).join(", ")}, task:NAME`;
  throw new GradeError(
    "unknown-row",
    "columns",
    `there is no column ${JSON.stringify(name)}`,
    near ? `Did you mean ${near}?` : `There are ${known}`,
  );
}
