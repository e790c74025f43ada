import { NEVER_YET } from "../never-yet.ts";

/** The weight of nice 0. */
export const NICE_0_LOAD = 1024;

/** Weights by nice value, from -20 on: each step changes a task's share of a CPU by 10 percent. Linux's own numbers. */
const WEIGHTS: readonly number[] = [
  88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991,
  1586, 1277, 1024, 820, 655, 526, 423, 335, 272, 215, 172, 137, 110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
];

/** The weight of a nice value, -20..19. */
export function weightOf(nice: number): number {
  return WEIGHTS[nice + 20]!;
}

/** A task as the fair class sees it: `struct sched_entity`. Times are nanoseconds. */
export class SchedEntity {
  weight = NICE_0_LOAD;
  /** In a run queue or on its CPU. */
  onRq = false;
  /** When it was last put on its CPU or accounted there. */
  execStart = NEVER_YET;
  sumExecRuntime = NEVER_YET;
  /** `sumExecRuntime` when it was put on its CPU. */
  prevSumExecRuntime = NEVER_YET;
  /** Time on a CPU, divided by its share. */
  vruntime = NEVER_YET;
  /** The virtual time by which it shall have had its slice. */
  deadline = NEVER_YET;
  /** Until this virtual time a wake-up does not take its CPU away, as long as it is owed time. */
  vprot = NEVER_YET;
  /** When it last slept: how much virtual time it was owed. */
  vlag = NEVER_YET;
  slice = 0;
  migrations = 0;

  /** `ns` of real time as virtual time of this entity. */
  virtual(ns: number): number {
    return this.weight === NICE_0_LOAD ? ns : Math.floor((ns * NICE_0_LOAD) / this.weight);
  }
}
