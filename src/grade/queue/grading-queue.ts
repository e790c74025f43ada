import { createBunRedisClient, type IRedisClient, type JobsOptions, Queue } from "bullmq";
import type { Result } from "../result/result.ts";
import { readResult, resultLine } from "../result/validate.ts";
import type { QueuedSubmission } from "./admit.ts";
import { ConnectionLost, Redis } from "./redis/redis.ts";
import type { RedisTarget } from "./redis/redis-url.ts";
import { NAMES, SCRIPTS } from "./redis-names.ts";

/** Who is graded first: somebody who waits for it, what came in by itself, last night's again. */
export const PRIORITIES = { live: 1, normal: 2, bulk: 3 } as const;
export type Priority = keyof typeof PRIORITIES;

/** How often a submission is begun that killed its grader, and how long is waited between, in milliseconds. */
const JOB: JobsOptions = {
  attempts: 4,
  backoff: { type: "exponential", delay: 1000 },
  removeOnComplete: true, // its result is kept, by its key
  removeOnFail: false,
};

/** Where a submission is. */
export type Whereabouts =
  | { readonly key: string; readonly state: "done"; readonly result: Result }
  | { readonly key: string; readonly state: "waiting" | "active" | "unknown" }
  | { readonly key: string; readonly state: "failed"; readonly reason: string };

/** A driver for BullMQ over a connection of ours. */
export const driverOf = (redis: Redis): IRedisClient => {
  const driver = createBunRedisClient(redis);
  driver.on("error", () => undefined); // it comes back; whoever waits for an answer hears of it
  return driver;
};

/**
 * The submissions of a course in Redis: those that wait, and one result for each key, whatever happens. What is added twice is
 * graded once; what a worker had in hand when it died is given to another.
 *
 * @example
 * await using queue = new GradingQueue(redisTarget("redis://127.0.0.1:6379"));
 * const { key } = admit(bytes);
 * await queue.add(admit(bytes), "normal");
 * const [where] = await queue.find([key]);
 */
export class GradingQueue implements AsyncDisposable {
  readonly redis: Redis;
  readonly #driver: IRedisClient;
  readonly jobs: Queue<QueuedSubmission>;

  constructor(target: RedisTarget) {
    this.redis = new Redis(target);
    this.#driver = driverOf(this.redis);
    this.jobs = new Queue<QueuedSubmission>(NAMES.queue, { connection: this.#driver, prefix: NAMES.prefix });
    this.jobs.on("error", () => undefined);
  }

  /** Adds it, unless it is there or done. One that had failed is tried again. Resolves when Redis has it. */
  async add(submission: QueuedSubmission, priority: Priority = "normal"): Promise<Whereabouts> {
    const { key } = submission;
    const [where] = await this.find([key]);
    if (where !== undefined && (where.state === "done" || where.state === "waiting" || where.state === "active"))
      return where;
    if (where?.state === "failed") await (await this.jobs.getJob(key))?.remove();
    await this.jobs.add("grade", submission, { ...JOB, jobId: key, priority: PRIORITIES[priority] });
    return { key, state: "waiting" };
  }

  /** The result of a submission. */
  async resultOf(key: string): Promise<Result | undefined> {
    const line = await this.redis.send<string | null>("HGET", [NAMES.results, key]);
    return line === null ? undefined : readLine(line);
  }

  /** Where submissions are, in the order of their keys. */
  async find(keys: readonly string[]): Promise<Whereabouts[]> {
    if (keys.length === 0) return [];
    const lines = await this.redis.send<(string | null)[]>("HMGET", [NAMES.results, ...keys]);
    return Promise.all(
      keys.map(async (key, at): Promise<Whereabouts> => {
        const line = lines[at];
        return line == null ? this.#unfinished(key) : { key, state: "done", result: readLine(line) };
      }),
    );
  }

  async #unfinished(key: string): Promise<Whereabouts> {
    const state = await this.jobs.getJobState(key);
    switch (state) {
      case "active":
        return { key, state };
      case "failed": {
        const job = await this.jobs.getJob(key);
        return { key, state, reason: job?.failedReason ?? "" };
      }
      case "completed":
      case "unknown": {
        // It may have been finished, and forgotten as a job, since its result was looked for.
        const result = await this.resultOf(key);
        return result === undefined ? { key, state: "unknown" } : { key, state: "done", result };
      }
      default:
        return { key, state: "waiting" };
    }
  }

  /** Keeps a result; the first one of a key stays. Waits for a Redis that is away. True where it was the first. */
  async keep(key: string, result: Result): Promise<boolean> {
    const words = [SCRIPTS.keep, "2", NAMES.results, NAMES.counts, key, resultLine(result).trimEnd()];
    for (;;) {
      try {
        return (await this.redis.send<number>("EVAL", [...words, result.error === undefined ? "0" : "1"])) === 1;
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
        // The same again is harmless, whether it was kept or not.
      }
    }
  }

  /** Lines of all results, in the order of their keys. */
  async *results(): AsyncGenerator<string> {
    const keys = (await this.redis.send<string[]>("HKEYS", [NAMES.results])).sort();
    const BATCH = 200;
    for (let at = 0; at < keys.length; at += BATCH) {
      const lines = await this.redis.send<(string | null)[]>("HMGET", [NAMES.results, ...keys.slice(at, at + BATCH)]);
      for (const line of lines) if (line !== null) yield `${line}\n`;
    }
  }

  /** One more submission of a student: undefined where that is within what may come in a minute, else the seconds to wait. */
  async tooOften(student: string, perMinute: number): Promise<number | undefined> {
    const words = [SCRIPTS.count, "1", `${NAMES.rate}${student}`, "60000"];
    const [count, left] = await this.redis.send<[number, number]>("EVAL", words);
    return count > perMinute ? Math.max(1, Math.ceil(left / 1000)) : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.jobs.close().catch(() => undefined);
    this.redis.close();
  }
}

const readLine = (line: string): Result => readResult(new TextEncoder().encode(line), "queue");
