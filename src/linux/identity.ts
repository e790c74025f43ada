import { CAP_SYS_NICE, capable } from "./capable.ts";
import { ERRNO } from "./errno.ts";
import { weightOf } from "./sched/entity.ts";
import { ENTRY_POINT } from "./symbols.ts";
import type { Task } from "./task.ts";

/** `getpid(2)`. */
export function sysGetpid(t: Task): number {
  t.enter(ENTRY_POINT[39]!, 20);
  return t.leave(t.tgid);
}

/** `getppid(2)`. */
export function sysGetppid(t: Task): number {
  t.enter(ENTRY_POINT[110]!, 20);
  return t.leave(t.parent?.tgid ?? 1);
}

/** `gettid(2)`. */
export function sysGettid(t: Task): number {
  t.enter(ENTRY_POINT[186]!, 20);
  return t.leave(t.pid);
}

/** `setsid(2)`: the process leads a session and a group of its own. */
export function sysSetsid(t: Task): number {
  t.enter(ENTRY_POINT[112]!, 120);
  if (t.group.pgid === t.tgid) return t.leave(-ERRNO.EPERM!);
  t.group.sid = t.tgid;
  t.group.pgid = t.tgid;
  return t.leave(t.tgid);
}

/** `setpgid(2)`, of itself or of a child. */
export function sysSetpgid(t: Task, pid: number, pgid: number): number {
  t.enter(ENTRY_POINT[109]!, 80);
  const p = pid === 0 ? t : t.linux.taskOf(pid);
  if (p === undefined || (p.tgid !== t.tgid && p.parent?.tgid !== t.tgid)) return t.leave(-ERRNO.ESRCH!);
  p.group.pgid = pgid === 0 ? p.tgid : pgid;
  return t.leave(0);
}

const LOWEST = 19;
const HIGHEST = -20;

/** `setpriority(2)` of a process: who wants more than it has needs CAP_SYS_NICE. */
export function sysSetpriority(t: Task, _which: number, who: number, nice: number): number {
  t.enter(ENTRY_POINT[141]!, 120);
  const p = who === 0 ? t : t.linux.taskOf(who);
  if (p === undefined) return t.leave(-ERRNO.ESRCH!);
  const wanted = Math.max(HIGHEST, Math.min(LOWEST, nice | 0));
  if (wanted < p.nice && !capable(t, CAP_SYS_NICE)) return t.leave(-ERRNO.EACCES!);
  t.linux.scheduler.updateCurrent(t, p.cpu);
  p.nice = wanted;
  p.se.weight = weightOf(wanted);
  return t.leave(0);
}

/** `sched_yield(2)`: whoever waits comes first. */
export function sysSchedYield(t: Task): number {
  t.enter(ENTRY_POINT[24]!, 120);
  t.linux.scheduler.yield(t);
  return t.leave(0);
}
