import { closeSync, existsSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "../result/result.ts";
import { resultLine } from "../result/validate.ts";
import { keepWhole } from "./begun.ts";
import { gradePlanned } from "./grade-handed-in.ts";
import type { Grader } from "./grader.ts";
import { inOrder } from "./in-order.ts";
import { type Plan, type PlannedSubmission, shardFile, shardOf } from "./plan.ts";

/** How shards are graded. */
export interface ShardOptions {
  /** The plan's folder, from which its files are named. */
  readonly folder: string;
  /** Where results go. */
  readonly out: string;
  readonly secret?: string | undefined;
  readonly tool: string;
  /** Grader processes at a time. */
  readonly jobs?: number;
  /** Told after each submission. */
  readonly onResult?: (result: Result, done: number, total: number) => void;
}

/** One line beside the results, which differs between machines: how long it took, what the sandbox said. */
export interface SideLine {
  readonly file: string;
  readonly milliseconds: number;
  readonly log?: readonly string[];
  /** What the sandbox could not keep the notebook from. */
  readonly weaker?: readonly string[];
}

/**
 * Grades one shard: a result a line, in the plan's order, whatever the number of processes, so the file has the same bytes on every
 * machine. Lines that are there from an earlier, interrupted run are kept and not graded again.
 *
 * @returns the file
 */
export async function gradeShard(plan: Plan, index: number, options: ShardOptions): Promise<string> {
  const submissions = shardOf(plan, index);
  const path = join(options.out, shardFile(plan, index));
  const begun = `${path}.part`;
  if (existsSync(path)) return path;
  const before = keepWhole(begun).length;
  const results = openSync(begun, "a");
  const side = openSync(`${path}.log`, "a");
  try {
    let done = before;
    const left = submissions.slice(before);
    const graded = inOrder(left, (one, grader) => gradeOne(one, grader, options), { jobs: options.jobs });
    for await (const [result, line] of graded) {
      writeSync(results, resultLine(result));
      writeSync(side, `${JSON.stringify(line)}\n`);
      options.onResult?.(result, ++done, submissions.length);
    }
    fsyncSync(results);
  } finally {
    closeSync(results);
    closeSync(side);
  }
  // Whoever sees the file under this name sees all of it.
  renameSync(begun, path);
  return path;
}

async function gradeOne(
  planned: PlannedSubmission,
  grader: Grader,
  { folder, secret, tool }: ShardOptions,
): Promise<readonly [Result, SideLine]> {
  const start = performance.now();
  const { result, ...more } = await gradePlanned(planned, grader, { folder, secret, tool });
  return [result, { file: planned.file, milliseconds: Math.round(performance.now() - start), ...more }];
}
