import { machineBtf, type Release } from "../btf/data/machine.ts";
import { Callbacks } from "../helpers/callbacks.ts";
import type { CurrentTask, Host } from "../helpers/host.ts";
import type { RuntimeMap } from "../maps/runtime.ts";
import type { LinearMemory } from "../memory/memory.ts";
import { Disk } from "./block/disk.ts";
import { sayBoot } from "./boot-log.ts";
import type { JitSetting } from "./bpf/jit-setting.ts";
import { Processes } from "./bpf/processes.ts";
import type { SocketPrograms } from "./bpf/socket-programs.ts";
import { type Cgroup, Cgroups } from "./cgroups.ts";
import { Cpu } from "./cpu.ts";
import { type Duration, DurationError, LONGEST, parseDuration } from "./duration.ts";
import { releaseTask } from "./exit.ts";
import { FileSystem } from "./file-system.ts";
import { FileTable } from "./files.ts";
import type { ProbeTable } from "./hooks/function-probes.ts";
import type { Halves } from "./hooks/hook.ts";
import type { SessionEnd } from "./hooks/session.ts";
import type { Hooks } from "./hooks.ts";
import { Hrtimer } from "./hrtimer.ts";
import { idleFrames } from "./idle.ts";
import { SOFTIRQ, type SoftirqAction } from "./interrupts.ts";
import { KernelLog } from "./kernel-log.ts";
import { checkedOptions, type LinuxOptions } from "./linux-options.ts";
import { PageAllocator } from "./mm/page-allocator.ts";
import type { PacketPrograms } from "./net/packet-programs.ts";
import { Network } from "./network.ts";
import { KernelObjects } from "./objects/kernel-objects.ts";
import { StoredObjects } from "./objects/stored-objects.ts";
import { LIBC, programLife, threadLife } from "./program-life.ts";
import { ProgramTimers } from "./program-timers.ts";
import { Random } from "./random.ts";
import type { LogSource } from "./replay/lines.ts";
import { type RunningReplay, readLog } from "./replay/read-log.ts";
import { LoadAverage } from "./sched/load-average.ts";
import { rcuSoftirq, schedBalanceSoftirq } from "./sched/tick.ts";
import type { Scheduler } from "./scheduler.ts";
import { shown } from "./shown.ts";
import { Simulation } from "./simulation.ts";
import { UserStrings } from "./strings.ts";
import { type ReplaySummary, type RunNumbers, type RunSummary, showing } from "./summary.ts";
import { F, KERNEL_FRAMES, type KernelFunction, type Symbolized, SymbolTable } from "./symbols.ts";
import type { Program } from "./sys.ts";
import { syscallByNumber } from "./syscall-table.ts";
import { EXIT_ZOMBIE, type Kernel, Task } from "./task.ts";
import type { ThreadGroup } from "./thread-group.ts";
import { traceLine } from "./trace-pipe.ts";
import { UserBuffer } from "./user-buffer.ts";
import { WorkloadError } from "./workloads/options.ts";
import type { Workload } from "./workloads/workload.ts";
import { Writeback } from "./writeback.ts";

export type { LinuxOptions } from "./linux-options.ts";
export { MachineOptionError } from "./machine-option-error.ts";

/** The machine was asked to run while it is running. */
export class RunningError extends Error {
  readonly code = "EBUSY";
  constructor() {
    super("the machine is running already: await the first run before the next");
    this.name = "RunningError";
  }
}

/** A process to be started. */
export interface NewProcess {
  readonly program: Program;
  readonly comm: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly parent?: Task;
  /** For replays, whose log says it; otherwise the next free one. */
  readonly pid?: number;
  readonly tgid?: number;
  /** Of a thread: its process, and the files that it shares. */
  readonly group?: ThreadGroup;
  readonly files?: FileTable;
  readonly thread?: true;
  /** Default: its parent's, or the root of the tree. */
  readonly cgroup?: Cgroup;
  /** Name of the network namespace that it sees. Default: its parent's, or the machine's own. */
  readonly netns?: string;
}

