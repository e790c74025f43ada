import type { CurrentTask } from "../helpers/host.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import type { Cgroup } from "./cgroups.ts";
import type { Cpu } from "./cpu.ts";
import { Credentials } from "./credentials.ts";
import type { FileTable } from "./files.ts";
import type { Content } from "./fs/content.ts";
import type { Path } from "./fs/dentry.ts";
import type { PendingReturn } from "./hooks/function-probe.ts";
import type { ProbeTable } from "./hooks/function-probes.ts";
import { UserRegisters } from "./hooks/user-registers.ts";
import type { Linux } from "./linux.ts";
import { AddressSpace } from "./mm/address-space.ts";
import type { NetNamespace } from "./net/namespace.ts";
import { namespaceNamed } from "./net/net.ts";
import { NEVER_YET } from "./never-yet.ts";
import { SchedEntity, weightOf } from "./sched/entity.ts";
import type { SignalInfo } from "./signals.ts";
import { F, type Frame, type KernelFunction } from "./symbols.ts";
import { ThreadGroup } from "./thread-group.ts";
import type { WaitQueue } from "./wait-queue.ts";

/** Why a task gives up its CPU. */
export const BEHIND = 0;
export const SLEEP = 1;
export const PREEMPTED = 2;
/** Not a reason to give up the CPU: a signal has ended the sleep, and with it the system call. */
export const INTERRUPTED = 3;

/** Another CPU or an event comes first; the task sleeps; its time slice is over; a signal has ended its sleep. */
export type Wait = typeof BEHIND | typeof SLEEP | typeof PREEMPTED | typeof INTERRUPTED;

/**
 * Code of Linux that may wait. It yields only where it really must: to sleep, or because something else in the machine
 * comes earlier. `R` is what it returns.
 */
export type Kernel<R> = Generator<Wait, R, undefined>;

/**
 * What a function of Linux gives back: its result, or, if it has to wait, the rest of it. Most calls never wait, and
 * a plain function costs a fraction of a generator.
 */
export type Maybe<R> = R | Kernel<R>;

/** Goes on with `then` when `first` has its result: now, or when the waiting is over. */
export function after(first: Maybe<number>, then: (result: number) => number): Maybe<number> {
  return typeof first === "number" ? then(first) : afterWaiting(first, then);
}

/** Out of the last `levels` functions when the last of them has its result. */
export function leaveAfter(t: Task, result: Maybe<number>, levels: number): Maybe<number> {
  return typeof result === "number" ? t.leave(result, levels) : afterWaiting(result, (last) => t.leave(last, levels));
}

function* afterWaiting(first: Kernel<number>, then: (result: number) => number): Kernel<number> {
  return then(yield* first);
}

/** What Linux executes for a system call, from `__x64_sys_NAME` on; four registers suffice so far. */
export type SyscallHandler = (t: Task, a: number, b: number, c: number, d: number) => Maybe<number>;

/** What a program wants of the machine; made by `Sys`, which has left the particulars in the task. */
export type Request = { readonly __request: true };

/** A program of user space: it yields requests and gets their results back. */
export type UserCode<R = void> = Generator<Request, R, number>;

/** Task states with the bits that `sched_switch` reports in `prev_state`. */
export const TASK_RUNNING = 0x00;
export const TASK_INTERRUPTIBLE = 0x01;
export const TASK_UNINTERRUPTIBLE = 0x02;
/** An idle kernel thread: not woken by signals, not counted as load. */
export const TASK_IDLE = 0x80;
/** Stopped by a signal. */
export const TASK_STOPPED = 0x04;
export const EXIT_DEAD = 0x10;
export const EXIT_ZOMBIE = 0x20;
/** Bits of the state that `sched_switch` reports: one of a preempted task is 0, it is still runnable. */
export const TASK_REPORT = 0xff;

