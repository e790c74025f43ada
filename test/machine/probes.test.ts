import { describe, expect, it } from "vitest";
import { machineBtf } from "../../src/btf/data/machine.ts";
import { pathOf } from "../../src/btf/member-path.ts";
import { HookError } from "../../src/linux/hooks.ts";
import { Linux } from "../../src/linux/linux.ts";
import type { Program } from "../../src/linux/sys.ts";
import { USER_TIMESPEC } from "../../src/linux/user-buffer.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { machine, names, record } from "./record.ts";

/** Offsets in x86-64's pt_regs. */
const AX = 80;
const SI = 104;
const DI = 112;
const IP = 128;

function one(program: Program): Linux {
  const linux = new Linux({ seed: 1, cpus: 1 });
  linux.files.create("/etc/hosts", 220);
  linux.process({ comm: "test", program });
  return linux;
}

const reader: Program = function* (sys) {
  const fd = yield sys.openat("/etc/hosts", 0);
  yield sys.read(fd, 4096);
  yield sys.read(99, 8);
  yield sys.close(fd);
};

const word = (linux: Linux, at: number) => linux.memory.view.getBigInt64(at, true);

describe("kprobe and kretprobe", () => {
  it("run at the entry of the function that executes, and when it returns, with its result", () => {
    const linux = one(reader);
    const seen: unknown[] = [];
    linux.hooks.attach("kprobe:vfs_read", {
      run: (at) => seen.push([linux.symbolize(BigInt.asUintN(64, word(linux, at + IP))), names(linux, "kernel")[0]]),
    });
    linux.hooks.attach("kretprobe:vfs_read", {
      run: (at) => {
        const [low, high] = linux.probedFunction()!;
        const probed = linux.symbolize((BigInt(high) << 32n) | BigInt(low));
        seen.push([word(linux, at + AX), names(linux, "kernel")[0], probed]);
      },
    });
    const { events } = linux.runUntil(10_000_000_000);
    expect(seen[0]).toEqual([{ name: "vfs_read", offset: 1 }, "vfs_read"]);
    expect(seen[1]).toEqual([220n, "ksys_read", { name: "vfs_read", offset: 0 }]);
    expect(events).toEqual({ "kprobe:vfs_read": 1, "kretprobe:vfs_read": 1 });
  });

  it("see a system call's registers behind its first argument", () => {
    const linux = one(reader);
    const btf = machineBtf("6.18");
    const di = pathOf(btf, btf.byName("pt_regs", "struct")!.id, "di")!.bitOffset / 8;
    const seen: bigint[] = [];
    linux.hooks.attach("kprobe:__x64_sys_read", {
      run: (at) => {
        const regs = linux.memory.offsetOf(BigInt.asUintN(64, word(linux, at + DI)))!;
        linux.refreshKernel(regs, 8);
        seen.push(word(linux, regs + di));
      },
    });
    linux.hooks.attach("kprobe:x64_sys_call", { run: (at) => seen.push(-word(linux, at + SI)) });
    linux.runUntil(10_000_000_000);
    expect(seen.slice(0, 5)).toEqual([-257n, 0n, 0n, 0n, 99n]);
  });

  it("match patterns, and count each function", () => {
    const linux = one(reader);
    linux.hooks.attach("kprobe:vfs_*", { run() {} });
    const { events } = linux.runUntil(10_000_000_000);
    expect(events).toMatchObject({ "kprobe:vfs_read": 1, "kprobe:vfs_open": 1 });
  });

  it("refuse functions that the machine does not have, with those that look alike", () => {
    const linux = new Linux();
    try {
      linux.hooks.attach("kprobe:vfs_raed", { run() {} });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(HookError);
      expect(error).toMatchObject({ code: "ENOENT", near: ["kprobe:vfs_read"] });
    }
    expect(() => linux.hooks.attach("kprobe:vfs_read+7", { run() {} })).toThrow(/inside of a function/);
    linux.hooks.attach("kprobe:vfs_read+0x0", { run() {} })();
    expect(() => linux.hooks.attach("kprobe:nothing_*", { run() {} })).toThrow(HookError);
  });

  it("see every function that executes, with whatever arguments and results it has", () => {
    const linux = machine(workloads.webServer());
    linux.hooks.attach("kprobe:*", { run() {} });
    linux.hooks.attach("kretprobe:*", { run() {} });
    linux.hooks.attach("fexit:*", { run() {} });
    const { events } = linux.runUntil(30_000_000);
    expect(Object.values(events).filter((n) => n > 0).length).toBeGreaterThan(200);
    expect(events["kretprobe:vfs_read"]).toBe(events["fexit:vfs_read"]);
  });

  it("are in pairs over a whole workload, and never change the run", () => {
    const bare = machine(workloads.webServer());
    const probed = machine(workloads.webServer());
    const inside = new Map<number, number>();
    let wrong = 0;
    probed.hooks.attach("kprobe:tcp_recvmsg", { run: () => inside.set(probed.task().pid, probed.ktimeNs()) });
    probed.hooks.attach("kretprobe:tcp_recvmsg", {
      run: () => {
        const since = inside.get(probed.task().pid);
        if (since === undefined || since > probed.ktimeNs()) wrong++;
        inside.delete(probed.task().pid);
      },
    });
    const [a, b] = [bare, probed].map((linux) => {
      const exits = record(linux, ["tracepoint:syscalls:sys_exit_read"]);
      linux.runUntil(300_000_000);
      return exits.map(({ time, pid, record: bytes }) => [time, pid, bytes]);
    });
    expect(a!.length).toBeGreaterThan(20);
    expect(b).toEqual(a);
    expect(wrong).toBe(0);
    expect(inside.size).toBeLessThan(20);
  });
});

