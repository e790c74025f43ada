/** What a queue takes, what its server says, how Redis is spoken to. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gradeBytes } from "../../src/grade/judge/index.ts";
import { readQueued } from "../../src/grade/queue/admit.ts";
import {
  admit,
  atRedis,
  dashboard,
  GradingQueue,
  GradingServer,
  GradingWorker,
  handIn,
  type QueueStatus,
  queueStatus,
  redisTarget,
} from "../../src/grade/queue/index.ts";
import { encodeCommand, RespReader } from "../../src/grade/queue/redis/resp.ts";
import { HAS_REDIS, TestRedis } from "../support/redis.ts";

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const submission = (student: string, answers: object = {}) => ({ version: 1, assignment: "a1", student, answers });

describe("what a queue takes", () => {
  test("equal submissions have one key, whatever their form; another answer or student has another", () => {
    const one = admit(bytesOf(submission("ada", { "a1/1": { kind: "value", value: 1 } })));
    const text = '{ "student":"ada", "version":1,"answers":{"a1/1":{"value":1,"kind":"value"}},"assignment":"a1" }';
    expect(admit(new TextEncoder().encode(text)).key).toBe(one.key);
    expect(admit(bytesOf(submission("ada"))).key).not.toBe(one.key);
    expect(admit(bytesOf(submission("bob", { "a1/1": { kind: "value", value: 1 } }))).key).not.toBe(one.key);
    expect(readQueued(structuredClone(one))).toEqual(one);
  });

  test("of a notebook only what is run", () => {
    const cell = (source: string, outputs: unknown[]) => ({ cell_type: "code", source, outputs });
    const owner = { student: "ada", assignment: "a1" };
    const one = admit(bytesOf({ nbformat: 4, cells: [cell("1", [])] }), owner);
    expect(admit(bytesOf({ nbformat: 4, cells: [cell("1", ["x"])], metadata: { a: 1 } }), owner)).toEqual(one);
    expect(readQueued(structuredClone(one))).toEqual(one);
    expect(() => admit(bytesOf({ nbformat: 4, cells: [] }), { ...owner, student: "../ada" })).toThrow(/no name/);
  });

  test("what cannot be graded does not get in, and what somebody else put into Redis is a typed error", () => {
    const typed = expect.objectContaining({ name: "GradeError" });
    for (const bad of ["{", "[]", '{"version":1,"assignment":"a99","student":"x","answers":{}}', " ".repeat(2e6)])
      expect(() => admit(new TextEncoder().encode(bad))).toThrow(typed);
    fc.assert(fc.property(fc.anything(), (value) => void expect(() => readQueued(value)).toThrow(typed)));
    const good = admit(bytesOf(submission("ada")));
    expect(() => readQueued({ ...good, student: "bob" })).toThrow(/another version/);
  });
});

describe("Redis' protocol", () => {
  test("answers are the same however the bytes are cut", () => {
    const bytes = Buffer.from(
      "+OK\r\n:-12\r\n$5\r\na\r\nb!\r\n$-1\r\n*3\r\n$1\r\nx\r\n*0\r\n:7\r\n-ERR no\r\n$2\r\n\u00e9\r\n",
    );
    const whole = new RespReader().push(bytes);
    expect(whole.slice(0, 5)).toEqual(["OK", -12, "a\r\nb!", null, ["x", [], 7]]);
    expect(whole[5]).toMatchObject({ name: "RedisError", message: "ERR no" });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length })), (cuts) => {
        const reader = new RespReader();
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        expect(at.slice(1).flatMap((end, index) => reader.push(bytes.subarray(at[index], end)))).toEqual(whole);
      }),
    );
    expect(encodeCommand(["SET", "\u00e9", Buffer.from([0])]).toString("latin1")).toBe(
      "*3\r\n$3\r\nSET\r\n$2\r\n\u00c3\u00a9\r\n$1\r\n\0\r\n",
    );
  });

  test("what is no Redis is a typed error, soon", () => {
    const typed = expect.objectContaining({ name: "NotRedisError" });
    for (const bad of ["HTTP/1.1 400\r\n", ":1x\r\n", "*1\r\n".repeat(40), "+".repeat(100_000)])
      expect(() => new RespReader().push(Buffer.from(bad))).toThrow(typed);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        try {
          new RespReader().push(Buffer.from(noise));
        } catch (error) {
          expect(error).toEqual(typed);
        }
      }),
    );
  });

  test("an address never shows its password", () => {
    const target = redisTarget("rediss://me:p%40ss@redis.example:7000/3");
    expect(target).toMatchObject({
      host: "redis.example",
      port: 7000,
      tls: true,
      database: 3,
      user: "me",
      password: "p@ss",
    });
    expect(target.shown).toBe("rediss://redis.example:7000/3");
    for (const bad of ["", "http://x", "redis://", "redis://:hush@x/y", "redis://x:1/9999"]) {
      expect(() => redisTarget(bad)).toThrow(/no address of a Redis/);
      expect(() => redisTarget(bad)).not.toThrow(/hush/);
    }
  });
});

test("the page takes nothing for HTML", () => {
  const status: QueueStatus = {
    ...{ at: 0, waiting: { live: 0, normal: 1, bulk: 0 }, active: 0, again: 0, failed: 1, results: 1, errors: 0 },
    ...{ perSecond: 0, workers: [] },
    failures: [{ key: "k", student: "s", assignment: "a1", reason: '<script>alert("x")</script>' }],
  };
  const page = dashboard(status, [status]);
  expect(page).not.toContain("<script");
  expect(page).toContain("&#60;script");
  expect(page).toContain("No worker says that it lives");
});

describe.skipIf(!HAS_REDIS)("the server", () => {
  const TOKEN = "0123456789abcdef-token";
  let [redis, server, queue] = [] as unknown as [TestRedis, GradingServer, GradingQueue];
  let base = "";
  beforeAll(async () => {
    redis = await TestRedis.start();
    const target = redisTarget(redis.url);
    queue = new GradingQueue(target);
    server = new GradingServer(target, { host: "127.0.0.1", port: 0, token: TOKEN, perMinute: 3, most: 3 });
    base = `http://127.0.0.1:${(await server.listen()).port}`;
  });
  afterAll(async () => {
    await server.stop();
    await queue[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });
  const ask = async (path: string, body?: string, authorization = `Bearer ${TOKEN}`) => {
    const headers = { Authorization: authorization };
    const response = await fetch(
      `${base}${path}`,
      body === undefined ? { headers } : { headers, method: "POST", body },
    );
    const text = await response.text();
    expect(text).not.toContain(TOKEN);
    expect(text).not.toMatch(/\bat .*:\d+:\d+/);
    return { status: response.status, text, after: response.headers.get("retry-after") };
  };
  const hand = (value: unknown, query = "") => ask(`/submissions${query}`, JSON.stringify(value));

  test("asks who it is; a browser's password only looks", async () => {
    const basic = `Basic ${btoa(`teacher:${TOKEN}`)}`;
    for (const wrong of ["", "Bearer nonsense", `Basic ${btoa("a:b")}`, `Bearer ${TOKEN}x`])
      expect((await ask("/status", undefined, wrong)).status).toBe(401);
    expect((await ask("/", undefined, basic)).text).toContain("<h1>Grading</h1>");
    expect((await ask("/submissions", "{}", basic)).status).toBe(403);
    expect((await ask("/healthz", undefined, "")).status).toBe(200);
  });

  test("refuses what is hostile, in one line", async () => {
    expect((await ask("/submissions", "{")).status).toBe(422);
    expect((await hand({ ...submission("x"), assignment: "a99" })).status).toBe(422);
    expect((await ask("/submissions", " ".repeat(1_000_001))).status).toBe(413);
    expect((await ask("/submissions?priority=__proto__", "{}")).status).toBe(400);
    expect((await ask("/find", '{"keys":["*"]}')).status).toBe(400);
    expect((await ask("/../etc/passwd")).status).toBe(404);
    expect((await ask("//")).status).toBeGreaterThanOrEqual(400);
  });

  test("takes a submission once, gives its result, keeps the first one", async () => {
    const first = await hand(submission("ada"), "?priority=live");
    const { key } = JSON.parse(first.text) as { key: string };
    expect(first).toMatchObject({ status: 202, text: `{"key":"${key}","state":"waiting"}\n` });
    expect((await hand(submission("ada"))).text).toBe(first.text);
    expect(await queueStatus(queue)).toMatchObject({ waiting: { live: 1, normal: 0 }, results: 0 });
    const result = await gradeBytes(bytesOf(submission("ada")), { tool: "t" });
    expect([await queue.keep(key, result), await queue.keep(key, { ...result, tool: "later" })]).toEqual([true, false]);
    const again = await hand(submission("ada"));
    expect([again.status, JSON.parse(again.text)]).toEqual([200, { key, state: "done", result }]);
    expect(JSON.parse((await ask("/results")).text)).toEqual(result);
    const unknown = `${"0".repeat(64)}-${"0".repeat(64)}`;
    const found = await ask("/find", JSON.stringify({ keys: [unknown, key] }));
    expect(found.text.split("\n").map((line) => (line === "" ? "" : JSON.parse(line).state))).toEqual([
      "unknown",
      "done",
      "",
    ]);
  });

  test("asks a student who sends too much, and all when too many wait, to come back", async () => {
    const codes: number[] = [];
    for (let at = 0; at < 4; at++) codes.push((await hand(submission("eve", { [`a1/${at}`]: {} }))).status);
    // Three of eve's may come; ada's first one still waits, so that the third is one too many for the queue.
    expect(codes.filter((code) => code === 202).length).toBeGreaterThanOrEqual(2);
    expect(codes.at(-1)).toBe(429);
    await new Promise((resolve) => setTimeout(resolve, 1100)); // the status is a second old at most
    const full = await hand(submission("zoe"));
    expect(full).toMatchObject({ status: 429, text: expect.stringContaining("too many wait") });
    expect(Number(full.after)).toBeGreaterThan(0);
    expect((await hand(submission("ada"))).status, "what is done is answered nevertheless").toBe(200);
  });

  test("says that Redis is away, and comes back with it; nothing is lost", async () => {
    await redis.kill();
    const away = await hand(submission("ada"));
    expect([away.status, away.after]).toEqual([503, "2"]);
    redis.again();
    await expect.poll(async () => (await hand(submission("ada"))).status, { timeout: 20_000 }).toBe(200);
  });
});

describe.skipIf(!HAS_REDIS || process.env["BPFBOOK_NIGHT"] === undefined)("a worker", () => {
  test("gives up what kills its grader, some times; handed in again it is tried again; without a secret it leaves", {
    timeout: 240_000,
  }, async () => {
    await using redis = await TestRedis.start();
    const target = redisTarget(redis.url);
    await using queue = new GradingQueue(target);
    const one = admit(bytesOf(submission("ada")));
    const options = { tool: "t", jobs: 1, lock: 5 };
    const [end, folder] = [{ priority: "live", wait: true } as const, mkdtempSync(join(tmpdir(), "bpfbook-worker-"))];
    // Its grader cannot even start in the time that a submission may take.
    const hasty = new GradingWorker(target, { ...options, seconds: 0.1 });
    const [outcome] = await handIn([one], atRedis(queue), end);
    expect(outcome).toMatchObject({ state: "failed", reason: expect.stringContaining("its process ended (SIGKILL)") });
    expect(await queueStatus(queue)).toMatchObject({ failed: 1, results: 0, failures: [{ student: "ada" }] });
    await hasty.stop();

    writeFileSync(join(folder, "secret"), "");
    await queue.add(one, "live");
    const misled = new GradingWorker(target, { ...options, seconds: 60, secret: join(folder, "secret") });
    await expect(misled.ended).rejects.toMatchObject({ code: "not-a-secret" });
    rmSync(folder, { recursive: true });

    const worker = new GradingWorker(target, { ...options, seconds: 60 });
    const [done] = await handIn([one], atRedis(queue), end);
    const result = await gradeBytes(bytesOf(submission("ada")), { tool: "t" });
    expect(done).toMatchObject({ state: "done", result });
    expect(await queueStatus(queue)).toMatchObject({ failed: 0, results: 1 });
    await worker.stop();
  });
});
