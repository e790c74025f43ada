import type { Frames, Task } from "../task.ts";
import type { SessionEnd } from "./session.ts";

/** What runs when a hook is hit: a loaded program, or a test's function. */
export interface HookProgram {
  /**
   * `contextOffset`: where in linear memory the context lies. It is valid during the call only. A number that comes back
   * is what the program returned, which few hooks look at.
   */
  run(contextOffset: number): unknown;
  /** What `bpf_get_attach_cookie` tells it. */
  readonly cookie?: bigint;
  /** It may call `bpf_override_return`, which few functions allow. */
  readonly overrides?: boolean;
}

/** A hook that something was attached to. */
export class Hook {
  /** As it was attached to: `tracepoint:sched:sched_switch`. */
  readonly name: string;
  programs: readonly HookProgram[] = [];
  events = 0;

  constructor(name: string) {
    this.name = name;
  }

  add(program: HookProgram): void {
    this.programs = [...this.programs, program];
  }

  remove(program: HookProgram): void {
    this.programs = this.programs.filter((other) => other !== program);
  }

  get live(): boolean {
    return this.programs.length > 0;
  }
}

/** An address in halves, as stacks hold them. */
export type Halves = readonly [low: number, high: number];

/** What is being executed, for helpers that ask: task, time and stacks of the event. */
export interface Moment {
  readonly time: number;
  readonly cpu: number;
  readonly task: Task;
  readonly frames: Frames;
  /** Where the innermost function stands, if not where it calls another: at its entry. */
  readonly ip?: Halves;
  /** The function that was probed, for `bpf_get_func_ip`. */
  readonly functionAddress?: Halves;
  /** The cookie of the program that runs. */
  cookie?: bigint | undefined;
  /** Of a program that runs at both ends of a function: which. */
  session?: SessionEnd | undefined;
}
