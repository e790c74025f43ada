import { GradeError } from "../error.ts";
import { STUDENT_ID } from "../submission/artefact.ts";
import { csvTable } from "./csv-table.ts";

/** One student of a course. */
export interface RosterStudent {
  /** As submissions and results name the student. */
  readonly student: string;
  /** For people, in any script; empty where the roster has none. */
  readonly name: string;
  /** All cells by their heads, as they were. */
  readonly cells: Readonly<Record<string, string>>;
}

/** Heads of the column that names a student, the best one first: ours, Moodle's, Canvas', Blackboard's, GitHub Classroom's. */
const ID_HEADS = [
  ...["student", "student id", "id number", "sis user id", "sis login id", "username", "user name", "identifier"],
  ...["id", "email", "email address"],
] as const;
const NAME_HEADS = ["name", "full name", "student name", "display name"] as const;
const FIRST_HEADS = ["first name", "given name", "firstname", "vorname", "prénom"] as const;
const LAST_HEADS = ["last name", "surname", "family name", "lastname", "nachname", "nom"] as const;
/** Rows whose faults are told one by one. */
const TOLD = 10;

/** NFC, so that a name is the same however it was typed. */
const plain = (text: string): string => text.normalize("NFC").trim();

/**
 * Reads a course's roster: a list of names, one a line, or a table whose head names a column `student`, `ID number`, `SIS User ID`,
 * `username`, `email`, ... Throws one `GradeError` that tells all faulty rows by their lines: names that none may have, the same one twice,
 * rows that are too long or have no name.
 *
 * @example readRoster('\ufeffID number,Full name\n"7a","Lovelace, Ada"\n')[0].name // "Lovelace, Ada"
 */
export function readRoster(text: string, where = "roster"): readonly RosterStudent[] {
  const rows = csvTable(text, where);
  const [first] = rows;
  if (first === undefined) throw new GradeError("not-a-table", where, "there is nobody in it");
  const heads = first.cells.map(plain);
  const columnOf = (names: readonly string[]): number =>
    names.map((name) => heads.findIndex((head) => head.toLowerCase() === name)).find((at) => at >= 0) ?? -1;
  const id = columnOf(ID_HEADS);
  if (id < 0 && heads.length > 1) {
    const mend = `Call the column of names that submissions have "student"; there are ${heads.join(", ")}`;
    throw new GradeError("not-a-table", `${where}:${first.line}`, "no column names the students", mend);
  }
  const [name, given, family] = [columnOf(NAME_HEADS), columnOf(FIRST_HEADS), columnOf(LAST_HEADS)];
  const seen = new Map<string, number>();
  const faults: string[] = [];
  const students = (id < 0 ? rows : rows.slice(1)).map(({ line, cells }): RosterStudent => {
    const at = (column: number): string => plain(cells[column] ?? "");
    const student = at(Math.max(0, id));
    const fault = faultOf(student, cells.length, id < 0 ? 1 : heads.length) ?? twice(seen.get(student));
    if (fault !== undefined) faults.push(`line ${line}: ${fault}`);
    else seen.set(student, line);
    const named = name >= 0 ? at(name) : [at(given), at(family)].filter((part) => part !== "").join(" ");
    const all = id < 0 ? {} : Object.fromEntries(heads.map((head, column) => [head, at(column)]));
    return { student, name: named, cells: all };
  });
  if (faults.length > 0) {
    const more = faults.length > TOLD ? `; ${faults.length - TOLD} more` : "";
    throw new GradeError("not-a-table", where, `${faults.slice(0, TOLD).join("; ")}${more}`);
  }
  return students;

  function twice(before: number | undefined): string | undefined {
    return before === undefined ? undefined : `the student of line ${before} again`;
  }
}

function faultOf(student: string, cells: number, heads: number): string | undefined {
  if (cells > heads) return `${cells} cells under ${heads} heads: a comma in a cell needs quotes around the cell`;
  if (student === "") return "no student";
  if (STUDENT_ID.test(student)) return undefined;
  return `${JSON.stringify(student.slice(0, 40))} is no name of a student: letters A to Z, digits and _ . @ + -`;
}
