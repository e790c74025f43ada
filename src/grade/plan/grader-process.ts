/**
 * The grader as a process of its own, in which no code of a student runs: a request a line on stdin, its result a line on stdout, in
 * order. It ends with its stdin. Its argument: how many seconds a test may take.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { GradeError, type GradeFault } from "../error.ts";
import { BoundedJudge } from "../judge/bounded.ts";

/** One submission to grade. */
export interface GraderRequest {
  /** The submission's bytes, base64. */
  readonly bytes: string;
  /** File of the course's secret; without it the practice variant is graded. */
  readonly secret?: string;
  readonly practice?: number;
  readonly tool: string;
  readonly label?: string;
  readonly visibleOnly?: boolean;
}

const [seconds] = process.argv.slice(2).map(Number);
const judge = new BoundedJudge(seconds === undefined ? {} : { seconds });
const secrets = new Map<string, Uint8Array>();

/** Read once: a course has one, and a line's end at its end is no part of it. */
function secretOf(path: string): Uint8Array {
  const known = secrets.get(path) ?? readSecret(path);
  secrets.set(path, known);
  return known;
}

function readSecret(path: string): Uint8Array {
  const bytes = new Uint8Array(readFileSync(path));
  const end = bytes.findLastIndex((byte) => byte !== 0x0a && byte !== 0x0d) + 1;
  return bytes.subarray(0, end);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { bytes, secret, ...options } = JSON.parse(line) as GraderRequest;
  let answer: object;
  try {
    const with_ = secret === undefined ? options : { ...options, secret: secretOf(secret) };
    answer = { result: await judge.grade(Buffer.from(bytes, "base64"), with_) };
  } catch (error) {
    const code: GradeFault = error instanceof GradeError ? error.code : "not-a-secret"; // its file cannot be read
    answer = { error: (error as Error).message, code };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await judge.close();