describe("fentry and fexit", () => {
  it("see typed arguments, and the result behind them", () => {
    const linux = one(reader);
    const seen: unknown[] = [];
    linux.hooks.attach("fentry:vfs_read", {
      run: (at) => seen.push(linux.memory.i32[(at - 8) >> 2], names(linux, "kernel")[0]),
    });
    linux.hooks.attach("fexit:vfs_read", { run: (at) => seen.push(word(linux, at + 32)) });
    linux.runUntil(10_000_000_000);
    expect(seen).toEqual([4, "vfs_read", 220n]);
  });
});

describe("fmod_ret and overridden results", () => {
  it("give a system call a result without Linux doing anything", () => {
    const linux = one(function* (sys) {
      const fd = yield sys.openat("/etc/hosts", 0);
      yield sys.nanosleep(fd === -13 ? 5_000 : 1_000);
      yield sys.read(7, 7);
    });
    let opened = 0;
    linux.hooks.attach("kprobe:do_sys_openat2", { run: () => opened++ });
    linux.hooks.attach("fmod_ret:__x64_sys_openat", { run: () => -13 });
    linux.hooks.attach("kprobe:__x64_sys_read", { overrides: true, run: () => linux.overrideReturn(-5n) });
    const slept = record(linux, ["tracepoint:syscalls:sys_enter_nanosleep"]);
    const reads = record(linux, ["tracepoint:syscalls:sys_exit_read"]);
    linux.runUntil(10_000_000_000);
    expect(opened).toBe(0);
    expect(Buffer.from(slept[0]!.record, "hex").readBigInt64LE(16)).toBe(BigInt(USER_TIMESPEC));
    expect(Buffer.from(reads[0]!.record, "hex").readBigInt64LE(16)).toBe(-5n);
  });

  it("are refused for other functions", () => {
    const linux = new Linux();
    expect(() => linux.hooks.attach("kprobe:vfs_read", { overrides: true, run() {} })).toThrow(/cannot be overridden/);
  });
});

