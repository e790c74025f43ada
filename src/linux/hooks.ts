import type { LinearMemory } from "../memory/memory.ts";
import { PERF_EVENT_CONTEXT, writePerfEvent, writeSchedSwitch, writeSysEnter, writeSysExit } from "./context.ts";
import type { Cpu } from "./cpu.ts";
import { nearest } from "./nearest.ts";
import { ProfileTimer, type Sample } from "./profile.ts";
import { shown } from "./shown.ts";
import type { SymbolTable } from "./symbols.ts";
import type { Frames, Task } from "./task.ts";
import { TRACEPOINTS, type Tracepoint, tracepoint } from "./tracepoints.ts";

/** What runs when a hook is hit: a loaded program, or a test's function. */
export interface HookProgram {
  /** `contextOffset`: where in linear memory the context lies. It is valid during the call only. */
  run(contextOffset: number): void;
}

/** A hook name that the machine does not have (ENOENT), or a profile hook faster than it allows (EINVAL). */
export class HookError extends Error {
  readonly code: "ENOENT" | "EINVAL";
  readonly hook: string;
  /** Names that look alike. */
  readonly near: readonly string[];
  constructor(hook: string, code: HookError["code"], message: string, near: readonly string[] = []) {
    super(message);
    this.name = "HookError";
    this.hook = hook;
    this.code = code;
    this.near = near;
  }
}

function noSuchHook(hook: string, near: readonly string[]): HookError {
  const hint = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : "";
  const message =
    `no such hook: ${shown(hook)}.${hint} There are ${TRACEPOINTS.length} tracepoints, written ` +
    `"tracepoint:CATEGORY:NAME" (categories: ${CATEGORIES.join(", ")}), and "profile:UNIT:N" with the units ` +
    `${Object.keys(PROFILE_UNITS).join(", ")}; m.linux.hooks.list() lists them.`;
  return new HookError(hook, "ENOENT", message, near);
}

const CATEGORIES = [...new Set(TRACEPOINTS.map((row) => row.category))];

/** Nanoseconds between samples, from the number in the hook's name. */
const PROFILE_UNITS: Readonly<Record<string, (n: number) => number>> = {
  hz: (n) => 1e9 / n,
  s: (n) => n * 1e9,
  ms: (n) => n * 1e6,
  us: (n) => n * 1e3,
};

/** Samples no closer than this: Linux's cpu-clock event stretches a shorter period to it. */
const SHORTEST_PERIOD = 10_000;

/** Linux's kernel.perf_event_max_sample_rate: perf_event_open(2) refuses a higher frequency. */
const MAX_FREQUENCY = 100_000;

/** A hook that something is attached to. */
interface Hook {
  readonly name: string;
  readonly row: Tracepoint | undefined;
  readonly context: number;
  programs: readonly HookProgram[];
  events: number;
}

/** What is being executed, for helpers that ask: task, time and stacks of the event. */
export interface Moment {
  time: number;
  cpu: number;
  task: Task;
  frames: Frames;
}

/**
 * The places in the machine where programs attach. A context record is written only where something is attached;
 * an event that nobody looks at costs one comparison. Programs take no virtual time, so what is attached never
 * changes the run.
 */
export class Hooks {
  readonly #memory: LinearMemory;
  readonly #symbols: SymbolTable;
  readonly #cpus: readonly Cpu[];
  /** Runs something when the whole machine has come to a time. */
  readonly #later: (time: number, run: () => void) => void;
  readonly #now: () => number;
  readonly #hooks = new Map<string, Hook>();
  /** By number of the system call; undefined where nothing is attached. */
  readonly sysEnter: (Hook | undefined)[] = [];
  readonly sysExit: (Hook | undefined)[] = [];
  schedSwitch: Hook | undefined;
  /** What a program threw. The machine goes on to a state from which it can run again, then throws it. */
  failure: { readonly cause: unknown } | undefined;
  /** The event whose programs run now. */
  moment: Moment | undefined;

  constructor(
    memory: LinearMemory,
    symbols: SymbolTable,
    cpus: readonly Cpu[],
    now: () => number,
    later: (time: number, run: () => void) => void,
  ) {
    this.#memory = memory;
    this.#symbols = symbols;
    this.#cpus = cpus;
    this.#now = now;
    this.#later = later;
  }

  /**
   * Runs `program` whenever the hook is hit; gives back how to detach it. Throws `HookError` for an unknown name
   * and for a sampling frequency above 100,000 Hz.
   *
   * @example
   * const detach = linux.hooks.attach("tracepoint:syscalls:sys_exit_read", {
   *   run: (at) => sizes.push(linux.memory.i32[(at + 16) >> 2]!),
   * });
   */
  attach(name: string, program: HookProgram): () => void {
    const [kind, ...rest] = name.split(":");
    const row = kind === "tracepoint" ? tracepoint(rest.join(":")) : undefined;
    const period = kind === "profile" ? profilePeriod(name, rest) : undefined;
    if (row === undefined && period === undefined) throw noSuchHook(name, nearest(name, this.list()));
    const hook = this.#hooks.get(name) ?? this.#create(name, row);
    hook.programs = [...hook.programs, program];
    const stop = period === undefined ? undefined : this.#startTimers(hook, period, program);
    this.#refresh(hook);
    let attached = true;
    return () => {
      if (!attached) return;
      attached = false;
      hook.programs = hook.programs.filter((other) => other !== program);
      stop?.();
      this.#refresh(hook);
    };
  }

