import { gradeFiles } from "../../grade/plan/index.ts";
import type { Result } from "../../grade/result/index.ts";
import { adjust, compareResults, comparisonText, readOverrides } from "../../grade/teacher/index.ts";
import { readFlags, wholeNumber } from "../flags.ts";
import { print, writeFile } from "../output.ts";
import { packageVersion } from "../package.ts";
import { progressBar } from "../progress.ts";
import { UsageError } from "../usage.ts";
import { secretPath } from "./files.ts";
import { readResults, readText, writeResults } from "./results.ts";

/** Both lots of results with the same decisions by hand, so that only what the tests changed is told. */
async function compared(
  before: readonly Result[],
  after: readonly Result[],
  overrides: string | undefined,
): Promise<readonly Result[]> {
  const decided = overrides === undefined ? [] : readOverrides(readText(overrides), overrides);
  const tool = `bpfbook ${packageVersion()}`;
  const [was, is] = [before, after].map((results) => adjust(results, { overrides: decided, tool }));
  for (const warning of is!.warnings) process.stderr.write(`warning: ${warning}\n`);
  await print(comparisonText(compareResults(was!.results, is!.results)));
  return is!.results;
}

/** `bpfbook grade diff`: what differs between two files of results, by student and test. Exit code 1 where something does. */
export async function gradeDiff(args: readonly string[]): Promise<number> {
  const { words } = readFlags(args, {});
  const [before, after, ...more] = words;
  if (before === undefined || after === undefined || more.length > 0)
    throw new UsageError("grade diff BEFORE.jsonl AFTER.jsonl");
  const comparison = compareResults(await readResults(before), await readResults(after));
  await print(comparisonText(comparison));
  return comparison.changes.length === 0 ? 0 : 1;
}

/**
 * `bpfbook grade regrade`: grades everything again after a test was mended, and tells who wins and who loses points. Decisions by hand
 * hold. Exit code 1 where something could not be graded.
 */
export async function gradeRegrade(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, {
    ...({ before: "string", out: "string", secret: "string", overrides: "string", jobs: "string" } as const),
    ...({ seconds: "string" } as const),
  });
  if (words.length === 0 || flags.before === undefined || flags.out === undefined)
    throw new UsageError(
      "grade regrade SUBMISSION|DIR... --before OLD.jsonl --out NEW.jsonl [--secret FILE] [--overrides FILE]",
    );
  const before = await readResults(flags.before);
  const options = {
    ...{ out: flags.out, secret: secretPath(flags.secret), tool: `bpfbook ${packageVersion()}` },
    jobs: wholeNumber("jobs", flags.jobs, 1, 256),
    seconds: wholeNumber("seconds", flags.seconds, 1, 600),
  };
  if (flags.before !== flags.out) writeFile(flags.out, "");
  const after = await gradeFiles(words, { ...options, onProgress: progressBar("grading again") });
  const counting = await compared(before, after, flags.overrides);
  if (flags.overrides !== undefined) writeResults(flags.out, counting);
  return after.some(({ error }) => error !== undefined) ? 1 : 0;
}
