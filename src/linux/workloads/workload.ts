import type { Linux } from "../linux.ts";
import type { Program, Sys } from "../sys.ts";
import type { Task, UserCode } from "../task.ts";

/** Something to run on a machine: processes that make system calls, and clients outside of it. */
export interface Workload {
  readonly name: string;
  /** Starts its processes; gives the first of them. */
  readonly start: (linux: Linux) => Task;
}

/** What a child does that becomes another program at once. */
export function* exec(sys: Sys, path: string, program: Program): UserCode {
  yield sys.execve(path, program);
}
