import { ERRNO } from "./errno.ts";
import { fput } from "./open.ts";
import { traceFork, traceNewTask } from "./process-trace.ts";
import { sleepOn } from "./scheduler.ts";
import { ENTRY_POINT, F, type Frame } from "./symbols.ts";
import type { Program } from "./sys.ts";
import { BEHIND, EXIT_ZOMBIE, type Kernel, SLEEP, TASK_INTERRUPTIBLE, type Task } from "./task.ts";

const SIGCHLD = 17;

/** `clone(2)` as `fork` uses it; `makeChild` gives the child its program. Returns the child's pid. */
export function* sysClone(t: Task, makeChild: (parent: Task) => Task): Kernel<number> {
  t.enter(ENTRY_POINT[56]!, 10);
  t.enter(F.__do_sys_clone, 20);
  t.enter(F.kernel_clone, 200);
  t.enter(F.copy_process, 9_000);
  t.enter(F.dup_mmap, 14_000);
  t.enter(F.copy_page_range, 25_000);
  t.leave(undefined, 2);
  const child = makeChild(t);
  t.children.push(child);
  traceNewTask(t, child, SIGCHLD);
  t.leave(child);
  // That took long: what others did meanwhile comes before the child runs.
  while (t.behind) yield BEHIND;
  traceFork(t, child);
  t.linux.scheduler.wakeNew(child, t);
  return t.leave(child.pid, 3);
}

/** `execve(2)`: the task becomes another program. */
export function sysExecve(t: Task, path: string, program: Program): number {
  t.enter(ENTRY_POINT[59]!, 20);
  t.enter(F["do_execveat_common.isra.0"], 2_500);
  t.enter(F.bprm_execve, 4_000);
  t.enter(F.load_elf_binary, 12_000);
  t.enter(F.begin_new_exec, 8_000);
  t.enter(F.exit_mmap, 3_000);
  t.enter(F.unmap_vmas, 6_000);
  t.enter(F.unmap_page_range, 22_000);
  t.leave(undefined, 3);
  t.comm = path.slice(path.lastIndexOf("/") + 1).slice(0, 15);
  t.leave(undefined);
  t.enter(F.elf_load, 9_000);
  t.linux.replaceProgram(t, program);
  return t.leave(0, 5);
}

/** `exit_group(2)`: never returns; the task stays as a zombie until its parent waits for it. */
export function sysExitGroup(t: Task, code: number): Kernel<never> {
  return doExit(t, ENTRY_POINT[231]!, code);
}

/** `do_exit`, called from `entry`: everything that a task holds is given back. Never returns. */
export function* doExit(t: Task, entry: Frame, code: number): Kernel<never> {
  t.enter(entry, 10);
  t.enter(F.do_group_exit, 100);
  t.enter(F.do_exit, 2_500);
  t.enter(F.__mmput, 500);
  t.enter(F.exit_mmap, 4_000);
  t.enter(F.unmap_vmas, 3_000);
  t.enter(F.unmap_page_range, 18_000);
  t.leave(undefined, 4);
  t.enter(F.exit_files, 150);
  // That took long: what others did meanwhile comes before the files are closed.
  while (t.behind) yield BEHIND;
  for (const [fd] of t.files.entries()) {
    const removed = t.files.remove(fd)!;
    if (removed.last) fput(t, removed.file);
  }
  t.leave(undefined);
  t.exitCode = code;
  t.linux.exited(t);
  t.enter(F.__schedule, 150);
  while (t.behind) yield BEHIND;
  t.state = EXIT_ZOMBIE;
  t.parent?.childExit.wakeAll();
  // Nothing wakes a zombie: its program ends here.
  for (;;) yield SLEEP;
}

/** `wait4(2)`: waits for any child to exit and reaps it. */
export function* sysWait4(t: Task): Kernel<number> {
  t.enter(ENTRY_POINT[61]!, 10);
  t.enter(F.kernel_wait4, 60);
  t.enter(F.do_wait, 100);
  for (;;) {
    if (t.children.length === 0) return t.leave(-ERRNO.ECHILD, 3);
    const zombie = t.children.find((child) => child.state === EXIT_ZOMBIE);
    if (zombie !== undefined) {
      t.enter(F.__do_wait, 80);
      t.enter(F.release_task, 1_500);
      t.children.splice(t.children.indexOf(zombie), 1);
      t.linux.reaped(zombie);
      return t.leave(zombie.pid, 5);
    }
    yield* sleepOn(t, t.childExit, TASK_INTERRUPTIBLE);
  }
}
