/** Each tool on a machine where only what the test makes happen happens: its rows are all of it, and nothing else. */
import { describe, expect, it } from "vitest";
import { Machine } from "../../src/index.ts";
import { O_RDONLY } from "../../src/linux/open.ts";
import type { UserCode } from "../../src/linux/task.ts";
import { BASH, does, LIBC, reads, SSL, watch, withFiles } from "./machine.ts";

describe("programs of users", () => {
  it("bashreadline: what was typed, and not what was not", async () => {
    const { rows, text } = await watch("bashreadline", {}, [
      does("bash", function* (sys) {
        yield sys.nanosleep(1e6);
        sys.enter(sys.text(BASH, "readline"), sys.string("$ "));
        yield sys.compute(1000);
        sys.leave(sys.string("make -j2"));
        sys.enter(sys.text(BASH, "readline"), sys.string("$ "));
        yield sys.compute(1000);
        sys.leave(0);
        yield sys.nanosleep(10e9);
      }),
    ]);
    expect(rows.map(({ command }) => command)).toEqual(["make -j2"]);
    expect(text).toMatch(/^TIME +PID +COMMAND\n00:00:00 {2}\d{4} {4}make -j2\n$/);
  });

  it("gethostlatency -p: the name and how long it took, not another process's", async () => {
    const asks = (comm: string, host: string) =>
      does(comm, function* (sys) {
        yield sys.nanosleep(1e6);
        sys.enter(sys.text(LIBC, "getaddrinfo"), sys.string(host));
        yield sys.nanosleep(3e6);
        sys.leave(0);
        yield sys.nanosleep(10e9);
      });
    const machine = new Machine({ cpus: 2, seed: 7 });
    const wanted = machine.linux.process(asks("wanted", "a.example"));
    machine.linux.process(asks("other", "b.example"));
    const { rows } = await machine.tool("gethostlatency", { for: "100ms", pid: wanted.pid });
    expect(rows.map(({ comm, host }) => [comm, host])).toEqual([["wanted", "a.example"]]);
    expect(rows[0]!.latencyMs).toBeCloseTo(3, 0);
  });

  it("sslsniff -c: what one program said, not another", async () => {
    const says = (comm: string, words: string) =>
      does(comm, function* (sys) {
        yield sys.nanosleep(1e6);
        sys.enter(sys.text(SSL, "SSL_write"), 1, sys.string(words), words.length);
        yield sys.compute(1000);
        sys.leave(words.length);
        yield sys.nanosleep(10e9);
      });
    const { rows, text } = await watch("sslsniff", { comm: "wanted" }, [
      says("wanted", "GET / HTTP/1.1"),
      says("other", "secret"),
    ]);
    expect(rows.map(({ call, data, length }) => [call, data, length])).toEqual([["WRITE/SEND", "GET / HTTP/1.1", 14]]);
    expect(text).toContain("----- DATA -----\nGET / HTTP/1.1\n----- END DATA -----\n\n");
  });

  it("memleak -p: what was not freed, and not what was", async () => {
    const machine = new Machine({ cpus: 2, seed: 7 });
    const leaky = machine.linux.process(
      does("leaky", function* (sys) {
        const malloc = function* (address: number, bytes: number): UserCode<void> {
          sys.enter(sys.text(LIBC, "malloc"), bytes);
          yield sys.compute(1000);
          sys.leave(address);
        };
        yield sys.nanosleep(1e6);
        yield* malloc(0x1000, 100);
        yield* malloc(0x2000, 300);
        sys.enter(sys.text(LIBC, "free"), 0x1000);
        yield sys.compute(100);
        sys.leave(0);
        yield sys.nanosleep(10e9);
      }),
    );
    const { rows } = await machine.tool("memleak", { pid: leaky.pid, interval: 1, count: 1 });
    expect(rows.map(({ bytes, allocations }) => [bytes, allocations])).toEqual([[300, 1]]);
  });
});

