import type { Linux } from "../linux.ts";
import { sleepUntil } from "../sleep.ts";
import type { Frame } from "../symbols.ts";
import type { Sys } from "../sys.ts";
import type { Task, UserCode } from "../task.ts";
import { forever } from "./replayed-call.ts";
import type { Sample, SampledTask } from "./samples.ts";

/** Virtual time between the start of a replay and the first sample. */
const LEAD = 100_000;

/** Threads come into being this long before their first sample. */
const BEFORE_FIRST = 20_000;

/** How long a computing task looks at most before it checks the time. */
const PIECE = 1_000_000;

/**
 * Recorded samples being replayed: each thread computes, at the times of its samples and in their stacks, so that
 * profiling shows what was recorded. Between samples that lie far apart it sleeps. Functions of Linux that this machine does not
 * have are left out of the stacks.
 */
export class SampleReplay {
  readonly #linux: Linux;
  readonly #base: number;
  /** Functions of this machine's Linux. */
  readonly #functions: ReadonlyMap<string, Frame>;
  readonly #tasks: Task[] = [];
  #finished = false;
  /** Nothing of samples is a system call. */
  readonly calls = 0;
  /** Virtual time at which the last sample is over. */
  readonly end: number;
  live: number;

  constructor(linux: Linux, tasks: readonly SampledTask[]) {
    this.#linux = linux;
    this.#base = linux.ktimeNs() + LEAD;
    this.live = tasks.length;
    const { symbols } = linux;
    this.#functions = new Map(symbols.kernelFrames().map((frame) => [symbols.of(frame).name, frame]));
    let end = 0;
    for (const { samples } of tasks) for (const { time, ns } of samples) end = Math.max(end, time + ns);
    this.end = this.#base + end;
    for (const task of tasks) {
      linux.at(this.#base + task.samples[0]!.time - BEFORE_FIRST, () => this.#spawn(task));
    }
  }

  /** Takes the log's threads off the machine. */
  finish(): void {
    this.#finished = true;
    for (const task of this.#tasks) this.#linux.remove(task);
  }

  #spawn({ pid, comm, samples }: SampledTask): void {
    if (this.#finished) return;
    const free = pid > 0 && this.#linux.taskOf(pid) === undefined;
    const program = (sys: Sys) => this.#run(sys, samples);
    this.#tasks.push(this.#linux.process({ comm, program, ...(free && { pid }) }));
  }

  *#run(sys: Sys, samples: readonly Sample[]): UserCode {
    const t = sys.task;
    for (const sample of samples) {
      const start = this.#base + sample.time;
      if (t.cpu.now < start) {
        this.#stand(sys, []);
        yield sys.pause(sleepUntil(t, start));
      }
      this.#stand(sys, sample.stack);
      while (t.cpu.now < start + sample.ns) {
        yield sys.compute(Math.min(PIECE, start + sample.ns - t.cpu.now));
      }
    }
    this.#stand(sys, []);
    this.live--;
    yield sys.stay(forever(t));
  }

  /** The task is in these functions, whatever it was in before. */
  #stand(sys: Sys, stack: Sample["stack"]): void {
    const { task } = sys;
    task.userDepth = 0;
    task.kernelDepth = 0;
    for (const { name, module } of stack) {
      if (module !== undefined) {
        task.user[task.userDepth++] = sys.text(module, name);
        continue;
      }
      const frame = this.#functions.get(name);
      if (frame !== undefined) task.kernel[task.kernelDepth++] = frame;
    }
  }
}
