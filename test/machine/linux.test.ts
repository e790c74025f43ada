import { describe, expect, it, vi } from "vitest";
import { DurationError, parseDuration } from "../../src/linux/duration.ts";
import { Linux, RunningError } from "../../src/linux/linux.ts";
import { O_CREAT, O_RDWR } from "../../src/linux/open.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { machine, record, SYSCALL_HOOKS } from "./record.ts";

describe("durations", () => {
  it.each([
    ["10s", 10e9],
    ["250ms", 250e6],
    ["1.5us", 1500],
    ["40 ns", 40],
    ["2m", 120e9],
    [" 1h ", 3600e9],
    [1234, 1234],
    [0, 0],
    [5n, 5],
  ])("%s is %d ns", (given, ns) => expect(parseDuration(given)).toBe(ns));

  it.each([
    "",
    "10",
    "ten seconds",
    "-1s",
    "1e3s",
    "10 sec",
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 60,
    "999999h",
    -1n,
    2n ** 70n,
    null as never,
    undefined as never,
    true as never,
    {} as never,
    Symbol("s") as never,
  ])("%s is refused, saying what to write", async (given) => {
    expect(() => parseDuration(given)).toThrow(DurationError);
    await expect(new Linux().run(given)).rejects.toThrow(/"10s", "250ms"/);
  });
});

describe("run", () => {
  it("takes what now gives, and tells what it was given", async () => {
    const linux = new Linux();
    expect((await linux.run(BigInt(linux.ktimeNs()) + 5n)).ns).toBe(5);
    await expect(linux.run(Number.NaN)).rejects.toThrow(/not a duration: NaN;/);
    await expect(linux.run(-1n)).rejects.toThrow(/not a duration: -1n;/);
    await linux.run(1_000);
    await expect(linux.run(2 ** 53 - 1)).rejects.toThrow(DurationError);
    expect((await linux.run(5)).ns).toBe(5);
  });

  it("tells what happened", async () => {
    const linux = machine(workloads.webServer({ rate: 2000 }));
    const hook = "tracepoint:syscalls:sys_enter_accept4";
    let accepted = 0;
    linux.hooks.attach(hook, { run: () => void accepted++ });
    const first = await linux.run("50ms");
    expect(first.ns).toBe(50_000_000);
    expect(first.events).toEqual({ [hook]: accepted });
    expect(first.syscalls).toBeGreaterThan(accepted);
    expect(first.switches).toBeGreaterThan(10);
    const second = await linux.run(25_000_000);
    expect(second.events[hook]! + first.events[hook]!).toBe(accepted);
    expect(linux.ktimeNs()).toBe(75_000_000);
  });

  it("lets the event loop have turns, so that a timer can land in the middle", async () => {
    const linux = machine(workloads.webServer({ rate: 3000 }));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await linux.run("3s");
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
  });

  it("refuses to run twice at a time, and runs again afterwards", async () => {
    const linux = machine(workloads.webServer({ rate: 3000 }));
    const running = linux.run("4s");
    expect(() => linux.runUntil(5)).toThrow(/await the first run/);
    await expect(linux.run("1s")).rejects.toThrow(RunningError);
    await running;
    expect((await linux.run("1ms")).ns).toBe(1_000_000);
  });

  it("goes on after a run that was interrupted, from where it stood", async () => {
    const linux = new Linux({ seed: 5 });
    linux.spawn(workloads.webServer());
    // An interrupted cell's timers are gone: the run never gets its next turn.
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const abandoned = linux.run("1h");
    for (let turn = 0; turn < 5; turn++) await null;
    vi.useRealTimers();
    const stoodAt = linux.ktimeNs();
    expect(stoodAt).toBeGreaterThan(0);
    expect((await linux.run("10ms")).ns).toBe(10_000_000);
    expect(linux.ktimeNs()).toBe(stoodAt + 10_000_000);
    void abandoned;
  });

  it("of an empty machine takes no time, however long it is", async () => {
    const linux = new Linux();
    expect(await linux.run("24h")).toMatchObject({ ns: 24 * 3600e9, syscalls: 0 });
  });

  it("goes on after a program has thrown", () => {
    const linux = machine(workloads.readFiles());
    const detach = linux.hooks.attach("tracepoint:syscalls:sys_enter_nanosleep", {
      run() {
        throw new RangeError("from the program");
      },
    });
    expect(() => linux.runUntil(1e9)).toThrow("from the program");
    detach();
    expect(linux.task().pid).toBe(0);
    const events = record(linux, SYSCALL_HOOKS);
    expect(linux.runUntil(1e9).syscalls).toBeGreaterThan(10);
    // The interrupted call went on where it was: its exit follows, and nothing is left on its stack.
    expect(events[0]!.hook).toBe("tracepoint:syscalls:sys_exit_nanosleep");
    for (const { kernel } of events) expect(kernel.length).toBeLessThanOrEqual(4);
  });
});

