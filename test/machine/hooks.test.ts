import { describe, expect, it } from "vitest";
import { HookError } from "../../src/linux/hooks.ts";
import { Linux } from "../../src/linux/linux.ts";
import { O_RDONLY } from "../../src/linux/open.ts";
import type { Program } from "../../src/linux/sys.ts";
import { formatText, TRACEPOINTS, tracepoint } from "../../src/linux/tracepoints.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { machine, record } from "./record.ts";

/** One process that runs `program` on an otherwise empty machine. */
function one(program: Program): Linux {
  const linux = new Linux({ seed: 1 });
  linux.files.create("/etc/hosts", 220);
  linux.process({ comm: "test", uid: 33, gid: 34, program });
  return linux;
}

describe("attach", () => {
  it("runs the program at each event until it is detached", () => {
    const linux = machine(workloads.readFiles());
    let seen = 0;
    const detach = linux.hooks.attach("tracepoint:syscalls:sys_enter_read", { run: () => void seen++ });
    const { events } = linux.runUntil(100_000_000);
    expect(seen).toBeGreaterThan(5);
    expect(events).toEqual({ "tracepoint:syscalls:sys_enter_read": seen });
    detach();
    detach();
    const before = seen;
    linux.runUntil(200_000_000);
    expect(seen).toBe(before);
  });

  it("runs several programs in the order in which they were attached", () => {
    const linux = machine(workloads.readFiles());
    const order: number[] = [];
    const detachFirst = linux.hooks.attach("tracepoint:syscalls:sys_exit_read", { run: () => void order.push(1) });
    linux.hooks.attach("tracepoint:syscalls:sys_exit_read", { run: () => void order.push(2) });
    linux.runUntil(100_000_000);
    expect(order.slice(0, 4)).toEqual([1, 2, 1, 2]);
    detachFirst();
    order.length = 0;
    linux.runUntil(200_000_000);
    expect(new Set(order)).toEqual(new Set([2]));
  });

  it("starts and stops each profile timer by itself", () => {
    const linux = new Linux({ cpus: 1 });
    const count = { first: 0, second: 0 };
    const detach = linux.hooks.attach("profile:ms:1", { run: () => void count.first++ });
    linux.runUntil(10_500_000);
    linux.hooks.attach("profile:ms:1", { run: () => void count.second++ });
    linux.runUntil(20_250_000);
    detach();
    linux.runUntil(30_600_000);
    expect(count).toEqual({ first: 20, second: 20 });
  });

  it("lets a program detach itself", () => {
    const linux = machine(workloads.readFiles());
    let seen = 0;
    const detach = linux.hooks.attach("tracepoint:syscalls:sys_enter_openat", {
      run() {
        seen++;
        detach();
      },
    });
    linux.runUntil(200_000_000);
    expect(seen).toBe(1);
  });

  it("names what looks alike when there is no such hook, and what exists", () => {
    const linux = new Linux();
    const attach = (name: string) => () => linux.hooks.attach(name, { run() {} });
    expect(attach("tracepoint:syscalls:sys_enter_raed")).toThrow(HookError);
    expect(attach("tracepoint:syscalls:sys_enter_raed")).toThrow(/Did you mean tracepoint:syscalls:sys_enter_read/);
    expect(attach("kprobe:vfs")).toThrow(/\d+ tracepoints/);
    for (const name of ["profile:hz:0", "profile:hz:x", "profile:fortnight:1", "profile:hz", "profile:hz:9:9", ""]) {
      expect(attach(name)).toThrow(HookError);
    }
    try {
      linux.hooks.attach("tracepoint:sched:sched_swich", { run() {} });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "ENOENT", near: ["tracepoint:sched:sched_switch"] });
      expect((error as Error).message).toMatch(/ m\.linux\.hooks\.list\(\) lists them/);
    }
  });

  it("refuses to sample more often than Linux does", () => {
    const linux = new Linux({ cpus: 1 });
    for (const hook of ["profile:hz:1000000000000", "profile:hz:100001"]) {
      try {
        linux.hooks.attach(hook, { run() {} });
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(HookError);
        expect(error).toMatchObject({ code: "EINVAL", hook, near: [] });
        expect((error as Error).message).toMatch(/at most 100000 Hz/);
      }
    }
    const seen = { hz: 0, us: 0 };
    linux.hooks.attach("profile:hz:100000", { run: () => void seen.hz++ });
    // A period is stretched, not refused.
    linux.hooks.attach("profile:us:1", { run: () => void seen.us++ });
    linux.runUntil(1_005_000);
    expect(seen).toEqual({ hz: 100, us: 100 });
  });
});

