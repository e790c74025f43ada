import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { workloads } from "../../src/linux/workloads/index.ts";
import { machine, record, SYSCALL_HOOKS } from "./record.ts";

const HOOKS = [...SYSCALL_HOOKS, "tracepoint:sched:sched_switch", "profile:hz:997"];
const SPAN = 60_000_000;

/** Everything that happened in a run, cut at the given times. */
function run(options: { seed?: number; cpus?: number; cuts?: readonly number[]; hooks?: readonly string[] } = {}) {
  const { cuts = [], hooks = HOOKS, seed = 7, cpus = 2 } = options;
  const linux = machine(workloads.mixed({ rate: 3000 }), { seed, cpus });
  const events = record(linux, hooks);
  for (const cut of [...cuts].sort((a, b) => a - b)) linux.runUntil(cut);
  linux.runUntil(SPAN);
  return { linux, events };
}

describe("a run is a function of its seed", () => {
  it("is the same twice", () => {
    const first = run().events;
    expect(first.length).toBeGreaterThan(2000);
    expect(run().events).toEqual(first);
  });

  it("is another one with another seed or another number of CPUs", () => {
    const first = run().events;
    expect(run({ seed: 8 }).events).not.toEqual(first);
    expect(run({ cpus: 3 }).events).not.toEqual(first);
  });

  it("may be cut into parts anywhere", () => {
    const whole = run().events;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: SPAN }), { minLength: 1, maxLength: 20 }), (cuts) => {
        expect(run({ cuts }).events).toEqual(whole);
      }),
      { numRuns: 8 },
    );
  });

  it("may be cut where events are", () => {
    const whole = run().events;
    const cuts = whole.filter((_, index) => index % 37 === 0).flatMap(({ time }) => [time, time + 1]);
    expect(run({ cuts }).events).toEqual(whole);
  });

  it("does not change because somebody looks at it", () => {
    const state = (hooks: readonly string[]) => {
      const { linux } = run({ hooks });
      const tasks = linux.tasks().map(({ pid, comm, cpuNs, kernelDepth }) => ({ pid, comm, cpuNs, kernelDepth }));
      const { syscalls, disk, scheduler } = linux;
      return { tasks, syscalls, requests: disk.requests, switches: scheduler.switches };
    };
    const unobserved = state([]);
    expect(unobserved.syscalls).toBeGreaterThan(500);
    expect(state(HOOKS)).toEqual(unobserved);
    expect(state(["profile:us:20"])).toEqual(unobserved);
  });

  it("is the same through the asynchronous run", async () => {
    const linux = machine(workloads.mixed({ rate: 3000 }));
    const events = record(linux, HOOKS);
    await linux.run("20ms");
    await linux.run(SPAN - 20_000_000);
    expect(events).toEqual(run().events);
  });
});

describe("time", () => {
  it("never goes back, over all CPUs", () => {
    const { events } = run();
    const late = events.filter((event, index) => index > 0 && event.time < events[index - 1]!.time);
    expect(late).toEqual([]);
    expect(new Set(events.map(({ cpu }) => cpu))).toEqual(new Set([0, 1]));
  });

  it("adds up on every CPU", () => {
    const { linux } = run();
    // Tasks that have exited took their time with them, so this machine must have none.
    const server = machine(workloads.webServer({ rate: 2000 }));
    server.runUntil(SPAN);
    const busy = server.tasks().reduce((sum, task) => sum + task.cpuNs, 0);
    const idle = server.cpus.reduce((sum, cpu) => sum + cpu.idleNs + cpu.idle.cpuNs, 0);
    expect(busy + idle).toBe(server.cpus.reduce((sum, cpu) => sum + cpu.now, 0));
    for (const cpu of [...server.cpus, ...linux.cpus]) expect(Math.abs(cpu.now - SPAN)).toBeLessThan(10_000_000);
  });
});
