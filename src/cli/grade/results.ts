import { GradeError } from "../../grade/error.ts";
import { type Result, readResult, resultLine } from "../../grade/result/index.ts";
import { type RosterStudent, readRoster } from "../../grade/teacher/index.ts";
import { readFile, readInput } from "../input.ts";
import { writeFile } from "../output.ts";

/** The results in a file, a line each, or of stdin for `-`. Throws `GradeError`, with the line. */
export async function readResults(file: string): Promise<readonly Result[]> {
  const lines = (await readInput(file)).toString("utf8").split("\n");
  const results = lines.flatMap((line, at) =>
    line.trim() === "" ? [] : [readResult(new TextEncoder().encode(line), `${file}:${at + 1}`)],
  );
  if (results.length === 0) throw new GradeError("not-a-result", file, "there are no results in it");
  return results;
}

/** Writes results, a line each. */
export const writeResults = (file: string, results: readonly Result[]): void =>
  writeFile(file, results.map(resultLine).join(""));

/** A file as text. Throws `GradeError` for one that is not in UTF-8, as a spreadsheet may write it. */
export function readText(file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFile(file));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new GradeError("not-a-table", file, "it is no UTF-8", 'Save it as "CSV UTF-8"', error);
  }
}

/** A course's roster; nobody where none is named. */
export const rosterOf = (file: string | undefined): readonly RosterStudent[] =>
  file === undefined ? [] : readRoster(readText(file), file);
