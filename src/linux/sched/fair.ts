import { NEVER_YET } from "../never-yet.ts";
import type { SchedEntity } from "./entity.ts";

/** What the fair class needs of a task. */
export interface Fair {
  readonly se: SchedEntity;
}

/** Linux's CONFIG_HZ is 250: a tick every 4 ms. */
export const TICK_NSEC = 4_000_000;

/** `sysctl_sched_base_slice` before it is scaled by the number of CPUs. */
const BASE_SLICE = 700_000;

/** The slice of a machine: `base_slice_ns`, 0.7 ms times 1 + log2 of the CPUs, at most of 8. */
export function baseSlice(cpus: number): number {
  return BASE_SLICE * (1 + Math.floor(Math.log2(Math.min(cpus, 8))));
}

/**
 * The fair class's run queue of one CPU: `struct cfs_rq`, with EEVDF. A task is eligible while it has had no more than
 * its share; of the eligible ones the one with the earliest deadline runs (Stoica and Abdel-Wahab 1995, and Linux since
 * 6.6). Pure: it knows virtual times and no tracepoints.
 */
export class FairQueue<T extends Fair> {
  /** Runnable tasks that wait for the CPU. */
  readonly waiting: T[] = [];
  /** The task on the CPU, if it is one of this class. */
  current: T | undefined;
  /** Never falls; virtual times are summed relative to it. */
  minVruntime = NEVER_YET;

  /** `nr_queued`: waiting tasks and the current one. */
  get count(): number {
    return this.waiting.length + (this.current?.se.onRq === true ? 1 : 0);
  }

  /** Sum of the weights of all that are runnable. */
  get load(): number {
    let load = this.current?.se.onRq === true ? this.current.se.weight : 0;
    for (const { se } of this.waiting) load += se.weight;
    return load;
  }

  /** `avg_vruntime`: the virtual time at which everybody has had exactly his share. */
  average(): number {
    let sum = 0;
    let load = 0;
    const { minVruntime } = this;
    const current = this.current?.se;
    if (current?.onRq === true) {
      sum = (current.vruntime - minVruntime) * current.weight;
      load = current.weight;
    }
    for (const { se } of this.waiting) {
      sum += (se.vruntime - minVruntime) * se.weight;
      load += se.weight;
    }
    return load === 0 ? minVruntime : minVruntime + Math.floor(sum / load);
  }

  /** A task comes: `place_entity` and `__enqueue_entity`. A new one gets half a slice to its first deadline. */
  enqueue(task: T, slice: number, initial: boolean): void {
    const { se } = task;
    se.slice = slice;
    const average = this.average();
    const { load } = this;
    // Owed time is kept over a sleep; its own weight moves the average, which is made up for.
    const lag = load > 0 && !initial ? Math.trunc((se.vlag * (load + se.weight)) / load) : 0;
    se.vruntime = average - lag;
    const slices = se.virtual(slice);
    se.deadline = se.vruntime + (initial ? slices >> 1 : slices);
    se.onRq = true;
    this.waiting.push(task);
  }

  /** A task goes, from its CPU or from the queue: `update_entity_lag` and `__dequeue_entity`. */
  dequeue(task: T): void {
    const { se } = task;
    const limit = se.virtual(Math.max(2 * se.slice, TICK_NSEC));
    const lag = this.average() - se.vruntime;
    se.vlag = Math.max(-limit, Math.min(limit, lag));
    if (this.current !== task) this.waiting.splice(this.waiting.indexOf(task), 1);
    se.onRq = false;
    this.#advanceMin();
  }

  /**
   * `update_se`: the current task has run until `now`. Gives the nanoseconds since it was last accounted; its deadline
   * moves on when it has had its slice, and `expired` says so.
   */
  account(now: number): number {
    const se = this.current!.se;
    const delta = now - se.execStart;
    if (delta <= 0) return 0;
    se.execStart = now;
    se.sumExecRuntime += delta;
    se.vruntime += se.virtual(delta);
    this.#advanceMin();
    return delta;
  }

  /** `update_deadline`: true if the current task has used up its slice; then it gets the next. */
  expired(): boolean {
    const se = this.current!.se;
    if (se.vruntime < se.deadline) return false;
    se.deadline = se.vruntime + se.virtual(se.slice);
    return true;
  }

  /** `pick_eevdf`: who shall run; the current task stays while its slice is protected and it is owed time. */
  pick(): T | undefined {
    const { waiting } = this;
    const current = this.current?.se.onRq === true ? this.current : undefined;
    if (waiting.length === 0) return current;
    if (current === undefined && waiting.length === 1) return waiting[0];
    const average = this.average();
    const mayStay = current !== undefined && current.se.vruntime <= average ? current : undefined;
    if (mayStay !== undefined && mayStay.se.vruntime < mayStay.se.vprot) return mayStay;
    let best = mayStay;
    for (const task of waiting) {
      if (task.se.vruntime > average) continue;
      if (best === undefined || task.se.deadline < best.se.deadline) best = task;
    }
    // Rounding may leave nobody eligible: then whoever has had least.
    return best ?? waiting.reduce((a, b) => (b.se.vruntime < a.se.vruntime ? b : a));
  }

  /** `set_next_entity`: the task goes on the CPU at `now`. */
  setNext(task: T, now: number): void {
    const place = this.waiting.indexOf(task);
    if (place >= 0) this.waiting.splice(place, 1);
    this.current = task;
    const { se } = task;
    se.execStart = now;
    se.prevSumExecRuntime = se.sumExecRuntime;
    se.vprot = se.deadline;
  }

  /** `put_prev_entity`: the current task leaves the CPU, and waits on if it is still runnable. */
  putPrevious(): void {
    const { current } = this;
    this.current = undefined;
    if (current?.se.onRq === true) this.waiting.push(current);
  }

  /** The current task gives up what is left of its slice. */
  forfeit(): void {
    const { se } = this.current!;
    se.vruntime = Math.max(se.vruntime, se.deadline);
    se.deadline += se.virtual(se.slice);
    se.vprot = se.vruntime;
  }

  /** The next to run is this one, whoever has a claim to it. */
  favour(task: T): void {
    task.se.vruntime = Math.min(this.average(), task.se.vruntime);
    task.se.deadline = Number.NEGATIVE_INFINITY;
    if (this.current !== undefined) this.current.se.vprot = Number.NEGATIVE_INFINITY;
  }

  #advanceMin(): void {
    let least = this.current?.se.onRq === true ? this.current.se.vruntime : Number.POSITIVE_INFINITY;
    for (const { se } of this.waiting) if (se.vruntime < least) least = se.vruntime;
    if (least !== Number.POSITIVE_INFINITY && least > this.minVruntime) this.minVruntime = least;
  }
}
