import { type Program, Sys } from "./sys.ts";
import type { Task, UserCode } from "./task.ts";

export const LIBC = "/usr/lib/x86_64-linux-gnu/libc.so.6";

/** A program's life: libc's start-up code, the program, exit. */
export function* programLife(task: Task, program: Program): UserCode {
  const sys = new Sys(task, task.linux.random32);
  sys.enter(sys.text(LIBC, "__libc_start_call_main"));
  yield* program(sys);
  yield sys.exit(0);
}

/** A thread's life; its end is not the process's. */
export function* threadLife(task: Task, program: Program): UserCode {
  const sys = new Sys(task, task.linux.random32);
  sys.enter(sys.text(LIBC, "start_thread"));
  yield* program(sys);
  yield sys.exitThread(0);
}

/** A signal handler, from the return address that Linux put below it; it ends with `rt_sigreturn`. */
export function* handlerLife(task: Task, handler: Program): UserCode {
  const sys = new Sys(task, task.linux.random32);
  sys.enter(sys.text(LIBC, "__restore_rt"));
  yield* handler(sys);
  yield sys.sigreturn();
}
