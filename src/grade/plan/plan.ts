import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { isObject } from "../../isa/argument.ts";
import { ASSIGNMENTS } from "../assignments/index.ts";
import { GradeError } from "../error.ts";
import { ASSIGNMENT_ID, STUDENT_ID } from "../submission/artefact.ts";
import { canonical, readJson } from "../submission/json.ts";

/** One submission of a plan: a file of data, or a notebook that is run in the sandbox first. */
export interface PlannedSubmission {
  /** Relative to the plan's folder, with slashes. */
  readonly file: string;
  /** SHA-256 of the file's first bytes up to the limit: a file that changed is another plan. */
  readonly sha256: string;
  /** Of a notebook: whose, for what. A file of data says so itself. */
  readonly notebook?: { readonly student: string; readonly assignment: string };
}

/** What is to be graded, cut into shards that any number of machines take. The same files give the same plan everywhere. */
export interface Plan {
  readonly version: 1;
  /** Submissions of one shard. */
  readonly size: number;
  readonly submissions: readonly PlannedSubmission[];
}

/** Submissions of a shard unless told otherwise: some seconds of work, so that a lost one costs little. */
export const SHARD_SIZE = 100;
const MOST_SUBMISSIONS = 1_000_000;
/** A file that is larger is refused when it is graded. */
const HASHED = 32 << 20;
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Plans the grading of files and folders: `*.json` are submissions, `STUDENT/a03-count-by-protocol.ipynb` and
 * `STUDENT/a3/*.ipynb` (nbgrader's folders) notebooks.
 *
 * @param folder where the plan will lie
 * @throws GradeError for a path that is not there, and a notebook that does not say whose it is
 * @example const plan = makePlan(["submitted"], ".", 100);
 */
export function makePlan(paths: readonly string[], folder: string, size: number = SHARD_SIZE): Plan {
  const files = [...new Set(paths.flatMap(filesOf).map((path) => resolve(path)))].sort();
  return { version: 1, size, submissions: files.map((path) => plannedOf(path, folder)) };
}

/** A file as it is now. Throws `GradeError` for a notebook that does not say whose it is. */
function plannedOf(path: string, folder: string): PlannedSubmission {
  const stat = statSync(path, { throwIfNoEntry: false });
  const readable = stat?.isFile() === true && stat.size <= HASHED;
  const sha256 = createHash("sha256").update(readable ? readFileSync(path) : new Uint8Array());
  const named = { file: relative(folder, path), sha256: sha256.digest("hex") };
  return path.endsWith(".ipynb") ? { ...named, notebook: ownerOf(path) } : named;
}

/** A file that is to be graded, or why it cannot be: that is an entry of its own among the results. */
export type FoundFile =
  | { readonly folder: string; readonly planned: PlannedSubmission }
  | { readonly file: string; readonly error: GradeError };

/**
 * Files as they are named, and what lies in folders, in order; a file that is not there is found too, for its result says so.
 *
 * @example findFiles(["submitted", "late/ada.json"])
 */
export function findFiles(paths: readonly string[]): readonly FoundFile[] {
  const files = paths.flatMap((path) => (statSync(path, { throwIfNoEntry: false }) ? filesOf(path).sort() : [path]));
  return [...new Set(files.map((path) => resolve(path)))].map((path) => {
    try {
      return { folder: dirname(path), planned: plannedOf(path, dirname(path)) };
    } catch (cause) {
      const { code = "EIO" } = cause as NodeJS.ErrnoException;
      const error = cause instanceof GradeError ? cause : new GradeError("not-a-submission", basename(path), code);
      return { file: basename(path), error };
    }
  });
}

function filesOf(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new GradeError("not-a-submission", path, "there is no such file or folder");
  if (!stat.isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(json|ipynb)$/.test(entry.name) && entry.name !== "variants.json")
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(".ipynb_checkpoints"));
}

function ownerOf(path: string): { student: string; assignment: string } {
  const [name, folder] = [basename(path, ".ipynb"), dirname(path)];
  const bySource = Object.values(ASSIGNMENTS).find(({ source }) => source === name)?.id;
  const assignment = bySource ?? basename(folder);
  const student = basename(bySource === undefined ? dirname(folder) : folder);
  if (Object.hasOwn(ASSIGNMENTS, assignment) && STUDENT_ID.test(student)) return { student, assignment };
  const mend = "Notebooks lie in STUDENT/a03-count-by-protocol.ipynb or STUDENT/a3/NAME.ipynb";
  throw new GradeError("not-a-submission", basename(path), "it does not say whose notebook it is", mend);
}

/** Reads a plan, as hostile as any file. Throws `GradeError`. */
export function readPlan(bytes: Uint8Array, where = ""): Plan {
  const wrong = (problem: string): never => {
    throw new GradeError("not-a-submission", where, problem, "bpfbook grade plan makes a plan");
  };
  const value = readJson(bytes, { bytes: 500 << 20, depth: 6, where });
  if (!isObject(value) || value.version !== 1) return wrong("it is no plan of version 1");
  const { size, submissions } = value;
  if (!Number.isInteger(size) || (size as number) < 1) return wrong("its size is no whole number");
  if (!Array.isArray(submissions) || submissions.length > MOST_SUBMISSIONS) return wrong("it has no submissions");
  return { version: 1, size: size as number, submissions: submissions.map((one) => checkPlanned(one, wrong)) };
}

function checkPlanned(one: unknown, wrong: (problem: string) => never): PlannedSubmission {
  if (!isObject(one) || typeof one.file !== "string" || typeof one.sha256 !== "string" || !SHA256.test(one.sha256))
    return wrong("one of its submissions is none");
  const named = { file: one.file, sha256: one.sha256 };
  if (one.notebook === undefined) return named;
  const { student, assignment } = isObject(one.notebook) ? one.notebook : {};
  if (typeof student !== "string" || !STUDENT_ID.test(student)) return wrong("a notebook has no student");
  if (typeof assignment !== "string" || !ASSIGNMENT_ID.test(assignment)) return wrong("a notebook has no assignment");
  return { ...named, notebook: { student, assignment } };
}

/** How many shards a plan has. */
export const shardCount = ({ size, submissions }: Plan): number => Math.ceil(submissions.length / size);

/** The submissions of one shard, from 0. */
export const shardOf = ({ size, submissions }: Plan, index: number): readonly PlannedSubmission[] =>
  submissions.slice(index * size, (index + 1) * size);

/** Where a shard's results go: its number and what is in it, so that results of another plan are never taken for its own. */
export function shardFile(plan: Plan, index: number): string {
  const digest = createHash("sha256")
    .update(canonical(shardOf(plan, index)))
    .digest("hex");
  return `${String(index).padStart(5, "0")}-${digest.slice(0, 12)}.jsonl`;
}
