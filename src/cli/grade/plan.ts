import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { GradeError } from "../../grade/error.ts";
import {
  makePlan,
  mergeShards,
  type Plan,
  readPlan,
  SHARD_SIZE,
  shardCount,
  shardFile,
} from "../../grade/plan/index.ts";
import { gradeShard } from "../../grade/plan/shard.ts";
import { readFlags, wholeNumber } from "../flags.ts";
import { readFile } from "../input.ts";
import { print, writeFile } from "../output.ts";
import { packageVersion } from "../package.ts";
import { progressBar } from "../progress.ts";
import { UsageError } from "../usage.ts";
import { secretPath } from "./files.ts";

/** Exit code for what no retry mends: a cluster then gives the shard up instead of trying again. */
export const BAD_INPUT = 42;

/** Variables in which clusters say which shard a process is to do: Kubernetes, AWS Batch, SLURM. */
const INDEX_VARIABLES = ["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "SLURM_ARRAY_TASK_ID"] as const;

/** Turns an input that cannot be used into {@link BAD_INPUT}; other errors may pass. */
async function orBadInput(body: () => Promise<number>): Promise<number> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof GradeError || error instanceof UsageError)) throw error;
    process.stderr.write(`bpfbook grade: ${error.message}\n`);
    return BAD_INPUT;
  }
}

/** `bpfbook grade plan`: what is to be graded, in shards. */
export const gradePlan = (args: readonly string[]): Promise<number> =>
  orBadInput(async () => {
    const { flags, words } = readFlags(args, { out: "string", size: "string" });
    if (words.length === 0 || flags.out === undefined) throw new UsageError("grade plan DIR|FILE... --out PLAN.json");
    const size = wholeNumber("size", flags.size, 1, 100_000) ?? SHARD_SIZE;
    const plan = makePlan(words, dirname(resolve(flags.out)), size);
    if (plan.submissions.length === 0) throw new UsageError(`${words.join(", ")}: there are no submissions`);
    writeFile(flags.out, `${JSON.stringify(plan)}\n`);
    await print(`${plan.submissions.length} submissions in ${shardCount(plan)} shards: ${flags.out}\n`);
    return 0;
  });

/** `bpfbook grade shard`: grades one shard of a plan, or all; goes on where an earlier run stopped. */
export const gradeShards = (args: readonly string[]): Promise<number> =>
  orBadInput(async () => {
    const { flags, words } = readFlags(args, {
      ...({ index: "string", out: "string", secret: "string", jobs: "string" } as const),
    });
    const [file, ...more] = words;
    if (file === undefined || more.length > 0 || flags.out === undefined)
      throw new UsageError("grade shard PLAN.json --out DIR [--index N|all] [--secret FILE] [--jobs N]");
    const plan = readPlan(readFile(file), file);
    const indices = shardIndices(plan, flags.index);
    const jobs = wholeNumber("jobs", flags.jobs, 1, 256);
    const secret = secretPath(flags.secret);
    mkdirSync(flags.out, { recursive: true });
    for (const index of indices) {
      const progress = progressBar(`shard ${index}`);
      await gradeShard(plan, index, {
        ...{ folder: dirname(resolve(file)), out: flags.out, tool: `bpfbook ${packageVersion()}`, secret },
        ...(jobs === undefined ? {} : { jobs }),
        onResult: (_result, done, total) => progress(done, total),
      });
    }
    return 0;
  });

/** `bpfbook grade merge`: joins the results of all shards. Exit code 1 where some are missing. */
export const gradeMerge = (args: readonly string[]): Promise<number> =>
  orBadInput(async () => {
    const { flags, words } = readFlags(args, { results: "string", out: "string" });
    const [file, ...more] = words;
    if (file === undefined || more.length > 0 || flags.results === undefined || flags.out === undefined)
      throw new UsageError("grade merge PLAN.json --results DIR --out RESULTS.jsonl");
    const plan = readPlan(readFile(file), file);
    const { lines, missing } = mergeShards(plan, flags.results);
    if (missing.length > 0) {
      const first = missing[0]!;
      const wanted = join(flags.results, shardFile(plan, first));
      process.stderr.write(`bpfbook grade: ${missing.length} shards are missing, the first is ${first}: ${wanted}\n`);
      return 1;
    }
    writeFile(flags.out, lines);
    await print(`${plan.submissions.length} results in ${flags.out}\n`);
    return 0;
  });

function shardIndices(plan: Plan, flag: string | undefined): readonly number[] {
  const count = shardCount(plan);
  if (flag === "all") return Array.from({ length: count }, (_, index) => index);
  const told = flag ?? INDEX_VARIABLES.map((name) => process.env[name]).find((value) => value !== undefined);
  if (told === undefined) throw new UsageError(`which shard? --index 0 to ${count - 1}, or --index all`);
  return [wholeNumber("index", told, 0, count - 1)!];
}
