import type { LinearMemory } from "../../memory/memory.ts";
import type { Arg, Task } from "../task.ts";
import type { Tracepoint } from "../tracepoints.ts";
import { writeArguments } from "./arguments.ts";
import type { Hook, HookProgram } from "./hook.ts";
import { TraceRecord, type TraceValue } from "./record.ts";

/** How programs look at one tracepoint: at its record, or at the arguments that Linux raises it with. */
export type EventView = "record" | "raw" | "typed";

/** Sees a tracepoint as values, with what Linux raises it with; it may change nothing. */
export type EventWatcher = (task: Task, values: readonly TraceValue[], args: readonly Arg[]) => void;

/** One tracepoint that somebody looks at. */
export class EventHook {
  readonly row: Tracepoint;
  readonly #memory: LinearMemory;
  #record: TraceRecord | undefined;
  readonly views: Partial<Record<EventView, Hook>> = {};
  /** The machine's own records; no program is attached for them, and nothing is counted. */
  readonly watchers: EventWatcher[] = [];

  constructor(memory: LinearMemory, row: Tracepoint) {
    this.#memory = memory;
    this.row = row;
  }

  get live(): boolean {
    const { record, raw, typed } = this.views;
    return record?.live === true || raw?.live === true || typed?.live === true || this.watchers.length > 0;
  }

  /** Runs what is attached. */
  raise(
    task: Task,
    values: readonly TraceValue[],
    args: readonly Arg[],
    { contextOf, objects, run }: EventContext,
  ): void {
    const { record, raw, typed } = this.views;
    for (const watch of this.watchers) watch(task, values, args);
    if (record?.live) {
      this.#record ??= new TraceRecord(this.#memory, this.row);
      this.#record.write(task, values, objects.offset);
      record.events++;
      run(record.programs, this.#record.at);
    }
    if (raw?.live) {
      writeArguments(this.#memory, contextOf, args, objects.offset);
      raw.events++;
      run(raw.programs, contextOf);
    }
    if (typed?.live) {
      writeArguments(this.#memory, contextOf, args, objects.written);
      typed.events++;
      run(typed.programs, contextOf);
    }
  }
}

/** Where the simulation's objects lie in memory as structs of Linux. */
export interface ObjectOffsets {
  /** The place of an object; what lies there is written when a helper reads it. */
  readonly offset: (object: object) => number;
  /** The same, written now with all that it points to: for programs whose loads follow pointers by themselves. */
  readonly written: (object: object) => number;
}

/** What raising an event needs of the machine. */
export interface EventContext {
  /** Where arguments go. */
  readonly contextOf: number;
  readonly objects: ObjectOffsets;
  readonly run: (programs: readonly HookProgram[], context: number) => void;
}
