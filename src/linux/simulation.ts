import type { Cpu } from "./cpu.ts";
import { EventQueue } from "./event-queue.ts";
import { execute } from "./execution.ts";
import { type HookHost, Hooks } from "./hooks.ts";
import { haltAgain } from "./idle.ts";
import { Scheduler } from "./scheduler.ts";
import { BEHIND, PREEMPTED, type Task } from "./task.ts";

/** Virtual nanoseconds that a step may take: one task that computes for hours must not keep the event loop waiting. */
const LONGEST_STEP = 2_000_000;

/** Steps of the simulation between two looks at the real clock. */
const LOOK = 512;

/**
 * The machine's time: whatever comes earliest happens next, on CPUs and outside of them. CPUs execute until something
 * else comes first; ties go to events, then to the lower CPU, always, so that a run is a function of its inputs and
 * may be cut into parts anywhere.
 */
export class Simulation {
  readonly cpus: readonly Cpu[];
  readonly hooks: Hooks;
  readonly scheduler: Scheduler;
  /** Virtual nanoseconds since boot. */
  now = 0;
  readonly #events = new EventQueue();
  /** Samples that wait for the whole machine to come to their time. Apart from the events, which move the machine. */
  readonly #samples = new EventQueue();

  constructor(host: Omit<HookHost, "now" | "later">) {
    const { cpus } = host;
    this.cpus = cpus;
    const now = () => this.now;
    const later = (time: number, run: () => void) => this.#observe(time, run);
    this.hooks = new Hooks({ ...host, now, later });
    this.scheduler = new Scheduler(cpus);
  }

  /** Something outside of the CPUs happens at `time`. */
  at(time: number, run: (time: number) => void): void {
    this.#events.at(time, run);
    this.scheduler.limit(time - 1);
  }

  /** When the next event comes; Infinity if none is planned. */
  get nextEvent(): number {
    return this.#events.next;
  }

  /** `run` looks at the machine when all of it has come to `time`. */
  #observe(time: number, run: () => void): void {
    this.#samples.at(time, run);
    this.scheduler.limit(time - 1);
  }

  /**
   * `body` runs as an interrupt on `cpu` at `time`, or as soon as the CPU has come there, if it is still `wanted` then.
   */
  interrupt(cpu: Cpu, time: number, body: (current: Task) => void, wanted?: () => boolean): void {
    this.at(time, (now) => {
      if (wanted?.() === false) return;
      // In the middle of something that cannot be interrupted: the CPU's clock is ahead.
      if (cpu.now > now) {
        this.interrupt(cpu, cpu.now, body, wanted);
        return;
      }
      if (!cpu.busy) cpu.advance(now);
      this.scheduler.active = cpu;
      body(cpu.current);
      if (!cpu.busy) haltAgain(cpu);
    });
  }

  /** Runs until all is done that comes before `end`. False: `deadline`, a real time in milliseconds, came first. */
  advance(end: number, deadline: number): boolean {
    for (let step = 1; ; step++) {
      if (this.hooks.failure !== undefined) this.#fail();
      if (step % LOOK === 0 && performance.now() > deadline) return false;
      const cpu = this.#earliest();
      const queue = this.#samples.next <= this.#events.next ? this.#samples : this.#events;
      if (queue.next <= cpu.due) {
        if (queue.next >= end) break;
        const event = queue.pop()!;
        this.now = event.time;
        event.run(event.time);
      } else if (cpu.due >= end) break;
      else if (cpu.busy) this.#execute(cpu, end);
      // Halted, and a profiling timer looks at it.
      else cpu.advance(cpu.nextSample);
    }
    this.now = end;
    return true;
  }

  #fail(): never {
    const { cause } = this.hooks.failure!;
    this.hooks.failure = undefined;
    throw cause;
  }

  #earliest(): Cpu {
    let earliest = this.cpus[0]!;
    for (const cpu of this.cpus) if (cpu.due < earliest.due) earliest = cpu;
    return earliest;
  }

  /** Lets the earliest CPU execute until something else comes first. */
  #execute(cpu: Cpu, end: number): void {
    let horizon = Math.min(end, this.#events.next, this.#samples.next, cpu.now + LONGEST_STEP) - 1;
    for (const other of this.cpus) {
      if (other === cpu) continue;
      const limit = other.id < cpu.id ? other.due - 1 : other.due;
      if (limit < horizon) horizon = limit;
    }
    cpu.horizon = horizon;
    this.now = cpu.now;
    this.scheduler.active = cpu;
    if (cpu.current === cpu.idle) {
      this.scheduler.leaveIdle(cpu);
      return;
    }
    const why = execute(cpu.current);
    if (why !== BEHIND) this.scheduler.switchFrom(cpu, why === PREEMPTED);
  }
}
