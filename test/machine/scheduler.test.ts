import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Linux } from "../../src/linux/linux.ts";
import { weightOf } from "../../src/linux/sched/entity.ts";
import type { Sys } from "../../src/linux/sys.ts";
import type { UserCode } from "../../src/linux/task.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { machine, names } from "./record.ts";

const SECOND = 1_000_000_000;

function* spin(sys: Sys): UserCode {
  for (;;) yield sys.compute(SECOND);
}

/** What a random process does. */
type Step = { kind: "compute" | "sleep" | "fork" | "yield" | "nice"; n: number };

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("compute", "sleep", "fork", "yield", "nice"),
  n: fc.integer({ min: 1, max: 3_000_000 }),
});

function* perform(sys: Sys, steps: readonly Step[]): UserCode {
  for (const [i, { kind, n }] of steps.entries()) {
    if (kind === "compute") yield sys.compute(n);
    else if (kind === "sleep") yield sys.nanosleep(n);
    else if (kind === "yield") yield sys.sched_yield();
    else if (kind === "nice") yield sys.setpriority(0, n % 20);
    else yield sys.fork((child) => perform(child, steps.slice(i + 1, i + 4)));
  }
  while ((yield sys.wait()) > 0);
}

describe("the fair class", () => {
  it("shares a CPU by weight", () => {
    const linux = new Linux({ cpus: 1 });
    const tasks = [0, 5].map((nice) => {
      return linux.process({
        comm: `nice${nice}`,
        *program(sys) {
          yield sys.setpriority(0, nice);
          yield* spin(sys);
        },
      });
    });
    linux.runUntil(4 * SECOND);
    const [a, b] = tasks.map(({ se }) => se.sumExecRuntime);
    expect(a! / b!).toBeGreaterThan((weightOf(0) / weightOf(5)) * 0.95);
    expect(a! / b!).toBeLessThan((weightOf(0) / weightOf(5)) * 1.05);
  });

  it("lets a sleeper run soon, though others always want the CPU", () => {
    const linux = new Linux({ cpus: 1 });
    linux.process({ comm: "spin", program: spin });
    const late: number[] = [];
    linux.process({
      comm: "sleeper",
      *program(sys) {
        for (;;) {
          const due = sys.now() + 20_000_000;
          yield sys.nanosleep(20_000_000);
          late.push(sys.now() - due);
          yield sys.compute(100_000);
        }
      },
    });
    linux.runUntil(SECOND);
    expect(late.length).toBeGreaterThan(40);
    expect(late.toSorted((a, b) => a - b)[late.length >> 1]).toBeLessThan(200_000);
  });

  it("gives idle CPUs the work that waits elsewhere", () => {
    const linux = new Linux({ cpus: 4 });
    const tasks = Array.from({ length: 4 }, () => linux.process({ comm: "spin", program: spin }));
    linux.runUntil(SECOND);
    for (const { se } of tasks) expect(se.sumExecRuntime).toBeGreaterThan(0.99 * SECOND);
  });
});

describe("wake-ups", () => {
  it("are raised in Linux's order by the functions that raise them", () => {
    const linux = machine(workloads.webServer(), { cpus: 2 });
    const functions = new Map<string, Set<string>>();
    const last = new Map<number, string>();
    const wrong: string[] = [];
    const follow = (hook: string, pidAt: number, before: readonly string[] | undefined) => {
      linux.hooks.attach(`tracepoint:sched:${hook}`, {
        run: (at) => {
          const pid = linux.memory.view.getInt32(at + pidAt, true);
          const stack = names(linux, "kernel");
          const raiser = stack.find((name) => !name.startsWith("__traceiter")) ?? "";
          functions.set(hook, (functions.get(hook) ?? new Set()).add(raiser));
          const previous = last.get(pid);
          if (pid !== 0 && previous !== undefined && before?.includes(previous) === false)
            wrong.push(`${previous} ${hook}`);
          if (before !== undefined || hook === "sched_waking") last.set(pid, hook);
        },
      });
    };
    follow("sched_waking", 24, undefined);
    follow("sched_wakeup", 24, ["sched_waking"]);
    follow("sched_wakeup_new", 24, []);
    follow("sched_switch", 56, ["sched_wakeup", "sched_wakeup_new", "sched_switch"]);
    follow("sched_stat_runtime", 12, undefined);
    linux.runUntil(300_000_000);
    expect(wrong).toEqual([]);
    expect(Object.fromEntries([...functions].map(([hook, from]) => [hook, [...from].toSorted()]))).toEqual({
      sched_waking: ["try_to_wake_up"],
      sched_wakeup: ["ttwu_do_activate"],
      sched_wakeup_new: ["wake_up_new_task"],
      sched_switch: ["__schedule"],
      sched_stat_runtime: ["update_se"],
    });
  });

  it("never let a task run before it was woken", () => {
    const linux = machine(workloads.webServer({ rate: 4_000 }), { cpus: 4 });
    const woken = new Map<number, number>();
    const latencies: number[] = [];
    linux.hooks.attach("tracepoint:sched:sched_wakeup", {
      run: (at) => void woken.set(linux.memory.view.getInt32(at + 24, true), linux.ktimeNs()),
    });
    linux.hooks.attach("tracepoint:sched:sched_switch", {
      run: (at) => {
        const pid = linux.memory.view.getInt32(at + 56, true);
        const since = woken.get(pid);
        if (since !== undefined) latencies.push(linux.ktimeNs() - since);
        woken.delete(pid);
      },
    });
    linux.runUntil(500_000_000);
    expect(latencies.length).toBeGreaterThan(500);
    expect(Math.min(...latencies)).toBeGreaterThanOrEqual(0);
  });
});

