import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { Linux, RunningError } from "../../src/linux/linux.ts";
import { LogSourceError } from "../../src/linux/replay/lines.ts";
import { StraceError } from "../../src/linux/replay/strace-line.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { record, SYSCALL_HOOKS } from "./record.ts";

const LOG = readFileSync(new URL("../../notebooks/lessons/data/build.strace", import.meta.url), "utf8");

/** Events of a replayed log. */
async function replayed(log: string, linux = new Linux({ seed: 1 })) {
  const events = record(linux, SYSCALL_HOOKS, 64);
  const summary = await linux.replay(log);
  return { linux, events, summary };
}

const name = (hook: string) => hook.replace(/^tracepoint:syscalls:sys_(enter|exit)_/, "");
const ret = (record: string) => Number(Buffer.from(record, "hex").readBigInt64LE(16));

describe("replay of a recorded build", () => {
  it("makes every system call of the log, with its result", async () => {
    const { events, summary } = await replayed(LOG);
    const entered = events.filter(({ hook }) => hook.includes("sys_enter_"));
    const begun = LOG.match(/^\d+ +[\d.]+ \w+\(/gm)!;
    expect(summary.calls).toBe(begun.length);
    expect(entered.length).toBe(begun.length);
    for (const call of ["read", "write", "openat", "close", "execve", "vfork", "clone", "wait4", "pread64"]) {
      const inLog = begun.filter((line) => line.endsWith(` ${call}(`)).length;
      const hook = call === "pread64" ? "pread64" : call;
      expect(entered.filter((event) => name(event.hook) === hook).length, call).toBe(inLog);
    }
    const sizes = (values: readonly number[]) => [...values].sort((a, b) => a - b);
    const inLog = [...LOG.matchAll(/(?: read\(|<\.\.\. read resumed>).* = (-?\d+)/g)].map((match) => Number(match[1]));
    const seen = events.filter(({ hook }) => hook.endsWith("sys_exit_read")).map((event) => ret(event.record));
    expect(sizes(seen)).toEqual(sizes(inLog));
  });

  it("keeps the log's times, as long as there are CPUs for all", async () => {
    const { events } = await replayed(LOG, new Linux({ cpus: 8 }));
    const lines = [...LOG.matchAll(/^(\d+) +(\d+)\.(\d+) (\w+)\(/gm)];
    const first = Number(lines[0]![2]) * 1e6 + Number(lines[0]![3]);
    const perTask = new Map<number, number[]>();
    for (const [, pid, seconds, micros] of lines) {
      const times = perTask.get(Number(pid)) ?? [];
      times.push((Number(seconds) * 1e6 + Number(micros) - first) * 1000);
      perTask.set(Number(pid), times);
    }
    const late: number[] = [];
    const count = new Map<number, number>();
    for (const { hook, pid, time } of events) {
      if (!hook.includes("sys_enter_")) continue;
      const index = count.get(pid) ?? 0;
      count.set(pid, index + 1);
      late.push(time - 100_000 - perTask.get(pid)![index]!);
    }
    expect(late.every((ns) => ns >= 0)).toBe(true);
    const sorted = late.sort((a, b) => a - b);
    // Entering Linux takes 55 ns; a call may be late after one that ended later than its own durations say.
    expect(sorted[Math.floor(sorted.length * 0.5)]).toBeLessThan(1_000);
    expect(sorted[Math.floor(sorted.length * 0.95)]).toBeLessThan(50_000);
  });

  it("gives processes their names, ids and parents' names before exec", async () => {
    const { events } = await replayed(LOG);
    const comms = new Set(events.map(({ comm }) => comm));
    for (const comm of [
      "strace",
      "run.sh",
      "gcc",
      "cc1",
      "as",
      "collect2",
      "ld",
      "tar",
      "gzip",
      "wc",
      "sort",
      "uniq",
      "python3",
    ]) {
      expect(comms).toContain(comm);
    }
    const pids = new Set(events.map(({ pid }) => pid));
    expect(pids).toEqual(new Set([...LOG.matchAll(/^(\d+) +[\d.]+ \w+\(/gm)].map((match) => Number(match[1]))));
  });

  it("goes through Linux as the real calls did", async () => {
    const linux = new Linux();
    const switches = record(linux, ["tracepoint:sched:sched_switch"]);
    await linux.replay(LOG);
    const waits = new Set(switches.filter(({ pid }) => pid > 0).map(({ kernel }) => kernel.slice(2, 7).join(" < ")));
    expect([...waits]).toEqual(
      expect.arrayContaining([
        "schedule < anon_pipe_read < vfs_read < ksys_read < __x64_sys_read",
        "schedule < do_wait < kernel_wait4 < __x64_sys_wait4 < x64_sys_call",
        "schedule < io_schedule < folio_wait_bit_common < filemap_get_pages < filemap_read",
      ]),
    );
  });

  it("leaves no process behind, and the machine goes on", async () => {
    const { linux } = await replayed(LOG);
    expect(linux.tasks()).toEqual([]);
    linux.spawn(workloads.readFiles());
    expect((await linux.run("200ms")).syscalls).toBeGreaterThan(20);
    expect((await linux.replay(LOG)).processes).toBe(16);
  });

  it("is the same every time, and beside a workload", async () => {
    const busy = () => {
      const linux = new Linux({ seed: 5 });
      linux.spawn(workloads.mixed());
      return linux;
    };
    const first = await replayed(LOG, busy());
    expect(first.events.length).toBeGreaterThan(first.summary.calls * 2);
    expect((await replayed(LOG, busy())).events).toEqual(first.events);
  });
});

describe("sources", () => {
  const bytes = new TextEncoder().encode(LOG);
  const pieces = (size: number) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
  async function* stream(size: number) {
    yield* pieces(size);
  }

  function webStream(size: number): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start(controller) {
        for (const piece of pieces(size)) controller.enqueue(piece);
        controller.close();
      },
    });
  }

  it.each([
    ["an iterable of pieces", () => stream(1013)],
    ["a web stream", () => webStream(65_536)],
    ["text with the line ends of another system", () => LOG.replaceAll("\n", "\r\n")],
    ["bytes", () => bytes],
  ])("may be %s", async (_, source) => {
    const linux = new Linux();
    expect(await linux.replay(source())).toMatchObject({
      calls: LOG.match(/^\d+ +[\d.]+ \w+\(/gm)!.length,
      lines: LOG.split("\n").length - 1,
      signals: LOG.match(/--- SIG/g)!.length,
      processes: 16,
    });
  });
});

describe("bad logs", () => {
  const HEAD = `5 100.000000 execve("/bin/demo", ["demo"], 0x1 /* 3 vars */) = 0 <0.000300>
5 100.001000 openat(AT_FDCWD, "/data", O_RDONLY) = 3
5 100.002000 read(3, "", 4096) = 4096
`;

  it.each([
    ["a cut-off line", `${HEAD}5 100.003000 read(3, "", 40`, 4, /no end/],
    ["garbage", `${HEAD}\n\nwhat is this?\n5 100.004000 read(3, "", 4096) = 1\n`, 6, /process id and a time/],
    ["an unknown call", `${HEAD}5 100.003000 frobnicate(1) = 0\n`, 4, /no system call of x86-64/],
    ["times that go back", `${HEAD}5 99.003000 close(3) = 0\n`, 4, /earlier than the first line/],
  ])("%s: the line is named, and what came before counts", async (_, log, line, reason) => {
    const linux = new Linux();
    const events = record(linux, ["tracepoint:syscalls:sys_exit_read"], 24);
    const error = await linux.replay(log).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(StraceError);
    expect(error).toMatchObject({ line });
    expect((error as Error).message).toMatch(reason);
    expect(events.map((event) => ret(event.record))).toEqual([4096]);
    expect(events[0]!.comm).toBe("demo");
    expect(linux.tasks()).toEqual([]);
  });

  it("a time far off is a bad line as any other, and leaves nothing behind", async () => {
    const linux = new Linux();
    const events = record(linux, ["tracepoint:syscalls:sys_exit_read"], 24);
    await expect(linux.replay(`${HEAD}5 9999999999.0 read(3, "", 1) = 1\n`)).rejects.toThrow(
      /line 4: .*more than a day/,
    );
    expect(events.map((event) => ret(event.record))).toEqual([4096]);
    expect(linux.tasks()).toEqual([]);
  });

  it("a string of two megabytes is no reason to fail", async () => {
    const text = "x".repeat(2_000_000);
    const { events } = await replayed(`${HEAD}5 100.003000 write(3, "${text}", 2000000) = 2000000\n`);
    expect(ret(events.find(({ hook }) => hook.endsWith("exit_write"))!.record)).toBe(2_000_000);
  });

  it("a replay that fails in the middle takes its processes along, the waiting and the future ones", async () => {
    const linux = new Linux();
    const detach = linux.hooks.attach("tracepoint:syscalls:sys_exit_read", {
      run() {
        throw new RangeError("a program's own fault");
      },
    });
    const log = `${HEAD}5 100.003000 close(3) = 0\n6 100.500000 close(4) = 0\n`;
    await expect(linux.replay(log)).rejects.toThrow("own fault");
    detach();
    expect(linux.tasks()).toEqual([]);
    const events = record(linux, SYSCALL_HOOKS);
    expect(await linux.run("2s")).toMatchObject({ syscalls: 0 });
    expect(events).toEqual([]);
    expect(await linux.replay(log)).toMatchObject({ calls: 5, syscalls: 5, processes: 2 });
  });

  it("a replay refused because the machine is running leaves nothing behind", async () => {
    const linux = new Linux();
    linux.spawn(workloads.webServer());
    const events = record(linux, ["tracepoint:syscalls:sys_exit_read"]);
    // A run that surely has not ended when the log has been read.
    const first = linux.run("1h");
    await expect(linux.replay(HEAD)).rejects.toThrow(RunningError);
    const enough = new Error("enough");
    linux.hooks.failure = { cause: enough };
    await expect(first).rejects.toBe(enough);
    expect(events.filter(({ pid }) => pid === 5)).toEqual([]);
    expect(linux.tasks().some(({ pid }) => pid === 5)).toBe(false);
  });

  it("a replay whose cell was interrupted ends when the machine goes on", async () => {
    const linux = new Linux();
    // An interrupted cell's timers are gone: the replay never gets its next turn.
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const abandoned = linux.replay(`${HEAD}5 1000.0 close(3) = 0\n6 1000.1 close(4) = 0\n`);
    for (let turn = 0; turn < 1000; turn++) await null;
    vi.useRealTimers();
    expect(linux.tasks().map(({ pid }) => pid)).toEqual([5]);
    expect(await linux.run("2000s")).toMatchObject({ syscalls: 0 });
    expect(linux.tasks()).toEqual([]);
    void abandoned;
  });

  it("a program that throws ends, and the machine goes on", async () => {
    const linux = new Linux();
    linux.process({
      comm: "bad",
      // biome-ignore lint/correctness/useYield: it fails before its first request
      *program() {
        throw new RangeError("no");
      },
    });
    await expect(linux.run("1ms")).rejects.toThrow("no");
    expect((await linux.run("1ms")).ns).toBe(1_000_000);
    expect(linux.tasks()).toEqual([]);
  });

  it.each([
    ["nothing", undefined, /must be its text or bytes.*not undefined/],
    ["a number", 5, /not 5$/],
    ["an object", {}, /not \{\}$/],
    ["null", null, /not null$/],
    ["a promise", Promise.resolve(HEAD), /await it/],
    ["a file name", "data/build.strace", /"data\/build.strace" looks like a file name: give the log's text/],
    ["a file name with blanks", "my logs/a b.txt", /looks like a file name.*await readFile/],
    [
      "pieces of something else",
      (async function* () {
        yield 5;
      })(),
      /pieces must be text or bytes, not 5/,
    ],
    ["empty text", "", /the log is empty/],
    ["no bytes", new Uint8Array(), /the log is empty/],
    ["remarks alone", "strace: Process 5 attached\n", /none of the log's lines is a system call/],
  ])("%s is no log", async (_, source, message) => {
    const error = await new Linux().replay(source as string).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(LogSourceError);
    expect(error).toMatchObject({ code: "EINVAL" });
    expect((error as Error).message).toMatch(message);
  });

  it("calls without a name are left out and counted, if there are any", async () => {
    const { summary } = await replayed(`${HEAD}5 100.1 syscall_0x1d5(0x1) = -1 ENOSYS (Function not implemented)\n`);
    expect(summary).toMatchObject({ calls: 3, skipped: 1 });
    expect((await replayed(HEAD)).summary).not.toHaveProperty("skipped");
  });

  it("a pid that is used twice is two processes", async () => {
    const { events, summary, linux } = await replayed(`${HEAD}5 100.003 +++ exited with 0 +++
5 100.004000 execve("/bin/other", ["other"], 0x1) = 0
5 100.005000 read(3, "", 10) = 7
5 100.006000 exit_group(0) = ?
5 100.007000 +++ exited with 0 +++
`);
    const reads = events.filter(({ hook }) => hook.endsWith("sys_exit_read"));
    expect(reads.map(({ comm, pid, record }) => [comm, pid, ret(record)])).toEqual([
      ["demo", 5, 4096],
      ["other", 5, 7],
    ]);
    expect(summary).toMatchObject({ processes: 2, calls: 6 });
    expect(linux.tasks()).toEqual([]);
  });

  it("calls that never returned, began before the log, or are in nobody's table do what they can", async () => {
    const log = `7 1.000000 <... read resumed>"", 100) = 100
7 1.001000 read(0, "", 10) = -1 EAGAIN (Resource temporarily unavailable)
7 1.002000 close(77) = -1 EBADF (Bad file descriptor)
8 1.003000 futex(0x7f01, FUTEX_WAIT, 2, NULL <unfinished ...>
7 1.004000 exit_group(0 <unfinished ...>
8 1.004100 <... futex resumed>) = ?
7 1.004200 <... exit_group resumed>) = ?
8 1.004300 +++ killed by SIGKILL +++
7 1.004400 +++ exited with 0 +++
`;
    const { events, summary } = await replayed(log);
    const exits = events.filter(({ hook }) => hook.includes("sys_exit_"));
    expect(exits.map(({ hook, record }) => [name(hook), ret(record)])).toEqual([
      ["read", 100],
      ["read", -11],
      ["close", -9],
    ]);
    expect(summary).toMatchObject({ calls: 5, processes: 2 });
  });
});

describe("a log packed with gzip", () => {
  const packed = gzipSync(LOG);

  it.each([
    ["as bytes", () => new Uint8Array(packed)],
    ["in pieces", () => inPieces(packed, 100)],
    ["as a stream", () => new Blob([new Uint8Array(packed)]).stream()],
  ])("is replayed as it is unpacked: %s", async (_, source) => {
    const summary = await new Linux({ seed: 1 }).replay(LOG);
    expect(await new Linux({ seed: 1 }).replay(source())).toEqual(summary);
  });

  it("names the line that is malformed, counted in the unpacked text", async () => {
    const lines = LOG.split("\n");
    lines[40] = "nonsense";
    const error = await new Linux({ seed: 1 }).replay(gzipSync(lines.join("\n"))).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(StraceError);
    expect((error as StraceError).line).toBe(41);
  });

  it.each([
    ["cut off", packed.subarray(0, packed.length >> 1), /gzip data is damaged or cut off/],
    ["damaged", packed.map((byte, i) => (i === packed.length - 6 ? byte ^ 0x55 : byte)), /gzip data is damaged/],
    ["of another format", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 4, 0), /packed with zstd.*unpack it first/],
  ])("is refused when %s", async (_, bytes, message) => {
    const replay = new Linux({ seed: 1 }).replay(new Uint8Array(bytes));
    await expect(replay).rejects.toThrow(LogSourceError);
    await expect(new Linux({ seed: 1 }).replay(new Uint8Array(bytes))).rejects.toThrow(message);
  });

  async function* inPieces(bytes: Uint8Array, size: number) {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
});
