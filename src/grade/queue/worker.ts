import { hostname } from "node:os";
import { type Job, Worker } from "bullmq";
import { GradeError } from "../error.ts";
import { gradeHandedIn } from "../plan/grade-handed-in.ts";
import { Grader } from "../plan/grader.ts";
import type { Result } from "../result/result.ts";
import { type QueuedSubmission, readQueued } from "./admit.ts";
import { driverOf, GradingQueue } from "./grading-queue.ts";
import { Redis } from "./redis/redis.ts";
import type { RedisTarget } from "./redis/redis-url.ts";
import { NAMES } from "./redis-names.ts";
import { Heartbeat } from "./worker-status.ts";

/** How a worker grades. */
export interface GradingWorkerOptions {
  /** File of the course's secret; without it the practice variant is graded. */
  readonly secret?: string | undefined;
  readonly tool: string;
  /** Grader processes at a time. */
  readonly jobs: number;
  /** Seconds that one submission may take in all. */
  readonly seconds: number;
  /** Seconds without a sign of life after which what a worker has in hand is given to another. */
  readonly lock: number;
  /** Told of each submission that is done. */
  readonly onResult?: (submission: QueuedSubmission, result: Result) => void;
  /** Told of each that failed and is tried again, or given up. */
  readonly onFailure?: (submission: QueuedSubmission | undefined, reason: string) => void;
}

/** How often a submission may be in the hand of a worker that dies: those are the machines' deaths, not its own. */
const DEATHS = 20;

/**
 * Takes submissions from a queue, grades them on a pool of grader processes, in which no code of a student runs, and keeps their
 * results. A submission whose grader dies or takes too long is tried again, some times.
 *
 * @example
 * const worker = new GradingWorker(redisTarget(url), { secret, tool: "bpfbook 1.0.0", jobs: 2, seconds: 300, lock: 30 });
 * process.once("SIGTERM", () => void worker.stop());
 * await worker.ended;
 */
export class GradingWorker {
  readonly #queue: GradingQueue;
  readonly #redis: Redis;
  readonly #worker: Worker<QueuedSubmission>;
  readonly #options: GradingWorkerOptions;
  readonly #free: Grader[];
  readonly #heartbeat: Heartbeat;
  readonly #ended = Promise.withResolvers<void>();
  /** Resolves after `stop`; rejects with `GradeError` where it cannot go on: a secret that is none. */
  readonly ended: Promise<void> = this.#ended.promise;
  #stopping = false;

  constructor(target: RedisTarget, options: GradingWorkerOptions) {
    const { jobs, lock } = options;
    this.#options = options;
    this.#queue = new GradingQueue(target);
    this.#redis = new Redis(target);
    this.#free = Array.from({ length: jobs }, () => new Grader());
    const name = `${hostname()}:${process.pid}`;
    this.#worker = new Worker<QueuedSubmission>(NAMES.queue, (job) => this.#grade(job), {
      ...{ connection: driverOf(this.#redis), prefix: NAMES.prefix, name, concurrency: jobs },
      ...{ lockDuration: lock * 1000, stalledInterval: lock * 1000, maxStalledCount: DEATHS },
      ...{ drainDelay: 5, runRetryDelay: 500 },
    });
    this.#worker.on("error", () => undefined); // a Redis that is away; it is asked again
    this.#worker.on("failed", (job, error) => options.onFailure?.(job?.data, error.message));
    this.#heartbeat = new Heartbeat(this.#queue.redis, name, jobs);
  }

  async #grade(job: Job<QueuedSubmission>): Promise<void> {
    const submission = readQueued(job.data);
    // A worker that died may have kept its result before.
    if ((await this.#queue.resultOf(submission.key)) !== undefined) return;
    const result = await this.#onGrader(submission);
    await this.#queue.keep(submission.key, result);
    this.#heartbeat.done(result.error !== undefined);
    this.#options.onResult?.(submission, result);
  }

  async #onGrader({ student, assignment, kind, text }: QueuedSubmission): Promise<Result> {
    const { seconds, ...options } = this.#options;
    const grader = this.#free.pop()!; // there are as many as jobs at a time
    const timer = setTimeout(() => grader[Symbol.dispose](), seconds * 1000);
    this.#heartbeat.busy(1);
    try {
      const handedIn = { bytes: new TextEncoder().encode(text), label: student };
      const of = kind === "notebook" ? { ...handedIn, notebook: { student, assignment } } : handedIn;
      return (await gradeHandedIn(of, grader, options)).result;
    } catch (error) {
      if (error instanceof GradeError && error.code === "not-a-secret") this.#giveUp(error);
      this.#heartbeat.failed();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#heartbeat.busy(-1);
      this.#free.push(grader);
    }
  }

  /** Nothing that this worker does will be right: it leaves everything to others. */
  #giveUp(error: GradeError): void {
    void this.#end().then(() => this.#ended.reject(error));
  }

  /** Takes no more, ends what it has in hand, and leaves. */
  async stop(): Promise<void> {
    await this.#end();
    this.#ended.resolve();
  }

  async #end(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    await this.#worker.close().catch(() => undefined);
    for (const grader of this.#free) grader[Symbol.dispose]();
    await this.#heartbeat.stop();
    await this.#queue[Symbol.asyncDispose]();
    this.#redis.close();
  }
}