/** A replay may end this much later than its log, in steps of ... */
const LATENESS = 10_000_000_000;
const LATENESS_STEP = 1_000_000;

/** Lines that the trace pipe keeps. */
const TRACE_LINES = 65_536;

/** Pids of processes; below them those of Linux's own threads. */
const FIRST_PID = 1000;
const FIRST_THREAD = 40;
/** After those two that come first. */
const FIRST_STANDING = 3;

/** Where the ticks' timers lie among each CPU's variables. */
const TICK_TIMERS = 0xffff_8881_3bc2_3a40n;
const PER_CPU = 0x8_0000n;

/** The disks of every machine, with their sizes in sectors. */
const DISKS = [
  ["ssd", 83_886_080],
  ["hdd", 976_773_168],
  ["nvme", 500_118_192],
] as const;

/** Real milliseconds that `run` computes before it lets the event loop have a turn, so that an interrupt can land. */
const TURN = 20;

/** Real milliseconds without a step after which a run counts as abandoned. */
const ABANDONED = 100;

/** One call of `run` while it lasts. */
interface Run {
  slices: number;
  /** The log that it takes the machine through, if any. */
  replay?: RunningReplay;
}

/**
 * A simulated Linux computer: CPUs, tasks, files, a disk, a network, in virtual time. What happens is a function of the
 * seed and of what is spawned; programs attached to its hooks see it and never change it.
 *
 * @example
 * const linux = new Linux({ cpus: 2, seed: 7 });
 * linux.spawn(workloads.webServer());
 * linux.hooks.attach("tracepoint:syscalls:sys_enter_read", { run: (at) => console.log(linux.task().comm, at) });
 * await linux.run("10s");
 */
export class Linux implements Host {
  readonly memory: LinearMemory;
  /** What processes and files have of the machine's RAM. */
  readonly pages: PageAllocator;
  /** Filled by the bpf subsystem. */
  readonly maps: (RuntimeMap | undefined)[] = [];
  readonly callbacks = new Callbacks();
  readonly cpus: readonly Cpu[];
  readonly seed: number;
  /** The Linux whose types its objects have. */
  readonly release: Release;
  readonly cgroups = new Cgroups();
  readonly symbols = new SymbolTable();
  readonly strings: UserStrings;
  readonly files: FileSystem;
  /** What `uptime` shows. */
  readonly load: LoadAverage;
  /** What `dmesg` shows. */
  readonly log = new KernelLog();
  /** Paths of bpf's file system below its root, as whoever owns the pins tells it. */
  pins: () => readonly string[] = () => [];
  /** `net.core.bpf_jit_enable`. */
  jitSetting: JitSetting = 1;
  /** `vda`, an SSD with the root file system; `vdb`, an old hard disk on `/srv`; `vdc`, an NVMe on `/var/lib/postgresql`. */
  readonly disks: readonly Disk[];
  readonly writeback: Writeback;
  readonly network: Network;
  /** What programs see of the machine's objects. */
  readonly objects: KernelObjects;
  readonly storage = new StoredObjects(this);
  readonly processes = new Processes(this);
  readonly hooks: Hooks;
  /** Functions that somebody probes, by frame. */
  readonly probes: ProbeTable = new Array(KERNEL_FRAMES).fill(undefined);
  readonly scheduler: Scheduler;
  /** Randomness of devices and workloads; attached programs have a stream of their own. */
  readonly random32: Random;
  /** Lines of `/sys/kernel/tracing/trace_pipe`. */
  readonly tracePipe: string[] = [];
  /** System calls so far. */
  syscalls = 0;
  /** What softirqs do, by {@link SOFTIRQ}. */
  readonly softirqs: (SoftirqAction | undefined)[] = [];
  /** `systemd`, and the parent of Linux's own threads, where they stand. */
  init: Task | undefined;
  kthreadd: Task | undefined;
  readonly #buffer: UserBuffer;
  readonly #programRandom: Random;
  readonly #timers = new ProgramTimers(this);
  readonly #simulation: Simulation;
  readonly #tasks = new Map<number, Task>();
  readonly #libcFrames: number[] = [];
  #nextPid = FIRST_PID;
  #nextThread = FIRST_STANDING;
  /** The run that is under way. */
  #run: Run | undefined;