describe("tasks", () => {
  it("have pids, parents, credentials and names that change with exec", () => {
    const linux = machine(workloads.readFiles());
    const events = record(linux, SYSCALL_HOOKS);
    linux.runUntil(200_000_000);
    const shell = linux.tasks()[0]!;
    expect(shell).toMatchObject({ pid: 1000, comm: "bash", uid: 1000, gid: 1000 });
    const children = new Set(events.filter(({ pid }) => pid !== 1000).map(({ pid, comm }) => `${pid} ${comm}`));
    expect([...children].slice(0, 2)).toEqual(["1001 bash", "1001 cat"]);
  });

  it("share a CPU by time slices", () => {
    const linux = new Linux({ cpus: 1 });
    const done: string[] = [];
    for (const comm of ["a", "b", "c"]) {
      linux.process({
        comm,
        *program(sys) {
          yield sys.compute(30_000_000);
          done.push(comm);
        },
      });
    }
    const switches = record(linux, ["tracepoint:sched:sched_switch"]);
    linux.runUntil(45_000_000);
    const used = linux.tasks().map(({ cpuNs }) => cpuNs);
    // The tick, every 4 ms, is what ends a slice.
    expect(Math.max(...used) - Math.min(...used)).toBeLessThan(4_200_000);
    linux.runUntil(100_000_000);
    expect(done.toSorted()).toEqual(["a", "b", "c"]);
    expect(switches.filter(({ pid }) => pid > 0).length).toBeGreaterThanOrEqual(20);
  });

  it("run at the same time on different CPUs", () => {
    const finish = (cpus: number) => {
      const linux = new Linux({ cpus });
      const times: number[] = [];
      for (let i = 0; i < 4; i++) {
        linux.process({
          comm: `t${i}`,
          *program(sys) {
            yield sys.compute(10_000_000);
            times.push(sys.now());
          },
        });
      }
      linux.runUntil(100_000_000);
      return Math.max(...times);
    };
    expect(finish(4)).toBeLessThan(10_100_000);
    expect(finish(2)).toBeGreaterThan(19_000_000);
    expect(finish(2)).toBeLessThan(23_000_000);
    expect(finish(1)).toBeGreaterThan(39_000_000);
  });

  it("sleep as long as they ask for, and a bit", () => {
    const linux = new Linux();
    const over: number[] = [];
    linux.process({
      comm: "sleeper",
      *program(sys) {
        for (const ns of [1, 1_000, 1_000_000, 50_000_000]) {
          const begin = sys.now();
          yield sys.nanosleep(ns);
          over.push(sys.now() - begin - ns);
        }
      },
    });
    linux.runUntil(1e9);
    expect(over).toHaveLength(4);
    for (const ns of over) {
      expect(ns).toBeGreaterThan(0);
      expect(ns).toBeLessThan(10_000);
    }
  });

  it("get -ENOSYS for what this machine cannot do, with the tracepoints", () => {
    const linux = new Linux();
    let result = 0;
    linux.process({
      comm: "mount",
      *program(sys) {
        result = yield sys.call(168, [0, 0, 0, 0, 0]);
      },
    });
    const events = record(linux, ["tracepoint:syscalls:sys_enter_swapoff", "tracepoint:syscalls:sys_exit_swapoff"]);
    linux.runUntil(1e6);
    expect(result).toBe(-38);
    expect(events).toHaveLength(2);
  });
});

