/** Grading on many machines: a queue in Redis, its workers, a server before it. */
export { admit, KEY, QUEUE_NOTEBOOK, type QueuedSubmission } from "./admit.ts";
export { dashboard } from "./dashboard.ts";
export { GradingQueue, PRIORITIES, type Priority, type Whereabouts } from "./grading-queue.ts";
export { type RedisTarget, redisTarget } from "./redis/redis-url.ts";
export { GradingServer, type GradingServerOptions } from "./server.ts";
export { type QueueStatus, queueStatus } from "./status.ts";
export { atRedis, atServer, type Counter, type HandInOptions, handIn, type Outcome } from "./submit.ts";
export { GradingWorker, type GradingWorkerOptions } from "./worker.ts";
