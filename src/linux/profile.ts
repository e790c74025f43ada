import type { Cpu } from "./cpu.ts";
import { type Frames, snapshot, type Task } from "./task.ts";

/** What a CPU was doing when its profiling timer expired. */
export interface Sample {
  readonly time: number;
  readonly cpu: number;
  readonly task: Task;
  readonly frames: Frames;
  readonly period: number;
}

/**
 * A profiling timer of one CPU, as perf's `cpu-clock` event: it expires every `period` virtual nanoseconds and sees
 * whatever executes at that instant. The sample is handed to `deliver`, which runs programs when the whole machine has
 * come to that time, so events stay in order over all CPUs.
 */
export class ProfileTimer {
  readonly period: number;
  next: number;
  /** What one sample stands for, in the event's own unit. */
  readonly #counted: number;
  /** What is counted does not pass while the CPU is halted. */
  readonly #busy: boolean;
  readonly #deliver: (sample: Sample) => void;

  constructor(
    start: number,
    { period, sample, busy }: { readonly period: number; readonly sample: number; readonly busy: boolean },
    deliver: (sample: Sample) => void,
  ) {
    this.period = period;
    this.#counted = sample;
    this.#busy = busy;
    this.next = start + period;
    this.#deliver = deliver;
  }

  /** Notes what `cpu` is doing and arms the timer again. */
  sample(cpu: Cpu): void {
    const task = cpu.current;
    if (!this.#busy || task !== cpu.idle)
      this.#deliver({ time: this.next, cpu: cpu.id, task, frames: snapshot(task), period: this.#counted });
    this.next += this.period;
  }
}
