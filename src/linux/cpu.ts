import type { Hrtimer } from "./hrtimer.ts";
import { NEVER_YET } from "./never-yet.ts";
import type { ProfileTimer } from "./profile.ts";
import { FairQueue } from "./sched/fair.ts";
import type { Task } from "./task.ts";

/** `struct kernel_cpustat` in ticks of 4 ms: what `/proc/stat` shows of a CPU. */
export interface CpuTimes {
  user: number;
  system: number;
  idle: number;
}

/** Something that waits for a grace period: `call_rcu`. */
export type RcuCallback = (t: Task) => void;

/** One simulated CPU with its run queue and its own clock, which is never far ahead of the others'. */
export class Cpu {
  readonly id: number;
  /** This CPU's virtual nanoseconds. */
  now = NEVER_YET;
  /** The task that executes; the idle task when there is nothing to do. */
  current!: Task;
  /** `swapper/N`, pid 0. */
  idle!: Task;
  /** The run queue. */
  readonly fair = new FairQueue<Task>();
  /** `rq_clock`: when the run queue was last looked at. */
  clock = NEVER_YET;
  /** Tasks that other CPUs have woken for this one while it was halted. */
  readonly wakeList: Task[] = [];
  /** `need_resched`: another task shall run as soon as `current` is in user space. */
  mustSwitch = false;
  /** The periodic tick is planned. */
  ticking = false;
  /** The idle loop shall stop it on its way back into the halt. */
  tickStops = false;
  ticks = 0;
  tickTimer!: Hrtimer;
  readonly times: CpuTimes = { user: 0, system: 0, idle: 0 };
  /** Softirqs that have been raised, a bit each. */
  softirqs = 0;
  inSoftirq = false;
  /** The thread that runs what softirqs leave behind, where there is one. */
  ksoftirqd: Task | undefined;
  /** Interrupts of devices so far. */
  interrupts = 0;
  readonly rcuCallbacks: RcuCallback[] = [];
  /** Something must run here: a task, or an interrupt woke one. False: halted. */
  busy = false;
  /** How far this CPU may go before another CPU or an event comes first. */
  horizon = NEVER_YET;
  /** When the next profiling timer expires here; Infinity if nothing is profiled. */
  nextSample = Number.POSITIVE_INFINITY;
  /** The profiling timers on this CPU. */
  readonly timers: ProfileTimer[] = [];
  /** Virtual nanoseconds spent halted. */
  idleNs = NEVER_YET;

  constructor(id: number) {
    this.id = id;
  }

  /** When this CPU has something to do. */
  get due(): number {
    return this.busy ? this.now : this.nextSample;
  }

  /** A halted CPU's clock moves on to `time`; profiling timers that expire meanwhile see it halted. */
  advance(time: number): void {
    if (time <= this.now) return;
    this.idleNs += time - this.now;
    this.now = time;
    if (time >= this.nextSample) this.takeSamples();
  }

  /** Profiling timers have expired while `current` was executing: note what it was doing. */
  takeSamples(): void {
    for (const timer of this.timers) while (timer.next <= this.now) timer.sample(this);
    this.rearm();
  }

  /** Recomputes `nextSample` after a timer was started, stopped or has fired. */
  rearm(): void {
    this.nextSample = Number.POSITIVE_INFINITY;
    for (const timer of this.timers) if (timer.next < this.nextSample) this.nextSample = timer.next;
  }
}
