import { sysPipe2 } from "./pipe.ts";
import { sysClone, sysExecve, sysExitGroup, sysWait4 } from "./process.ts";
import type { Random } from "./random.ts";
import { mustYield, preempt } from "./scheduler.ts";
import { F, type Frame } from "./symbols.ts";
import { syscall } from "./syscalls.ts";
import { BEHIND, type Kernel, type Task } from "./task.ts";

/** What a program of the machine executes; it reaches Linux through `sys` alone. */
export type Program = (sys: Sys) => Kernel<void>;

const AT_FDCWD = 0xffff_ff9c;
const SIGCHLD = 17;

/** Virtual nanoseconds that a computing CPU may be ahead of the others. */
const LOOKAHEAD = 50_000;

/** Where the buffers and structures of programs lie in their address space; only the address is simulated. */
const USER_HEAP = 0x5555_5600_02a0;

/**
 * The machine as a program sees it: system calls, and functions of its own. Every method is used with `yield*`, except
 * `enter` and `leave`.
 *
 * @example
 * function* cat(sys: Sys) {
 *   const main = sys.text("/usr/bin/cat", "main");
 *   sys.enter(main);
 *   const fd = yield* sys.openat("/etc/hosts", 0);
 *   while ((yield* sys.read(fd, 131072)) > 0) yield* sys.compute(2_000);
 *   yield* sys.close(fd);
 *   sys.leave();
 * }
 */
export class Sys {
  readonly task: Task;
  /** Random numbers of the machine's workloads. */
  readonly random: Random;

  constructor(task: Task, random: Random) {
    this.task = task;
    this.random = random;
  }

  /** A function of a program, to be entered; `binary` is a path. */
  text(binary: string, name: string): Frame {
    return this.task.linux.symbols.userFrame(binary, name);
  }

  /** Into a function of the program. */
  enter(frame: Frame): void {
    this.task.user[this.task.userDepth++] = frame;
  }

  /** Out of the last function entered. */
  leave(): void {
    this.task.userDepth--;
  }

  /** Virtual nanoseconds now, as `clock_gettime` tells through the vDSO, without a system call. */
  now(): number {
    return this.task.cpu.now;
  }

  /**
   * Computes for `ns` in user space. Nothing that a program computes concerns other CPUs, so this one runs ahead of
   * them, but never past an event nor far: at fixed instants it waits for the others and may lose its CPU.
   */
  *compute(ns: number): Kernel<void> {
    const t = this.task;
    for (let left = ns; left > 0; ) {
      const { now, sliceEnd } = t.cpu;
      const instant = now - (now % LOOKAHEAD) + LOOKAHEAD;
      const stop = sliceEnd > now && sliceEnd < instant ? sliceEnd : instant;
      while (left > 0 && t.cpu.now < stop) {
        const step = Math.min(left, stop - t.cpu.now, Math.max(1, t.linux.nextEvent - t.cpu.now));
        t.spend(step);
        left -= step;
        while (t.cpu.now >= t.linux.nextEvent) yield BEHIND;
        if (t.cpu.mustSwitch) break;
      }
      while (t.behind) yield BEHIND;
      if (mustYield(t)) yield* this.#sliceOver();
    }
  }

  /** The timer's interrupt finds that somebody else's turn has come. */
  *#sliceOver(): Kernel<void> {
    const t = this.task;
    t.enter(F.asm_sysvec_apic_timer_interrupt, 60);
    t.enter(F.irqentry_exit_to_user_mode, 40);
    yield* preempt(t);
    t.leave(undefined, 2);
  }

  read(fd: number, count: number): Kernel<number> {
    return syscall(this.task, 0, [fd, USER_HEAP, count]);
  }

  write(fd: number, count: number): Kernel<number> {
    return syscall(this.task, 1, [fd, USER_HEAP, count]);
  }

  close(fd: number): Kernel<number> {
    return syscall(this.task, 3, [fd]);
  }

  /** `flags` as in `open(2)`: `O_RDONLY`, `O_CREAT | O_WRONLY`, ... */
  openat(path: string, flags: number, mode = 0): Kernel<number> {
    return syscall(this.task, 257, [AT_FDCWD, this.task.linux.strings.address(path), flags, mode]);
  }

  nanosleep(ns: number): Kernel<number> {
    return syscall(this.task, 35, [ns, 0]);
  }

  socket(): Kernel<number> {
    return syscall(this.task, 41, [2, 1, 0]);
  }

  bind(fd: number, port: number): Kernel<number> {
    return syscall(this.task, 49, [fd, port, 16]);
  }

  listen(fd: number, backlog: number): Kernel<number> {
    return syscall(this.task, 50, [fd, backlog]);
  }

  accept(fd: number): Kernel<number> {
    return syscall(this.task, 288, [fd, 0, 0, 0]);
  }

  /** Puts the read and the write descriptor into `out`. */
  pipe(out: number[]): Kernel<number> {
    return syscall(this.task, 293, [USER_HEAP, 0], (t) => sysPipe2(t, out));
  }

  /** Starts a child that runs `program`; gives its pid. */
  fork(program: Program): Kernel<number> {
    return syscall(this.task, 56, [SIGCHLD, 0, 0, 0, 0], (t) =>
      sysClone(t, (parent) => parent.linux.process({ program, comm: parent.comm, parent })),
    );
  }

  /** Becomes another program; what follows this call is never reached. */
  *execve(path: string, program: Program): Kernel<void> {
    const address = this.task.linux.strings.address(path);
    yield* syscall(this.task, 59, [address, USER_HEAP, USER_HEAP], (t) => sysExecve(t, path));
    this.task.userDepth = 0;
    yield* program(this);
    yield* this.exit(0);
  }

  /** Ends the process; what follows is never reached. */
  exit(code: number): Kernel<number> {
    return syscall(this.task, 231, [code], sysExitGroup);
  }

  /** Waits for a child to exit; its pid, or -ECHILD. */
  wait(): Kernel<number> {
    return syscall(this.task, 61, [0xffff_ffff, 0, 0, 0], sysWait4);
  }
}
