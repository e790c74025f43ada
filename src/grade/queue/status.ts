import { type GradingQueue, PRIORITIES, type Priority } from "./grading-queue.ts";
import { NAMES } from "./redis-names.ts";
import { GONE_AFTER, readWorkerStatus, type WorkerStatus } from "./worker-status.ts";

/** A submission that was given up: handed in again, it is tried again. */
export interface FailedSubmission {
  readonly key: string;
  readonly student: string;
  readonly assignment: string;
  readonly reason: string;
}

/** How a queue stands, for people and programs. */
export interface QueueStatus {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly waiting: Readonly<Record<Priority, number>>;
  /** In the hand of a worker, and waiting to be tried again. */
  readonly active: number;
  readonly again: number;
  /** Given up. */
  readonly failed: number;
  readonly results: number;
  /** Results that are an error: what was handed in could not be graded. */
  readonly errors: number;
  /** Results a second over the last minute, of all workers. */
  readonly perSecond: number;
  /** Seconds until nothing waits, at that rate; absent where nothing is done. */
  readonly remaining?: number;
  /** Seconds for which the oldest one waits; absent where none does. */
  readonly oldest?: number;
  readonly workers: readonly WorkerStatus[];
  readonly failures: readonly FailedSubmission[];
}

const FAILURES = 20;
const LEVELS = Object.entries(PRIORITIES) as readonly (readonly [Priority, number])[];

/** Asks Redis how the queue stands. @example (await queueStatus(queue)).perSecond */
export async function queueStatus(queue: GradingQueue): Promise<QueueStatus> {
  const { jobs, redis } = queue;
  const [counts, levels, kept, said, failed] = await Promise.all([
    jobs.getJobCounts("active", "delayed", "failed"),
    jobs.getCountsPerPriority(LEVELS.map(([, level]) => level)),
    redis.send<(string | null)[]>("HMGET", [NAMES.counts, "results", "errors"]),
    redis.send<string[]>("HVALS", [NAMES.workers]),
    jobs.getFailed(0, FAILURES - 1),
  ]);
  const at = Date.now();
  const told = said.flatMap((line) => readWorkerStatus(line) ?? []);
  const workers = told.filter((one) => one.at > at - GONE_AFTER).sort((a, b) => (a.name < b.name ? -1 : 1));
  const perSecond = workers.reduce((sum, one) => sum + one.perSecond, 0);
  const waiting = Object.fromEntries(LEVELS.map(([name, level]) => [name, levels[String(level)] ?? 0]));
  const { active = 0, delayed: again = 0 } = counts;
  const left = Object.values(waiting).reduce((sum, count) => sum + count, 0) + active + again;
  const oldest = await oldestOf(queue, waiting as Record<Priority, number>);
  return {
    at,
    waiting: waiting as Record<Priority, number>,
    ...{ active, again, failed: counts["failed"] ?? 0 },
    ...{ results: Number(kept[0] ?? 0), errors: Number(kept[1] ?? 0), perSecond },
    ...(perSecond === 0 ? {} : { remaining: left / perSecond }),
    ...(oldest === undefined ? {} : { oldest: Math.max(0, (at - oldest) / 1000) }),
    workers,
    failures: failed.flatMap((job) => {
      // Redis may have lost a job since it named it.
      const { key = "", student = "", assignment = "" } = job?.data ?? {};
      return key === "" ? [] : [{ key, student, assignment, reason: (job.failedReason ?? "").slice(0, 300) }];
    }),
  };
}

/** When the submission was added that waits longest: the first of its priority. */
async function oldestOf(
  { jobs }: GradingQueue,
  waiting: Readonly<Record<Priority, number>>,
): Promise<number | undefined> {
  const times: number[] = [];
  let offset = 0;
  for (const [name] of LEVELS) {
    if (waiting[name] > 0) {
      const [first] = await jobs.getPrioritized(offset, offset);
      if (first !== undefined) times.push(first.timestamp);
    }
    offset += waiting[name];
  }
  return times.length === 0 ? undefined : Math.min(...times);
}

/** How many wait in all. */
export const waitingOf = ({ waiting }: Pick<QueueStatus, "waiting">): number =>
  Object.values(waiting).reduce((sum, count) => sum + count, 0);
