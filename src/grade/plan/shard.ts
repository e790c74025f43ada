import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { basename, extname, join } from "node:path";
import { GradeError } from "../error.ts";
import { errorResult } from "../judge/grade-bytes.ts";
import type { Result } from "../result/result.ts";
import { readResult, resultLine } from "../result/validate.ts";
import { NOTEBOOK_LIMITS } from "../sandbox/notebook.ts";
import { runNotebook } from "../sandbox/run-notebook.ts";
import { LIMITS } from "../submission/artefact.ts";
import { encodeSubmission } from "../submission/encode.ts";
import { Grader } from "./grader.ts";
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
  const before = keepWhole(begun);
  const results = openSync(begun, "a");
  const side = openSync(`${path}.log`, "a");
  try {
    let done = before;
    for await (const [result, line] of inOrder(submissions.slice(before), options)) {
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

/** Cuts off a line that was being written when the machine stopped; how many whole ones there are. */
function keepWhole(path: string): number {
  if (!existsSync(path)) return 0;
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  const broken = lines.findIndex((line) => !isResult(line));
  const whole = broken < 0 ? lines : lines.slice(0, broken);
  writeFileSync(path, whole.map((line) => `${line}\n`).join(""));
  return whole.length;
}

function isResult(line: string): boolean {
  try {
    readResult(new TextEncoder().encode(line));
    return true;
  } catch {
    return false;
  }
}

/** Grades with several processes and gives the results in order; a process takes the next one as soon as it is free. */
async function* inOrder(
  submissions: readonly PlannedSubmission[],
  options: ShardOptions,
): AsyncGenerator<readonly [Result, SideLine]> {
  const jobs = Math.max(1, Math.min(options.jobs ?? availableParallelism(), submissions.length));
  const slots = submissions.map(() => Promise.withResolvers<readonly [Result, SideLine]>());
  for (const { promise } of slots) promise.catch(() => undefined); // whoever awaits it hears of it
  const graders = Array.from({ length: jobs }, () => new Grader());
  let next = 0;
  const work = async (grader: Grader): Promise<void> => {
    for (let at = next++; at < submissions.length; at = next++) {
      await gradeOne(submissions[at]!, grader, options).then(slots[at]!.resolve, slots[at]!.reject);
    }
  };
  const workers = graders.map(work);
  try {
    for (const { promise } of slots) yield await promise;
    await Promise.all(workers);
  } finally {
    next = submissions.length;
    for (const grader of graders) grader[Symbol.dispose]();
  }
}

async function gradeOne(
  planned: PlannedSubmission,
  grader: Grader,
  { folder, secret, tool }: ShardOptions,
): Promise<readonly [Result, SideLine]> {
  const start = performance.now();
  const label = basename(planned.file, extname(planned.file));
  let bytes: Uint8Array = new Uint8Array();
  let more: Omit<SideLine, "file" | "milliseconds"> = {};
  const finish = (result: Result): readonly [Result, SideLine] => {
    const milliseconds = Math.round(performance.now() - start);
    return [result, { file: planned.file, milliseconds, ...more }];
  };
  try {
    bytes = readPlanned(planned, folder);
    if (planned.notebook !== undefined) {
      const { submission, log, limits } = await runNotebook(bytes, {
        ...planned.notebook,
        hidden: secret === undefined ? [] : [secret],
      });
      bytes = encodeSubmission(submission);
      more = {
        log,
        weaker: limits.flatMap(({ what, weaker }) => (weaker === undefined ? [] : [`${what}: ${weaker}`])),
      };
    }
    const request = { bytes: Buffer.from(bytes).toString("base64"), tool, label };
    return finish(await grader.grade(secret === undefined ? request : { ...request, secret }));
  } catch (error) {
    if (!(error instanceof GradeError) || error.code === "not-a-secret") throw error;
    return finish(errorResult(error, { ...(planned.notebook ?? { student: label }), tool, bytes }));
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
