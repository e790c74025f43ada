import { isObject } from "../../isa/argument.ts";
import { GradeError } from "../error.ts";
import type { Result } from "../result/result.ts";
import { checkResult } from "../result/validate.ts";
import { readJson } from "../submission/json.ts";
import type { QueuedSubmission } from "./admit.ts";
import type { GradingQueue, Priority, Whereabouts } from "./grading-queue.ts";

/** Where submissions are handed in: Redis itself, or a server before it. */
export interface Counter {
  /** Hands one in. A number: come back after that many seconds. Throws `GradeError` for what will never be taken. */
  readonly send: (submission: QueuedSubmission, priority: Priority) => Promise<Whereabouts | number>;
  readonly find: (keys: readonly string[]) => Promise<readonly Whereabouts[] | number>;
}

/** Handing in at Redis, which asks nobody to come back. */
export const atRedis = (queue: GradingQueue): Counter => ({
  send: (submission, priority) => orLater(queue.add(submission, priority)),
  find: (keys) => orLater(queue.find(keys)),
});

/** Errors of a connection mean: later. What BullMQ and Redis say is nobody's fault who hands in. */
const orLater = <T>(work: Promise<T>): Promise<T | number> => work.catch(() => RETRY.seconds);

const RETRY = { seconds: 1, most: 60 } as const;
/** Milliseconds for an answer, bytes of one, and how many are asked for at once. */
const PATIENCE = 30_000;
const ANSWER = 200_000_000;
const KEYS = 100;
const SENT = 8;

/**
 * Handing in at a server.
 *
 * @example const counter = atServer("http://127.0.0.1:8917", token);
 */
export function atServer(server: string, token: string): Counter {
  const url = URL.parse(server);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "")
    throw new GradeError("not-a-url", "--server", "it is no address of a server", "http://127.0.0.1:8917 is one");
  const ask = async (path: string, body: string): Promise<string | number> => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const response = await fetch(new URL(path, url), { method: "POST", headers, body, signal, redirect: "error" });
      const text = await response.text();
      if (response.ok) return text;
      if (response.status === 429 || response.status >= 500) return waitOf(response.headers.get("Retry-After"));
      throw new GradeError("not-a-submission", "", `the server refuses it (${response.status}): ${reasonIn(text)}`);
    } catch (error) {
      if (error instanceof GradeError) throw error;
      return RETRY.seconds; // the server is away
    }
  };
  return {
    async send({ kind, student, assignment, text }, priority) {
      const query = new URLSearchParams(kind === "notebook" ? { priority, student, assignment } : { priority });
      const said = await ask(`/submissions?${query}`, text);
      return typeof said === "number" ? said : readWhereabouts(said);
    },
    async find(keys) {
      const said = await ask("/find", JSON.stringify({ keys }));
      return typeof said === "number" ? said : said.split("\n").filter(Boolean).map(readWhereabouts);
    },
  };
}

const waitOf = (header: string | null): number =>
  Math.min(RETRY.most, Math.max(RETRY.seconds, Number(header ?? 0) || 0));

function reasonIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return String(error).slice(0, 300);
  } catch {
    return "no reason";
  }
}

function readWhereabouts(text: string): Whereabouts {
  const value = readJson(new TextEncoder().encode(text), { bytes: ANSWER, depth: 10, where: "server" });
  const { key, state, result, reason } = isObject(value) ? value : {};
  if (typeof key === "string") {
    if (state === "done") return { key, state, result: checkResult(result, "server") };
    if (state === "failed") return { key, state, reason: String(reason) };
    if (state === "waiting" || state === "active" || state === "unknown") return { key, state };
  }
  throw new GradeError("not-a-result", "server", "it does not answer as a grading server does");
}

/** How submissions are handed in. */
export interface HandInOptions {
  readonly priority: Priority;
  /** Waits for the results. */
  readonly wait: boolean;
  /** Seconds without any progress after which it gives up. */
  readonly patience?: number;
  /** Told how many are taken, or with `wait` how many are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What became of a submission that was handed in. */
export type Outcome =
  | { readonly state: "done"; readonly result: Result }
  | { readonly state: "taken" }
  | { readonly state: "failed" | "refused"; readonly reason: string };

/**
 * Hands submissions in and, if asked, waits for their results. A counter that is away or asks to come back is tried again; as equal
 * submissions are one, nothing is graded twice for it. Throws `GradeError` (`not-reachable`) when nothing goes on any more.
 *
 * @returns in the submissions' order
 * @example const outcomes = await handIn(files.map(read), atRedis(queue), { priority: "normal", wait: true });
 */
export async function handIn(
  submissions: readonly QueuedSubmission[],
  counter: Counter,
  { priority, wait, patience = 600, onProgress }: HandInOptions,
): Promise<Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  const taken = new Set<string>();
  const total = new Set(submissions.map(({ key }) => key)).size;
  let moved = performance.now();
  const progress = (): void => {
    moved = performance.now();
    onProgress?.(wait ? outcomes.size : taken.size + outcomes.size, total);
  };
  const pause = async (seconds: number): Promise<void> => {
    if (performance.now() - moved > patience * 1000)
      throw new GradeError("not-reachable", "", `nothing went on for ${patience} s`, "Is Redis there, and a worker?");
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  };
  const send = async (submission: QueuedSubmission): Promise<void> => {
    for (;;) {
      const where = await counter.send(submission, priority).catch((error: unknown) => refusal(error));
      if (typeof where === "number") {
        await pause(where);
        continue;
      }
      if (where.state === "done" || where.state === "refused") outcomes.set(submission.key, where);
      else taken.add(submission.key);
      progress();
      return;
    }
  };
  await inParallel(submissions, send);
  while (wait) {
    const open = submissions.filter(({ key }) => !outcomes.has(key));
    if (open.length === 0) break;
    const before = outcomes.size;
    for (let at = 0; at < open.length; at += KEYS) {
      const found = await counter.find(open.slice(at, at + KEYS).map(({ key }) => key));
      if (typeof found === "number") break;
      for (const one of found) {
        if (one.state === "done" || one.state === "failed") outcomes.set(one.key, one);
        // Redis lost it with its last second of writing: handed in again.
        if (one.state === "unknown") await send(open.find(({ key }) => key === one.key)!);
      }
      if (found.every(({ state }) => state === "waiting")) break; // the later ones wait too
    }
    if (outcomes.size > before) progress();
    else await pause(POLL);
  }
  return submissions.map(({ key }) => outcomes.get(key) ?? { state: "taken" });
}

/** Seconds between two looks at what is not done. */
const POLL = 0.25;

function refusal(error: unknown): { readonly state: "refused"; readonly reason: string } {
  if (error instanceof GradeError) return { state: "refused", reason: error.message };
  throw error;
}

async function inParallel<T>(items: readonly T[], one: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) await one(items[at]!);
  };
  await Promise.all(Array.from({ length: Math.min(SENT, items.length) }, work));
}
