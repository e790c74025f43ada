import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { TP } from "../tracepoints.ts";

/** `sched:sched_switch`: the task `t` leaves its CPU in `state` and `next` gets it; `t` is still the current one. */
export function traceSwitch(t: Task, next: Task, state: number): void {
  const { watchers } = t.linux.scheduler;
  for (let i = 0; i < watchers.length; i++) watchers[i]!(t.cpu.id, next, t.cpu.now);
  if (t.linux.hooks.counters["context-switches"] !== undefined) t.linux.hooks.count("context-switches", t);
  const hook = t.linux.hooks.live[TP.sched_switch];
  if (hook === undefined) return;
  t.enter(F.__traceiter_sched_switch, 0);
  const values = [t.comm, t.pid, t.prio, state, next.comm, next.pid, next.prio];
  t.linux.hooks.trace(hook, t, values, 0, t, next, state);
  t.leave(undefined);
}

/** `sched:sched_waking`: somebody is about to wake `p`. */
export function traceWaking(t: Task, p: Task): void {
  const hook = t.linux.hooks.live[TP.sched_waking];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [p.comm, p.pid, p.prio, p.cpu.id], p);
}

/** `sched:sched_wakeup`: `p` is runnable. */
export function traceWakeup(t: Task, p: Task): void {
  const hook = t.linux.hooks.live[TP.sched_wakeup];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [p.comm, p.pid, p.prio, p.cpu.id], p);
}

/** `sched:sched_wakeup_new`: `p` is runnable for the first time. */
export function traceWakeupNew(t: Task, p: Task): void {
  const hook = t.linux.hooks.live[TP.sched_wakeup_new];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [p.comm, p.pid, p.prio, p.cpu.id], p);
}

/** `sched:sched_migrate_task`: `p` moves to CPU `to`. */
export function traceMigrate(t: Task, p: Task, to: number): void {
  if (t.linux.hooks.counters["cpu-migrations"] !== undefined) t.linux.hooks.count("cpu-migrations", t);
  const hook = t.linux.hooks.live[TP.sched_migrate_task];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [p.comm, p.pid, p.prio, p.cpu.id, to], p, to);
}

/** `sched:sched_stat_runtime`: `p` has run for `ns` since it was last accounted. */
export function traceRuntime(t: Task, p: Task, ns: number): void {
  const hook = t.linux.hooks.live[TP.sched_stat_runtime];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [p.comm, p.pid, ns], p, ns);
}

/** `power:cpu_idle`: the CPU halts in `state`, or comes back (`IDLE_EXIT_STATE`). */
export function traceCpuIdle(t: Task, state: number): void {
  const hook = t.linux.hooks.live[TP.cpu_idle];
  if (hook !== undefined) t.linux.hooks.trace(hook, t, [state, t.cpu.id], state, t.cpu.id);
}
