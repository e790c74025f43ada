import { readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { GradeError } from "../../grade/error.ts";
import { errorResult } from "../../grade/judge/grade-bytes.ts";
import { type FoundFile, findFiles } from "../../grade/plan/index.ts";
import {
  admit,
  atRedis,
  atServer,
  type Counter,
  GradingQueue,
  handIn,
  type Outcome,
  PRIORITIES,
  type Priority,
  type QueuedSubmission,
  redisTarget,
} from "../../grade/queue/index.ts";
import { type Result, resultLine } from "../../grade/result/index.ts";
import { NOTEBOOK_LIMITS } from "../../grade/sandbox/notebook.ts";
import { oneOf, readFlags } from "../flags.ts";
import { print, writeFile } from "../output.ts";
import { packageVersion } from "../package.ts";
import { progressBar } from "../progress.ts";
import { UsageError } from "../usage.ts";
import { submissionBytes } from "./files.ts";
import { readToken } from "./token.ts";

/**
 * `bpfbook grade submit`: hands files in at Redis or a server; with `--out` waits for their results, which have the files' order.
 * Exit code 1 where one could not be handed in or graded.
 */
export async function gradeSubmit(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, {
    ...({ redis: "string", server: "string", "token-file": "string", priority: "string", out: "string" } as const),
  });
  if (words.length === 0 || (flags.redis === undefined) === (flags.server === undefined))
    throw new UsageError("grade submit FILES... --redis URL | --server URL --token-file FILE");
  const priority = oneOf("priority", flags.priority, Object.keys(PRIORITIES) as Priority[]) ?? "normal";
  await using queue = flags.redis === undefined ? undefined : new GradingQueue(redisTarget(flags.redis));
  const counter: Counter =
    queue === undefined ? atServer(flags.server!, readToken(flags["token-file"])) : atRedis(queue);
  const { out } = flags;
  if (out !== undefined) writeFile(out, "");
  const found = findFiles(words).map(readFound);
  const good = found.flatMap((one) => ("submission" in one ? [one.submission] : []));
  const wait = out !== undefined;
  const onProgress = progressBar(wait ? "grading" : "handing in");
  const outcomes = await handIn(good, counter, { priority, wait, onProgress });
  const results: (Result | undefined)[] = [];
  let next = 0;
  for (const one of found) {
    if ("error" in one) results.push(one.error);
    else results.push(resultOf(one.submission, outcomes[next++]!));
  }
  for (const one of results) if (one?.error !== undefined) process.stderr.write(`${one.student}: ${one.error}\n`);
  const bad = results.filter((one) => one?.error !== undefined).length;
  if (out !== undefined)
    writeFile(out, results.flatMap((one) => (one === undefined ? [] : [resultLine(one)])).join(""));
  else await print(`${results.length - bad} submissions were taken\n`);
  return bad === 0 ? 0 : 1;
}

type Read = { readonly submission: QueuedSubmission } | { readonly error: Result };

function readFound(found: FoundFile): Read {
  const file = "planned" in found ? found.planned.file : found.file;
  let bytes: Uint8Array = new Uint8Array();
  try {
    if ("error" in found) throw found.error;
    const { folder, planned } = found;
    const path = join(folder, file);
    bytes = planned.notebook === undefined ? submissionBytes(path, file) : notebookBytes(path);
    return { submission: admit(bytes, planned.notebook) };
  } catch (error) {
    if (!(error instanceof GradeError)) throw error;
    const owner = ("planned" in found ? found.planned.notebook : undefined) ?? {
      student: basename(file, extname(file)),
    };
    return { error: errorResult(error, { ...owner, tool: TOOL, bytes }) };
  }
}

const TOOL = `bpfbook ${packageVersion()}`;

function notebookBytes(path: string): Uint8Array {
  const bytes = readFileSync(path);
  if (bytes.length <= NOTEBOOK_LIMITS.bytes) return bytes;
  throw new GradeError("too-large", basename(path), `it has ${bytes.length} bytes`);
}

function resultOf({ student, assignment, text }: QueuedSubmission, outcome: Outcome): Result | undefined {
  switch (outcome.state) {
    case "done":
      return outcome.result;
    case "taken":
      return undefined;
    case "failed":
    case "refused": {
      const error = new GradeError("fault", "", outcome.reason);
      return errorResult(error, { student, assignment, tool: TOOL, bytes: new TextEncoder().encode(text) });
    }
  }
}
