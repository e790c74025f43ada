import type { Cpu } from "./cpu.ts";
import type { EventHook } from "./hooks/event-hook.ts";
import type { Hooks } from "./hooks.ts";
import { F } from "./symbols.ts";
import { BEHIND, type Kernel, SLEEP, TASK_REPORT_MAX, TASK_RUNNING, type Task } from "./task.ts";
import { TP } from "./tracepoints.ts";
import type { WaitQueue } from "./wait-queue.ts";

/** Virtual nanoseconds that a task may run while others wait. */
const TIME_SLICE = 3_000_000;

/** From a wake-up to the first instruction of a halted CPU. */
const IDLE_EXIT = 1_500;

/** Of tasks that nobody gave another: nice 0. */
const DEFAULT_PRIO = 120;

/** Saving one task's registers and loading another's. */
const SWITCH_COST = 900;

/** Who runs where. First in first out on each CPU, with time slices; idle CPUs take waiting tasks from busy ones. */
export class Scheduler {
  readonly #cpus: readonly Cpu[];
  readonly #hooks: Hooks;
  /** The CPU whose code executes now; wake-ups happen at its time. */
  active: Cpu;
  /** Context switches so far. */
  switches = 0;

  constructor(cpus: readonly Cpu[], hooks: Hooks) {
    this.#cpus = cpus;
    this.#hooks = hooks;
    this.active = cpus[0]!;
  }

  /** Makes a sleeping task runnable; nothing happens if it is already. */
  wake(task: Task): void {
    if (task.state === TASK_RUNNING) return;
    task.state = TASK_RUNNING;
    // Still on its way into __schedule: it will see the state and stay.
    if (!task.queued) this.enqueue(task);
  }

  /** Puts a runnable task into a run queue at `time`: an idle CPU's if there is one, its own first. */
  enqueue(task: Task, time = this.active.now): void {
    const cpu = this.#choose(task);
    cpu.queue.push(task);
    task.queued = true;
    task.cpu = cpu;
    if (cpu.busy) return;
    cpu.advance(time + IDLE_EXIT);
    cpu.busy = true;
    this.limit(cpu.id < this.active.id ? cpu.now - 1 : cpu.now);
  }

  /** The active CPU must not go beyond `time` before something else has had its turn. */
  limit(time: number): void {
    if (time < this.active.horizon) this.active.horizon = time;
  }

  #choose(task: Task): Cpu {
    if (!task.cpu.busy) return task.cpu;
    let best = task.cpu;
    for (const cpu of this.#cpus) {
      if (!cpu.busy) return cpu;
      if (cpu.queue.length + 1 < best.queue.length) best = cpu;
    }
    return best;
  }

  /** Takes `cpu.current` off its CPU and puts the next task on it; the reason is what `program.next()` gave. */
  switchFrom(cpu: Cpu, preempted: boolean): void {
    const previous = cpu.current;
    const next = cpu.queue.shift() ?? this.#steal(cpu) ?? cpu.idle;
    this.switches++;
    const hook = this.#hooks.live[TP.sched_switch];
    if (hook !== undefined) this.#traceSwitch(hook, previous, next, preempted);
    if (previous !== cpu.idle) previous.queued = false;
    cpu.current = next;
    cpu.mustSwitch = false;
    next.cpu = cpu;
    next.spend(SWITCH_COST);
    cpu.sliceEnd = cpu.now + TIME_SLICE;
    cpu.busy = next !== cpu.idle;
    if (preempted) this.enqueue(previous);
  }

  /** `sched:sched_switch`, raised while the previous task is still current. */
  #traceSwitch(hook: EventHook, previous: Task, next: Task, preempted: boolean): void {
    const state = preempted ? TASK_REPORT_MAX : previous.state;
    const values = [previous.comm, previous.pid, DEFAULT_PRIO, state, next.comm, next.pid, DEFAULT_PRIO];
    previous.enter(F.__traceiter_sched_switch, 0);
    this.#hooks.trace(hook, previous, values, preempted ? 1 : 0, previous, next, previous.state);
    previous.leave(undefined);
  }

  /** The idle task found out that it must go: its stack is `schedule_idle` while it switches. */
  leaveIdle(cpu: Cpu): void {
    const idle = cpu.idle;
    const depth = idle.kernelDepth;
    // do_idle is the caller of both; what lies above it is the halted part.
    idle.kernelDepth = idle.kernel.indexOf(F.do_idle) + 1;
    const halted = [idle.kernel[idle.kernelDepth]!, idle.kernel[idle.kernelDepth + 1]!];
    // No time passes before the event: the halted CPU is at the time of its wake-up, and must not overtake others.
    idle.enter(F.schedule_idle, 0);
    idle.enter(F.__schedule, 0);
    this.switchFrom(cpu, false);
    idle.kernel.set(halted, idle.kernelDepth - 2);
    idle.kernelDepth = depth;
  }

  /** A runnable task that waits for a CPU goes to the head of its queue and gets that CPU at once. */
  hurry(task: Task): void {
    const { queue } = task.cpu;
    const place = queue.indexOf(task);
    if (place < 0) return;
    queue.splice(place, 1);
    queue.unshift(task);
    task.cpu.mustSwitch = true;
  }

  /** Takes a task out of its queue; one on a CPU leaves it at once. */
  remove(task: Task): void {
    const { cpu } = task;
    const place = cpu.queue.indexOf(task);
    if (place >= 0) cpu.queue.splice(place, 1);
    if (cpu.current === task) this.switchFrom(cpu, false);
    // Nothing can wake it any more.
    task.state = TASK_RUNNING;
    task.queued = false;
  }

  #steal(thief: Cpu): Task | undefined {
    let victim: Cpu | undefined;
    for (const cpu of this.#cpus) {
      if (cpu !== thief && cpu.queue.length > (victim?.queue.length ?? 0)) victim = cpu;
    }
    return victim?.queue.shift();
  }
}

/** `schedule()`: gives up the CPU unless the task was woken in the meantime. The caller has set the state before. */
export function* schedule(t: Task): Kernel<void> {
  t.enter(F.schedule, 40);
  t.enter(F.__schedule, 150);
  while (t.behind) yield BEHIND;
  if (t.state !== TASK_RUNNING) yield SLEEP;
  t.leave(undefined, 2);
}

/** Sleeps in `state` until `queue` is woken. */
export function* sleepOn(t: Task, queue: WaitQueue, state: number): Kernel<void> {
  t.state = state;
  queue.add(t);
  yield* schedule(t);
}

/** True when the task's time slice is over and somebody waits for its CPU. */
export function mustYield(t: Task): boolean {
  return (t.cpu.mustSwitch || t.cpu.now >= t.cpu.sliceEnd) && t.cpu.queue.length > 0;
}
