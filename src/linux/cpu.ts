import type { ProfileTimer } from "./profile.ts";
import type { Task } from "./task.ts";

/** One simulated CPU with its run queue and its own clock, which is never far ahead of the others'. */
export class Cpu {
  readonly id: number;
  /** This CPU's virtual nanoseconds. */
  now = 0;
  /** The task that executes; the idle task when there is nothing to do. */
  current!: Task;
  /** `swapper/N`, pid 0. */
  idle!: Task;
  /** Runnable tasks that wait for this CPU, first in first out. */
  readonly queue: Task[] = [];
  /** When `current` has used up its time slice. */
  sliceEnd = 0;
  /** The next task shall run as soon as `current` is in user space: the slice is over early. */
  mustSwitch = false;
  /** Something must run here: a task, or an interrupt woke one. False: halted. */
  busy = false;
  /** How far this CPU may go before another CPU or an event comes first. */
  horizon = 0;
  /** When the next profiling timer expires here; Infinity if nothing is profiled. */
  nextSample = Number.POSITIVE_INFINITY;
  /** The profiling timers on this CPU. */
  readonly timers: ProfileTimer[] = [];
  /** Virtual nanoseconds spent halted. */
  idleNs = 0;

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