describe("probes of programs", () => {
  const text = (linux: Linux, address: bigint) => {
    const at = linux.userOffset(Number(address & 0xffff_ffffn), Number(address >> 32n), 1);
    return new TextDecoder().decode(linux.memory.u8.slice(at, linux.memory.u8.indexOf(0, at)));
  };

  it("see arguments and results of functions, with the stack of the program", () => {
    const linux = machine(workloads.readFiles());
    const seen: string[] = [];
    const stacks: (readonly string[])[] = [];
    linux.hooks.attach("uprobe:/bin/bash:readline", {
      run: (at) => {
        seen.push(text(linux, word(linux, at + DI)));
        stacks.push(names(linux, "user"), names(linux, "kernel"));
      },
    });
    linux.hooks.attach("uretprobe:/usr/bin/bash:readline", {
      run: (at) => {
        seen.push(text(linux, word(linux, at + AX)).slice(0, 24));
        stacks.push(names(linux, "user"));
      },
    });
    linux.runUntil(200_000_000);
    expect(seen.slice(0, 2)).toEqual(["student@machine:~$ ", "cat /home/student/notes/"]);
    const main = ["reader_loop", "main", "__libc_start_call_main"];
    expect(stacks.slice(0, 3)).toEqual([["readline", ...main], [], main]);
  });

  it("do not move anything, and are there before the program runs", () => {
    const [bare, probed] = [0, 1].map(() => machine(workloads.readFiles()));
    probed!.hooks.attach("uprobe:/usr/lib/x86_64-linux-gnu/libc.so.6:getaddrinfo", { run() {} });
    for (const linux of [bare!, probed!]) linux.runUntil(50_000_000);
    const frame = (linux: Linux) => linux.symbols.of(linux.symbols.userFrame("/usr/bin/cat", "simple_cat"));
    expect(frame(probed!)).toEqual(frame(bare!));
    expect(probed!.hooks.list()).toContain("uprobe:/usr/bin/bash:readline");
  });

  it("refuse functions and files that there are not", () => {
    const linux = new Linux();
    const attach = (name: string) => () => linux.hooks.attach(name, { run() {} });
    expect(attach("uprobe:/usr/bin/bash:readlin")).toThrow(/Did you mean uprobe:\/usr\/bin\/bash:readline/);
    for (const name of ["uprobe:/no/such/file:main", "uprobe:readline", "usdt:/usr/bin/bash:a:b", "uretprobe:"])
      expect(attach(name)).toThrow(HookError);
  });

  it("pass static probes with arguments in registers", () => {
    const binary = "/usr/sbin/postgres";
    const linux = one(function* (sys) {
      const point = sys.usdt(binary, "postgresql", "query__start");
      sys.enter(sys.text(binary, "exec_simple_query"));
      sys.pass(point, sys.string("SELECT 1"), 42);
      sys.leave();
      yield sys.nanosleep(1);
    });
    const seen: unknown[] = [];
    linux.hooks.attach(`usdt:${binary}:postgresql:query__start`, {
      run: (at) => seen.push(text(linux, word(linux, at + DI)), word(linux, at + SI), names(linux, "user")[0]),
    });
    const { events } = linux.runUntil(1_000_000_000);
    expect(seen).toEqual(["SELECT 1", 42n, "exec_simple_query"]);
    expect(events).toEqual({ [`usdt:${binary}:postgresql:query__start`]: 1 });
  });
});

it("a program's memory is its own: Linux's is not at its addresses", () => {
  const linux = machine(workloads.readFiles());
  linux.runUntil(50_000_000);
  const high = 0x7f00;
  const own = linux.strings.address("hello");
  expect(linux.userOffset(own % 2 ** 32, high, 6)).toBeGreaterThan(0);
  const secret = linux.memory.allocate(8);
  expect(linux.userOffset(secret, high, 8)).toBe(-14);
  expect(linux.userOffset(0, 0, 1)).toBe(-14);
  expect(linux.userOffset(secret, -30592, 8)).toBe(-14);
});
