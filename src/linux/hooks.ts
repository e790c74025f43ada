import type { Btf } from "../btf/btf.ts";
import type { LinearMemory } from "../memory/memory.ts";
import { PERF_EVENT_CONTEXT, writePerfEvent, writeSysEnter, writeSysExit } from "./context.ts";
import type { Cpu } from "./cpu.ts";
import { allocateArguments, writeArguments } from "./hooks/arguments.ts";
import { HookError } from "./hooks/error.ts";
import {
  type EventContext,
  EventHook,
  type EventView,
  type EventWatcher,
  type ObjectOffsets,
} from "./hooks/event-hook.ts";
import type { ProbeView } from "./hooks/function-probe.ts";
import { FUNCTION_HOOKS, type FunctionHookKind, FunctionProbes, type ProbeTable } from "./hooks/function-probes.ts";
import { type Halves, Hook, type HookProgram, type Moment } from "./hooks/hook.ts";
import { isPattern } from "./hooks/name-matcher.ts";
import { insideFunction, kindOfHook, noSuchHook } from "./hooks/names.ts";
import {
  countedEvent,
  PERF_EVENT_NAMES,
  type SoftwareCount,
  type TimedEvent,
  timedEvent,
} from "./hooks/perf-events.ts";
import { prototypeOf } from "./hooks/prototypes.ts";
import type { TraceValue } from "./hooks/record.ts";
import { PT_REGS_SIZE } from "./hooks/registers.ts";
import { sessionOf } from "./hooks/session.ts";
import { UserProbes } from "./hooks/user-probes.ts";
import { ProfileTimer, type Sample } from "./profile.ts";
import { SECURITY_HOOKS, type SecurityHook } from "./security/security.ts";
import type { Frame, SymbolTable, TextSymbol } from "./symbols.ts";
import type { Arg, Task } from "./task.ts";
import { EVENTS, TP, TRACEPOINTS, type Tracepoint, tracepoint } from "./tracepoints.ts";

export type { HookProgram, Moment } from "./hooks/hook.ts";
export { HookError };

/** A single system call's tracepoint, and where its record lies. */
export interface SyscallHook extends Hook {
  readonly row: Tracepoint;
  readonly at: number;
}

/** A hook of security modules that programs are at, and how many arguments it has. */
export interface AskedHook {
  readonly hook: Hook;
  readonly count: number;
}

const isSecurityHook = (name: string): name is SecurityHook => (SECURITY_HOOKS as readonly string[]).includes(name);

/** A program that runs at each so many of what Linux counts. */
interface Counter {
  readonly hook: Hook;
  readonly context: number;
  readonly program: HookProgram;
  readonly period: number;
  /** How many are still to come, by CPU. */
  readonly left: number[];
}

/** What hooks need of their machine. */
export interface HookHost {
  readonly memory: LinearMemory;
  readonly symbols: SymbolTable;
  readonly cpus: readonly Cpu[];
  readonly objects: ObjectOffsets;
  /** Functions that somebody probes, by frame. */
  readonly probes: ProbeTable;
  /** The types of Linux; reading them takes a while. */
  readonly types: () => Btf;
  /** Virtual nanoseconds that the whole machine has come to. */
  readonly now: () => number;
  /** Runs something when the whole machine has come to a time. */
  readonly later: (time: number, run: () => void) => void;
}

const VIEWS = { tracepoint: "record", rawtracepoint: "raw", tp_btf: "typed" } as const satisfies Readonly<
  Record<string, EventView>
>;

const USER_HOOKS = { uprobe: "entry", uretprobe: "return" } as const satisfies Readonly<Record<string, ProbeView>>;

/**
 * The places in the machine where programs attach. A context is written only where something is attached; an event that
 * nobody looks at costs one comparison. Programs take no virtual time, so what is attached never changes the run.
 */