describe("CPUs and interrupts", () => {
  const worker = (comm: string, ms: number) =>
    does(comm, function* (sys) {
      for (;;) {
        yield sys.compute(ms * 1e6);
        yield sys.nanosleep(5e6);
      }
    });

  it("profile -p: stacks of one process only", async () => {
    const machine = new Machine({ cpus: 1, seed: 7 });
    const wanted = machine.linux.process(worker("wanted", 20));
    machine.linux.process(worker("other", 20));
    const { rows } = await machine.tool("profile", { pid: wanted.pid, duration: 1 });
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ comm }) => comm === "wanted")).toBe(true);
  });

  it("offcputime -p: five sleeps of 10 ms, nobody else's", async () => {
    const machine = new Machine({ cpus: 2, seed: 7 });
    const wanted = machine.linux.process(
      does("sleeper", function* (sys) {
        for (let n = 0; n < 5; n++) yield sys.nanosleep(10e6);
        yield sys.nanosleep(100e9);
      }),
    );
    machine.linux.process(worker("other", 1));
    const { rows, text } = await machine.tool("offcputime", { pid: wanted.pid, duration: 1, kernel: true });
    expect(rows.every(({ comm }) => comm === "sleeper")).toBe(true);
    const us = rows.reduce((sum, { value }) => sum + value, 0);
    expect(us).toBeGreaterThanOrEqual(50_000);
    expect(us).toBeLessThan(52_000);
    expect(text).toMatch(/^Tracing off-CPU time \(us\) of PID \d+ by kernel stack for 1 secs\.\n/);
    expect(rows[0]!.kernel).toContain("do_nanosleep");
  });

  it("wakeuptime -p: the sleep of one thread, woken by the timer", async () => {
    const machine = new Machine({ cpus: 2, seed: 7 });
    const wanted = machine.linux.process(worker("sleeper", 1));
    machine.linux.process(worker("other", 1));
    const { rows } = await machine.tool("wakeuptime", { pid: wanted.pid, duration: 1 });
    expect(new Set(rows.map(({ target }) => target))).toEqual(new Set(["sleeper"]));
    expect(rows[0]!.stack).toContain("hrtimer_wakeup");
  });

  it("runqlat -p: one that shares its CPU waits, one that is alone does not", async () => {
    const machine = new Machine({ cpus: 1, seed: 7 });
    const wanted = machine.linux.process(worker("wanted", 20));
    machine.linux.process(worker("other", 20));
    const shared = await machine.tool("runqlat", { pid: wanted.pid, milliseconds: true, for: "500ms" });
    expect(shared.rows.some(({ low }) => low >= 1)).toBe(true);
    const alone = new Machine({ cpus: 1, seed: 7 });
    const only = alone.linux.process(worker("only", 3));
    const { rows } = await alone.tool("runqlat", { pid: only.pid, milliseconds: true, for: "500ms" });
    expect(rows.every(({ high }) => high <= 1)).toBe(true);
  });

  it("runqlen: samples of both CPUs; no queue where nobody waits", async () => {
    const { rows } = await watch("runqlen", { for: "1s" }, [worker("only", 3)]);
    expect(rows.map(({ length }) => length)).toEqual([0]);
    expect(rows[0]!.samples).toBeGreaterThan(190);
    const crowded = new Machine({ cpus: 1, seed: 7 });
    for (const name of ["a", "b", "c"]) crowded.linux.process(worker(name, 50));
    expect((await crowded.tool("runqlen", { for: "500ms" })).rows.some(({ length }) => length === 2)).toBe(true);
  });

  it("cpudist -p: bursts of 3 ms of one process", async () => {
    const machine = new Machine({ cpus: 2, seed: 7 });
    const wanted = machine.linux.process(worker("wanted", 3));
    machine.linux.process(worker("other", 40));
    const { rows } = await machine.tool("cpudist", { pid: wanted.pid, milliseconds: true, for: "500ms" });
    expect(rows.map(({ low, high }) => [low, high])).toEqual([[2, 3]]);
  });

  it("hardirqs and softirqs: the disk that was read, and no other", async () => {
    const disk = [reads("reader", "/srv/x.bin", 1)];
    const prepare = (m: Machine) => void m.linux.files.create("/srv/x.bin", 4096);
    const { rows } = await watch("hardirqs", { count: true }, disk, prepare);
    expect(rows).toEqual([{ name: "virtio3-req.0", total: 1 }]);
    const soft = await watch("softirqs", {}, disk, prepare);
    expect((soft.rows as readonly { readonly name: string }[]).map(({ name }) => name)).not.toContain("net_rx");
  });

  it("llcstat: those that compute, with fewer misses than references", async () => {
    const { rows } = await watch("llcstat", { duration: 1 }, [worker("worker", 30)]);
    expect(rows.some(({ comm }) => comm === "worker")).toBe(true);
    expect(rows.every(({ misses, references }) => misses <= references)).toBe(true);
    expect(rows.some(({ comm }) => comm === "nobody")).toBe(false);
  });
});

