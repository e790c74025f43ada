/** A notebook through the queue: a worker runs it in the sandbox, the grader grades what it handed over. At night, for it starts two processes. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { gradeRelease } from "../../src/cli/grade/release.ts";
import { gradeSubmit } from "../../src/cli/grade/submit.ts";
import { GradingWorker, redisTarget } from "../../src/grade/queue/index.ts";
import type { Result } from "../../src/grade/result/index.ts";
import { HAS_REDIS, TestRedis } from "../support/redis.ts";

test.runIf(HAS_REDIS && process.env.BPFBOOK_NIGHT)(
  "the model solution's notebook gets all points, a cell that fails costs its task",
  {
    timeout: 180_000,
  },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "queue-notebook-"));
    const secret = join(folder, "secret");
    writeFileSync(secret, "a secret of the tests, long enough\n");
    await using redis = await TestRedis.start();
    const worker = new GradingWorker(redisTarget(redis.url), { secret, tool: "test", jobs: 1, seconds: 100, lock: 30 });
    try {
      const names = ["--student", "ada", "--student", "bob", "--assignment", "a3"];
      await gradeRelease(["--out", folder, "--secret", secret, "--solutions", ...names]);
      const [good, bad] = ["ada", "bob"].map((name) => join(folder, name, "a03-count-by-protocol.ipynb")) as [
        string,
        string,
      ];
      mkdirSync(join(folder, "out"));
      const text = readFileSync(bad, "utf8");
      writeFileSync(bad, text.replace(/submit\(\\"a3\/1\\"/, 'missing(\\"a3/1\\"'));
      const out = join(folder, "out", "results.jsonl");
      await gradeSubmit([good, bad, "--redis", redis.url, "--out", out]);
      const results = readFileSync(out, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Result);
      expect(results.map(({ student, score }) => [student, score])).toEqual([
        ["ada", 10],
        ["bob", 6],
      ]);
    } finally {
      await worker.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