/** Every state that a task of the machine can be in, as `ps` explains its letters R, S, D, T, I, X and Z. */
export const TASK_STATES: Readonly<Record<number, string>> = {
  [TASK_RUNNING]: "runnable",
  [TASK_INTERRUPTIBLE]: "sleeping",
  [TASK_UNINTERRUPTIBLE]: "waiting for a device",
  [TASK_STOPPED]: "stopped",
  [TASK_IDLE]: "idle",
  [EXIT_DEAD]: "dead",
  [EXIT_ZOMBIE]: "zombie",
};

/** The functions a task is in, outermost first, on both sides of the system call. */
export interface Frames {
  readonly kernel: Int32Array;
  kernelDepth: number;
  readonly user: Int32Array;
  userDepth: number;
}

const MAX_DEPTH = 128;

/** What a new task comes from. */
const BIRTH: readonly KernelFunction[] = ["ret_from_fork_asm", "ret_from_fork", "schedule_tail"];

/** Kernel stacks lie in the vmalloc area, 16 KiB and a guard page each. */
const KERNEL_STACKS = 0xffff_c900_0000_0000n;
const KERNEL_STACK = 0x8000n;

/**
 * Where a task is: about to execute for the first time; in user code; computing; about to make a system call; before and after its body; in a body that
 * had to wait; on its way to user space; on its way off the CPU at the end of its time slice; back on it.
 */
export type Phase =
  | "born"
  | "user"
  | "compute"
  | "begin"
  | "enter"
  | "kernel"
  | "exit"
  | "return"
  | "preempt"
  | "resume";

/**
 * What a function of Linux gets or gives back in a register: a number, or one of the simulation's own objects (a Task, an
 * OpenFile, ...), which programs see as the address of the struct that it is on Linux. `undefined`: not known, shown as 0.
 */
export type Arg = number | bigint | boolean | object | undefined;

/** Who a new task is. */
export interface TaskIdentity {
  readonly pid: number;
  readonly tgid?: number;
  readonly comm: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly parent?: Task;
  /** Of a thread: its process. */
  readonly group?: ThreadGroup;
  /** Default: its parent's. */
  readonly cgroup?: Cgroup;
  /** Name of its network namespace, if not its parent's. */
  readonly netns?: string;
}

/** What a signal has interrupted: the program and what it was in the middle of. */
export interface SignalContext {
  readonly program: UserCode;
  readonly userDepth: number;
  /** Result of the interrupted system call. */
  readonly result: number;
  /** Virtual nanoseconds that were left to compute. */
  readonly left: number;
  /** The system call to be made again. */
  readonly again:
    | { readonly nr: number; readonly args: readonly number[]; readonly handler: SyscallHandler | undefined }
    | undefined;
}

