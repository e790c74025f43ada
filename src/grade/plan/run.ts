import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { basename, extname } from "node:path";
import { errorResult } from "../judge/grade-bytes.ts";
import type { Result } from "../result/result.ts";
import { resultLine } from "../result/validate.ts";
import { canonical } from "../submission/json.ts";
import { keepWhole } from "./begun.ts";
import { gradePlanned } from "./grade-handed-in.ts";
import type { Grader } from "./grader.ts";
import { inOrder } from "./in-order.ts";
import { type FoundFile, findFiles } from "./plan.ts";

/** How files are graded on one machine. */
export interface RunOptions {
  /** The file of results. */
  readonly out: string;
  readonly secret?: string | undefined;
  readonly tool: string;
  /** Grader processes at a time; one a core unless told otherwise. */
  readonly jobs?: number | undefined;
  /** Seconds that one test may take. */
  readonly seconds?: number | undefined;
  /** Told at the beginning, and after each submission. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Grades files and what lies in folders: a result a line, in the order of the files, the same bytes whatever the number of processes
 * and on every machine. What an earlier run of the same files, secret and version had done when it was ended is not done again: it
 * lies in `OUT.DIGEST.part`.
 *
 * @throws GradeError for a secret that is none
 * @example const results = await gradeFiles(["submitted"], { out: "results.jsonl", secret: "course.secret", tool: "bpfbook 1.0.0" });
 */
export async function gradeFiles(paths: readonly string[], options: RunOptions): Promise<readonly Result[]> {
  const { out, secret, tool, jobs, seconds, onProgress } = options;
  const files = findFiles(paths);
  const begun = `${out}.${digestOf(files, options)}.part`;
  const results = [...keepWhole(begun)];
  const part = openSync(begun, "a");
  try {
    onProgress?.(results.length, files.length);
    const one = (file: FoundFile, grader: Grader): Promise<Result> => gradeFound(file, grader, { secret, tool });
    for await (const result of inOrder(files.slice(results.length), one, { jobs, seconds })) {
      results.push(result);
      writeSync(part, resultLine(result));
      onProgress?.(results.length, files.length);
    }
  } finally {
    closeSync(part);
  }
  const claimed = withoutSecondClaims(results);
  writeFileSync(out, claimed.map(resultLine).join(""));
  rmSync(begun);
  return claimed;
}

async function gradeFound(
  found: FoundFile,
  grader: Grader,
  options: { readonly secret: string | undefined; readonly tool: string },
): Promise<Result> {
  if ("planned" in found)
    return (await gradePlanned(found.planned, grader, { folder: found.folder, ...options })).result;
  const student = basename(found.file, extname(found.file));
  return errorResult(found.error, { student, tool: options.tool, bytes: new Uint8Array() });
}

/** What makes a run this one: another secret or a changed file is another. */
function digestOf(files: readonly FoundFile[], { secret, tool, seconds }: RunOptions): string {
  const named = files.map((one) => ("planned" in one ? one.planned : one.file));
  const hash = createHash("sha256").update(canonical({ named, tool, seconds }));
  if (secret !== undefined) hash.update(createHash("sha256").update(readFileSync(secret)).digest());
  return hash.digest("hex").slice(0, 12);
}

/** Two submissions in one student's name: the second is not graded, for one of them is somebody else's. */
function withoutSecondClaims(results: readonly Result[]): readonly Result[] {
  const firsts = new Map<string, Result>();
  return results.map((result) => {
    if (result.error !== undefined) return result;
    const { student, assignment, submissionHash } = result;
    const owner = `${assignment}/${student}`;
    const first = firsts.get(owner);
    if (first === undefined) {
      firsts.set(owner, result);
      return result;
    }
    const error = `a second submission in the name of ${student}: ${submissionHash.slice(0, 12)}, after ${first.submissionHash.slice(0, 12)}`;
    return { ...result, score: 0, tests: [], error };
  });
}
