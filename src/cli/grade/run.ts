import { basename } from "node:path";
import { GradeError } from "../../grade/error.ts";
import { BoundedJudge } from "../../grade/judge/bounded.ts";
import { errorResult } from "../../grade/judge/grade-bytes.ts";
import { type Result, resultLine } from "../../grade/result/index.ts";
import { readFlags, wholeNumber } from "../flags.ts";
import { writeFile } from "../output.ts";
import { packageVersion } from "../package.ts";
import { UsageError } from "../usage.ts";
import { readSecret, submissionBytes, submissionFiles } from "./files.ts";

/** `bpfbook grade run`: a result for each submission, in the order of the files. Exit code 1 where one could not be graded. */
export async function gradeRun(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, { secret: "string", out: "string", seconds: "string" });
  if (words.length === 0 || flags.out === undefined)
    throw new UsageError("grade run SUBMISSION.json|DIR... --out RESULTS.jsonl");
  const seconds = wholeNumber("seconds", flags.seconds, 1, 600);
  const secret = readSecret(flags.secret);
  const tool = `bpfbook ${packageVersion()}`;
  const files = submissionFiles(words);
  const results: Result[] = [];
  await using judge = new BoundedJudge(seconds === undefined ? {} : { seconds });
  for (const [at, file] of files.entries()) {
    const label = basename(file, ".json");
    const result = await gradeFile(judge, file, { tool, label, ...(secret === undefined ? {} : { secret }) });
    results.push(withoutSecondClaim(result, results));
    if (process.stderr.isTTY) process.stderr.write(`\r${at + 1} of ${files.length}`);
  }
  if (process.stderr.isTTY) process.stderr.write("\n");
  writeFile(flags.out, results.map(resultLine).join(""));
  const bad = results.filter(({ error }) => error !== undefined);
  for (const { student, error } of bad) process.stderr.write(`${student}: ${error}\n`);
  return bad.length === 0 ? 0 : 1;
}

async function gradeFile(
  judge: BoundedJudge,
  file: string,
  options: { readonly tool: string; readonly label: string; readonly secret?: Uint8Array },
): Promise<Result> {
  let bytes: Uint8Array = new Uint8Array();
  try {
    bytes = submissionBytes(file);
    return await judge.grade(bytes, options);
  } catch (error) {
    if (!(error instanceof GradeError) || error.code === "not-a-secret") throw error;
    return errorResult(error, { student: options.label, tool: options.tool, bytes });
  }
}

/** Two submissions in one student's name: the second is not graded, for one of them is somebody else's. */
function withoutSecondClaim(result: Result, before: readonly Result[]): Result {
  const { student, assignment } = result;
  const first = before.find((one) => one.student === student && one.assignment === assignment);
  if (result.error !== undefined || first === undefined || first.error !== undefined) return result;
  const error = `a second submission in the name of ${student}: ${result.submissionHash.slice(0, 12)}, after ${first.submissionHash.slice(0, 12)}`;
  return { ...result, score: 0, tests: [], error };
}