/** A thread of the machine, with the stack that is really executing. */
export class Task implements CurrentTask, Frames, Displayable {
  readonly linux: Linux;
  readonly pid: number;
  readonly tgid: number;
  cred: Credentials;
  readonly group: ThreadGroup;
  comm: string;
  parent: Task | undefined;
  state: number = TASK_RUNNING;
  /** Where it runs, or ran last. */
  cpu: Cpu;
  /** On a CPU or in a run queue, or on its way into one. */
  queued = false;
  /** When it was last put into a run queue. */
  readyAt = NEVER_YET;
  readonly se = new SchedEntity();
  nice = 0;
  oomScoreAdj = 0;
  /** `nvcsw` and `nivcsw`: how often it slept, and how often it was preempted. */
  voluntary = 0;
  involuntary = 0;
  /** `utime` and `stime` in ticks of 4 ms, as the tick finds it. */
  userTicks = 0;
  systemTicks = 0;
  /** Its program's path, arguments and environment, as `execve` got them. */
  exe = "";
  argv: readonly string[] = [];
  envp: readonly string[] = [];
  /** Its memory, shared with the other threads of its process. */
  mm: AddressSpace;
  files: FileTable;
  /** The current directory; undefined: `/`. */
  cwd: Path | undefined;
  umask = 0o022;
  /** What the write under way has in its buffer; undefined where the program did not say. */
  sent: Uint8Array | undefined;
  /** How long the sleep under way was asked for: what its `struct timespec` holds. */
  sleepNs = 0;
  /** What the last read has put into the buffer: so many bytes of this content, from this position on. */
  received: Content | undefined;
  receivedAt = 0;
  receivedBytes = 0;
  /** Where it belongs in the tree of cgroups; its children follow. */
  cgroup: Cgroup;
  /** The network namespace that it was put into; its children follow. */
  ownNetns: NetNamespace | undefined;
  /** What `wait4` gives for it: exit code times 256, or the signal that ended it. */
  exitCode = 0;
  exiting = false;
  /** Signals sent to this thread that it has not taken. */
  readonly signals: SignalInfo[] = [];
  /** It shall look for signals on its way to user space. */
  signalled = false;
  /** It sleeps in a way that a fatal signal ends. */
  killable = false;
  /** The state in which it gave up its CPU last. */
  slept: number = TASK_RUNNING;
  /** What `rest` is, where it is no system call: a signal stops it or ends it; a page fault. */
  outside: "signal" | "fault" | undefined;
  /** What signal handlers have interrupted, the innermost last. */
  readonly contexts: SignalContext[] = [];
  /** `rt_sigreturn` was called: what to go back to. */
  returning: SignalContext | undefined;
  /** Who waits in `vfork` until this task has another program or exits. */
  vforkDone: WaitQueue | undefined;
  /** Virtual nanoseconds on a CPU. */
  cpuNs = NEVER_YET;
  /** What it executes in user space; undefined for the idle tasks. */
  program: UserCode | undefined;
  /** Where it is between two requests of its program. */
  phase: Phase = "born";
  /** The system call being made: number, registers, what Linux executes. */
  nr = 0;
  args: readonly number[] = [];
  handler: SyscallHandler | undefined;
  /** What is left of a kernel function that had to wait. */
  rest: Kernel<number> | undefined;
  /** Result of the last request. */
  result = 0;
  /** Virtual nanoseconds left to compute, and the instant at which to wait for the other CPUs; 0: to be chosen. */
  left = NEVER_YET;
  stop = NEVER_YET;
  readonly kernel = new Int32Array(MAX_DEPTH);
  kernelDepth = 0;
  readonly user = new Int32Array(MAX_DEPTH);
  userDepth = 0;

  /** Functions that somebody probes, by frame: the machine's own table. */
  readonly probes: ProbeTable;
  /** Functions whose return somebody waits for, outermost first, and where the innermost is on the stack; -1: none. */
  readonly pending: PendingReturn[] = [];
  pendingDepth = -1;
  readonly pendingUser: PendingReturn[] = [];
  pendingUserDepth = -1;
  /** What its program left in the registers when it made the system call. */
  readonly registers: UserRegisters = new UserRegisters(this);

  constructor(linux: Linux, cpu: Cpu, identity: TaskIdentity, files: FileTable) {
    this.linux = linux;
    this.probes = linux.probes;
    this.cpu = cpu;
    this.pid = identity.pid;
    this.tgid = identity.tgid ?? identity.pid;
    this.parent = identity.parent;
    const inherited = this.parent?.cred;
    const { uid = inherited?.uid ?? 0, gid = inherited?.gid ?? 0 } = identity;
    this.cred =
      inherited !== undefined && inherited.uid === uid && inherited.gid === gid ? inherited : new Credentials(uid, gid);
    this.group = identity.group ?? new ThreadGroup(this.pid, this.parent?.group);
    this.group.threads.push(this);
    this.nice = this.parent?.nice ?? 0;
    this.comm = identity.comm.slice(0, 15);
    if (this.parent !== undefined)
      [this.exe, this.argv, this.envp] = [this.parent.exe, this.parent.argv, this.parent.envp];
    this.se.weight = weightOf(this.nice);
    this.files = files;
    const first = this.group.threads[0]!;
    this.mm = first === this ? new AddressSpace() : first.mm;
    this.ownNetns = identity.netns === undefined ? identity.parent?.ownNetns : namespaceNamed(linux, identity.netns);
    this.cgroup = identity.cgroup ?? identity.parent?.cgroup ?? linux.cgroups.root;
    // The first time that it is switched to it comes from here.
    if (identity.pid !== 0) for (const name of BIRTH) this.kernel[this.kernelDepth++] = F[name];
  }

