import { DISPLAY, type Displayable, type MimeBundle } from "../../plot/displayable.ts";
import { render } from "../../plot/registry.ts";
import type { Schedule } from "./schedule.ts";
import type { StoryLine } from "./story.ts";

/** A way in which the runs can end, and how to get there. */
export interface Outcome {
  /** All ended; or some wait for each other's locks for ever; or an instruction was an error. */
  readonly kind: "done" | "deadlock" | "error";
  /** r0 of each CPU, unsigned; undefined where it did not end. */
  readonly results: readonly (bigint | undefined)[];
  /** What `observe` said at the end. */
  readonly observed: string;
  /** Of a deadlock: who waits for which lock, and who holds it. */
  readonly waits: readonly { readonly cpu: number; readonly lock: bigint; readonly holder: number | undefined }[];
  readonly error?: string;
  /** A schedule that leads there, with as few preemptions as possible. */
  readonly schedule: Schedule;
  /** How often it takes the CPU away from a run that could have gone on. */
  readonly preemptions: number;
  /** That schedule, told by the instructions that touch what CPUs share. */
  readonly story: readonly StoryLine[];
}

/** All the ways that were found. In a notebook it shows them, each as the schedule that leads there. */
export class Exploration implements Displayable {
  /** By the number of preemptions. */
  readonly outcomes: readonly Outcome[];
  /** States that were visited. */
  readonly states: number;
  /** True: there is no other outcome. False: a limit was reached first. */
  readonly complete: boolean;

  constructor({ outcomes, states, complete }: Pick<Exploration, "outcomes" | "states" | "complete">) {
    this.outcomes = outcomes;
    this.states = states;
    this.complete = complete;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("schedules", this);
  }
}