  /** Names of all tracepoints, and the usual profile hooks. */
  list(): readonly string[] {
    return [...TRACEPOINTS.map((row) => `tracepoint:${row.category}:${row.name}`), "profile:hz:99", "profile:hz:49"];
  }

  /** Events so far at each hook that something was ever attached to. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#hooks.values()].map((hook) => [hook.name, hook.events]));
  }

  #create(name: string, row: Tracepoint | undefined): Hook {
    const context = this.#memory.allocate(row?.size ?? PERF_EVENT_CONTEXT);
    const hook: Hook = { name, row, context, programs: [], events: 0 };
    this.#hooks.set(name, hook);
    return hook;
  }

  /** Puts the hook where the machine's paths look, or takes it away when its last program has gone. */
  #refresh(hook: Hook): void {
    const live = hook.programs.length > 0 ? hook : undefined;
    const syscall = hook.row?.syscall;
    if (syscall !== undefined) (syscall.side === "enter" ? this.sysEnter : this.sysExit)[syscall.nr] = live;
    else if (hook.row !== undefined) this.schedSwitch = live;
  }

  /** Each attached program has its own timer on every CPU, as each perf event has, counting from now. */
  #startTimers(hook: Hook, period: number, program: HookProgram): () => void {
    const deliver = (sample: Sample) => this.#later(sample.time, () => this.#fireSample(hook, program, sample));
    const timers = this.#cpus.map((cpu) => {
      const timer = new ProfileTimer(this.#now(), period, deliver);
      cpu.timers.push(timer);
      cpu.rearm();
      return timer;
    });
    return () => {
      for (const [index, cpu] of this.#cpus.entries()) {
        cpu.timers.splice(cpu.timers.indexOf(timers[index]!), 1);
        cpu.rearm();
      }
    };
  }

  #fireSample(hook: Hook, program: HookProgram, sample: Sample): void {
    // Detached after the sample was taken and before its turn came.
    if (!hook.programs.includes(program)) return;
    const { frames } = sample;
    const ip: number[] = [];
    if (frames.kernelDepth > 0) this.#symbols.pushAddress(frames.kernel[frames.kernelDepth - 1]!, ip);
    else if (frames.userDepth > 0) this.#symbols.pushAddress(frames.user[frames.userDepth - 1]!, ip);
    writePerfEvent(this.#memory, hook.context, sample, [ip[0] ?? 0, ip[1] ?? 0]);
    hook.events++;
    this.#run([program], hook.context, { time: sample.time, cpu: sample.cpu, task: sample.task, frames });
  }

  /** `syscalls:sys_enter_*`, raised by `perf_syscall_enter`, as a program attached to it sees. */
  fireSysEnter(hook: Hook, task: Task, nr: number, args: readonly number[]): void {
    writeSysEnter(this.#memory, hook.context, hook.row!.id, task, nr, args);
    this.#fire(hook, task);
  }

  /** `syscalls:sys_exit_*`, raised by `syscall_exit_work`. */
  fireSysExit(hook: Hook, task: Task, nr: number, ret: number): void {
    writeSysExit(this.#memory, hook.context, hook.row!.id, task, nr, ret);
    this.#fire(hook, task);
  }

  /** `sched:sched_switch`, raised by `__schedule` while the previous task is still current. */
  fireSchedSwitch(hook: Hook, prev: Task, state: number, next: Task): void {
    writeSchedSwitch(this.#memory, hook.context, prev, state, next);
    this.#fire(hook, prev);
  }

  #fire(hook: Hook, task: Task): void {
    hook.events++;
    this.#run(hook.programs, hook.context, { time: task.cpu.now, cpu: task.cpu.id, task, frames: task });
  }

  #run(programs: readonly HookProgram[], context: number, moment: Moment): void {
    this.moment = moment;
    try {
      for (const program of programs) program.run(context);
    } catch (cause) {
      this.failure ??= { cause };
    }
    this.moment = undefined;
  }
}

/** Nanoseconds between two samples; undefined if the name is none of a profile hook. */
function profilePeriod(hook: string, [unit, count, ...more]: readonly string[]): number | undefined {
  const toNs = PROFILE_UNITS[unit ?? ""];
  const n = Number(count);
  if (toNs === undefined || more.length > 0 || !/^\d+$/.test(count ?? "") || n === 0) return undefined;
  if (unit === "hz" && n > MAX_FREQUENCY) {
    const message = `${shown(hook)} samples too often: at most ${MAX_FREQUENCY} Hz (Linux's perf_event_max_sample_rate)`;
    throw new HookError(hook, "EINVAL", message);
  }
  return Math.max(SHORTEST_PERIOD, Math.floor(toNs(n)));
}
