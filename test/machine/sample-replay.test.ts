import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Linux } from "../../src/linux/linux.ts";
import { SamplesError } from "../../src/linux/replay/samples.ts";
import { names } from "./record.ts";

const LOG = readFileSync(new URL("../fixtures/replay/perf-script.txt", import.meta.url), "utf8");

/** How often a profile sees each stack, innermost first: of Linux and of the program. */
async function profiled(log: string, hz = 999) {
  const linux = new Linux({ cpus: 4, seed: 1 });
  const seen = new Map<string, number>();
  linux.hooks.attach(`profile:hz:${hz}`, {
    run() {
      const { comm } = linux.task();
      if (comm.startsWith("swapper")) return;
      const stack = [comm, ...names(linux, "kernel"), ...names(linux, "user")].join(" ");
      seen.set(stack, (seen.get(stack) ?? 0) + 1);
    },
  });
  const summary = await linux.replay(log);
  return { linux, seen, summary };
}

describe("replay of perf script", () => {
  it("a profile sees the recorded threads in the recorded stacks, of programs and of Linux", async () => {
    const { seen, summary } = await profiled(LOG);
    const threads = new Set([...LOG.matchAll(/^(\S+) +(\d+) /gm)].map(([, , pid]) => pid));
    expect(summary.processes).toBe(threads.size);
    expect(summary.syscalls).toBe(0);
    // Each sample with its stack, as the log has it; what has no name is left out.
    const known = new Set(new Linux().symbols.list().map(({ name }) => name));
    const stacks = LOG.trim()
      .split("\n\n")
      .map((sample) => {
        const [head, ...frames] = sample.split("\n");
        const functions = frames
          .map((line) => /^\s+[0-9a-f]+ (.*?)(?:\+0x[0-9a-f]+)? \((.*)\)$/.exec(line)!)
          .filter(([, name]) => name !== "[unknown]")
          .filter(([, name, module]) => module !== "[kernel.kallsyms]" || known.has(name!))
          .map(([, name]) => name);
        return [/^\S+/.exec(head!)![0], ...functions].join(" ");
      });
    expect(stacks.filter((stack) => !seen.has(stack))).toEqual([]);
    const expected = new Set(stacks);
    const others = [...seen].filter(([stack]) => !expected.has(stack) && stack.includes(" "));
    // Interrupts of the machine's own, on top of a recorded stack.
    for (const [stack] of others) expect(stack).toMatch(/asm_|schedule|ret_from_fork/);
  });

  it("two runs are the same", async () => {
    const [one, other] = [await profiled(LOG), await profiled(LOG)];
    expect([...one.seen]).toEqual([...other.seen]);
  });

  it.each([
    [3, "\tnot an address", /line 3: neither a sample's first line/],
    [1, "find 12 [000] 99999999.000000: 1 cycles:", /more than a day/],
  ])("names a malformed line: %i", async (at, bad, message) => {
    const lines = LOG.split("\n");
    if (at === 1) lines.push(bad, "");
    else lines[at - 1] = bad;
    await expect(profiled(lines.join("\n"))).rejects.toThrow(SamplesError);
    await expect(profiled(lines.join("\n"))).rejects.toThrow(message);
  });
});

describe("replay of folded stacks", () => {
  it("a profile sees each stack as often as its count says", async () => {
    const { seen, summary } = await profiled(
      "indexer;main;parse;lex 30\nindexer;main;write;vfs_write_[k] 10\nidle;main 5\n",
      99,
    );
    expect(summary).toMatchObject({ lines: 3, processes: 2 });
    const count = (stack: string) => seen.get(stack) ?? 0;
    // Four CPUs look 99 times a second, one of them sees the task.
    expect(Math.abs(count("indexer lex parse main") - 30)).toBeLessThanOrEqual(2);
    expect(Math.abs(count("indexer vfs_write write main") - 10)).toBeLessThanOrEqual(2);
    expect(Math.abs(count("idle main") - 5)).toBeLessThanOrEqual(2);
  });

  it.each([
    ["a;b 3\na;c\n", SamplesError, /line 2: a folded stack ends with a blank and a count/],
    [`a;b ${"9".repeat(20)}\n`, SamplesError, /line 1: so many samples last more than a day/],
  ])("refuses %j", async (log, kind, message) => {
    await expect(profiled(log)).rejects.toThrow(kind);
    await expect(profiled(log)).rejects.toThrow(message);
  });
});
