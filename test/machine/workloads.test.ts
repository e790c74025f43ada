import { describe, expect, it } from "vitest";
import { Linux, MachineOptionError } from "../../src/linux/linux.ts";
import { WorkloadError, workloadNamed, workloads } from "../../src/linux/workloads/index.ts";
import { Machine } from "../../src/machine.ts";
import { machine, record, SYSCALL_HOOKS } from "./record.ts";

/** Which system calls each process name makes, in a second. */
function calls(name: keyof typeof workloads): Record<string, readonly string[]> {
  const linux = machine(workloads[name]());
  const events = record(linux, SYSCALL_HOOKS);
  linux.runUntil(1_200_000_000);
  const made: Record<string, Set<string>> = {};
  for (const { hook, comm } of events) {
    if (hook.includes("sys_enter_")) (made[comm] ??= new Set()).add(hook.slice(hook.indexOf("enter_") + 6));
  }
  return Object.fromEntries(Object.entries(made).map(([comm, set]) => [comm, [...set].sort()]));
}

describe("workloads", () => {
  it("webServer: workers accept, read, serve files and write the log", () => {
    expect(calls("webServer")).toEqual({
      webserver: ["accept4", "bind", "clone", "close", "listen", "openat", "read", "socket", "wait4", "write"],
    });
  });

  it("readFiles: a shell that forks, and cat", () => {
    expect(calls("readFiles")).toEqual({
      bash: ["clone", "execve", "nanosleep", "wait4"],
      cat: ["close", "exit_group", "openat", "read", "write"],
    });
  });

  it("logRotation: a daemon, a pipe and gzip", () => {
    expect(calls("logRotation")).toEqual({
      gzip: ["close", "exit_group", "openat", "read", "write"],
      logrotate: ["clone", "close", "execve", "nanosleep", "openat", "pipe2", "read", "wait4", "write"],
    });
  });

  it("mixed: all of them", () => {
    const names = Object.keys(calls("mixed"));
    expect(names).toEqual(expect.arrayContaining(["bash", "cat", "cc1", "cron", "dpkg", "gzip", "logrotate", "nginx"]));
    expect(names).toEqual(
      expect.arrayContaining(["postgres", "rsync", "sshd", "streamer", "tar", "webserver", "worker"]),
    );
  });

  it("serve as many requests as they are told to", () => {
    for (const rate of [500, 4000]) {
      const linux = machine(workloads.webServer({ rate }));
      const accepted = record(linux, ["tracepoint:syscalls:sys_exit_accept4"]);
      linux.runUntil(1_000_000_000);
      expect(accepted.length).toBeGreaterThan(rate * 0.9);
      expect(accepted.length).toBeLessThan(rate * 1.1);
    }
  });

  it("read in sizes worth a histogram: small requests, whole chunks, ends of files", () => {
    const linux = machine(workloads.webServer());
    const sizes: number[] = [];
    linux.hooks.attach("tracepoint:syscalls:sys_exit_read", {
      run: (at) => void sizes.push(linux.memory.i32[(at + 16) >> 2]!),
    });
    linux.runUntil(1_000_000_000);
    const buckets = new Set(sizes.filter((size) => size > 0).map((size) => Math.floor(Math.log2(size))));
    expect(buckets.size).toBeGreaterThan(8);
    expect(sizes.filter((size) => size === 32_768).length).toBeGreaterThan(200);
    expect(sizes.filter((size) => size === 0).length).toBeGreaterThan(1500);
    expect(sizes.every((size) => size >= 0)).toBe(true);
  });

  it("wait for the disk at first, and less later", () => {
    const linux = machine(workloads.webServer());
    linux.runUntil(500_000_000);
    const cold = linux.disk.requests;
    expect(cold).toBeGreaterThan(150);
    linux.runUntil(1_000_000_000);
    expect(linux.disk.requests - cold).toBeLessThan(cold / 2);
  });
});

describe("names and parameters", () => {
  it("are found by name", () => {
    for (const name of Object.keys(workloads)) expect(workloadNamed(name).name).toBe(name);
  });

  it("that do not exist are refused with what there is", () => {
    expect(() => workloadNamed("webserver")).toThrow(/no such workload: "webserver".*Did you mean webServer/);
    expect(() => workloadNamed("toString")).toThrow(
      /There are: webServer, readFiles, logRotation, backup, .*, mixed\./,
    );
    // @ts-expect-error a slip of the pen
    expect(() => workloads.webServer({ rat: 5 })).toThrow(/no parameter "rat".*Did you mean rate/);
    for (const rate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => workloads.webServer({ rate })).toThrow(WorkloadError);
    }
    expect(() => workloads.readFiles({ pause: -5 })).toThrow(/pause must be a number above 0, not -5$/);
  });

  it("that are too much for a machine are refused with the most there may be", async () => {
    expect(() => workloads.webServer({ rate: 1e9 })).toThrow(/rate must be at most 100000, not 1000000000$/);
    expect(() => workloads.webServer({ workers: 1e9 })).toThrow(/workers must be at most 1000, not/);
    expect(() => workloads.webServer({ workers: 1.5 })).toThrow(/workers must be a whole number, not 1.5$/);
    expect(() => workloads.webServer({ port: 65_536 })).toThrow(/port must be at most 65535/);
    expect(() => workloads.readFiles({ files: 1e9 })).toThrow(/at most 100000/);
    expect(() => workloads.logRotation({ logs: 1e9 })).toThrow(/at most 100/);
    const linux = new Linux();
    linux.spawn(workloads.webServer({ rate: 100_000, workers: 1_000 }));
    expect((await linux.run("20ms")).syscalls).toBeGreaterThan(1_000);
  });

  it("are numbers by name", () => {
    // @ts-expect-error a number in quotes
    expect(() => workloads.webServer({ rate: "5" })).toThrow(/rate must be a number above 0, not "5"/);
    // @ts-expect-error no object
    expect(() => workloads.webServer(null)).toThrow(/as an object, not null/);
    expect(workloads.webServer({ rate: undefined }).options.rate).toBe(2_000);
  });

  it("are what spawn takes, and nothing else", () => {
    const linux = new Linux();
    for (const [given, told] of [
      [undefined, /not undefined$/],
      [null, /not null$/],
      ["webServer", /not "webServer"$/],
      [{}, /not \{\}$/],
      [workloads.webServer, /not the function webServer \(call it/],
    ] as const) {
      expect(() => linux.spawn(given as never)).toThrow(WorkloadError);
      expect(() => linux.spawn(given as never)).toThrow(told);
    }
  });

  it("of machines are checked as well", () => {
    for (const cpus of [0, -1, 1.5, 65, Number.NaN]) expect(() => new Linux({ cpus })).toThrow(MachineOptionError);
    expect(() => new Linux({ seed: 0.5 })).toThrow(/seed must be a whole number, not 0.5/);
    expect(() => new Linux({ cpus: Number.NaN })).toThrow(/whole number from 1 to 64, not NaN/);
    // @ts-expect-error a bigint
    expect(() => new Linux({ seed: 5n })).toThrow(/seed must be a whole number, not 5n/);
    for (const given of [null, 4, "4"]) {
      expect(() => new Linux(given as never)).toThrow(MachineOptionError);
      expect(() => new Machine(given as never)).toThrow(/options must be an object such as/);
    }
    expect(new Linux({ cpus: 64 }).cpus).toHaveLength(64);
  });
});