describe("files and the disk", () => {
  it("are slow at first and fast the second time", () => {
    const linux = new Linux();
    linux.files.create("/data", 1_000_000);
    const times: number[] = [];
    linux.process({
      comm: "reader",
      *program(sys) {
        for (let round = 0; round < 2; round++) {
          const begin = sys.now();
          const fd = yield sys.openat("/data", O_RDWR | O_CREAT);
          while ((yield sys.read(fd, 65_536)) > 0);
          yield sys.close(fd);
          times.push(sys.now() - begin);
        }
      },
    });
    linux.runUntil(1e9);
    expect(times[0]).toBeGreaterThan(500_000);
    expect(times[1]).toBeLessThan(150_000);
    expect(linux.disk.bytes).toBe(Math.ceil(1_000_000 / 4096) * 4096);
  });
});

describe("write-back", () => {
  it("brings dirty pages to the disk five seconds later, in a thread of Linux", () => {
    const linux = new Linux();
    linux.process({
      comm: "writer",
      *program(sys) {
        const fd = yield sys.openat("/var/log/x", O_RDWR | O_CREAT);
        for (let i = 0; i < 4; i++) {
          yield sys.write(fd, 400_000);
          yield sys.nanosleep(2e9);
        }
        yield sys.nanosleep(60e9);
      },
    });
    const switches = record(linux, ["tracepoint:sched:sched_switch"]);
    const { pages } = linux.files.create("/var/log/x");
    linux.runUntil(4.9e9);
    expect({ dirty: pages.dirty, bytes: linux.disk.bytes }).toEqual({ dirty: 293, bytes: 0 });
    linux.runUntil(5.5e9);
    // Beside the pages the journal: two blocks that changed and the two that frame them.
    expect(pages.dirty).toBe(0);
    expect(linux.disk.bytes - 293 * 4096).toBeLessThanOrEqual(16 * 4096);
    expect(linux.disk.bytes).toBeGreaterThan(293 * 4096);
    linux.runUntil(30e9);
    expect(pages.dirty).toBe(0);
    expect(linux.tasks().map(({ pid, comm }) => ({ pid, comm }))).toContainEqual({ pid: 41, comm: "kworker/u8:1" });
    const worker = switches.filter(({ pid }) => pid === 41);
    expect(worker.length).toBe(2);
    for (const { kernel, user, record } of worker) {
      expect(kernel).toEqual([
        "__traceiter_sched_switch",
        "__schedule",
        "schedule",
        "worker_thread",
        "kthread",
        "ret_from_fork",
        "ret_from_fork_asm",
      ]);
      expect(user).toEqual([]);
      expect(record).toHaveLength(48);
    }
  });
});

describe("the trace pipe", () => {
  it("keeps the newest lines only", () => {
    const linux = new Linux();
    for (let i = 0; i < 200_000; i++) linux.trace(String(i));
    expect(linux.tracePipe.length).toBeLessThanOrEqual(65_536);
    expect(linux.tracePipe.at(-1)).toMatch(/ 199999$/);
  });

  it("has lines as Linux prints them", () => {
    const linux = machine(workloads.readFiles());
    linux.hooks.attach("tracepoint:syscalls:sys_enter_read", { run: () => linux.trace("count 7") });
    linux.trace("outside");
    linux.runUntil(100_000_000);
    expect(linux.tracePipe[0]).toBe("          <idle>-0       [000] ...21     0.000000: bpf_trace_printk: outside");
    expect(linux.tracePipe[1]).toMatch(
      /^ {13}cat-1001 {4}\[00[01]\] \.\.\.21 {5}0\.0\d{5}: bpf_trace_printk: count 7$/,
    );
  });
});
