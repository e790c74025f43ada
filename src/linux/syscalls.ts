import { ERRNO } from "./errno.ts";
import { sysClose, sysOpenat } from "./open.ts";
import { sysRead, sysWrite } from "./read-write.ts";
import { mustYield, preempt } from "./scheduler.ts";
import { sysNanosleep } from "./sleep.ts";
import { sysAccept4, sysBind, sysListen, sysSocket } from "./socket.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import { BEHIND, type Kernel, type Task } from "./task.ts";

/** What Linux executes for a system call, from `__x64_sys_NAME` on; the first four registers suffice so far. */
export type SyscallHandler = (t: Task, a: number, b: number, c: number, d: number) => Kernel<number>;

/** By number. Calls whose arguments are more than registers (`execve`, `clone`, `pipe2`) are bound by their caller. */
const HANDLERS: (SyscallHandler | undefined)[] = [];
HANDLERS[0] = sysRead;
HANDLERS[1] = sysWrite;
HANDLERS[3] = sysClose;
HANDLERS[35] = sysNanosleep;
HANDLERS[41] = sysSocket;
HANDLERS[49] = sysBind;
HANDLERS[50] = sysListen;
HANDLERS[257] = sysOpenat;
HANDLERS[288] = sysAccept4;

/**
 * One system call: the only way from a program into Linux. Raises the tracepoints of its entry and exit from the
 * functions that raise them on Linux, and lets another task run on the way back if the time slice is over.
 *
 * `handler` replaces the table's, for calls that carry more than numbers.
 */
export function* syscall(t: Task, nr: number, args: readonly number[], handler = HANDLERS[nr]): Kernel<number> {
  const { hooks } = t.linux;
  t.user[t.userDepth++] = t.linux.libcFrame(nr);
  t.enter(F.entry_SYSCALL_64_after_hwframe, 35);
  t.enter(F.do_syscall_64, 20);
  while (t.behind) yield BEHIND;
  t.linux.syscalls++;
  const enter = hooks.sysEnter[nr];
  if (enter !== undefined) {
    t.enter(F.syscall_trace_enter, 0);
    hooks.fireSysEnter(enter, t, nr, args);
    t.leave(undefined);
  }
  t.enter(F.x64_sys_call, 5);
  const ret = handler === undefined ? unimplemented(t, nr) : yield* handler(t, args[0]!, args[1]!, args[2]!, args[3]!);
  t.leave(undefined);
  while (t.behind) yield BEHIND;
  const exit = hooks.sysExit[nr];
  if (exit !== undefined) {
    t.enter(F.syscall_exit_work, 0);
    hooks.fireSysExit(exit, t, nr, ret);
    t.leave(undefined);
  }
  if (mustYield(t)) {
    t.enter(F.exit_to_user_mode_loop, 30);
    yield* preempt(t);
    t.leave(undefined);
  }
  t.spend(30);
  t.userDepth--;
  return t.leave(ret, 2);
}

function unimplemented(t: Task, nr: number): number {
  t.enter(ENTRY_POINT[nr]!, 50);
  return t.leave(-ERRNO.ENOSYS);
}
