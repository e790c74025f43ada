/**
 * What a queue costs beside the grading: submissions a second that a server takes, and Redis' memory for each that waits and for each
 * result. Prints, fails nothing; needs redis-server.
 *
 *     node bench/grade-queue.ts [COUNT]
 */
import { Variant } from "../src/grade/assignment/index.ts";
import { assignmentOf } from "../src/grade/assignments/index.ts";
import { gradeBytes } from "../src/grade/judge/index.ts";
import {
  admit,
  atRedis,
  atServer,
  GradingQueue,
  GradingServer,
  handIn,
  redisTarget,
} from "../src/grade/queue/index.ts";
import { encodeSubmission } from "../src/grade/submission/index.ts";
import { registerViews } from "../src/views/index.ts";
import { handsOver } from "../test/grade/run-source.ts";
import { TestRedis } from "../test/support/redis.ts";

const COUNT = Number(process.argv[2] ?? 1000);
registerViews();
await using redis = await TestRedis.start();
const target = redisTarget(redis.url);
await using queue = new GradingQueue(target);

const a3 = assignmentOf("a3");
const one = await handsOver(a3, Variant.practice("a3"));
const bytes = (at: number, way: string): Uint8Array => encodeSubmission({ ...one, student: `${way}${at}` });
const all = (way: string) => Array.from({ length: COUNT }, (_, at) => admit(bytes(at, way)));
const memory = async (): Promise<number> =>
  Number(/used_memory:(\d+)/.exec(await queue.redis.send<string>("INFO", ["memory"]))![1]);
/** Seconds on the wall and of this process, which is client and server at once. */
async function measure(work: () => Promise<unknown>): Promise<[wall: number, cpu: number]> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return [(performance.now() - start) / 1000, (user + system) / 1e6];
}

const direct = all("d");
const empty = await memory();
const [wall, cpu] = await measure(() => handIn(direct, atRedis(queue), { priority: "bulk", wait: false }));
const full = await memory();
console.log(
  `a3, ${direct[0]!.text.length} bytes each: handed in at Redis ${(COUNT / wall).toFixed(0)}/s, ` +
    `${((cpu / COUNT) * 1000).toFixed(2)} ms of processor time, ${((full - empty) / COUNT / 1024).toFixed(1)} KiB of Redis each`,
);

const result = await gradeBytes(bytes(0, "d"), { tool: "bench" });
const before = await memory();
for (const { key } of direct) await queue.keep(key, result);
console.log(`a result takes ${(((await memory()) - before) / COUNT / 1024).toFixed(1)} KiB of Redis`);

const limits = { perMinute: 1000, most: 1e6 };
const server = new GradingServer(target, { host: "127.0.0.1", port: 0, token: "a-token-of-the-bench", ...limits });
const { port } = await server.listen();
const counter = atServer(`http://127.0.0.1:${port}`, "a-token-of-the-bench");
const [httpWall, httpCpu] = await measure(() => handIn(all("h"), counter, { priority: "bulk", wait: false }));
console.log(
  `through the server ${(COUNT / httpWall).toFixed(0)}/s, ${((httpCpu / COUNT) * 1000).toFixed(2)} ms (client and server)`,
);
await server.stop();
