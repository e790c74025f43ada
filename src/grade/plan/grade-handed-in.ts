import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { GradeError } from "../error.ts";
import { errorResult } from "../judge/grade-bytes.ts";
import type { Result } from "../result/result.ts";
import { NOTEBOOK_LIMITS } from "../sandbox/notebook.ts";
import { runNotebook } from "../sandbox/run-notebook.ts";
import { LIMITS } from "../submission/artefact.ts";
import { encodeSubmission } from "../submission/encode.ts";
import type { Grader } from "./grader.ts";
import type { PlannedSubmission } from "./plan.ts";

/** What somebody handed in: a submission, or a notebook that is run in the sandbox first. */
export interface HandedIn {
  readonly bytes: Uint8Array;
  /** What it is called where it does not say itself whose it is. */
  readonly label: string;
  /** Of a notebook: whose, for what. */
  readonly notebook?: { readonly student: string; readonly assignment: string };
}

/** With what it is graded. */
export interface HandedInOptions {
  /** File of the course's secret; without it the practice variant is graded. */
  readonly secret?: string | undefined;
  readonly tool: string;
}

/** A result, and what differs between machines: what the sandbox said. */
export interface Graded {
  readonly result: Result;
  readonly log?: readonly string[];
  /** What the sandbox could not keep the notebook from. */
  readonly weaker?: readonly string[];
}

/**
 * Grades what was handed in; what cannot be graded is a result with an `error`. Rejects with `GradeError` only where the grader
 * itself failed: a secret that is none, a process that was ended.
 *
 * @example const { result } = await gradeHandedIn({ bytes, label: "ada" }, grader, { secret: "course.secret", tool: "bpfbook 1" });
 */
export async function gradeHandedIn(
  { bytes, label, notebook }: HandedIn,
  grader: Grader,
  { secret, tool }: HandedInOptions,
): Promise<Graded> {
  let more: Omit<Graded, "result"> = {};
  let submission = bytes;
  if (notebook !== undefined) {
    try {
      const run = await runNotebook(bytes, { ...notebook, hidden: secret === undefined ? [] : [secret] });
      const weaker = run.limits.flatMap(({ what, weaker }) => (weaker === undefined ? [] : [`${what}: ${weaker}`]));
      submission = encodeSubmission(run.submission);
      more = { log: run.log, weaker };
    } catch (error) {
      if (!(error instanceof GradeError)) throw error;
      return { result: errorResult(error, { ...notebook, tool, bytes }) };
    }
  }
  const request = { bytes: Buffer.from(submission).toString("base64"), tool, label };
  return { result: await grader.grade(secret === undefined ? request : { ...request, secret }), ...more };
}

/** The same for a planned file. A grader that died over it makes a result with an error too: the others go on. */
export async function gradePlanned(
  planned: PlannedSubmission,
  grader: Grader,
  { folder, ...options }: HandedInOptions & { readonly folder: string },
): Promise<Graded> {
  const label = basename(planned.file, extname(planned.file));
  let bytes: Uint8Array = new Uint8Array();
  try {
    bytes = readPlanned(planned, folder);
    return await gradeHandedIn({ ...planned, bytes, label }, grader, options);
  } catch (error) {
    if (!(error instanceof GradeError) || error.code === "not-a-secret") throw error;
    const told = planned.notebook ?? { student: label };
    return { result: errorResult(error, { ...told, tool: options.tool, bytes }) };
  }
}

/** A planned file, as it was when the plan was made. */
function readPlanned({ file, sha256, notebook }: PlannedSubmission, folder: string): Uint8Array {
  const path = join(folder, file);
  const wrong = (problem: string): never => {
    throw new GradeError("not-a-submission", file, problem);
  };
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) return wrong("there is no such file");
  const most = notebook === undefined ? LIMITS.submission : NOTEBOOK_LIMITS.bytes;
  if (stat.size > most) throw new GradeError("too-large", file, `it has ${stat.size} bytes; ${most} are allowed`);
  const bytes = readFileSync(path);
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) return wrong("it has changed since it was planned");
  return bytes;
}
