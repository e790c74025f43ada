import type { CurrentTask } from "../helpers/host.ts";
import type { Cpu } from "./cpu.ts";
import type { FileTable } from "./files.ts";
import type { Linux } from "./linux.ts";
import type { Frame } from "./symbols.ts";
import type { WaitQueue } from "./wait-queue.ts";

/** Why a task gives up its CPU. */
export const BEHIND = 0;
export const SLEEP = 1;
export const PREEMPTED = 2;

/** Another CPU or an event comes first; the task did not sleep; its time slice is over. */
export type Wait = typeof BEHIND | typeof SLEEP | typeof PREEMPTED;

/**
 * Code that runs in virtual time. It yields only where it really must: to sleep, or because something else in the
 * machine comes earlier. `R` is what a kernel function returns.
 */
export type Kernel<R> = Generator<Wait, R, undefined>;

/** Task states with the bits that `sched_switch` reports in `prev_state`. */
export const TASK_RUNNING = 0x00;
export const TASK_INTERRUPTIBLE = 0x01;
export const TASK_UNINTERRUPTIBLE = 0x02;
export const EXIT_ZOMBIE = 0x20;
/** Reported for a task that was preempted: it is still runnable. */
export const TASK_REPORT_MAX = 0x100;

/** The functions a task is in, outermost first, on both sides of the system call. */
export interface Frames {
  readonly kernel: Int32Array;
  kernelDepth: number;
  readonly user: Int32Array;
  userDepth: number;
}

const MAX_DEPTH = 128;

/** Who a new task is. */
export interface TaskIdentity {
  readonly pid: number;
  readonly tgid?: number;
  readonly comm: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly parent?: Task;
}

/** A thread of the machine, with the stack that is really executing. */
export class Task implements CurrentTask, Frames {
  readonly linux: Linux;
  readonly pid: number;
  readonly tgid: number;
  readonly uid: number;
  readonly gid: number;
  comm: string;
  parent: Task | undefined;
  state: number = TASK_RUNNING;
  /** Where it runs, or ran last. */
  cpu: Cpu;
  /** On a CPU or in a run queue. */
  queued = false;
  files: FileTable;
  /** Children that nobody has waited for. */
  readonly children: Task[] = [];
  /** Who waits in `wait4` for a child. */
  readonly childExit: WaitQueue;
  exitCode = 0;
  /** Virtual nanoseconds on a CPU. */
  cpuNs = 0;
  /** What it executes; undefined for the idle tasks. */
  program: Kernel<void> | undefined;
  readonly kernel = new Int32Array(MAX_DEPTH);
  kernelDepth = 0;
  readonly user = new Int32Array(MAX_DEPTH);
  userDepth = 0;

  constructor(linux: Linux, cpu: Cpu, identity: TaskIdentity, files: FileTable, childExit: WaitQueue) {
    this.linux = linux;
    this.cpu = cpu;
    this.pid = identity.pid;
    this.tgid = identity.tgid ?? identity.pid;
    this.uid = identity.uid ?? 0;
    this.gid = identity.gid ?? 0;
    this.parent = identity.parent;
    this.comm = identity.comm.slice(0, 15);
    this.files = files;
    this.childExit = childExit;
  }

  /** Into a function of Linux, which takes `ns` by itself. */
  enter(frame: Frame, ns: number): void {
    this.kernel[this.kernelDepth++] = frame;
    this.spend(ns);
  }

  /** Out of the last `levels` functions, with their result. */
  leave<R>(result: R, levels = 1): R {
    this.kernelDepth -= levels;
    return result;
  }

  /** Time passes on this task's CPU; a profiling timer that expires meanwhile sees the stack as it is now. */
  spend(ns: number): void {
    const cpu = this.cpu;
    cpu.now += ns;
    this.cpuNs += ns;
    if (cpu.now >= cpu.nextSample) cpu.takeSamples();
  }

  /** True when something else in the machine comes before this CPU: yield BEHIND until it is over. */
  get behind(): boolean {
    return this.cpu.now > this.cpu.horizon;
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
