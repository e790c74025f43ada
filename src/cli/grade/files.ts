import { closeSync, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { GradeError } from "../../grade/error.ts";
import { LIMITS, STUDENT_ID } from "../../grade/submission/artefact.ts";
import { readFile } from "../input.ts";
import { UsageError } from "../usage.ts";

/** A file's bytes, at most as many as a submission may have and one more: a larger one is refused, not read. Throws `GradeError`, for `name`. */
export function submissionBytes(file: string, name: string = file): Uint8Array {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, "r");
    if (!fstatSync(descriptor).isFile()) throw new GradeError("not-a-submission", name, "it is no file");
    const buffer = new Uint8Array(LIMITS.submission + 1);
    let length = 0;
    for (let got = -1; got !== 0 && length < buffer.length; length += got)
      got = readSync(descriptor, buffer, length, buffer.length - length, null);
    return buffer.subarray(0, length);
  } catch (error) {
    if (error instanceof GradeError) throw error;
    const { code = "EIO" } = error as NodeJS.ErrnoException;
    throw new GradeError("not-a-submission", name, code === "ENOENT" ? "there is no such file" : code);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The file of a course's secret, looked at: a grader process reads it. Throws `UsageError` for one that cannot be read. */
export function secretPath(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  readFile(file); // says what is wrong with it
  return realpathSync(file);
}

/** A course's secret: what is in the file, without the line's end. */
export function readSecret(file: string | undefined): Uint8Array | undefined {
  if (file === undefined) return undefined;
  const bytes = new Uint8Array(readFile(file));
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end--;
  return bytes.subarray(0, end);
}

/** Names of students: one a line, or the first column of a table whose head says `student`, `id`, ... */
export function readRoster(file: string): readonly string[] {
  const lines = readFile(file)
    .toString("utf8")
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  const head = lines[0]?.split(",").map((name) => name.trim().replaceAll('"', "").toLowerCase()) ?? [];
  const column = head.findIndex((name) => ["student", "id", "username", "sis user id", "id number"].includes(name));
  const rows = column < 0 ? lines : lines.slice(1);
  return rows.map((line, at) => {
    const name = (line.split(",")[Math.max(0, column)] ?? "").trim().replaceAll('"', "");
    if (STUDENT_ID.test(name)) return name;
    throw new UsageError(`${file}: row ${at + 1}: ${JSON.stringify(name.slice(0, 40))} is no name of a student`);
  });
}