  /** It executes for the first time: out of the functions that a new task begins in. */
  begin(): void {
    this.leave(undefined, BIRTH.length);
    this.phase = this.rest === undefined ? "user" : "kernel";
  }

  get uid(): number {
    return this.cred.uid;
  }

  get gid(): number {
    return this.cred.gid;
  }

  /** Children of its process that nobody has waited for. */
  get children(): Task[] {
    return this.group.children;
  }

  /** Who waits in `wait4` for a child. */
  get childExit(): WaitQueue {
    return this.group.childExit;
  }

  /** `prio`: 120 for nice 0, as all tracepoints show it. */
  get prio(): number {
    return 120 + this.nice;
  }

  /** Its kernel stack, where on-stack structures of its system calls lie. */
  get stackAddress(): bigint {
    return KERNEL_STACKS + BigInt(this.pid) * KERNEL_STACK + 0x3e00n;
  }

  /**
   * Into a function of Linux, which takes `ns` by itself. `a` to `f` are what it gets in its registers, in the order of
   * its prototype in Linux 6.18; they matter only to programs that probe it.
   */
  enter(frame: Frame, ns: number, a?: Arg, b?: Arg, c?: Arg, d?: Arg, e?: Arg, f?: Arg): void {
    this.kernel[this.kernelDepth++] = frame;
    const probe = this.probes[frame];
    if (probe !== undefined) this.linux.hooks.functions.entered(probe, this, [a, b, c, d, e, f]);
    this.spend(ns);
  }

  /** Out of the last `levels` functions, with their result: leave separately those whose results differ. */
  leave<R>(result: R, levels = 1): R {
    const depth = this.kernelDepth - levels;
    if (depth <= this.pendingDepth) this.linux.hooks.functions.left(this, result as Arg, depth);
    this.kernelDepth = depth;
    return result;
  }

  /** Into a function of its program, which takes no time by itself. */
  enterUser(frame: Frame, args: readonly Arg[]): void {
    this.user[this.userDepth++] = frame;
    const probe = this.probes[frame];
    if (probe !== undefined) this.linux.hooks.functions.entered(probe, this, args);
  }

  /** Out of the last function of its program. */
  leaveUser(result: Arg): void {
    const depth = this.userDepth - 1;
    if (depth <= this.pendingUserDepth) this.linux.hooks.functions.leftUser(this, result, depth);
    this.userDepth = depth;
  }

  /** Time passes on this task's CPU; a profiling timer that expires meanwhile sees the stack as it is now. */
  spend(ns: number): void {
    const cpu = this.cpu;
    cpu.now += ns;
    this.cpuNs += ns;
    if (cpu.now >= cpu.nextSample) cpu.takeSamples();
  }

  /** The network that it sees. */
  get netns(): NetNamespace {
    return this.ownNetns ?? this.linux.network.initial;
  }

  /** True when something else in the machine comes before this CPU: yield BEHIND until it is over. */
  get behind(): boolean {
    return this.cpu.now > this.cpu.horizon;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("task", this);
  }
}

/** The stack at this moment, to be looked at later. */
export function snapshot(frames: Frames): Frames {
  return {
    kernel: frames.kernel.slice(0, frames.kernelDepth),
    kernelDepth: frames.kernelDepth,
    user: frames.user.slice(0, frames.userDepth),
    userDepth: frames.userDepth,
  };
}
