import { sysPipe2 } from "./pipe.ts";
import { sysClone, sysExecve } from "./process.ts";
import type { Random } from "./random.ts";
import type { Frame } from "./symbols.ts";
import { HANDLERS } from "./syscalls.ts";
import type { Kernel, Request, SyscallHandler, Task, UserCode } from "./task.ts";

/** What a program of the machine executes; it reaches Linux through `sys` alone. */
export type Program = (sys: Sys) => UserCode;

const AT_FDCWD = 0xffff_ff9c;
const SIGCHLD = 17;

/** Where the buffers and structures of programs lie in their address space; only the address is simulated. */
const USER_HEAP = 0x5555_5600_02a0;

/** There is one request at a time, and the task holds what it is. */
const REQUEST = { __request: true } as Request;

/**
 * The machine as a program sees it: system calls, computing, and functions of its own. A request is made with `yield`,
 * which gives its result; `enter` and `leave` take no time and are called as they are.
 *
 * @example
 * function* cat(sys: Sys): UserCode {
 *   sys.enter(sys.text("/usr/bin/cat", "main"));
 *   const fd = yield sys.openat("/etc/hosts", 0);
 *   while ((yield sys.read(fd, 131072)) > 0) yield sys.compute(2_000);
 *   yield sys.close(fd);
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

  /** Computes for `ns` in user space; the result is 0. */
  compute(ns: number): Request {
    const t = this.task;
    t.left = ns;
    t.result = 0;
    t.phase = "compute";
    return REQUEST;
  }

  /**
   * Any system call: its number, its registers, and what Linux executes if that is not what it usually is.
   * The result is what the call returns: -errno for an error.
   */
  call(nr: number, args: readonly number[], handler: SyscallHandler | undefined = HANDLERS[nr]): Request {
    const t = this.task;
    t.nr = nr;
    t.args = args;
    t.handler = handler;
    t.phase = "begin";
    return REQUEST;
  }

  /** Executes something of Linux without a system call, and without coming back from it. */
  stay(rest: Kernel<never>): Request {
    this.task.rest = rest;
    this.task.phase = "kernel";
    return REQUEST;
  }

  read(fd: number, count: number): Request {
    return this.call(0, [fd, USER_HEAP, count]);
  }

  write(fd: number, count: number): Request {
    return this.call(1, [fd, USER_HEAP, count]);
  }

  close(fd: number): Request {
    return this.call(3, [fd]);
  }

  /** `flags` as in `open(2)`: `O_RDONLY`, `O_CREAT | O_WRONLY`, ... */
  openat(path: string, flags: number, mode = 0): Request {
    return this.call(257, [AT_FDCWD, this.task.linux.strings.address(path), flags, mode]);
  }

  nanosleep(ns: number): Request {
    return this.call(35, [ns, 0]);
  }

  socket(): Request {
    return this.call(41, [2, 1, 0]);
  }

  bind(fd: number, port: number): Request {
    return this.call(49, [fd, port, 16]);
  }

  listen(fd: number, backlog: number): Request {
    return this.call(50, [fd, backlog]);
  }

  accept(fd: number): Request {
    return this.call(288, [fd, 0, 0, 0]);
  }

  /** Puts the read and the write descriptor into `out`. */
  pipe(out: number[]): Request {
    return this.call(293, [USER_HEAP, 0], (t) => sysPipe2(t, out));
  }

  /** Starts a child that runs `program`; gives its pid. */
  fork(program: Program): Request {
    return this.call(56, [SIGCHLD, 0, 0, 0, 0], (t) =>
      sysClone(t, (parent) => parent.linux.create({ program, comm: parent.comm, parent })),
    );
  }

  /** Becomes another program; what follows this call is never reached. */
  execve(path: string, program: Program): Request {
    const address = this.task.linux.strings.address(path);
    return this.call(59, [address, USER_HEAP, USER_HEAP], (t) => sysExecve(t, path, program));
  }

  /** Ends the process; what follows is never reached. */
  exit(code: number): Request {
    return this.call(231, [code]);
  }

  /** Waits for a child to exit; its pid, or -ECHILD. */
  wait(): Request {
    return this.call(61, [0xffff_ffff, 0, 0, 0]);
  }
}