describe("contexts", () => {
  it("hold a system call's number and arguments, then its result", () => {
    const linux = one(function* (sys) {
      const fd = yield sys.openat("/etc/hosts", O_RDONLY);
      yield sys.read(fd, 4096);
      yield sys.read(99, 1);
    });
    const enter = record(linux, ["tracepoint:syscalls:sys_enter_read"], 40);
    const exit = record(linux, ["tracepoint:syscalls:sys_exit_read"], 24);
    linux.runUntil(10_000_000);
    const first = Buffer.from(enter[0]!.record, "hex");
    expect(first.readUInt16LE(0)).toBe(842);
    expect(first.readInt32LE(4)).toBe(enter[0]!.pid);
    expect(first.readInt32LE(8)).toBe(0);
    expect(first.readBigUInt64LE(16)).toBe(0n);
    expect(first.readBigUInt64LE(32)).toBe(4096n);
    const results = exit.map(({ record }) => Buffer.from(record, "hex").readBigInt64LE(16));
    expect(results).toEqual([220n, -9n]);
    expect(Buffer.from(exit[0]!.record, "hex").readUInt16LE(0)).toBe(841);
  });

  it("hold pointers to strings that lie in memory", () => {
    const linux = one(function* (sys) {
      yield sys.openat("/etc/hosts", O_RDONLY);
    });
    const paths: string[] = [];
    linux.hooks.attach("tracepoint:syscalls:sys_enter_openat", {
      run(at) {
        const offset = linux.memory.u32[(at + 24) >> 2]!;
        const end = linux.memory.u8.indexOf(0, offset);
        paths.push(Buffer.from(linux.memory.u8.slice(offset, end)).toString());
        expect(linux.memory.u32[(at + 28) >> 2]).toBe(0x7f00);
        expect(linux.memory.u32[(at + 16) >> 2]).toBe(0xffff_ff9c);
      },
    });
    linux.runUntil(10_000_000);
    expect(paths).toEqual(["/etc/hosts"]);
  });

  it("tell the task, and outside of events the idle task and no stack", () => {
    const linux = one(function* (sys) {
      yield sys.nanosleep(1000);
    });
    const events = record(linux, ["tracepoint:syscalls:sys_enter_nanosleep"]);
    let task = {};
    linux.hooks.attach("tracepoint:syscalls:sys_enter_nanosleep", {
      run() {
        const { pid, tgid, uid, gid, comm } = linux.task();
        task = { pid, tgid, uid, gid, comm };
      },
    });
    linux.runUntil(10_000_000);
    expect(events).toHaveLength(1);
    expect(task).toEqual({ pid: 1000, tgid: 1000, uid: 33, gid: 34, comm: "test" });
    expect(linux.task()).toMatchObject({ pid: 0, comm: "swapper/0" });
    expect(linux.stack("kernel")).toEqual([]);
    expect(linux.ktimeNs()).toBe(10_000_000);
    expect(linux.cpu()).toBe(0);
  });

  it("survive memory that grows while a program runs", () => {
    const linux = machine(workloads.readFiles());
    const results: number[] = [];
    linux.hooks.attach("tracepoint:syscalls:sys_exit_read", {
      run(at) {
        linux.memory.allocate(300_000);
        results.push(linux.memory.i32[(at + 16) >> 2]!);
      },
    });
    linux.runUntil(300_000_000);
    expect(results).toContain(832);
    expect(results).toContain(0);
  });
});

describe("tracepoints", () => {
  it("print as the format files of tracefs", () => {
    expect(formatText(tracepoint("syscalls:sys_enter_close")!)).toBe(`name: sys_enter_close
ID: 776
format:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

\tfield:int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;
\tfield:unsigned int fd;\toffset:16;\tsize:8;\tsigned:0;

print fmt: "fd: 0x%08lx", ((unsigned long)(REC->fd))
`);
  });

  it("have ids, names and records that fit together", () => {
    expect(new Set(TRACEPOINTS.map(({ id }) => id)).size).toBe(TRACEPOINTS.length);
    expect(new Set(TRACEPOINTS.map(({ name }) => name)).size).toBe(TRACEPOINTS.length);
    for (const { fields, size } of TRACEPOINTS) {
      const ends = fields.map((field) => field.offset + field.size);
      expect(Math.max(...ends)).toBeLessThanOrEqual(size);
      for (const [index, field] of fields.entries()) {
        expect(field.offset).toBeGreaterThanOrEqual(index === 0 ? 0 : ends[index - 1]!);
        expect(field.offset % Math.min(8, field.name.endsWith("]") ? 1 : field.size)).toBe(0);
      }
    }
  });
});
