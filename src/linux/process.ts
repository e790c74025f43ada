import { Credentials } from "./credentials.ts";
import { AddressSpace } from "./mm/address-space.ts";
import { cacheAlloc, TASK_STRUCTS } from "./mm/slab.ts";
import { traceExec, traceFork, traceNewTask, traceRename } from "./process-trace.ts";
import { sleepOn } from "./scheduler.ts";
import { Binprm } from "./security/arguments.ts";
import { security } from "./security/security.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import type { Program } from "./sys.ts";
import { BEHIND, type Kernel, TASK_UNINTERRUPTIBLE, type Task } from "./task.ts";
import { WaitQueue, wakeUp } from "./wait-queue.ts";

export const CLONE_VM = 0x100;
export const CLONE_VFORK = 0x4000;
export const CLONE_THREAD = 0x10000;

/** The signal in the low byte of `clone`'s flags is no flag. */
const CSIGNAL = 0xff;

/** Which system call makes the task, and with which flags. */
export interface CloneArguments {
  readonly nr: 56 | 435;
  readonly flags: number;
}

/**
 * `clone(2)` and `clone3(2)`: `makeChild` gives the new task its program. Returns its pid; with CLONE_VFORK when the
 * child has another program or has exited.
 */
export function* sysClone(t: Task, { nr, flags }: CloneArguments, makeChild: (parent: Task) => Task): Kernel<number> {
  t.enter(ENTRY_POINT[nr]!, 10);
  t.enter(nr === 56 ? F.__do_sys_clone : F.__do_sys_clone3, 20);
  t.enter(F.kernel_clone, 200);
  t.enter(F.copy_process, 9_000);
  if ((flags & CLONE_VM) === 0) {
    t.enter(F.dup_mmap, 14_000);
    t.enter(F.copy_page_range, 25_000);
    t.leave(0, 2);
  }
  // That took long: what others did meanwhile comes before the child exists.
  while (t.behind) yield BEHIND;
  const child = makeChild(t);
  cacheAlloc(t, TASK_STRUCTS, child);
  if ((flags & CLONE_THREAD) === 0) t.children.push(child);
  traceNewTask(t, child, flags & ~CSIGNAL);
  t.leave(child);
  traceFork(t, child);
  const done = (flags & CLONE_VFORK) === 0 ? undefined : new WaitQueue();
  child.vforkDone = done;
  t.linux.scheduler.wakeNew(child, t);
  if (done !== undefined) {
    t.enter(F.wait_for_completion_state, 60);
    while (child.vforkDone !== undefined) yield* sleepOn(t, done, TASK_UNINTERRUPTIBLE);
    t.leave(0);
  }
  return t.leave(child.pid, 3);
}

/** `complete_vfork_done`: the parent that waits in `vfork` may go on. */
export function completeVfork(t: Task): void {
  const done = t.vforkDone;
  if (done === undefined) return;
  t.vforkDone = undefined;
  t.enter(F.complete, 30);
  wakeUp(t, done);
  t.leave(undefined);
}

/** What a program is started with. */
export interface ExecArguments {
  readonly path: string;
  readonly argv: readonly string[];
  readonly envp: readonly string[];
}

const S_ISUID = 0o4000;

/** `bprm_fill_uid`: a program that is set-user-id has its owner's rights. */
function becomeOwner(t: Task, path: string): void {
  const file = t.linux.files.lookup(path);
  if (file === undefined || (file.mode & S_ISUID) === 0 || file.uid === t.cred.euid) return;
  t.cred = new Credentials(t.cred.uid, t.cred.gid, file.uid);
}

/** `execve(2)`: the task becomes another program. */
export function sysExecve(t: Task, { path, argv, envp }: ExecArguments, program: Program): number {
  t.enter(ENTRY_POINT[59]!, 20);
  t.enter(F["do_execveat_common.isra.0"], 2_500);
  t.enter(F.bprm_execve, 4_000);
  const { pid } = t;
  const looked = t.linux.hooks.security.bprm_check_security !== undefined || t.linux.probes[F.security_bprm_check];
  const denied = looked ? security(t, "bprm_check_security", 0, new Binprm(path, argv.length, envp.length, t.cred)) : 0;
  if (denied !== 0) return t.leave(denied, 3);
  t.enter(F.load_elf_binary, 12_000);
  t.enter(F.begin_new_exec, 8_000);
  t.enter(F.exit_mmap, 3_000);
  t.enter(F.unmap_vmas, 6_000);
  t.enter(F.unmap_page_range, 22_000);
  t.linux.pages.release(t, t.mm.anon);
  t.mm = new AddressSpace();
  t.leave(undefined, 3);
  completeVfork(t);
  const comm = path.slice(path.lastIndexOf("/") + 1).slice(0, 15);
  t.enter(F.__set_task_comm, 20, t, undefined, 1);
  traceRename(t, comm);
  t.comm = comm;
  t.leave(undefined);
  becomeOwner(t, path);
  // What the old program wanted done at signals is gone with it; what it ignored stays ignored.
  for (const [signal, { handler }] of t.group.actions) if (handler !== undefined) t.group.actions.delete(signal);
  t.exe = path;
  t.argv = argv;
  t.envp = envp;
  t.leave(0);
  t.enter(F.elf_load, 9_000);
  t.linux.replaceProgram(t, program);
  t.leave(0, 2);
  traceExec(t, path, pid);
  return t.leave(0, 3);
}
