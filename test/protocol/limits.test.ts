/** The machine around a kernel: a control group that limits its memory, and a computer that sleeps. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { skipped } from "../support/programs.ts";
import { KernelClient, resultText, streamText } from "./kernel-client.ts";

const ENTRY = fileURLToPath(new URL("../../kernel/start.ts", import.meta.url));
const LIMIT = 600 << 20;

/** Makes a control group of so many bytes below our own; undefined where that is not ours to do. */
function memoryGroup(bytes: number): string | undefined {
  try {
    const own = readFileSync("/proc/self/cgroup", "utf8");
    const [, first] = /^\d+:memory:(.*)$/m.exec(own) ?? [];
    const parent = first === undefined ? "/sys/fs/cgroup" : join("/sys/fs/cgroup/memory", first);
    const group = join(parent, `bpfbook-test-${process.pid}`);
    mkdirSync(group);
    try {
      writeFileSync(join(group, first === undefined ? "memory.max" : "memory.limit_in_bytes"), String(bytes));
      return group;
    } catch (error) {
      rmdirSync(group);
      throw error;
    }
  } catch {
    return undefined;
  }
}

/** Removes a group once its processes are gone. */
async function remove(group: string): Promise<void> {
  for (let tries = 0; existsSync(group) && tries < 100; tries++) {
    try {
      rmdirSync(group);
    } catch {
      await sleep(20);
    }
  }
}

const group = process.platform === "linux" ? memoryGroup(LIMIT) : undefined;
const without = group === undefined && skipped("limits", "no control group can be made here");

test.skipIf(without)("in a control group too much memory is an error of the cell, and the kernel goes on", async () => {
  const start = `echo $$ > '${group}/cgroup.procs'; exec "$0" "$@"`;
  const kernel = await KernelClient.start({}, (file) => ["sh", "-c", start, process.execPath, ENTRY, file]);
  try {
    // Half of the group's memory is the limit of JavaScript's own.
    const limit = await kernel.execute("(await import('node:v8')).getHeapStatistics().heap_size_limit / 2 ** 20");
    expect(Number(resultText(limit))).toBeLessThan((0.6 * LIMIT) / 2 ** 20 + 30);
    // Bytes are no JavaScript objects: there it is Linux that ends the largest process of the group, which is the child.
    const bytes = await kernel.execute("const all: Buffer[] = []; for (;;) all.push(Buffer.alloc(8 << 20, 1));");
    expect(bytes.reply).toMatchObject({ status: "error" });
    expect(bytes.reply["ename"]).toMatch(/^(ProcessKilledError|OutOfMemoryError|RangeError)$/);
    expect(resultText(await kernel.execute("1 + 1"))).toBe("2");
  } finally {
    await kernel.stop();
    await remove(group!);
  }
});

/** Stops or continues a kernel with all its processes, children first: what a computer's sleep does to them. */
function signal(kernel: KernelClient, name: "SIGSTOP" | "SIGCONT"): void {
  const root = kernel.process.pid!;
  const children = readFileSync(`/proc/${root}/task/${root}/children`, "utf8").trim().split(" ").map(Number);
  for (const pid of [...children, root]) process.kill(pid, name);
}

test.skipIf(!existsSync(`/proc/${process.pid}/task/${process.pid}/children`))(
  "a computer that sleeps and wakes loses neither the cell nor its output",
  async () => {
    const kernel = await KernelClient.start();
    try {
      const cell = kernel.execute(`
        console.log("before");
        for (let n = 0; n < 5; n++) await new Promise((resolve) => setTimeout(resolve, 60));
        console.log("after");
        "awake"`);
      await kernel.waitFor(({ content }) => content["text"] === "before\n");
      signal(kernel, "SIGSTOP");
      // What arrives while it sleeps is served when it wakes; its own watch over its starter (a second) must not end it.
      const asked = kernel.execute("const n: number = 5; n + 1");
      await sleep(1300);
      signal(kernel, "SIGCONT");
      const answer = await cell;
      expect([resultText(answer), streamText(answer)]).toEqual(["'awake'", "before\nafter\n"]);
      expect(resultText(await asked)).toBe("6");
      const { id, reply } = kernel.send("execute_request", { code: "console.log('spins'); for (;;);" });
      await kernel.waitFor(({ header, parent }) => header.msg_type === "stream" && parent?.msg_id === id);
      // Asleep in the midst of an interrupt.
      void kernel.request("interrupt_request", {}, kernel.control);
      signal(kernel, "SIGSTOP");
      await sleep(100);
      signal(kernel, "SIGCONT");
      expect(await reply).toMatchObject({ ename: "CellInterrupted" });
      expect(resultText(await kernel.execute("n"))).toBe("5");
    } finally {
      await kernel.stop();
    }
  },
);
