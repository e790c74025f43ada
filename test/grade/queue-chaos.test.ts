/** Workers, Redis and the server are killed while submissions are graded: each has one result, the same as without faults. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { packageVersion } from "../../src/cli/package.ts";
import { gradeBytes } from "../../src/grade/judge/index.ts";
import {
  admit,
  atServer,
  GradingQueue,
  handIn,
  type QueuedSubmission,
  redisTarget,
} from "../../src/grade/queue/index.ts";
import { resultLine } from "../../src/grade/result/index.ts";
import { registerViews } from "../../src/views/index.ts";
import { freePort, HAS_REDIS, TestRedis } from "../support/redis.ts";

const NIGHT = process.env["BPFBOOK_NIGHT"] !== undefined;
const COUNT = NIGHT ? 2000 : 100;
/** How often something is killed, and how many workers there are at a time. */
const KILLS = NIGHT ? 24 : 3;
const WORKERS = NIGHT ? 2 : 1;
const SECRET = "a secret of the tests of queues";
const TOKEN = "a-token-of-the-tests-of-queues";
const COMMAND = join(import.meta.dirname, "../../bin/bpfbook.js");

const folder = mkdtempSync(join(tmpdir(), "bpfbook-queue-"));
const secretFile = join(folder, "secret");
const children = new Set<ChildProcess>();

const command = (...words: readonly string[]): ChildProcess => {
  const env = { ...process.env, BPFBOOK_GRADE_TOKEN: TOKEN };
  const child = spawn(process.execPath, [COMMAND, "grade", ...words], { env, stdio: "ignore" });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
};
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Small ones: no answer, a wrong one, one that is none. */
function submissionOf(at: number): QueuedSubmission {
  const answers = [{}, { "a1/1": { kind: "value", value: at } }, { "a1/1": { kind: "nonsense" } }][at % 3];
  const submission = { version: 1, assignment: "a1", student: `s${at}`, answers };
  return admit(new TextEncoder().encode(JSON.stringify(submission)));
}

describe.skipIf(!HAS_REDIS)("a queue", () => {
  test(`${COUNT} submissions, ${KILLS} deaths: nothing is lost, nothing has two results`, {
    timeout: 900_000,
  }, async () => {
    writeFileSync(secretFile, SECRET);
    registerViews();
    const submissions = Array.from({ length: COUNT }, (_, at) => submissionOf(at));
    const options = { secret: SECRET, tool: `bpfbook ${packageVersion()}` };
    const wanted = new Map<string, string>();
    for (const { key, text } of submissions)
      wanted.set(key, resultLine(await gradeBytes(new TextEncoder().encode(text), options)));

    await using redis = await TestRedis.start();
    const port = await freePort();
    const startServer = (): ChildProcess =>
      command("serve", "--redis", redis.url, "--port", String(port), "--per-minute", "1000");
    const startWorker = (): ChildProcess =>
      command("worker", "--redis", redis.url, "--secret", secretFile, "--jobs", "1", "--lock", "1");
    let server = startServer();
    const workers = Array.from({ length: WORKERS }, startWorker);
    await using queue = new GradingQueue(redisTarget(redis.url));
    const handing = handIn(submissions, atServer(`http://127.0.0.1:${port}`, TOKEN), { priority: "live", wait: true });

    const doneNow = async (): Promise<number> => {
      for (;;) {
        try {
          return await queue.redis.send<number>("HLEN", ["bpfbook:results"]);
        } catch {
          // Redis was killed under the question.
        }
      }
    };
    const killed: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      // Somewhere in its own part of the work, whatever the machine's speed.
      const moment = Math.floor(((kill + Math.random()) * COUNT) / (KILLS + 1));
      while ((await doneNow()) < moment) await new Promise((resolve) => setTimeout(resolve, 5));
      killed.push(`${["worker", "server", "Redis"][kill % 3]} at ${moment}`);
      if (kill % 3 === 0) {
        const at = kill % WORKERS;
        workers[at]!.kill("SIGKILL");
        workers[at] = startWorker();
      } else if (kill % 3 === 1) {
        const ended = new Promise((resolve) => server.once("exit", resolve));
        server.kill("SIGKILL");
        await ended; // it has the port
        server = startServer();
      } else {
        await redis.kill();
        redis.again();
      }
    }
    const outcomes = await handing;
    const told = `killed: ${killed.join(", ")}`;
    expect(
      outcomes.filter(({ state }) => state !== "done"),
      told,
    ).toEqual([]);
    const lines = (await Array.fromAsync(queue.results())).sort();
    expect(lines, told).toEqual([...wanted.values()].sort());
    expect(outcomes.map((one) => (one.state === "done" ? resultLine(one.result) : one.state))).toEqual(
      submissions.map(({ key }) => wanted.get(key)),
    );
    expect(await queue.redis.send("HGET", ["bpfbook:counts", "results"])).toBe(String(COUNT));
    // What was done again finds its result; then nothing is left.
    const left = async (): Promise<number> => {
      const counts = await queue.jobs.getJobCounts("active", "delayed", "failed", "prioritized", "waiting");
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    };
    await expect.poll(left, { timeout: 30_000, interval: 100 }).toBe(0);
    await Promise.all(
      [...workers, server].map((child) => {
        const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        return ended;
      }),
    ).then((codes) => expect(codes, "all leave when they are asked").toEqual([...workers, server].map(() => 0)));
    expect(redis.written()).not.toMatch(new RegExp(`${SECRET}|${TOKEN}`));
  });
});