describe("any function", () => {
  const twelve = [reads("reader", "/data/a.bin", 12)];

  it("funccount: all calls of one function, and no other", async () => {
    const { rows, text } = await watch("funccount", { pattern: "vfs_read" }, twelve, withFiles);
    expect(rows).toEqual([{ name: "vfs_read", count: 12 }]);
    expect(text).toBe(
      'Tracing 1 functions for "vfs_read"... Hit Ctrl-C to end.\n\nFUNC                                    COUNT\nvfs_read                                   12\nDetaching...\n',
    );
  });

  it("funclatency: as many as there were calls", async () => {
    const { rows, text } = await watch("funclatency", { pattern: "vfs_read", microseconds: true }, twelve, withFiles);
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(12);
    expect(text).toMatch(/avg = \d+ usecs, total: \d+ usecs, count: 12\n\nDetaching/);
    expect((await watch("funclatency", { pattern: "vfs_write" }, twelve, withFiles)).length).toBe(0);
  });

  it("stackcount: one way into vfs_read, as often as it was called", async () => {
    const { rows } = await watch("stackcount", { pattern: "vfs_read", kernel: true }, twelve, withFiles);
    expect(rows.map(({ value }) => value)).toEqual([12]);
    expect(rows[0]!.kernel.slice(0, 2)).toEqual(["vfs_read", "ksys_read"]);
  });

  it("trace: calls that the filter lets through, with their values", async () => {
    const files = [reads("small", "/data/a.bin", 2, 100), reads("large", "/data/b.bin", 3, 5000)];
    const probe = 'r::vfs_read (retval > 1000) "got %d bytes", retval';
    const { rows, text } = await watch("trace", { probes: [probe] }, files, withFiles);
    expect(rows.map(({ comm, message }) => [comm, message])).toEqual(
      Array.from({ length: 3 }, () => ["large", "got 5000 bytes"]),
    );
    expect(text).toMatch(
      /^PID {5}TID {5}COMM {12}FUNC {13}-\n\d{4} {4}\d{4} {4}large {11}vfs_read {9}got 5000 bytes\n/,
    );
    const paths = await watch("trace", { probes: ['do_sys_openat2 "%s", arg2@user'] }, files, withFiles);
    expect(paths.rows.map(({ message }) => message).sort()).toEqual(["/data/a.bin", "/data/b.bin"]);
  });

  it("argdist: sizes that were asked for, but for those that the filter keeps out", async () => {
    const files = [reads("small", "/data/a.bin", 2, 100), reads("large", "/data/b.bin", 3, 5000)];
    const count = ["p::vfs_read(void *file, void *buf, size_t count):u64:count:count>1000"];
    const { rows, text } = await watch("argdist", { count, interval: 1, number: 1 }, files, withFiles);
    expect(rows).toEqual([{ probe: count[0], event: "count = 5000", count: 3 }]);
    expect(text).toBe(`[00:00:01]\n${count[0]}\n\tCOUNT      EVENT\n\t3          count = 5000\n`);
    const histogram = ["r::vfs_read():int:retval"];
    const drawn = await watch("argdist", { histogram, interval: 1, number: 1 }, files, withFiles);
    expect(drawn.rows.map(({ event, count: n }) => [event, n])).toEqual([
      ["64 -> 127", 2],
      ["4096 -> 8191", 3],
    ]);
  });
});

describe("events that are lost", () => {
  it("are counted: those that were printed and those that were lost are all", async () => {
    const opens = does("opener", function* (sys) {
      for (let n = 0; n < 100; n++) yield sys.openat(`/file${n}`, O_RDONLY);
      yield sys.nanosleep(10e9);
    });
    const { rows, text, lost } = await watch("opensnoop", { bufferBytes: 4096, readEvery: "100ms" }, [opens]);
    expect(lost).toBeGreaterThan(0);
    expect(rows.length + lost).toBe(100);
    expect(text).toContain(`Possibly lost ${lost} samples\n`);
    expect((await watch("opensnoop", {}, [opens])).lost).toBe(0);
  });
});
