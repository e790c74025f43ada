import type { Linux } from "../linux.ts";
import type { Task } from "../task.ts";

/** Something to run on a machine: processes that make system calls, and clients outside of it. */
export interface Workload {
  readonly name: string;
  /** Starts its processes; gives the first of them. */
  readonly start: (linux: Linux) => Task;
}