  constructor(options: LinuxOptions = {}) {
    const { cpus, seed, memory, release, ram, fileSystems } = checkedOptions(options);
    this.pages = new PageAllocator(this, ram);
    this.memory = memory;
    this.seed = seed;
    this.release = release;
    this.random32 = new Random(seed, 0);
    this.#programRandom = new Random(seed, 1);
    this.strings = new UserStrings(memory);
    this.#buffer = new UserBuffer(memory);
    this.cpus = Array.from({ length: cpus }, (_, id) => this.#createCpu(id));
    this.objects = new KernelObjects(memory, release, () => this.hooks.moment);
    this.#simulation = new Simulation({
      ...{ memory, symbols: this.symbols, cpus: this.cpus, objects: this.objects, probes: this.probes },
      types: () => machineBtf(release),
    });
    this.hooks = this.#simulation.hooks;
    this.scheduler = this.#simulation.scheduler;
    this.load = new LoadAverage(this);
    this.softirqs[SOFTIRQ.SCHED] = schedBalanceSoftirq;
    this.softirqs[SOFTIRQ.RCU] = rcuSoftirq;
    this.disks = DISKS.map(([kind, sectors], index) => new Disk(this, index, kind, sectors));
    this.writeback = new Writeback(this);
    this.files = new FileSystem(this, fileSystems);
    sayBoot(this);
    this.network = new Network(this);
  }

  #createCpu(id: number): Cpu {
    const cpu = new Cpu(id);
    cpu.idle = new Task(this, cpu, { pid: 0, comm: `swapper/${id}` }, new FileTable());
    cpu.tickTimer = new Hrtimer("tick_nohz_handler", TICK_TIMERS + BigInt(id) * PER_CPU);
    idleFrames(cpu.idle, id);
    cpu.current = cpu.idle;
    return cpu;
  }

  // What programs see: the Host.

  /** Virtual nanoseconds since boot. */
  ktimeNs(): number {
    return this.hooks.moment?.time ?? this.#simulation.now;
  }

  cpu(): number {
    return this.hooks.moment?.cpu ?? 0;
  }

  task(): CurrentTask {
    return this.hooks.moment?.task ?? this.cpus[0]!.idle;
  }

  /** The current task as a `struct task_struct` in memory, with its ancestors. */
  taskStruct(): number {
    return this.objects.written(this.hooks.moment?.task ?? this.cpus[0]!.idle);
  }

  /** A program reads memory of Linux: objects that lie there are brought up to date. */
  refreshKernel(offset: number, size: number): void {
    this.objects.refresh(offset, size);
  }

  /** Of what the running program sees: the function that is probed, the cookie it was attached with, the end of a session. */
  readonly probedFunction = (): Halves | undefined => this.hooks.moment?.functionAddress;
  readonly attachCookie = (): bigint => this.hooks.moment?.cookie ?? 0n;
  readonly session = (): SessionEnd | undefined => this.hooks.moment?.session;

  /** Takes what the program of the iterator that is being read prints. */
  sequence: ((bytes: Uint8Array) => number) | undefined;

  /** The probed function shall return this at once. */
  overrideReturn(result: bigint): void {
    this.hooks.functions.overridden = result;
  }

  /** A program's timer: it expires as an interrupt on this CPU. */
  later(ns: number, run: () => void): void {
    this.#timers.later(ns, run);
  }

  random(): number {
    return this.#programRandom.u32();
  }

  /** User memory is the strings of programs, and the buffer of the task that runs. */
  userOffset(low: number, high: number, size: number): number {
    const task = this.hooks.moment?.task;
    if (task !== undefined && this.#buffer.holds(low, high)) return this.#buffer.offset(task, low, size);
    return this.strings.offset(low, high, size);
  }

  get packets(): PacketPrograms {
    return this.network.programs;
  }

  socketOf(cookie: number): number {
    return this.sockets.view(this.sockets.byCookie(cookie));
  }

  get sockets(): SocketPrograms {
    return this.network.sockets;
  }

  trace(line: string): void {
    this.tracePipe.push(traceLine(this.task(), this.cpu(), this.ktimeNs(), line));
    // Linux's buffer is a ring, too: who does not read it loses the oldest lines.
    if (this.tracePipe.length > TRACE_LINES) this.tracePipe.splice(0, TRACE_LINES / 2);
  }

  /** Says something in Linux's own log. */
  printk(text: string): void {
    this.log.print(this.ktimeNs(), 6, text);
  }

  /**
   * Lets programs that are run by hand see this CPU and the task on it, as in an event there, until it is told `undefined`.
   */
  standOn(cpu: number | undefined): void {
    const task = cpu === undefined ? undefined : this.cpus[cpu]?.current;
    this.hooks.moment = task && { time: this.#simulation.now, cpu: cpu!, task, frames: task };
  }

  /**
   * Remembers all that helpers can change and that does not lie in memory, and returns what brings it back: debuggers
   * rewind with it. Whoever adds such state adds it here. The clock stands still while a program runs.
   */
  remember(): () => void {
    const random = this.#programRandom.remember();
    const lines = [...this.tracePipe];
    const parts = [this.objects.remember(), this.#buffer.remember(), this.#timers.remember()];
    return () => {
      random();
      for (const restore of parts) restore();
      this.tracePipe.splice(0, this.tracePipe.length, ...lines);
    };
  }

  /** Where a function of Linux begins, as /proc/kallsyms says. */
  symbolAddress(name: string): bigint | undefined {
    const symbol = Object.hasOwn(F, name) ? this.symbols.of(F[name as KernelFunction]) : undefined;
    return symbol?.address;
  }

  /** Return addresses of what executes now, innermost first, as [low, high] pairs; empty outside of events. */
  stack(kind: "kernel" | "user"): readonly number[] {
    const frames = this.hooks.moment?.frames;
    const out: number[] = [];
    if (frames === undefined) return out;
    const stack = kind === "kernel" ? frames.kernel : frames.user;
    const depth = kind === "kernel" ? frames.kernelDepth : frames.userDepth;
    let level = depth - 1;
    const ip = this.hooks.moment?.ip;
    if (ip !== undefined && (kind === "user") === isUserAddress(ip)) {
      out.push(ip[0], ip[1]);
      level--;
    }
    for (; level >= 0; level--) this.symbols.pushAddress(stack[level]!, out);
    return out;
  }

  /** The function that an address lies in; undefined if none. */
  symbolize(address: bigint): Symbolized | undefined {
    return this.symbols.symbolize(address);
  }

  // What the machine's parts use.

  /** The disk of the root file system. */
  get disk(): Disk {
    return this.disks[0]!;
  }

  /** The frame of libc's wrapper of a system call. */
  libcFrame(nr: number): number {
    return (this.#libcFrames[nr] ??= this.symbols.userFrame(LIBC, syscallByNumber(nr)?.name ?? "syscall"));
  }

  /** Something outside of the CPUs happens at `time`. */
  at(time: number, run: (time: number) => void): void {
    this.#simulation.at(time, run);
  }

  /** When the next event comes; Infinity if none is planned. */
  get nextEvent(): number {
    return this.#simulation.nextEvent;
  }

  /** `body` runs as an interrupt on `cpu` at `time`, or as soon as the CPU has come there, if it is still `wanted`. */
  interrupt(cpu: Cpu, time: number, body: (current: Task) => void, wanted?: () => boolean): void {
    this.#simulation.interrupt(cpu, time, body, wanted);
  }

  /** All live tasks and zombies, by pid. */
  tasks(): readonly Task[] {
    return [...this.#tasks.values()];
  }

  /** The live task or zombie of a pid. */
  taskOf(pid: number): Task | undefined {
    return this.#tasks.get(pid);
  }

  /** Starts a process that nobody forks; it runs from the current virtual time on. */
  process(options: NewProcess): Task {
    const task = this.create(options);
    this.scheduler.start(task, options.parent?.cpu.now ?? this.#simulation.now);
    return task;
  }

  /** A process that does not run yet: `copy_process`. */
  create(options: NewProcess): Task {
    const pid = options.pid ?? this.#freePid();
    const files = options.files ?? options.parent?.files.copy() ?? new FileTable();
    const cpu = options.parent?.cpu ?? this.cpus[0]!;
    const identity = { ...options, pid };
    const task = new Task(this, cpu, identity, files);
    if (options.thread === undefined && options.parent !== undefined) task.mm = options.parent.mm.copy();
    task.cwd = options.parent?.cwd;
    task.umask = options.parent?.umask ?? task.umask;
    task.program = (options.thread ? threadLife : programLife)(task, options.program);
    task.parent ??= this.init;
    this.#tasks.set(pid, task);
    return task;
  }

  /** Starts a thread of Linux itself, which has no user space. */
  kernelThread(comm: string, body: (task: Task) => Kernel<never>): Task {
    const { active } = this.scheduler;
    this.#nextThread = Math.max(this.#nextThread, FIRST_THREAD);
    const task = this.newThread(comm, active);
    task.rest = body(task);
    this.scheduler.start(task, active.now);
    return task;
  }

  /** A thread of Linux that does nothing yet. */
  newThread(comm: string, cpu: Cpu): Task {
    const task = new Task(this, cpu, { pid: this.#nextThread++, comm }, new FileTable());
    task.parent = this.kthreadd;
    this.stand(task);
    return task;
  }

  /** A task is there. */
  stand(task: Task): void {
    this.#tasks.set(task.pid, task);
  }

  #freePid(): number {
    while (this.#tasks.has(this.#nextPid)) this.#nextPid++;
    return this.#nextPid++;
  }

  /** `execve` has replaced the program: the old one is never resumed. */
  replaceProgram(task: Task, program: Program): void {
    // Only libc's wrapper of the call that does this is left on the stack.
    task.userDepth = 1;
    task.program = programLife(task, program);
  }

  /** A child whose parent has exited: nobody waits for it any more. */
  adopt(t: Task, child: Task): void {
    child.parent = this.init;
    if (child.state === EXIT_ZOMBIE) releaseTask(t, child);
  }

  /** A zombie's pid is free; it may have got another owner already. */
  reaped(task: Task): void {
    if (this.#tasks.get(task.pid) === task) this.#tasks.delete(task.pid);
  }

  /** A task's last trace goes. */
  forget(task: Task): void {
    this.objects.forget(task);
  }

  /** Takes a task off the machine, wherever it is; it never runs again. */
  remove(task: Task): void {
    this.scheduler.remove(task);
    task.exiting = true;
    this.reaped(task);
    this.forget(task);
  }

  // What users do.

  /** Starts a workload; throws `WorkloadError` for anything else. */
  spawn(workload: Workload): Task {
    if (typeof workload?.start !== "function") throw new WorkloadError(noWorkload(workload), "", []);
    return workload.start(this);
  }

  /**
   * Runs for a span of virtual time ("10s", "250ms", or nanoseconds), giving the event loop a turn now and then.
   * Throws `DurationError`, `RunningError`.
   */
  async run(duration: Duration): Promise<RunSummary> {
    const span = parseDuration(duration);
    const run = await this.#begin();
    try {
      const before = this.#counters();
      const end = this.#simulation.now + span;
      if (end > LONGEST) throw new DurationError(duration);
      await this.#advance(end, run);
      return this.#since(before);
    } finally {
      this.#end(run);
    }
  }

  async #advance(end: number, run: Run): Promise<void> {
    while (!this.#slice(end, run)) await turn();
  }

  #end(run: Run): void {
    if (this.#run === run) this.#run = undefined;
  }

  /** Some milliseconds of real time of a run; true when it is at its end. */
  #slice(end: number, run: Run): boolean {
    if (this.#run !== run) throw new RunningError();
    run.slices++;
    return this.#simulation.advance(end, performance.now() + TURN);
  }

  /**
   * Only one run at a time. A run whose cell was interrupted never gets its next turn: one that makes no step while the
   * event loop goes round is taken for abandoned, and the machine goes on from where it stands.
   */
  async #begin(): Promise<Run> {
    const other = this.#run;
    if (other !== undefined) {
      const { slices } = other;
      await new Promise((resolve) => setTimeout(resolve, ABANDONED));
      if (this.#run !== other || other.slices !== slices) throw new RunningError();
      other.replay?.finish();
    }
    this.#run = { slices: 0 };
    return this.#run;
  }

  /** Runs up to a virtual time, without a pause. */
  runUntil(time: number): RunSummary {
    const before = this.#counters();
    if (this.#run !== undefined) throw new RunningError();
    this.#simulation.advance(Math.max(time, this.#simulation.now), Number.POSITIVE_INFINITY);
    return this.#since(before);
  }

  /**
   * Runs the machine through a log of `strace -f -ttt`, its text or its bytes: its processes make the log's system
   * calls at the log's times, with the log's results. Of `perf script`, and of folded stacks, its threads compute in the recorded
   * stacks. Throws `LogSourceError` for what is no log, `StraceError` or `SamplesError` at the first bad line; what came
   * before that line has happened.
   *
   * @example
   * await linux.replay(await readFile("build.strace", "utf8"));
   */
  async replay(source: LogSource): Promise<ReplaySummary> {
    const read = await readLog(source);
    const run = await this.#begin();
    const before = this.#counters();
    const replay = read.start(this);
    run.replay = replay;
    try {
      await this.#advance(replay.end, run);
      // Calls that came late, because there are fewer CPUs than the log had.
      const latest = replay.end + LATENESS;
      while (replay.live > 0 && this.#simulation.now < latest) {
        await this.#advance(this.#simulation.now + LATENESS_STEP, run);
      }
    } finally {
      replay.finish();
      this.#end(run);
    }
    if (read.error !== undefined) throw read.error;
    const { lines, signals, processes, skipped } = read;
    const log = { calls: replay.calls, lines, signals, processes };
    return showing({ ...this.#since(before), ...log, ...(skipped > 0 && { skipped }) });
  }

  #counters(): RunNumbers {
    const { syscalls, scheduler } = this;
    return { ns: this.#simulation.now, events: this.hooks.counts(), syscalls, switches: scheduler.switches };
  }

  #since(before: RunNumbers): RunSummary {
    const after = this.#counters();
    const events = Object.entries(after.events).map(([name, n]) => [name, n - (before.events[name] ?? 0)]);
    return showing({
      ns: after.ns - before.ns,
      events: Object.fromEntries(events),
      syscalls: after.syscalls - before.syscalls,
      switches: after.switches - before.switches,
    });
  }
}

/** Addresses of programs are in the lower half. */
const isUserAddress = ([, high]: Halves): boolean => high < 0x8000_0000;

function noWorkload(given: unknown): string {
  const call = typeof given === "function" ? " (call it, to get a workload)" : "";
  return `spawn takes a workload, such as workloads.webServer(), not ${shown(given)}${call}`;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
