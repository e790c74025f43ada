import { closeSync, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { GradeError } from "../../grade/error.ts";
import { LIMITS } from "../../grade/submission/artefact.ts";
import { readFile } from "../input.ts";

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