describe("conservation", () => {
  const anything = fc.record({
    seed: fc.integer(),
    cpus: fc.integer({ min: 1, max: 3 }),
    programs: fc.array(fc.array(step, { maxLength: 8 }), { minLength: 1, maxLength: 4 }),
    cut: fc.integer({ min: 700_000, max: 40_000_000 }),
  });

  const start = ({ seed, cpus, programs }: { seed: number; cpus: number; programs: readonly (readonly Step[])[] }) => {
    const linux = new Linux({ seed, cpus });
    for (const steps of programs) linux.process({ comm: "random", program: (sys) => perform(sys, steps) });
    return linux;
  };

  it("CPU time adds up, every child is reaped, and queues hold who is runnable", () => {
    fc.assert(
      fc.property(anything, (options) => {
        const linux = start(options);
        let forked = options.programs.length;
        let used = 0;
        linux.hooks.attach("tracepoint:sched:sched_process_fork", { run: () => void forked++ });
        linux.hooks.attach("tracepoint:sched:sched_stat_runtime", {
          run: (at) => void (used += Number(linux.memory.view.getBigUint64(at + 16, true))),
        });
        let freed = 0;
        linux.hooks.attach("tracepoint:sched:sched_process_exit", { run: () => void freed++ });
        for (let time = options.cut; time < 3 * SECOND; time *= 2) {
          linux.runUntil(time);
          for (const cpu of linux.cpus) {
            const runnable = linux.tasks().filter((task) => task.queued && task.cpu === cpu);
            const waiting = [...cpu.fair.waiting, ...cpu.wakeList];
            expect(runnable.filter((task) => task !== cpu.current).length).toBe(waiting.length);
          }
          expect(linux.tasks().filter((task) => !task.exiting).length).toBe(forked - freed);
        }
        linux.runUntil(3 * SECOND);
        expect(linux.tasks()).toEqual([]);
        expect(freed).toBe(forked);
        // What was accounted is what was not spent halted, but for the switches to and from the idle task.
        const busy = linux.cpus.reduce((sum, cpu) => sum + cpu.now - cpu.idleNs - cpu.idle.cpuNs, 0);
        expect(used).toBeLessThanOrEqual(busy + 5_000 * linux.scheduler.switches);
        expect(used).toBeGreaterThan(busy - 5_000 * linux.scheduler.switches - 1);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 300 : 25 },
    );
  });

  it("the same seed gives the same events, however the run is cut", () => {
    const hooks = ["switch", "waking", "wakeup", "stat_runtime", "migrate_task", "process_exit", "process_free"];
    const observe = (linux: Linux) => {
      const seen: string[] = [];
      for (const hook of hooks) {
        linux.hooks.attach(`tracepoint:sched:sched_${hook}`, {
          run: () => void seen.push(`${hook} ${linux.ktimeNs()} ${linux.cpu()} ${linux.task().pid}`),
        });
      }
      return seen;
    };
    fc.assert(
      fc.property(anything, (options) => {
        const whole = start(options);
        const parts = start(options);
        const [a, b] = [observe(whole), observe(parts)];
        whole.runUntil(100_000_000);
        for (let time = 0; time < 100_000_000; time += options.cut) parts.runUntil(time);
        parts.runUntil(100_000_000);
        expect(b).toEqual(a);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 300 : 15 },
    );
  });
});
