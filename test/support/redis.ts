import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Debian's `redis-server`; tests that need it say that it is missing, and are skipped. */
export const HAS_REDIS: boolean = spawnSync("redis-server", ["--version"]).status === 0;
if (!HAS_REDIS) console.warn("redis-server is not installed: what needs it is not tested");

/** A port of the loopback that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A Redis of a test: on the loopback, in a folder of its own, which writes down what it is told before it answers. */
export class TestRedis implements AsyncDisposable {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "bpfbook-redis-"));
  readonly #more: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, more: readonly string[]) {
    this.port = port;
    this.#more = more;
  }

  static async start(...more: readonly string[]): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), more);
    redis.again();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, with what it has written. */
  again(): void {
    const words = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.#folder, "--save", ""];
    this.#process = spawn("redis-server", [...words, "--appendonly", "yes", ...this.#more], { stdio: "ignore" });
  }

  /** Ends it without any notice. */
  async kill(): Promise<void> {
    const child = this.#process!;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  /** All that it was told, as it wrote it down. */
  written(): string {
    const folder = join(this.#folder, "appendonlydir");
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "latin1"))
      .join("");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
