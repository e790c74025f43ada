import { describe, expect, it } from "vitest";
import { Linux } from "../../src/linux/linux.ts";
import { EXIT_ZOMBIE } from "../../src/linux/task.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import type { Workload } from "../../src/linux/workloads/workload.ts";
import { record } from "./record.ts";

type Name = keyof typeof workloads;
const NAMES = Object.keys(workloads).filter((name) => name !== "mixed") as Name[];
const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;
const SPAN = NIGHT ? 3e9 : 250e6;
const HOOKS = [
  "tracepoint:raw_syscalls:sys_enter",
  "tracepoint:raw_syscalls:sys_exit",
  "tracepoint:sched:sched_switch",
];

/** Those of which little happens in so short a time. */
const QUICK: Partial<Record<Name, Workload>> = {
  webServer: workloads.webServer({ rate: 500 }),
  cron: workloads.cron({ every: 60 }),
  cryptoMiner: workloads.cryptoMiner({ after: 10, share: 20 }),
  slowDisk: workloads.slowDisk({ after: 80 }),
  logRotation: workloads.logRotation({ every: 50, size: 300_000 }),
  build: workloads.build({ files: 6, compute: 5 }),
  shellSession: workloads.shellSession({ pause: 10 }),
};

/** Everything that happened at some hooks, and the machine afterwards. */
function run(
  name: Name,
  { cuts = [], seed = 7, looks = true }: { cuts?: readonly number[]; seed?: number; looks?: boolean } = {},
) {
  const linux = new Linux({ seed, ram: 512 * 2 ** 20 });
  linux.spawn(QUICK[name] ?? workloads[name]());
  const events = looks ? record(linux, HOOKS, 32) : [];
  for (const cut of cuts) linux.runUntil(cut);
  linux.runUntil(SPAN);
  return { linux, events };
}

/** A machine as numbers. */
function numbers({ linux }: ReturnType<typeof run>) {
  const tasks = linux.tasks().map(({ pid, comm, cpuNs, state }) => ({ pid, comm, cpuNs, state }));
  return { tasks, syscalls: linux.syscalls, switches: linux.scheduler.switches, free: linux.pages.free };
}

describe.each(NAMES)("%s", (name) => {
  const whole = run(name);

  it("does something, the same each time, in one run or in parts, whether somebody looks or not", () => {
    expect(whole.linux.syscalls).toBeGreaterThan(1);
    const cuts = [1, SPAN / 7, SPAN / 3, SPAN / 3 + 1, SPAN * 0.9].map(Math.floor);
    const parts = run(name, { cuts });
    expect(parts.events.length).toBe(whole.events.length);
    expect(parts.events).toEqual(whole.events);
    expect(numbers(run(name, { looks: false }))).toEqual(numbers(whole));
  });

  it("loses nothing: open files are held by live tasks, packets are accounted for, CPU time adds up", () => {
    const { linux } = whole;
    const holders = new Map<unknown, Set<unknown>>();
    for (const task of linux.tasks()) {
      expect(task.state === EXIT_ZOMBIE && task.files.entries().length > 0 && task.group.threads.length === 0).toBe(
        false,
      );
      for (const [fd, file] of task.files.entries()) {
        if (!holders.has(file)) holders.set(file, new Set());
        // Threads share one table: the same descriptor is one holder.
        holders.get(file)!.add(`${task.tgid}:${fd}`);
      }
    }
    for (const [file, by] of holders) expect((file as { references: number }).references).toBe(by.size);
    const { made, consumed, lost, underWay, dropped } = linux.network.ledger;
    const refused = Object.values(dropped).reduce((sum, count) => sum + count, 0);
    expect(made).toBe(consumed + lost + refused + underWay);
    expect(underWay).toBeGreaterThanOrEqual(0);
    const onCpus = linux.tasks().reduce((sum, { cpuNs }) => sum + cpuNs, 0);
    const passed = linux.cpus.reduce((sum, { now, idleNs }) => sum + now - idleNs, 0);
    expect(onCpus).toBeLessThanOrEqual(passed);
    for (const { now } of linux.cpus) expect(now).toBeLessThan(SPAN + 10_000_000);
    expect(linux.pages.free).toBeGreaterThanOrEqual(0);
  });
});