export class Hooks {
  readonly #host: HookHost;
  readonly #hooks = new Map<string, Hook>();
  readonly #events: (EventHook | undefined)[] = [];
  readonly #context: EventContext;
  /** By number of the system call; undefined where nothing is attached. */
  readonly sysEnter: (SyscallHook | undefined)[] = [];
  readonly sysExit: (SyscallHook | undefined)[] = [];
  /** The other tracepoints, by their index in `TP`; undefined where nobody looks. */
  readonly live: (EventHook | undefined)[] = EVENTS.map(() => undefined);
  /** Who counts what Linux counts; undefined where nobody does. */
  readonly counters: { [Event in SoftwareCount]?: readonly Counter[] | undefined } = {};
  /** Hooks of security modules that programs are at. */
  readonly security: { [Name in SecurityHook]?: AskedHook | undefined } = {};
  /** What a program threw. The machine goes on to a state from which it can run again, then throws it. */
  failure: { readonly cause: unknown } | undefined;
  /** The event whose programs run now. */
  moment: Moment | undefined;

  /** What else there is to attach to: places on network devices. */
  others: () => readonly string[] = () => [];

  /** Probes of functions, of Linux and of programs. */
  readonly functions: FunctionProbes;
  /** Which functions and static probes programs have. */
  readonly programs: UserProbes;

