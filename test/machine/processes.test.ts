import { describe, expect, it } from "vitest";
import { Linux } from "../../src/linux/linux.ts";
import { O_APPEND, O_CREAT, O_RDONLY, O_WRONLY } from "../../src/linux/open.ts";
import type { Sys } from "../../src/linux/sys.ts";
import type { UserCode } from "../../src/linux/task.ts";
import { record } from "./record.ts";

/** Runs one process for a virtual second; what it notes comes back. */
function run(
  program: (sys: Sys, note: (value: unknown) => void) => UserCode,
  linux = new Linux(),
  uid = 5,
): readonly unknown[] {
  const notes: unknown[] = [];
  linux.process({ comm: "test", uid, gid: 6, program: (sys) => program(sys, (value) => notes.push(value)) });
  linux.runUntil(linux.ktimeNs() + 1_000_000_000);
  return notes;
}

describe("fork", () => {
  it("gives the child its parent's credentials, name and open files, sharing positions", () => {
    const linux = new Linux();
    linux.files.create("/data", 1000);
    const notes = run(function* (sys, note) {
      const fd = yield sys.openat("/data", O_RDONLY);
      note(yield sys.read(fd, 300));
      const pid = yield sys.fork(function* (child) {
        const { pid: own, uid, gid, comm, parent } = child.task;
        note({ own, uid, gid, comm, parent: parent?.pid });
        note(yield child.read(fd, 300));
        yield child.close(fd);
      });
      note((yield sys.wait()) === pid);
      note(yield sys.read(fd, 900));
    }, linux);
    expect(notes).toEqual([300, { own: 1001, uid: 5, gid: 6, comm: "test", parent: 1000 }, 300, true, 400]);
    expect(linux.tasks()).toEqual([]);
  });

  it("runs parent and child at the same time on two CPUs", () => {
    const end: number[] = [];
    const work = function* (sys: Sys): UserCode {
      yield sys.compute(5_000_000);
      end.push(sys.now());
    };
    run(function* (sys) {
      yield sys.fork(work);
      yield* work(sys);
      yield sys.wait();
    });
    expect(Math.max(...end)).toBeLessThan(5_500_000);
  });
});

describe("execve", () => {
  it("replaces the program: what follows is never reached, the stack begins anew", () => {
    const linux = new Linux();
    const events = record(linux, ["tracepoint:syscalls:sys_exit_execve", "tracepoint:syscalls:sys_enter_nanosleep"]);
    const notes = run(function* (sys, note) {
      sys.enter(sys.text("/bin/old", "deep"));
      yield sys.execve("/opt/tools/a-very-long-program-name", function* (self) {
        self.enter(self.text("/opt/tools/new", "main"));
        note(self.task.comm);
        yield self.nanosleep(5);
        self.leave();
      });
      note("never");
    }, linux);
    expect(notes).toEqual(["a-very-long-pro"]);
    expect(events.map(({ comm }) => comm)).toEqual(["a-very-long-pro", "a-very-long-pro"]);
    expect(events[1]!.user).toEqual(["nanosleep", "main", "__libc_start_call_main"]);
    expect(linux.tasks()).toEqual([]);
  });
});

describe("exit and wait", () => {
  it("reaps every child once, then says ECHILD", () => {
    const notes = run(function* (sys, note) {
      const children: number[] = [];
      for (let i = 0; i < 5; i++) {
        children.push(
          yield sys.fork(function* (child) {
            yield child.nanosleep((5 - i) * 1_000_000);
            yield child.exit(i);
            note("never");
          }),
        );
      }
      const order: number[] = [];
      for (let pid = yield sys.wait(); pid > 0; pid = yield sys.wait()) order.push(pid);
      note(order.join() === [...children].reverse().join());
      note(yield sys.wait());
    });
    expect(notes).toEqual([true, -10]);
  });

  it("leaves no orphans behind, dead or alive", () => {
    const linux = new Linux();
    run(function* (sys) {
      yield sys.fork(function* (child) {
        yield child.nanosleep(1_000_000);
      });
      yield sys.fork(function* (child) {
        yield child.nanosleep(1);
      });
      yield sys.nanosleep(500_000);
    }, linux);
    expect(linux.tasks()).toEqual([]);
  });

  it("closes what the process had open", () => {
    const notes = run(function* (sys, note) {
      const pipe: number[] = [];
      yield sys.pipe(pipe);
      yield sys.fork(function* (child) {
        yield child.close(pipe[0]!);
        yield child.write(pipe[1]!, 10);
        // Never closes its end: exit does.
      });
      yield sys.close(pipe[1]!);
      note(yield sys.read(pipe[0]!, 100));
      note(yield sys.read(pipe[0]!, 100));
    });
    expect(notes).toEqual([10, 0]);
  });
});

describe("pipes", () => {
  it("are empty at the end without writers, and broken without readers", () => {
    const notes = run(function* (sys, note) {
      const pipe: number[] = [];
      yield sys.pipe(pipe);
      const [from, to] = pipe as [number, number];
      note(yield sys.write(from, 1));
      note(yield sys.read(to, 1));
      note(yield sys.write(to, 100));
      yield sys.close(from);
      note(yield sys.write(to, 100));
    });
    expect(notes).toEqual([-9, -9, 100, -32]);
  });

  it("wake a writer that waits when the reader goes away", () => {
    const notes = run(function* (sys, note) {
      const pipe: number[] = [];
      yield sys.pipe(pipe);
      yield sys.fork(function* (child) {
        yield child.close(pipe[1]!);
        yield child.nanosleep(1_000_000);
        yield child.read(pipe[0]!, 10_000);
      });
      yield sys.close(pipe[0]!);
      note(yield sys.write(pipe[1]!, 500_000));
      note(yield sys.write(pipe[1]!, 1));
    });
    expect(notes).toEqual([75_536, -32]);
  });
});

describe("files", () => {
  it("append at their end, whatever others wrote", () => {
    const linux = new Linux();
    const append = function* (sys: Sys): UserCode {
      const log = yield sys.openat("/log", O_WRONLY | O_CREAT | O_APPEND);
      for (let i = 0; i < 20; i++) {
        yield sys.write(log, 100);
        yield sys.nanosleep(10_000);
      }
    };
    linux.process({ comm: "a", program: append });
    linux.process({ comm: "b", program: append });
    linux.runUntil(1e9);
    expect(linux.files.lookup("/log")?.size).toBe(4000);
  });

  it("swallow everything at /dev/null and show it at the terminal", () => {
    const program = function* (sys: Sys, note: (value: unknown) => void): UserCode {
      for (const path of ["/dev/null", "/dev/pts/0"]) {
        const fd = yield sys.openat(path, 2);
        note(yield sys.write(fd, 5000));
        note(yield sys.read(fd, 5000));
      }
      note(yield sys.openat("/dev/nothing", 0));
    };
    expect(run(program, new Linux(), 1000)).toEqual([5000, 0, 5000, 0, -2]);
    // The terminal is the student's alone.
    expect(run(program)).toEqual([5000, 0, -9, -9, -2]);
  });
});
