import { GradeError } from "../error.ts";

/** A row of a table of comma-separated values, with the line on which it begins (from 1). */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Characters of a table that are read. */
const MOST = 20_000_000;
const DELIMITERS = [",", ";", "\t"] as const;

/**
 * Reads comma-separated values (RFC 4180), as spreadsheets and learning systems write them: quoted cells with commas, line ends and
 * doubled quotes in them, a byte-order mark, semicolons or tabs instead of commas (what the first line has most of), any line end. Rows
 * without any text are left out. Throws `GradeError`, with the line: for a quote that does not end, for text behind one.
 *
 * @example csvTable("id,name\n7,\"Ada, L.\"\n")[1] // { line: 2, cells: ["7", "Ada, L."] }
 */
export function csvTable(given: string, where = "table"): readonly CsvRow[] {
  if (given.length > MOST) throw new GradeError("too-large", where, `it has more than ${MOST} characters`);
  const text = given.replace(/^\ufeff/, "");
  const delimiter = delimiterOf(text);
  const rows: CsvRow[] = [];
  let [at, line] = [0, 1];
  while (at < text.length) {
    const began = line;
    const cells: string[] = [];
    for (;;) {
      const cell = text[at] === '"' ? quoted() : plain();
      cells.push(cell);
      if (text[at] !== delimiter) break;
      at++;
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    line++;
    if (cells.some((cell) => cell.trim() !== "")) rows.push({ line: began, cells });
  }
  return rows;

  function plain(): string {
    const from = at;
    while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") at++;
    return text.slice(from, at).trim();
  }

  function quoted(): string {
    const from = line;
    const parts: string[] = [];
    for (;;) {
      const end = text.indexOf('"', at + 1);
      if (end < 0) throw new GradeError("not-a-table", `${where}:${from}`, "a quote does not end");
      const part = text.slice(at + 1, end);
      line += part.split("\n").length - 1;
      parts.push(part);
      at = end + 1;
      if (text[at] !== '"') break;
    }
    const behind = plain();
    if (behind !== "")
      throw new GradeError("not-a-table", `${where}:${line}`, `${JSON.stringify(behind)} stands behind a quote`);
    return parts.join('"').trim();
  }
}

function delimiterOf(text: string): string {
  const head = text.slice(0, text.search(/[\r\n]|$/));
  const counts = DELIMITERS.map((delimiter) => head.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}
