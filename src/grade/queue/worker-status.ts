import { isObject } from "../../isa/argument.ts";
import { readJson } from "../submission/json.ts";
import type { Redis } from "./redis/redis.ts";
import { NAMES } from "./redis-names.ts";

/** What a worker says of itself every few seconds. */
export interface WorkerStatus {
  /** Its machine and process. */
  readonly name: string;
  /** Milliseconds since 1970, by its own clock. */
  readonly at: number;
  readonly started: number;
  /** Graders that it has, and those that are at work. */
  readonly jobs: number;
  readonly busy: number;
  /** Since it started: results, those with an error, graders that died or took too long. */
  readonly done: number;
  readonly errors: number;
  readonly failures: number;
  /** Results a second over the last minute. */
  readonly perSecond: number;
}

/** Milliseconds between two signs of life, and after how many a worker counts as gone. */
const EVERY = 2000;
export const GONE_AFTER = 15_000;
const MINUTE = 60_000;
const NUMBERS = ["at", "started", "jobs", "busy", "done", "errors", "failures", "perSecond"] as const;

/** Tells Redis that a worker lives, and what it did. */
export class Heartbeat {
  readonly #redis: Redis;
  readonly #name: string;
  readonly #jobs: number;
  readonly #started = Date.now();
  readonly #timer: NodeJS.Timeout;
  #counts = { busy: 0, done: 0, errors: 0, failures: 0 };
  /** When results of the last minute came. */
  #recent: number[] = [];

  constructor(redis: Redis, name: string, jobs: number) {
    this.#redis = redis;
    this.#name = name;
    this.#jobs = jobs;
    this.#timer = setInterval(() => this.#beat(), EVERY);
    this.#beat();
  }

  busy(change: 1 | -1): void {
    this.#counts.busy += change;
  }

  done(withError: boolean): void {
    this.#counts.done++;
    if (withError) this.#counts.errors++;
    this.#recent.push(Date.now());
  }

  failed(): void {
    this.#counts.failures++;
  }

  /** It leaves of its own will: nobody waits for it. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#redis.up) await this.#redis.send("HDEL", [NAMES.workers, this.#name]).catch(() => undefined);
  }

  #beat(): void {
    if (!this.#redis.up && this.#redis.connected) return; // what is old by then is not worth telling
    const at = Date.now();
    this.#recent = this.#recent.filter((one) => one > at - MINUTE);
    const perSecond = this.#recent.length / (Math.min(MINUTE, Math.max(1000, at - this.#started)) / 1000);
    const { name, started, jobs } = { name: this.#name, started: this.#started, jobs: this.#jobs };
    const status: WorkerStatus = { name, at, started, jobs, ...this.#counts, perSecond };
    this.#redis.send("HSET", [NAMES.workers, name, JSON.stringify(status)]).catch(() => undefined);
  }
}

/** What a worker said, or undefined for something that none says. */
export function readWorkerStatus(line: string): WorkerStatus | undefined {
  try {
    const value = readJson(Buffer.from(line), { bytes: 4096, depth: 2 });
    if (!isObject(value) || typeof value.name !== "string") return undefined;
    if (NUMBERS.some((name) => typeof value[name] !== "number")) return undefined;
    return value as unknown as WorkerStatus;
  } catch {
    return undefined;
  }
}
