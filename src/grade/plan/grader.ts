import { type ChildProcess, spawn } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { GradeError, type GradeFault } from "../error.ts";
import type { Result } from "../result/result.ts";
import { checkResult } from "../result/validate.ts";
import type { GraderRequest } from "./grader-process.ts";

const PROCESS = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./grader-process.ts" : "./grader-process.js", import.meta.url),
);

/** MiB that JavaScript of a grader's process may hold. */
const MEMORY = 1024;

/** Where the command keeps what Node has compiled: it spares two thirds of a grader's start. */
const COMPILED = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "bpfbook", "compile");

/** What a grader's judge may use. */
export interface GraderOptions {
  /** Seconds of real time that one test may take; the judge's default unless told otherwise. */
  readonly seconds?: number | undefined;
}

interface GraderAnswer {
  readonly result?: unknown;
  readonly error?: string;
  readonly code?: GradeFault;
}

interface Waiting {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A grader process: start-up is paid once, results come in the order of the requests. One that dies fails what it had in hand and is
 * started again for the next.
 *
 * @example
 * using grader = new Grader();
 * const result = await grader.grade({ bytes, secret: "course.secret", tool: "bpfbook 1.0.0" });
 */
export class Grader implements Disposable {
  readonly #seconds: number | undefined;
  #process: ChildProcess | undefined;
  #waiting: Waiting[] = [];

  constructor({ seconds }: GraderOptions = {}) {
    this.#seconds = seconds;
  }

  /** The result. Rejects with `GradeError` where the grader itself failed: a secret that is none, no memory. */
  grade(request: GraderRequest): Promise<Result> {
    const process = (this.#process ??= this.#start());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      process.stdin!.write(`${JSON.stringify(request)}\n`);
    });
  }

  #start(): ChildProcess {
    const child = spawn(
      process.execPath,
      [
        "--disable-sigusr1",
        "--no-warnings",
        `--max-old-space-size=${MEMORY}`,
        PROCESS,
        ...(this.#seconds === undefined ? [] : [String(this.#seconds)]),
      ],
      { stdio: ["pipe", "pipe", "ignore"], env: { ...process.env, NODE_COMPILE_CACHE: COMPILED } },
    );
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const { result, error, code } = JSON.parse(line) as GraderAnswer;
      const waiting = this.#waiting.shift();
      if (error === undefined) waiting?.resolve(checkResult(result));
      else waiting?.reject(new GradeError(code ?? "fault", "grader", error));
    });
    child.stdin!.on("error", () => undefined); // its end tells
    child.on("exit", (code, signal) => {
      if (this.#process === child) this.#process = undefined;
      const why = new GradeError("time", "grader", `its process ended (${signal ?? `code ${code}`})`);
      for (const { reject } of this.#waiting.splice(0)) reject(why);
    });
    return child;
  }

  [Symbol.dispose](): void {
    this.#process?.kill("SIGKILL");
  }
}
