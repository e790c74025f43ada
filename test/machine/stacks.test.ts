import { describe, expect, it } from "vitest";
import { machine, office, type Recorded, record, SYSCALL_HOOKS } from "./record.ts";

const linux = machine(office(2000));
const syscalls = record(linux, SYSCALL_HOOKS);
const switches = record(linux, ["tracepoint:sched:sched_switch"], 64);
const samples = record(linux, ["profile:hz:4999"], 184);
linux.runUntil(1_500_000_000);

/** Every function calls the one after it in some event: whatever is on the stack was really entered. */
const bottom = (event: Recorded) => event.kernel.slice(-2);

describe("stacks of events", () => {
  it("hold the function that raised the event, and the way to it", () => {
    expect(syscalls.length).toBeGreaterThan(5000);
    for (const event of syscalls) {
      const raisers = event.hook.includes("sys_enter_")
        ? ["perf_syscall_enter", "syscall_trace_enter"]
        : ["syscall_exit_work"];
      // What bpf_get_stack gives on Linux 6.18 in programs attached to these tracepoints.
      expect(event.kernel).toEqual([...raisers, "do_syscall_64", "entry_SYSCALL_64_after_hwframe"]);
    }
    for (const event of switches) expect(event.kernel.slice(0, 2)).toEqual(["__traceiter_sched_switch", "__schedule"]);
  });

  it("show libc's wrapper and the program's functions on the user side", () => {
    const reads = syscalls.filter(({ hook, comm }) => hook.endsWith("sys_enter_read") && comm === "webserver");
    const stacks = new Set(reads.map(({ user }) => user.join(" < ")));
    expect(stacks).toEqual(
      new Set([
        "read < parse_request < handle_connection < worker_loop < main < __libc_start_call_main",
        "read < serve_file < handle_connection < worker_loop < main < __libc_start_call_main",
      ]),
    );
  });

  it("start at an entry into Linux", () => {
    const entries = [
      "entry_SYSCALL_64_after_hwframe",
      "common_startup_64",
      "asm_sysvec_apic_timer_interrupt",
      "asm_common_interrupt",
      "asm_sysvec_call_function_single",
      "ret_from_fork_asm", // a task on its first steps
    ];
    for (const event of [...switches, ...samples]) {
      if (event.kernel.length > 0) expect(entries).toContain(bottom(event).at(-1));
    }
  });

  it("tell why a task gave up its CPU", () => {
    const reasons = new Set(
      switches.filter(({ pid }) => pid !== 0).map(({ kernel }) => kernel.slice(1, 5).join(" < ")),
    );
    const disk = "__schedule < schedule < io_schedule < folio_wait_bit_common";
    const accept = "__schedule < schedule < schedule_timeout < inet_csk_accept";
    const slice = "__schedule < schedule < irqentry_exit_to_user_mode < asm_sysvec_apic_timer_interrupt";
    const sleep = "__schedule < schedule < do_nanosleep < hrtimer_nanosleep";
    const pipe = "__schedule < schedule < anon_pipe_read < vfs_read";
    const wait = "__schedule < schedule < do_wait < kernel_wait4";
    expect([...reasons]).toEqual(expect.arrayContaining([disk, accept, slice, sleep, pipe, wait]));
  });
});

describe("sched_switch", () => {
  const field = (event: Recorded, offset: number) => Buffer.from(event.record, "hex").readInt32LE(offset);

  it("is raised while the previous task is current, and the next one follows on that CPU", () => {
    const running = new Map<number, number>();
    for (const event of switches) {
      expect(field(event, 24)).toBe(event.pid);
      const before = running.get(event.cpu);
      if (before !== undefined) expect(field(event, 24)).toBe(before);
      running.set(event.cpu, field(event, 56));
    }
  });

  it("reports why: sleeping, waiting for the disk, preempted, exited", () => {
    const states = new Set(switches.filter(({ pid }) => pid !== 0).map((event) => field(event, 32)));
    expect(states).toEqual(new Set([0, 1, 2, 0x20]));
  });
});

describe("profile", () => {
  it("samples each CPU at its rate", () => {
    const period = Math.floor(1e9 / 4999);
    for (const cpu of [0, 1]) {
      const times = samples.filter((sample) => sample.cpu === cpu).map(({ time }) => time);
      expect(times).toEqual(Array.from({ length: times.length }, (_, i) => (i + 1) * period));
      expect(times.length).toBe(Math.floor((1_500_000_000 - 1) / period));
    }
  });

  it("sees idle CPUs halted, programs computing and Linux working", () => {
    const idle = samples.filter(({ pid }) => pid === 0);
    expect(idle.some(({ kernel }) => kernel[0] === "pv_native_safe_halt" && kernel.at(-2) === "start_secondary")).toBe(
      true,
    );
    expect(idle.some(({ comm }) => comm === "swapper/0")).toBe(true);
    const user = samples.filter(({ kernel, user }) => kernel.length === 0 && user[0] === "deflate");
    expect(user.length).toBeGreaterThan(100);
    const copying = samples.filter(({ kernel }) => kernel[0] === "_copy_to_iter");
    expect(copying.map(({ kernel }) => kernel.join(" < "))).toContain(
      "_copy_to_iter < copy_page_to_iter < filemap_read < generic_file_read_iter < ext4_file_read_iter < vfs_read < " +
        "ksys_read < __x64_sys_read < x64_sys_call < do_syscall_64 < entry_SYSCALL_64_after_hwframe",
    );
  });

  it("gives programs the registers: Linux or user code, and the instruction pointer on the stack's top", () => {
    for (const sample of samples.slice(0, 500)) {
      const bytes = Buffer.from(sample.record, "hex");
      const inKernel = sample.kernel.length > 0;
      expect(bytes.readUInt32LE(136)).toBe(inKernel ? 0x10 : 0x33);
      const top = linux.symbolize(bytes.readBigUInt64LE(128))?.name;
      expect(top).toBe(inKernel ? sample.kernel[0] : sample.user[0]);
      expect(bytes.readBigUInt64LE(168)).toBe(BigInt(Math.floor(1e9 / 4999)));
    }
  });
});
