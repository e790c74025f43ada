import { describe, expect, it } from "vitest";
import { Linux } from "../../src/linux/linux.ts";
import type { Sys } from "../../src/linux/sys.ts";
import type { UserCode } from "../../src/linux/task.ts";
import { names } from "./record.ts";

const SIGKILL = 9;
const SIGUSR1 = 10;
const SIGSEGV = 11;
const SIGTERM = 15;
const SIGCONT = 18;
const SIGSTOP = 19;
const EINTR = 4;
const EPERM = 1;
const SECOND = 1_000_000_000;

/** Runs one process for a virtual second; what it notes comes back. */
function run(program: (sys: Sys, note: (value: unknown) => void) => UserCode, linux = new Linux(), uid = 0) {
  const notes: unknown[] = [];
  linux.process({ comm: "test", uid, gid: uid, program: (sys) => program(sys, (value) => notes.push(value)) });
  linux.runUntil(linux.ktimeNs() + SECOND);
  return notes;
}

function* forever(sys: Sys): UserCode {
  for (;;) yield sys.nanosleep(SECOND);
}

function* spin(sys: Sys): UserCode {
  for (;;) yield sys.compute(SECOND);
}

describe("signals", () => {
  it.each([
    ["asleep", forever],
    ["computing", spin],
  ])("end a process that is %s; its parent learns which", (_, child) => {
    const notes = run(function* (sys, note) {
      const pid = yield sys.fork(child);
      yield sys.nanosleep(3_000_000);
      note(yield sys.kill(pid, SIGTERM));
      const status: number[] = [];
      note((yield sys.wait(pid, status)) === pid);
      note(status);
    });
    expect(notes).toEqual([0, true, [SIGTERM]]);
  });

  it("run a handler, which interrupts a sleep, and make the call again if they shall", () => {
    const notes = run(function* (sys, note) {
      const pid = yield sys.fork(function* (child) {
        yield child.sigaction(SIGUSR1, function* (handler) {
          note("handler");
          yield handler.compute(1_000);
        });
        note(yield child.nanosleep(SECOND));
        note((yield child.wait()) < 0);
        yield child.exit(3);
      });
      yield sys.nanosleep(1_000_000);
      yield sys.kill(pid, SIGUSR1);
      const status: number[] = [];
      yield sys.wait(pid, status);
      note(status);
    });
    expect(notes).toEqual(["handler", -EINTR, true, [3 << 8]]);
  });

  it("interrupt computing without losing any of it", () => {
    const notes = run(function* (sys, note) {
      const pid = yield sys.fork(function* (child) {
        yield child.sigaction(SIGUSR1, function* (handler) {
          yield handler.compute(100);
          note("handler");
        });
        const begin = child.task.cpuNs;
        yield child.compute(10_000_000);
        note(child.task.cpuNs - begin >= 10_000_000);
      });
      for (let i = 0; i < 3; i++) {
        yield sys.nanosleep(1_000_000);
        yield sys.kill(pid, SIGUSR1);
      }
      yield sys.wait();
    });
    expect(notes).toEqual(["handler", "handler", "handler", true]);
  });

  it("stop and continue", () => {
    const linux = new Linux();
    const notes = run(function* (sys, note) {
      const pid = yield sys.fork(spin);
      yield sys.nanosleep(1_000_000);
      yield sys.kill(pid, SIGSTOP);
      yield sys.nanosleep(10_000_000);
      const stopped = linux.taskOf(pid)!;
      note(stopped.state);
      const before = stopped.cpuNs;
      yield sys.nanosleep(10_000_000);
      note(stopped.cpuNs - before);
      yield sys.kill(pid, SIGCONT);
      yield sys.nanosleep(10_000_000);
      note(stopped.cpuNs - before > 5_000_000);
      yield sys.kill(pid, SIGKILL);
      note((yield sys.wait()) === pid);
    }, linux);
    expect(notes).toEqual([4, 0, true, true]);
  });

  it("are for the same user's processes, or for root", () => {
    const notes = run(function* (sys, note) {
      note(yield sys.setuid(1000));
      note(yield sys.kill(1234, SIGTERM));
      note(yield sys.setuid(0));
      yield sys.kill(sys.task.pid, SIGSEGV);
      note("never");
    });
    expect(notes).toEqual([0, -3, -EPERM]);
  });

  it("are generated and delivered where Linux does it", () => {
    const linux = new Linux();
    const seen: string[] = [];
    for (const hook of ["signal:signal_generate", "signal:signal_deliver", "sched:sched_process_exit"]) {
      linux.hooks.attach(`tracepoint:${hook}`, {
        run: (at) => {
          const who = hook.startsWith("sched") ? "" : linux.memory.view.getInt32(at + 8, true);
          seen.push(`${linux.task().pid} ${hook} ${who} ${names(linux, "kernel").slice(0, 3).join(" < ")}`);
        },
      });
    }
    run(function* (sys) {
      const pid = yield sys.fork(forever);
      yield sys.nanosleep(1_000_000);
      yield sys.kill(pid, SIGTERM);
      yield sys.wait();
    }, linux);
    expect(seen.slice(0, 4)).toEqual([
      "1000 signal:signal_generate 15 __send_signal_locked < do_send_sig_info < kill_pid_info_type",
      "1001 signal:signal_deliver 9 get_signal < arch_do_signal_or_restart < exit_to_user_mode_loop",
      "1001 sched:sched_process_exit  do_exit < do_group_exit < get_signal",
      "1001 signal:signal_generate 17 __send_signal_locked < do_notify_parent < do_exit",
    ]);
  });
});

