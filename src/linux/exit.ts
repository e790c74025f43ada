import { ERRNO } from "./errno.ts";
import { cacheFree, TASK_STRUCTS } from "./mm/slab.ts";
import { fput } from "./open.ts";
import { completeVfork } from "./process.ts";
import { traceExit, traceFree, traceWait } from "./process-trace.ts";
import { sleepOn } from "./scheduler.ts";
import { sendSignal, signalWakeUp } from "./signal-send.ts";
import { CLD_EXITED, CLD_KILLED, SIGCHLD } from "./signals.ts";
import { ENTRY_POINT, F, type Frame } from "./symbols.ts";
import { BEHIND, EXIT_DEAD, EXIT_ZOMBIE, type Kernel, SLEEP, TASK_INTERRUPTIBLE, type Task } from "./task.ts";
import { wakeUp } from "./wait-queue.ts";

/** `exit(2)`: ends a thread; never returns. */
export function* sysExit(t: Task, code: number): Kernel<never> {
  t.enter(ENTRY_POINT[60]!, 10);
  return yield* doExit(t, (code & 0xff) << 8);
}

/** `exit_group(2)`: ends the process with all its threads; never returns. */
export function* sysExitGroup(t: Task, code: number): Kernel<never> {
  t.enter(ENTRY_POINT[231]!, 10);
  return yield* exitGroup(t, (code & 0xff) << 8);
}

/** A process exits with `code` from `entry`, without having made the system call. Never returns. */
export function* exitFrom(t: Task, entry: Frame, code: number): Kernel<never> {
  t.enter(entry, 10);
  return yield* exitGroup(t, (code & 0xff) << 8);
}

/** `do_group_exit`: the other threads get SIGKILL. `status` is what `wait4` gives: exit code times 256, or a signal. */
export function* exitGroup(t: Task, status: number): Kernel<never> {
  t.enter(F.do_group_exit, 100, status);
  t.group.exitStatus ??= status;
  for (const thread of t.group.threads) if (thread !== t) signalWakeUp(t, thread, true);
  return yield* doExit(t, t.group.exitStatus);
}

/** `do_exit`: everything that a task holds is given back. Never returns. */
function* doExit(t: Task, status: number): Kernel<never> {
  t.enter(F.do_exit, 2_500, status);
  t.exiting = true;
  t.signalled = false;
  t.exitCode = status;
  const { group } = t;
  group.threads.splice(group.threads.indexOf(t), 1);
  const last = group.threads.length === 0;
  traceExit(t, last);
  completeVfork(t);
  if (last) {
    t.enter(F.__mmput, 500);
    t.enter(F.exit_mmap, 4_000);
    t.enter(F.unmap_vmas, 3_000);
    t.enter(F.unmap_page_range, 18_000);
    t.linux.pages.release(t, t.mm.anon);
    t.mm.anon = 0;
    t.mm.mappings.length = 0;
    t.leave(undefined, 2);
    t.enter(F.free_pgtables, 0);
    t.linux.pages.freeTables(t);
    t.leave(undefined, 3);
  }
  t.enter(F.exit_files, 150, t);
  // That took long: what others did meanwhile comes before the files are closed.
  while (t.behind) yield BEHIND;
  if (last) {
    for (const [fd] of t.files.entries()) {
      const removed = t.files.remove(fd)!;
      t.enter(F.filp_close, 0, removed.file, t);
      if (removed.last) fput(t, removed.file);
      t.leave(0);
    }
  }
  t.leave(undefined);
  while (t.behind) yield BEHIND;
  if (last) {
    for (const child of group.children.splice(0)) t.linux.adopt(t, child);
  }
  const leader = t.linux.taskOf(t.tgid) ?? t;
  // A thread, or a process that nobody waits for, leaves nothing behind.
  t.state = t === leader && t.parent !== t.linux.init ? EXIT_ZOMBIE : EXIT_DEAD;
  if (last) {
    leader.exitCode = group.exitStatus ?? leader.exitCode;
    notifyParent(t, leader);
  }
  if (t.state === EXIT_DEAD) releaseTask(t, t);
  t.enter(F.do_task_dead, 20);
  t.enter(F.__schedule, 130);
  while (t.behind) yield BEHIND;
  // Nothing wakes a dead task: its program ends here.
  for (;;) yield SLEEP;
}

/** `do_notify_parent`: SIGCHLD for who shall wait for `leader`, whose last thread is `t`. */
function notifyParent(t: Task, leader: Task): void {
  const { parent } = leader;
  if (parent === undefined || parent === t.linux.init) return;
  t.enter(F.do_notify_parent, 200, leader, SIGCHLD);
  const code = (leader.exitCode & 0x7f) === 0 ? CLD_EXITED : CLD_KILLED;
  sendSignal(t, parent, { signal: SIGCHLD, errno: 0, code, pid: leader.pid }, true);
  wakeUp(t, parent.childExit);
  t.leave(0);
}

const WNOHANG = 1;

/**
 * `wait4(2)`: waits for a child to exit and reaps it. The wait status comes back in `status`, which stands for the
 * user's integer.
 */
export function* sysWait4(t: Task, pid: number, options: number, status?: number[]): Kernel<number> {
  t.enter(ENTRY_POINT[61]!, 10);
  t.enter(F.kernel_wait4, 60, pid, undefined, options);
  t.enter(F.do_wait, 100);
  traceWait(t, (pid | 0) > 0 ? pid : 0);
  for (;;) {
    const children = t.group.children.filter((child) => matches(t, child, pid | 0));
    if (children.length === 0) return t.leave(-ERRNO.ECHILD!, 3);
    const zombie = children.find((child) => child.state === EXIT_ZOMBIE && child.group.threads.length === 0);
    if (zombie !== undefined) {
      t.enter(F.__do_wait, 80);
      releaseTask(t, zombie);
      status?.push(zombie.exitCode);
      return t.leave(zombie.pid, 4);
    }
    if ((options & WNOHANG) !== 0) return t.leave(0, 3);
    yield* sleepOn(t, t.childExit, TASK_INTERRUPTIBLE);
  }
}

function matches(t: Task, child: Task, pid: number): boolean {
  if (pid > 0) return child.pid === pid;
  return pid === -1 || child.group.pgid === (pid === 0 ? t.group.pgid : -pid);
}

/** `release_task`: the zombie's pid is free; the rest of it goes after a grace period. */
export function releaseTask(t: Task, zombie: Task): void {
  t.enter(F.release_task, 1_500, zombie);
  const place = t.group.children.indexOf(zombie);
  if (place >= 0) t.group.children.splice(place, 1);
  zombie.state = EXIT_DEAD;
  t.linux.reaped(zombie);
  t.cpu.rcuCallbacks.push((current) => {
    current.enter(F.delayed_put_task_struct, 60);
    traceFree(current, zombie);
    current.enter(F.free_task, 0, zombie);
    cacheFree(current, TASK_STRUCTS, zombie);
    current.leave(undefined);
    current.linux.forget(zombie);
    current.leave(undefined);
  });
  t.leave(undefined);
}
