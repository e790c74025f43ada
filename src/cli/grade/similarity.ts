import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Variant } from "../../grade/assignment/index.ts";
import { ASSIGNMENTS, assignmentOf } from "../../grade/assignments/index.ts";
import { GradeError } from "../../grade/error.ts";
import { type FoundFile, findFiles } from "../../grade/plan/index.ts";
import { runNotebook } from "../../grade/sandbox/run-notebook.ts";
import type { Submission } from "../../grade/submission/artefact.ts";
import { decodeSubmission } from "../../grade/submission/decode.ts";
import { similarities, similarityPage, similarityText } from "../../grade/teacher/index.ts";
import { readFlags } from "../flags.ts";
import { notebookOf } from "../notebook/build.ts";
import { formatNotebook } from "../notebook/document.ts";
import { print, writeFile } from "../output.ts";
import { progressBar } from "../progress.ts";
import { UsageError } from "../usage.ts";
import { submissionBytes } from "./files.ts";
import { editionOfSource } from "./release.ts";

/** Instances of the model solution that are compared with each other. */
const MODELS = 3;

/** `bpfbook grade similarity`: which programs are alike, for the teacher to look at. */
export async function gradeSimilarity(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, { out: "string", threshold: "string", assignment: "list" });
  if (words.length === 0 || flags.out === undefined)
    throw new UsageError(
      "grade similarity SUBMISSION|NOTEBOOK|DIR... --out PAGE.html [--assignment a3]... [--threshold 0.8]",
    );
  const threshold = thresholdOf(flags.threshold);
  const wanted = flags.assignment?.map((id) => assignmentOf(id).id);
  writeFile(flags.out, ""); // says now that it cannot be written
  const files = findFiles(words);
  const progress = progressBar("reading");
  const submissions = (await inParallel(files, readOne, progress)).filter(
    (one) => one !== undefined && (wanted === undefined || wanted.includes(one.assignment)),
  );
  const given = [...new Set(submissions.map((one) => one!.assignment))].filter((id) => Object.hasOwn(ASSIGNMENTS, id));
  const wants = given.flatMap((id) =>
    Array.from({ length: threshold === undefined ? MODELS : 0 }, (_, at) => [id, at + 1] as const),
  );
  const models = await inParallel(wants, ([id, number]) => modelOf(id, number), progressBar("model solutions"));
  const tasks = similarities(
    submissions.filter((one) => one !== undefined),
    { models, threshold, onProgress: progressBar("comparing") },
  );
  writeFile(flags.out, similarityPage(tasks));
  await print(similarityText(tasks));
  return 0;
}

function thresholdOf(flag: string | undefined): number | undefined {
  if (flag === undefined) return undefined;
  const number = /^(0?\.\d+|1(\.0+)?)$/.test(flag) ? Number(flag) : Number.NaN;
  if (number > 0) return number;
  throw new UsageError(`--threshold ${flag}: expected a number above 0, at most 1, such as 0.8`);
}

/** A submission of a file, or of a notebook that is run in the sandbox; what is none is told and left out. */
async function readOne(found: FoundFile): Promise<Submission | undefined> {
  try {
    if ("error" in found) throw found.error;
    const { file, notebook } = found.planned;
    const path = join(found.folder, file);
    if (notebook === undefined) return decodeSubmission(submissionBytes(path, file)).submission;
    return (await runNotebook(readFileSync(path), notebook)).submission;
  } catch (error) {
    if (!(error instanceof GradeError)) throw error;
    process.stderr.write(`left out: ${"error" in found ? "" : `${found.planned.file}: `}${error.message}\n`);
    return undefined;
  }
}

/** What the model solution hands over on a variant to practise with. */
async function modelOf(id: string, number: number): Promise<Submission> {
  const assignment = assignmentOf(id);
  const variant = Variant.practice(id, number);
  const instance = { student: "model", variant: variant.id, params: assignment.variant(variant) };
  const notebook = formatNotebook(notebookOf(editionOfSource(assignment, "solution", instance), undefined));
  return (await runNotebook(new TextEncoder().encode(notebook), { assignment: id, student: `model${number}` }))
    .submission;
}

/** Some at a time, in order; one a core. */
async function inParallel<T, R>(
  items: readonly T[],
  one: (item: T) => Promise<R>,
  onProgress: (done: number, total: number) => void,
): Promise<readonly R[]> {
  const results: R[] = new Array(items.length);
  let [next, done] = [0, 0];
  const work = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) {
      results[at] = await one(items[at]!);
      onProgress(++done, items.length);
    }
  };
  if (items.length > 0) onProgress(0, items.length);
  await Promise.all(Array.from({ length: Math.min(items.length, availableParallelism()) }, work));
  return results;
}
