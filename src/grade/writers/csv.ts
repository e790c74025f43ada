import { suggest } from "../../asm/suggest.ts";
import { GradeError } from "../error.ts";
import { adjustedBy, adjustmentText, type Result, rounded, scoreOf } from "../result/result.ts";

const percentOf = (score: number, max: number): string => (max === 0 ? "0" : String(rounded((100 * score) / max)));

/** What a column can hold. */
const VALUES = {
  student: (result) => result.student,
  assignment: (result) => result.assignment,
  score: (result) => String(result.score),
  max: (result) => String(result.maxScore),
  percent: (result) => percentOf(result.score, result.maxScore),
  /** What the tests gave, before lateness and decisions by hand. */
  graded: (result) => String(scoreOf(result.tests)),
  adjusted: (result) => String(adjustedBy(result)),
  why: (result) => (result.adjustments ?? []).map(adjustmentText).join("; "),
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
  /** What Canvas' gradebook takes; the roster is the gradebook that Canvas exported, whose other columns it wants back. */
  canvas:
    "Student=roster:Student,ID=roster:ID,SIS User ID=student,SIS Login ID=roster:SIS Login ID,Section=roster:Section,Points=score",
};

/** A course's roster as far as a table needs it: the columns that it came with, by student. */
export interface CsvOptions {
  /** Names of columns with commas between, or the name of a preset. */
  readonly columns?: string | undefined;
  readonly roster?: readonly { readonly student: string; readonly cells: Readonly<Record<string, string>> }[];
}

/** One row: a result, or all of a student's where a column asks for an assignment by name. */
interface Row {
  readonly result: Result;
  readonly all: readonly Result[];
}

interface Column {
  readonly head: string;
  readonly value: (row: Row) => string;
  /** It holds one assignment's points: a row is a student, not a result. */
  readonly pivots?: true;
}

/** Cells that a spreadsheet would take for a formula begin with an apostrophe. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * A table with a line for each result. `columns` are names with commas between, each with another head where wanted
 * (`Grade=score`), `task:a3/1` for the points of one task, `roster:NAME` for what the roster has in that column, or the name of a preset.
 * With `score:a3`, or `total` for all assignments, a line is a student. Throws `GradeError` for a column that there is not.
 *
 * @example csv(results, { columns: "ID number=student,Grade=score,First task=task:a3/1" })
 */
export function csv(results: readonly Result[], { columns = "default", roster = [] }: CsvOptions = {}): string {
  const cells = new Map(roster.map((one) => [one.student, one.cells]));
  const heads = new Set(roster.flatMap((one) => Object.keys(one.cells)));
  const text = Object.hasOwn(PRESETS, columns) ? PRESETS[columns]! : columns;
  const wanted = text
    .split(",")
    .filter((one) => roster.length > 0 || columns !== "canvas" || !one.includes("=roster:"));
  const list = wanted.map((one) => columnOf(one, { cells, heads }));
  const students = Map.groupBy(results, ({ student }) => student);
  const rows: readonly Row[] = list.some(({ pivots }) => pivots)
    ? [...students.values()].map((all) => ({ result: all[0]!, all }))
    : results.map((result) => ({ result, all: [result] }));
  const lines = rows.map((row) => list.map(({ value }) => cell(value(row))).join(","));
  return `${[list.map(({ head }) => cell(head)).join(","), ...lines].join("\r\n")}\r\n`;
}

/** The roster's columns, and which there are. */
interface Known {
  readonly cells: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly heads: ReadonlySet<string>;
}

function columnOf(text: string, { cells, heads }: Known): Column {
  const at = text.lastIndexOf("=");
  const name = text.slice(at + 1).trim();
  const colon = name.indexOf(":");
  const of = name.slice(colon + 1);
  const head = at < 0 ? of : text.slice(0, at).trim();
  switch (colon < 0 ? name : name.slice(0, colon + 1)) {
    case "task:": {
      const points = ({ result }: Row): number =>
        result.tests.reduce((sum, test) => (test.id.startsWith(`${of}.`) ? sum + test.points : sum), 0);
      return { head, value: (row) => String(rounded(points(row))) };
    }
    case "score:": {
      // Somebody's second entry is an error with 0 points beside the graded one.
      const scores = ({ all }: Row): readonly number[] =>
        all.filter(({ assignment }) => assignment === of).map(({ score }) => score);
      return { head, pivots: true, value: (row) => (scores(row).length === 0 ? "" : String(Math.max(...scores(row)))) };
    }
    case "total":
      return {
        head,
        pivots: true,
        value: ({ all }) => String(rounded(all.reduce((sum, { score }) => sum + score, 0))),
      };
    case "roster:":
      if (heads.has(of)) return { head, value: ({ result }) => cells.get(result.student)?.[of] ?? "" };
      throw unknownColumn(
        name,
        [...heads].map((one) => `roster:${one}`),
        "--roster FILE has other columns",
      );
  }
  if (Object.hasOwn(VALUES, name)) return { head, value: ({ result }) => VALUES[name as keyof typeof VALUES](result) };
  throw unknownColumn(name, [...Object.keys(VALUES), "total", "task:NAME", "score:ASSIGNMENT", "roster:HEAD"]);
}

function unknownColumn(name: string, known: readonly string[], why = ""): GradeError {
  const near = suggest(name, known);
  const mend = near
    ? `Did you mean ${near}?`
    : known.length === 0
      ? "--roster FILE names the roster"
      : `There are ${known.join(", ")}`;
  const problem = `there is no column ${JSON.stringify(name)}${why === "" || near || known.length === 0 ? "" : `: ${why}`}`;
  return new GradeError("unknown-row", "columns", problem, mend);
}
