import type { Task } from "./task.ts";
import { TP } from "./tracepoints.ts";

/** `task:task_newtask`, raised by `copy_process`. */
export function traceNewTask(t: Task, child: Task, flags: number): void {
  const hook = t.linux.hooks.live[TP.task_newtask];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [child.pid, child.comm, flags, child.oomScoreAdj], child, flags);
}

/** `task:task_rename`, raised by `__set_task_comm` before the name changes. */
export function traceRename(t: Task, comm: string): void {
  const hook = t.linux.hooks.live[TP.task_rename];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [t.pid, t.comm, comm, t.oomScoreAdj], t);
}

/** `sched:sched_process_fork`, raised by `kernel_clone`. */
export function traceFork(t: Task, child: Task): void {
  const hook = t.linux.hooks.live[TP.sched_process_fork];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [t.comm, t.pid, child.comm, child.pid], t, child);
}

/** `sched:sched_process_exec`, raised by `bprm_execve`. */
export function traceExec(t: Task, filename: string, oldPid: number): void {
  const hook = t.linux.hooks.live[TP.sched_process_exec];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [filename, t.pid, oldPid], t, oldPid);
}

/** `sched:sched_process_exit`, raised by `do_exit`. */
export function traceExit(t: Task, groupDead: boolean): void {
  const hook = t.linux.hooks.live[TP.sched_process_exit];
  const dead = groupDead ? 1 : 0;
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [t.comm, t.pid, t.prio, dead], t, dead);
}

/** `sched:sched_process_wait`, raised by `do_wait`: for which child, or 0 for any. */
export function traceWait(t: Task, pid: number): void {
  const hook = t.linux.hooks.live[TP.sched_process_wait];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [t.comm, pid, t.prio]);
}

/** `sched:sched_process_free`, raised by `delayed_put_task_struct`. */
export function traceFree(t: Task, dead: Task): void {
  const hook = t.linux.hooks.live[TP.sched_process_free];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [dead.comm, dead.pid, dead.prio], dead);
}
