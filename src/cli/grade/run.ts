import { gradeFiles } from "../../grade/plan/index.ts";
import { readFlags, wholeNumber } from "../flags.ts";
import { writeFile } from "../output.ts";
import { packageVersion } from "../package.ts";
import { progressBar } from "../progress.ts";
import { UsageError } from "../usage.ts";
import { secretPath } from "./files.ts";

/**
 * `bpfbook grade run`: a result for each submission, in the order of the files, with a process a core; goes on where it was stopped.
 * Exit code 1 where one could not be graded.
 */
export async function gradeRun(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, { secret: "string", out: "string", seconds: "string", jobs: "string" });
  const { out } = flags;
  if (words.length === 0 || out === undefined)
    throw new UsageError("grade run SUBMISSION.json|NOTEBOOK.ipynb|DIR... --out RESULTS.jsonl");
  const seconds = wholeNumber("seconds", flags.seconds, 1, 600);
  const jobs = wholeNumber("jobs", flags.jobs, 1, 256);
  const secret = secretPath(flags.secret);
  writeFile(out, ""); // says now, not after an hour, that it cannot be written
  const options = { out, secret, tool: `bpfbook ${packageVersion()}`, seconds, jobs };
  const results = await gradeFiles(words, { ...options, onProgress: progressBar("grading") });
  const bad = results.filter(({ error }) => error !== undefined);
  for (const { student, error } of bad) process.stderr.write(`${student}: ${error}\n`);
  return bad.length === 0 ? 0 : 1;
}