  constructor(host: HookHost) {
    this.#host = host;
    const { memory, objects, symbols, probes } = host;
    const argumentsAt = allocateArguments(memory);
    const probing = {
      ...{ memory, registersAt: memory.allocate(PT_REGS_SIZE) },
      returnAddress: (task: Task, user: boolean) => this.#returnAddress(task, user),
      run: (hook: Hook, context: number, moment: Moment) => this.#runProbe(hook, context, moment),
    };
    const prototype = (name: string) => prototypeOf(host.types(), name);
    this.functions = new FunctionProbes(probes, symbols, { ...probing, objects, argumentsAt, prototype });
    this.programs = new UserProbes(symbols, probing);
    this.#context = {
      contextOf: argumentsAt,
      objects,
      run: (programs, context) => this.#run(programs, context),
    };
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
    const stop = this.#start(name, program);
    if (stop === undefined) throw noSuchHook(name, this.list(), TRACEPOINTS.length);
    let attached = true;
    return () => {
      if (!attached) return;
      attached = false;
      stop();
    };
  }

  /**
   * Runs `program` when functions are entered and, where it then answers 0, when the same call returns: `kprobe:vfs_*`,
   * `uprobe:FILE:FUNCTION`. Gives back how to detach it; throws as {@link attach} does.
   */
  attachSession(name: string, program: HookProgram): () => void {
    const kind = kindOfHook(name);
    if (kind !== "kprobe" && kind !== "uprobe")
      throw new HookError(name, "EINVAL", `${name}: sessions are of kprobe and uprobe`);
    const session = sessionOf(program, this.#host.memory, () => this.moment!, kind === "uprobe");
    try {
      const entry = this.attach(name, session.entry);
      const exit = this.attach(name.replace("probe", "retprobe"), session.exit);
      return () => {
        entry();
        exit();
        session.free();
      };
    } catch (error) {
      session.free();
      throw error;
    }
  }

  /** Attaches, and gives back what ends it; undefined where there is no such hook. */
  #start(name: string, program: HookProgram): (() => void) | undefined {
    const kind = kindOfHook(name);
    const rest = name.slice(name.indexOf(":") + 1);
    switch (kind) {
      case "tracepoint": {
        const row = tracepoint(rest);
        if (row === undefined) return undefined;
        return row.syscall === undefined
          ? this.#onEvent(name, row, "record", program)
          : this.#onSyscall(name, row, program);
      }
      case "rawtracepoint":
      case "tp_btf": {
        const row = EVENTS[TP[rest as keyof typeof TP] ?? -1];
        return row && this.#onEvent(name, row, VIEWS[kind], program);
      }
      case "profile":
      case "interval":
      case "hardware":
      case "software": {
        const timed = timedEvent(name, kind, rest);
        if (timed !== undefined) return this.#onTimer(name, timed, program);
        const counted = kind === "software" ? countedEvent(rest) : undefined;
        return counted && this.#onCount(name, counted.event, counted.count, program);
      }
      case "kprobe":
      case "kretprobe":
      case "fentry":
      case "fexit":
      case "fmod_ret":
        return this.#onFunctions(kind, rest, program);
      case "lsm":
        return isSecurityHook(rest) ? this.#onSecurity(name, rest, program) : undefined;
      case "uprobe":
      case "uretprobe":
        return this.#onUser(name, USER_HOOKS[kind], rest, program);
      case "usdt": {
        const point = this.programs.pointOf(rest);
        return point && this.programs.attach(point, point.hook ?? this.#hook(name), program);
      }
      case undefined:
        return undefined;
    }
  }

  /** Names of all tracepoints, and the usual profile hooks. */
  list(): readonly string[] {
    const raw = EVENTS.flatMap(({ name }) => [`rawtracepoint:${name}`, `tp_btf:${name}`]);
    const named = TRACEPOINTS.map((row) => `tracepoint:${row.category}:${row.name}`);
    const functions = this.#host.symbols.kernelFrames().map((frame) => `kprobe:${this.#host.symbols.of(frame).name}`);
    return [
      ...named,
      ...raw,
      ...functions,
      ...SECURITY_HOOKS.map((name) => `lsm:${name}`),
      ...this.programs.list(),
      ...this.others(),
      ...PERF_EVENT_NAMES,
      "interval:s:1",
      "profile:hz:99",
      "profile:hz:49",
    ];
  }

  /** Events so far at each hook that something was ever attached to. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#hooks.values()].map((hook) => [hook.name, hook.events]));
  }

  /** The hook of a name, made when it is first attached to. */
  #hook(name: string): Hook {
    let hook = this.#hooks.get(name);
    if (hook === undefined) {
      hook = new Hook(name);
      this.#hooks.set(name, hook);
    }
    return hook;
  }

  #onUser(name: string, view: ProbeView, place: string, program: HookProgram): (() => void) | undefined {
    const kind = name.slice(0, name.indexOf(":"));
    const frames = this.programs.framesOf(place);
    const nameOf = ({ module, name: function_ }: TextSymbol) =>
      isPattern(place) ? `${kind}:${module}:${function_}` : name;
    return this.#onFrames(nameOf, view, frames, program);
  }

  /** One function, or all whose names match; programs see which by `bpf_get_func_ip`. */
  #onFunctions(kind: FunctionHookKind, pattern: string, program: HookProgram): (() => void) | undefined {
    if (/^[\w.]+\+(0x)?0*[1-9a-f]/i.test(pattern)) throw insideFunction(`${kind}:${pattern}`);
    const frames = this.functions.framesOf(kind, pattern.replace(/\+(0x)?0+$/, ""));
    return this.#onFrames(({ name }) => `${kind}:${name}`, FUNCTION_HOOKS[kind], frames, program);
  }

  /** All of these functions, or none; undefined where there are none. */
  #onFrames(
    nameOf: (symbol: TextSymbol) => string,
    view: ProbeView,
    frames: readonly Frame[],
    program: HookProgram,
  ): (() => void) | undefined {
    if (frames.length === 0) return undefined;
    const stops: (() => void)[] = [];
    const stop = () => {
      for (const each of stops.splice(0)) each();
    };
    try {
      for (const frame of frames) {
        const hook = this.#hook(nameOf(this.#host.symbols.of(frame)));
        stops.push(this.functions.attach(frame, view, hook, program));
      }
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  #onSecurity(name: string, which: SecurityHook, program: HookProgram): () => void {
    const prototype = prototypeOf(this.#host.types(), `bpf_lsm_${which}`);
    const hook = this.#hook(name);
    hook.add(program);
    this.security[which] = { hook, count: prototype?.params.length ?? 0 };
    return () => {
      hook.remove(program);
      if (!hook.live) this.security[which] = undefined;
    };
  }

  /** Asks the programs at a hook of security modules; what the first answers that does not say 0. */
  askSecurity({ hook, count }: AskedHook, task: Task, args: readonly Arg[]): number {
    hook.events++;
    const { memory, objects } = this.#host;
    const { contextOf } = this.#context;
    let answer = 0;
    for (const program of hook.programs) {
      this.moment = { time: task.cpu.now, cpu: task.cpu.id, task, frames: task };
      writeArguments(memory, contextOf, args.slice(0, count), objects.written);
      answer = Number(this.#run([program], contextOf)) | 0;
      this.moment = undefined;
      if (answer !== 0) break;
    }
    return answer;
  }

  #onEvent(name: string, row: Tracepoint, view: EventView, program: HookProgram): () => void {
    const { event, refresh } = this.#event(TP[row.name as keyof typeof TP]);
    const hook = (event.views[view] ??= this.#hook(name));
    hook.add(program);
    refresh();
    return () => {
      hook.remove(program);
      refresh();
    };
  }

  /** Tells `watcher` each time a tracepoint is raised, as values; nothing is attached. What comes back ends it. */
  watch(name: keyof typeof TP, watcher: EventWatcher): () => void {
    const { event, refresh } = this.#event(TP[name]);
    event.watchers.push(watcher);
    refresh();
    return () => {
      const at = event.watchers.indexOf(watcher);
      if (at >= 0) event.watchers.splice(at, 1);
      refresh();
    };
  }

  #event(index: number) {
    const event = (this.#events[index] ??= new EventHook(this.#host.memory, EVENTS[index]!));
    const refresh = () => {
      this.live[index] = event.live ? event : undefined;
    };
    return { event, refresh };
  }

  #onSyscall(name: string, row: Tracepoint, program: HookProgram): () => void {
    const { nr, side } = row.syscall!;
    const known = this.#hooks.get(name) as SyscallHook | undefined;
    const hook = known ?? Object.assign(new Hook(name), { row, at: this.#host.memory.allocate(row.size) });
    this.#hooks.set(name, hook);
    const table = side === "enter" ? this.sysEnter : this.sysExit;
    hook.add(program);
    table[nr] = hook;
    return () => {
      hook.remove(program);
      table[nr] = hook.live ? hook : undefined;
    };
  }

  /** Each attached program has its own timer on every CPU, as each perf event has, counting from now. */
  #onTimer(name: string, event: TimedEvent, program: HookProgram): () => void {
    const { memory } = this.#host;
    const cpus = event.first ? this.#host.cpus.slice(0, 1) : this.#host.cpus;
    const hook = this.#hook(name);
    const context = memory.allocate(PERF_EVENT_CONTEXT);
    const deliver = (sample: Sample) =>
      this.#host.later(sample.time, () => this.#fireSample(hook, context, program, sample));
    hook.add(program);
    const timers = cpus.map((cpu) => {
      const timer = new ProfileTimer(this.#host.now(), event, deliver);
      cpu.timers.push(timer);
      cpu.rearm();
      return timer;
    });
    return () => {
      hook.remove(program);
      memory.free(context, PERF_EVENT_CONTEXT);
      for (const [index, cpu] of cpus.entries()) {
        cpu.timers.splice(cpu.timers.indexOf(timers[index]!), 1);
        cpu.rearm();
      }
    };
  }

  /** Each attached program counts by itself on every CPU, from now on. */
  #onCount(name: string, event: SoftwareCount, period: number, program: HookProgram): () => void {
    const hook = this.#hook(name);
    const context = this.#host.memory.allocate(PERF_EVENT_CONTEXT);
    const counter: Counter = { hook, context, program, period, left: this.#host.cpus.map(() => period) };
    hook.add(program);
    this.counters[event] = [...(this.counters[event] ?? []), counter];
    return () => {
      hook.remove(program);
      this.#host.memory.free(context, PERF_EVENT_CONTEXT);
      const others = this.counters[event]!.filter((other) => other !== counter);
      this.counters[event] = others.length > 0 ? others : undefined;
    };
  }

  /**
   * Something happened that Linux counts, in the function that counts it. It is called where `counters` says that somebody does.
   *
   * @example
   * if (hooks.counters["page-faults"] !== undefined) hooks.count("page-faults", t);
   */
  count(event: SoftwareCount, task: Task): void {
    for (const { hook, context, program, period, left } of this.counters[event] ?? []) {
      const { id, now } = task.cpu;
      if (--left[id]! > 0) continue;
      left[id] = period;
      this.#fireSample(hook, context, program, { time: now, cpu: id, task, frames: task, period });
    }
  }

  #fireSample(hook: Hook, context: number, program: HookProgram, sample: Sample): void {
    // Detached after the sample was taken and before its turn came.
    if (!hook.programs.includes(program)) return;
    const { frames } = sample;
    const { memory, symbols } = this.#host;
    const ip: number[] = [];
    if (frames.kernelDepth > 0) symbols.pushAddress(frames.kernel[frames.kernelDepth - 1]!, ip);
    else if (frames.userDepth > 0) symbols.pushAddress(frames.user[frames.userDepth - 1]!, ip);
    writePerfEvent(memory, context, sample, [ip[0] ?? 0, ip[1] ?? 0]);
    hook.events++;
    this.moment = { time: sample.time, cpu: sample.cpu, task: sample.task, frames };
    this.#run([program], context);
    this.moment = undefined;
  }

  /** `syscalls:sys_enter_*`, raised by `perf_syscall_enter`, as a program attached to it sees. */
  fireSysEnter(hook: SyscallHook, task: Task, nr: number, args: readonly number[]): void {
    writeSysEnter(this.#host.memory, hook.at, hook.row.id, task, nr, args);
    this.#fire(hook, hook.at, task);
  }

  /** `syscalls:sys_exit_*`, raised by `syscall_exit_work`. */
  fireSysExit(hook: SyscallHook, task: Task, nr: number, ret: number): void {
    writeSysExit(this.#host.memory, hook.at, hook.row.id, task, nr, ret);
    this.#fire(hook, hook.at, task);
  }

  /**
   * A tracepoint, from inside the function of Linux that raises it. `values` are its fields after the four common ones, `args`
   * what Linux raises it with (its TP_PROTO), for raw tracepoints. Both are only made where `live` says that somebody looks.
   *
   * @example
   * const hook = hooks.live[TP.sched_process_exit];
   * if (hook !== undefined) hooks.trace(hook, t, [t.comm, t.pid, 120, 0], t, false);
   */
  trace(hook: EventHook, task: Task, values: readonly TraceValue[], ...args: readonly Arg[]): void {
    this.moment = { time: task.cpu.now, cpu: task.cpu.id, task, frames: task };
    hook.raise(task, values, args, this.#context);
    this.moment = undefined;
  }

  #fire(hook: Hook, context: number, task: Task): void {
    hook.events++;
    this.moment = { time: task.cpu.now, cpu: task.cpu.id, task, frames: task };
    this.#run(hook.programs, context);
    this.moment = undefined;
  }

  #runProbe(hook: Hook, context: number, moment: Moment): unknown {
    hook.events++;
    this.moment = moment;
    const result = this.#run(hook.programs, context);
    this.moment = undefined;
    return result;
  }

  /** Where the function that a task is in goes on when what it called is done. */
  #returnAddress(task: Task, user: boolean): Halves {
    const depth = user ? task.userDepth : task.kernelDepth;
    const out: number[] = [];
    if (depth > 0) this.#host.symbols.pushAddress((user ? task.user : task.kernel)[depth - 1]!, out);
    return [out[0] ?? 0, out[1] ?? 0];
  }

  /** Runs programs on one context, within a moment; the last that a program returned but 0. */
  #run(programs: readonly HookProgram[], context: number): unknown {
    let result: unknown = 0;
    try {
      for (const program of programs) {
        this.moment!.cookie = program.cookie;
        result = program.run(context) || result;
      }
    } catch (cause) {
      this.failure ??= { cause };
    }
    return result;
  }
}
