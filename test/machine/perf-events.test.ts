import { describe, expect, it } from "vitest";
import { HookError } from "../../src/linux/hooks.ts";
import { Linux } from "../../src/linux/linux.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { machine } from "./record.ts";

/** How often each hook was hit in 200 ms of a web server on two CPUs. */
function counts(...hooks: readonly string[]): readonly number[] {
  const linux = machine(workloads.webServer());
  for (const hook of hooks) linux.hooks.attach(hook, { run() {} });
  const { events } = linux.runUntil(200_000_000);
  return hooks.map((hook) => events[hook]!);
}

describe("perf events", () => {
  it("an interval passes on one CPU, a profile on all", () => {
    expect(counts("interval:ms:10", "profile:ms:10")).toEqual([19, 38]);
  });

  it("clocks: cpu-clock always passes, task-clock while something runs", () => {
    const [cpu, task] = counts("software:cpu-clock:1000000", "software:task-clock:1000000");
    expect(cpu).toBe(398);
    expect(task).toBeGreaterThan(10);
    expect(task).toBeLessThan(cpu!);
  });

  it("context switches are counted one by one on each CPU", () => {
    const [all, tens, traced] = counts(
      "software:cs:1",
      "software:context-switches:10",
      "tracepoint:sched:sched_switch",
    );
    expect(all).toBe(traced);
    expect(Math.abs(tens! - all! / 10)).toBeLessThanOrEqual(2);
  });

  it("are raised where Linux counts them", () => {
    const linux = machine(workloads.webServer());
    const inside = new Set<string | undefined>();
    linux.hooks.attach("software:context-switches:1", {
      run: () => {
        const [low, high] = linux.stack("kernel");
        inside.add(linux.symbolize((BigInt(high!) << 32n) | BigInt(low!))?.name);
      },
    });
    linux.runUntil(50_000_000);
    expect([...inside]).toEqual(["__schedule"]);
  });

  it("hardware counts in proportion to the time that CPUs work, not more often than Linux allows", () => {
    const [cycles, instructions, misses] = counts(
      "hardware:cpu-cycles:3000000",
      "hardware:instructions:3000000",
      "hardware:branch-misses:",
    );
    expect(instructions! / cycles!).toBeGreaterThan(1);
    expect(instructions! / cycles!).toBeLessThan(1.5);
    expect(misses).toBeLessThan(cycles!);
  });

  it("tell what one sample stands for", () => {
    const linux = machine(workloads.webServer());
    const periods = new Set<bigint>();
    linux.hooks.attach("hardware:cycles:2000000", {
      run: (at) => periods.add(linux.memory.view.getBigUint64(at + 168, true)),
    });
    linux.runUntil(100_000_000);
    expect([...periods]).toEqual([2_000_000n]);
  });

  it("refuse events that there are not, and end when they are detached", () => {
    const linux = machine(workloads.webServer());
    for (const name of ["software:nothing:1", "hardware:cycles:0", "software:cs:x", "interval:hz", "software:cs:1:2"])
      expect(() => linux.hooks.attach(name, { run() {} })).toThrow(HookError);
    let seen = 0;
    const detach = linux.hooks.attach("software:cs:1", { run: () => seen++ });
    linux.runUntil(20_000_000);
    detach();
    const before = seen;
    linux.runUntil(60_000_000);
    expect([seen, before > 0]).toEqual([before, true]);
    expect(new Linux().hooks.list()).toContain("software:page-faults:");
  });
});
