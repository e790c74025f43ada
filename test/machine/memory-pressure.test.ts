import { describe, expect, it } from "vitest";
import { Linux } from "../../src/linux/linux.ts";
import type { Sys } from "../../src/linux/sys.ts";
import type { UserCode } from "../../src/linux/task.ts";
import { names } from "./record.ts";

const MIB = 2 ** 20;
const SIGKILL = 9;
const SIGSEGV = 11;

function run(linux: Linux, program: (sys: Sys, note: (value: unknown) => void) => UserCode): readonly unknown[] {
  const notes: unknown[] = [];
  linux.process({ comm: "test", program: (sys) => program(sys, (value) => notes.push(value)) });
  linux.runUntil(linux.ktimeNs() + 2_000_000_000);
  return notes;
}

function* hog(sys: Sys): UserCode {
  for (;;) {
    const at = yield sys.mmap(4 * MIB);
    yield sys.touch(at, 4 * MIB);
  }
}

describe("memory", () => {
  it("is there when it is touched: a page fault a page, once", () => {
    const linux = new Linux();
    const faults: bigint[] = [];
    linux.hooks.attach("tracepoint:exceptions:page_fault_user", {
      run: (at) => void faults.push(linux.memory.view.getBigUint64(at + 8, true)),
    });
    let raiser: readonly string[] = [];
    linux.hooks.attach("tracepoint:kmem:mm_page_alloc", { run: () => void (raiser = names(linux, "kernel")) });
    const notes = run(linux, function* (sys, note) {
      const before = linux.pages.free;
      const at = yield sys.mmap(100_000);
      note(sys.task.mm.anon);
      yield sys.touch(at + 10, 10_000);
      yield sys.touch(at, 10_000);
      note(sys.task.mm.anon);
      note(before - linux.pages.free);
      yield sys.munmap(at, 100_000);
      note(before - linux.pages.free);
    });
    expect(notes).toEqual([0, 3, 3, 0]);
    expect(faults.map((address) => Number(address % 4096n))).toEqual([10, 0, 0]);
    expect(raiser.slice(0, 6)).toEqual([
      "__alloc_frozen_pages_noprof",
      "do_anonymous_page",
      "__handle_mm_fault",
      "handle_mm_fault",
      "exc_page_fault",
      "asm_exc_page_fault",
    ]);
  });

  it("that nobody has mapped is SIGSEGV", () => {
    const notes = run(new Linux(), function* (sys, note) {
      const status: number[] = [];
      yield sys.fork(function* (child) {
        yield child.touch(0, 1);
        note("never");
      });
      yield sys.wait(-1, status);
      note(status);
    });
    expect(notes).toEqual([[SIGSEGV]]);
  });

  it("comes back from who exits, however he does", () => {
    const linux = new Linux({ ram: 64 * MIB });
    const { free } = linux.pages;
    run(linux, function* (sys) {
      yield sys.fork(hog);
      yield sys.wait();
      yield sys.touch(yield sys.mmap(MIB), MIB);
      yield sys.fork(function* (child) {
        yield child.touch(yield child.mmap(MIB), MIB);
        yield child.kill(child.task.pid, SIGKILL);
      });
      while ((yield sys.wait()) > 0);
    });
    expect(linux.tasks()).toEqual([]);
    expect(linux.pages.free).toBe(free);
  });

  it("running out kills the process that has most, and says so", () => {
    const linux = new Linux({ ram: 128 * MIB });
    const seen: string[] = [];
    linux.hooks.attach("tracepoint:oom:mark_victim", {
      run: (at) =>
        void seen.push(`${linux.memory.view.getInt32(at + 8, true)} ${names(linux, "kernel").slice(0, 4).join(" < ")}`),
    });
    const notes = run(linux, function* (sys, note) {
      const pid = yield sys.fork(hog);
      // It wants little and survives, though it may be the one that finds no memory.
      for (let i = 0; i < 200; i++) {
        yield sys.touch(yield sys.mmap(4096), 4096);
        yield sys.nanosleep(200_000);
      }
      const status: number[] = [];
      note((yield sys.wait(pid, status)) === pid);
      note(status);
    });
    expect(notes).toEqual([true, [SIGKILL]]);
    expect(seen).toEqual(["1001 mark_oom_victim < __oom_kill_process < oom_kill_process < out_of_memory"]);
    expect(linux.log.lines().at(-1)!.text).toMatch(
      /^Out of memory: Killed process 1001 \(test\) total-vm:\d+kB, anon-rss:1\d{5}kB, file-rss:1520kB/,
    );
  });

  it("of a machine is what it was built with", () => {
    expect(() => new Linux({ ram: 1 })).toThrow("a machine's ram must be a number of bytes from 67108864");
  });
});
