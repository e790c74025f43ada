import { Worker } from "node:worker_threads";
import { GradeError } from "../error.ts";
import type { Result, TestResult } from "../result/result.ts";
import type { GradeOptions } from "./grade-bytes.ts";
import { notDone, type PlannedTest } from "./judge-task.ts";
import type { JudgeJob, JudgeMessage } from "./judge-worker.ts";

/** What one test may use. */
export interface JudgeLimits {
  /** Seconds of real time; default 20. Far above what any honest program takes, so that results are the same everywhere. */
  readonly seconds?: number;
  /** MiB of JavaScript's memory; default 1024. */
  readonly megabytes?: number;
}

/** Seconds that the thread may take before its first test: it reads the whole library. */
const START = 60;

const WORKER = new URL(import.meta.url.endsWith(".ts") ? "./judge-worker.ts" : "./judge-worker.js", import.meta.url);

/**
 * Grades in a thread of its own, one submission after the other, so that start-up is paid once. A test that takes too long or too
 * much memory is ended with its thread and fails; the others are done in a new one.
 *
 * @example
 * await using judge = new BoundedJudge({ seconds: 20 });
 * for (const bytes of submissions) results.push(await judge.grade(bytes, { secret, tool: "bpfbook 1.0.0" }));
 */
export class BoundedJudge implements AsyncDisposable {
  readonly #seconds: number;
  readonly #megabytes: number;
  #worker: Worker | undefined;

  constructor({ seconds = 20, megabytes = 1024 }: JudgeLimits = {}) {
    this.#seconds = seconds;
    this.#megabytes = megabytes;
  }

  /** The result; throws `GradeError` only where the grader itself failed: a secret that is none (`not-a-secret`), `time`, `fault`. One call at a time. */
  async grade(bytes: Uint8Array, options: Omit<GradeOptions, "onTest" | "done">): Promise<Result> {
    const done = new Map<string, TestResult>();
    for (;;) {
      const outcome = await this.#attempt({ bytes, options: { ...options, done } }, done);
      if ("result" in outcome) return outcome.result;
      const { test, reason } = outcome;
      await this.close();
      if (test === undefined) throw new GradeError("time", options.label ?? "", reason);
      done.set(test.id, notDone(test, reason));
    }
  }

  #attempt(
    job: JudgeJob,
    done: Map<string, TestResult>,
  ): Promise<{ result: Result } | { test: PlannedTest | undefined; reason: string }> {
    this.#worker ??= new Worker(WORKER, {
      resourceLimits: { maxOldGenerationSizeMb: this.#megabytes },
      env: {},
      stdin: false,
      stdout: false,
    });
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      let current: PlannedTest | undefined;
      let timer: NodeJS.Timeout | undefined;
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        worker.off("message", onMessage);
        worker.off("error", onError);
        finish();
      };
      const restart = (seconds = this.#seconds): void => {
        clearTimeout(timer);
        const reason = `it took more than ${seconds} seconds of the grader's time`;
        timer = setTimeout(() => settle(() => resolve({ test: current, reason })), seconds * 1000);
      };
      const onMessage = (message: JudgeMessage): void => {
        switch (message.kind) {
          case "begin":
            current = message.test;
            restart();
            break;
          case "end":
            done.set(message.result.id, message.result);
            restart();
            break;
          case "done":
            settle(() => resolve({ result: message.result }));
            break;
          case "refused":
            settle(() => reject(new GradeError(message.code, "", message.message)));
        }
      };
      const onError = (error: NodeJS.ErrnoException): void => {
        const full = error.code === "ERR_WORKER_OUT_OF_MEMORY";
        const reason = full ? `it took more than ${this.#megabytes} MiB of the grader's memory` : error.message;
        settle(() => resolve({ test: current, reason: reason.split("\n")[0]! }));
      };
      worker.on("message", onMessage);
      worker.on("error", onError);
      restart(START);
      worker.postMessage(job);
    });
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