describe("threads", () => {
  it("share files and end one by one, or all with the process", () => {
    const linux = new Linux();
    const notes = run(function* (sys, note) {
      const tid = yield sys.thread(function* (thread) {
        note([thread.task.tgid === sys.task.tgid, thread.task.files === sys.task.files]);
        yield thread.compute(1_000);
      });
      yield sys.thread(forever);
      yield sys.thread(spin);
      yield sys.nanosleep(1_000_000);
      note(linux.taskOf(tid) === undefined);
      note(sys.task.group.threads.length);
      yield sys.exit(0);
    }, linux);
    expect(notes).toEqual([[true, true], true, 3]);
    expect(linux.tasks()).toEqual([]);
  });

  it("wait for each other at a futex", () => {
    const notes = run(function* (sys, note) {
      for (const name of ["a", "b"]) {
        yield sys.thread(function* (thread) {
          yield thread.futexWait(0x1000);
          note(name);
        });
      }
      yield sys.nanosleep(1_000_000);
      note(yield sys.futexWake(0x1000, 1));
      yield sys.nanosleep(1_000_000);
      note(yield sys.futexWake(0x1000, 5));
      yield sys.nanosleep(1_000_000);
      note(yield sys.futexWake(0x1000, 5));
    });
    expect(notes).toEqual([1, "a", 1, "b", 0]);
  });

  it("of two that a futex woke, the later leaves those alone that wait anew", () => {
    const notes = run(function* (sys, note) {
      for (const again of [true, false]) {
        yield sys.thread(function* (thread) {
          yield thread.futexWait(0x1000);
          if (!again) yield thread.compute(2_000_000);
          yield thread.futexWait(0x1000);
          note(again);
        });
      }
      yield sys.nanosleep(1_000_000);
      note(yield sys.futexWake(0x1000, 2));
      yield sys.nanosleep(10_000_000);
      note(yield sys.futexWake(0x1000, 2));
      yield sys.nanosleep(10_000_000);
    });
    expect(notes).toEqual([2, 2, true, false]);
  });

  it("vfork waits until the child has another program", () => {
    const notes = run(function* (sys, note) {
      yield sys.vfork(function* (child) {
        yield child.nanosleep(1_000_000);
        note("child");
        yield child.execve("/bin/true", spin, ["true", "-v"], ["HOME=/root"]);
      });
      note("parent");
    });
    expect(notes).toEqual(["child", "parent"]);
  });
});
