import { DISPLAY, type Displayable, type MimeBundle } from "../../plot/displayable.ts";
import { render } from "../../plot/registry.ts";
import type { Linux } from "../linux.ts";
import type { Program, Sys } from "../sys.ts";
import type { Task, UserCode } from "../task.ts";

/** Something to run on a machine: processes that make system calls, and clients outside of it. */
export interface Workload {
  readonly name: string;
  /** Starts its processes; gives the first of them. */
  readonly start: (linux: Linux) => Task;
}

/** A workload with parameters, all of which have a value. */
export class ConfiguredWorkload<Options extends Record<keyof Options, number>> implements Workload, Displayable {
  readonly name: string;
  /** The parameters, those not given with their usual values. */
  readonly options: Options;
  readonly start: Workload["start"];

  constructor(name: string, options: Options, start: Workload["start"]) {
    this.name = name;
    this.options = options;
    this.start = start;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("workload", this);
  }
}

/** What a child does that becomes another program at once. */
export function* exec(sys: Sys, path: string, program: Program, argv?: readonly string[]): UserCode {
  yield sys.execve(path, program, argv);
}
