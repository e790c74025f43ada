import type { Cpu } from "./cpu.ts";
import { enterIdle, leaveHalt } from "./idle.ts";
import { baseSlice } from "./sched/fair.ts";
import { selectCpu } from "./sched/select.ts";
import { startTick } from "./sched/tick.ts";
import { traceMigrate, traceRuntime, traceSwitch, traceWakeup, traceWakeupNew, traceWaking } from "./sched/trace.ts";
import { F } from "./symbols.ts";
import {
  BEHIND,
  INTERRUPTED,
  type Kernel,
  SLEEP,
  TASK_INTERRUPTIBLE,
  TASK_REPORT,
  TASK_RUNNING,
  type Task,
} from "./task.ts";
import type { WaitQueue } from "./wait-queue.ts";

/** From a wake-up to the first instruction of a halted CPU. */
const IDLE_EXIT = 1_500;

/** From one CPU's request to the other's interrupt. */
const IPI = 600;

/** Saving one task's registers and loading another's. */
const SWITCH_COST = 830;

const ENQUEUE_WAKEUP = 0x01;
const ENQUEUE_INITIAL = 0x80;
const DEQUEUE_SLEEP = 0x01;

/** `SM_NONE`: `__schedule`'s argument for a switch that is no preemption of Linux itself. */
const SM_NONE = 0;

/**
 * Who runs where: wake-ups, choice of a CPU, switches, balance. Each CPU has a queue of the fair class (`sched/fair.ts`);
 * Linux itself is not preempted (CONFIG_PREEMPT_NONE, as the build that addresses and sizes are from).
 */
export class Scheduler {
  readonly #cpus: readonly Cpu[];
  readonly #slice: number;
  /** The CPU whose code executes now; wake-ups happen at its time. */
  active: Cpu;
  /** Context switches so far. */
  switches = 0;
  /** Told of each switch: a machine's own record (`sched/switch-record.ts`). */
  readonly watchers: ((cpu: number, next: Task, time: number) => void)[] = [];

  constructor(cpus: readonly Cpu[]) {
    this.#cpus = cpus;
    this.#slice = baseSlice(cpus.length);
    this.active = cpus[0]!;
  }

  /**
   * `try_to_wake_up`: makes a sleeping task runnable, on behalf of what executes on the active CPU. False if it was
   * awake. The caller has entered the function of Linux that calls it.
   */
  wake(p: Task, t: Task = this.active.current): boolean {
    if (p.state === TASK_RUNNING || p.exiting) return false;
    t.enter(F.try_to_wake_up, 150, p, p.state, 0);
    traceWaking(t, p);
    p.state = TASK_RUNNING;
    // Still on its way into __schedule: it will see the state and stay.
    if (p.queued) traceWakeup(t, p);
    else {
      const cpu = selectCpu(this.#cpus, p, t);
      if (cpu !== p.cpu) this.#setTaskCpu(t, p, cpu);
      // Of a CPU whose clock lags behind: its queue changes when it has come to this time.
      if (cpu !== t.cpu && (!cpu.busy || cpu.now < t.cpu.now)) this.#queueRemote(t, p);
      else this.#activate(t, p);
    }
    return t.leave(true);
  }

  /** `wake_up_new_task`: a task that `t`, which is not behind, has made begins. */
  wakeNew(p: Task, t: Task): void {
    t.enter(F.wake_up_new_task, 500, p);
    const cpu = selectCpu(this.#cpus, p, t);
    if (cpu !== p.cpu) this.#setTaskCpu(t, p, cpu);
    this.#enqueueTask(t, p, ENQUEUE_INITIAL);
    traceWakeupNew(t, p);
    this.#wakeupPreempt(t, p);
    this.#rouse(p.cpu, t.cpu.now);
    t.leave(undefined);
  }

  /** A task that nobody's code has made or woken begins at `time`. */
  start(p: Task, time: number): void {
    p.cpu = selectCpu(this.#cpus, p, undefined);
    p.queued = true;
    p.cpu.fair.enqueue(p, this.#slice, true);
    this.#rouse(p.cpu, time);
  }

  /** The active CPU must not go beyond `time` before something else has had its turn. */
  limit(time: number): void {
    if (time < this.active.horizon) this.active.horizon = time;
  }

  /** `ttwu_queue_wakelist`: a halted CPU shall put the task into its own queue, in an interrupt. */
  #queueRemote(t: Task, p: Task): void {
    const { cpu } = p;
    p.queued = true;
    cpu.wakeList.push(p);
    if (cpu.wakeList.length > 1) return;
    t.spend(150);
    t.linux.interrupt(cpu, t.cpu.now + IPI, (current) => this.#pending(current));
  }

  #pending(t: Task): void {
    t.enter(F.asm_sysvec_call_function_single, 60);
    t.enter(F.sysvec_call_function_single, 40);
    t.enter(F.__sysvec_call_function_single, 20);
    t.enter(F.__flush_smp_call_function_queue, 40, 1);
    t.enter(F.sched_ttwu_pending, 40);
    for (const p of t.cpu.wakeList.splice(0)) this.#activate(t, p);
    t.leave(undefined, 5);
  }

  /** `ttwu_do_activate`. */
  #activate(t: Task, p: Task): void {
    t.enter(F.ttwu_do_activate, 30, p.cpu, p, ENQUEUE_WAKEUP);
    this.#enqueueTask(t, p, ENQUEUE_WAKEUP);
    this.#wakeupPreempt(t, p);
    traceWakeup(t, p);
    this.#rouse(p.cpu, t.cpu.now);
    t.leave(undefined);
  }

  #enqueueTask(t: Task, p: Task, flags: number): void {
    const { cpu } = p;
    t.enter(F.enqueue_task, 20, cpu, p, flags);
    t.enter(F.enqueue_task_fair, 60, cpu, p, flags);
    this.updateCurrent(t, cpu);
    cpu.fair.enqueue(p, this.#slice, flags === ENQUEUE_INITIAL);
    p.queued = true;
    p.readyAt = t.cpu.now;
    t.leave(undefined, 2);
  }

  /** `update_curr` of a CPU's queue: the time since the last look goes to the account of who runs there. */
  updateCurrent(t: Task, cpu: Cpu): void {
    const { fair } = cpu;
    const p = fair.current;
    if (p === undefined) return;
    t.enter(F.update_curr, 0, fair);
    if (cpu.now > cpu.clock) cpu.clock = cpu.now;
    const ns = fair.account(cpu.clock);
    if (ns > 0) {
      t.enter(F.update_se, 0, cpu, p.se);
      traceRuntime(t, p, ns);
      t.leave(ns);
      if (fair.expired() && fair.waiting.length > 0) cpu.mustSwitch = true;
    }
    t.leave(undefined);
  }

  /** `wakeup_preempt`: does the woken task come before the one on its CPU? */
  #wakeupPreempt(t: Task, p: Task): void {
    const { cpu } = p;
    if (cpu.fair.current === undefined) return;
    t.enter(F.wakeup_preempt, 15, cpu, p, 0);
    t.enter(F.check_preempt_wakeup_fair, 40, cpu, p, 0);
    this.updateCurrent(t, cpu);
    if (cpu.fair.pick() === p) cpu.mustSwitch = true;
    t.leave(undefined, 2);
  }

  /** A halted CPU has something to do from `time` on. */
  #rouse(cpu: Cpu, time: number): void {
    if (cpu.busy) return;
    cpu.advance(time + (cpu === this.active ? 0 : IDLE_EXIT));
    cpu.busy = true;
    this.limit(cpu.id < this.active.id ? cpu.now - 1 : cpu.now);
  }

  #setTaskCpu(t: Task, p: Task, to: Cpu): void {
    t.enter(F.set_task_cpu, 0, p, to.id);
    traceMigrate(t, p, to.id);
    p.se.migrations++;
    p.cpu = to;
    t.leave(undefined);
  }

  /**
   * No time passes up to the switch: the task has waited until nothing else comes first. The part of `__schedule` behind which another task runs: the task on `cpu`, which has entered it, sleeps or, if
   * `preempted`, waits for its next turn; whoever is picked goes on where it was.
   */
  switchFrom(cpu: Cpu, preempted: boolean): void {
    const previous = cpu.current;
    const { fair, idle } = cpu;
    cpu.mustSwitch = false;
    cpu.clock = cpu.now;
    if (previous !== idle && !preempted) this.#dequeueTask(previous);
    const next = this.#pickNext(cpu, previous);
    if (next === previous) return;
    this.switches++;
    traceSwitch(previous, next, preempted ? TASK_RUNNING : previous.state & TASK_REPORT);
    if (preempted) previous.involuntary++;
    else previous.voluntary++;
    fair.putPrevious();
    cpu.current = next;
    cpu.busy = next !== idle;
    next.cpu = cpu;
    if (next === idle) {
      next.spend(SWITCH_COST);
      this.#finish(next, previous);
      enterIdle(cpu);
      return;
    }
    fair.setNext(next, cpu.clock);
    next.spend(SWITCH_COST);
    this.#finish(next, previous);
    if (previous === idle) startTick(cpu);
  }

  #finish(next: Task, previous: Task): void {
    next.enter(F["finish_task_switch.isra.0"], 60, previous);
    next.leave(next.cpu);
  }

  #dequeueTask(p: Task): void {
    const { cpu } = p;
    p.enter(F.dequeue_task_fair, 0, cpu, p, DEQUEUE_SLEEP);
    this.updateCurrent(p, cpu);
    cpu.fair.dequeue(p);
    p.queued = false;
    p.leave(true);
  }

  /** `pick_next_task_fair`; an idle CPU looks for work elsewhere first. */
  #pickNext(cpu: Cpu, t: Task): Task {
    t.enter(F.pick_next_task_fair, 0, cpu, t);
    this.updateCurrent(t, cpu);
    const next = cpu.fair.pick() ?? this.#balanceNewIdle(cpu, t);
    return t.leave(next ?? cpu.idle);
  }

  /** `sched_balance_newidle`: takes a waiting task from the busiest CPU. */
  #balanceNewIdle(cpu: Cpu, t: Task): Task | undefined {
    t.enter(F.sched_balance_newidle, 0, cpu);
    return t.leave(this.pull(cpu, t, 1));
  }

  /** `sched_balance_rq`: one task comes over from the CPU where most wait, if `least` wait there. */
  pull(cpu: Cpu, t: Task, least: number): Task | undefined {
    let busiest: Cpu | undefined;
    for (const other of this.#cpus) {
      if (other !== cpu && other.fair.waiting.length > (busiest?.fair.waiting.length ?? least - 1)) busiest = other;
    }
    // The other CPU's clock may be ahead: what will only be woken there is not waiting yet.
    const p = busiest?.fair.waiting.find(({ readyAt }) => readyAt <= cpu.now);
    if (p === undefined) return undefined;
    t.enter(F.sched_balance_rq, 0, cpu.id, cpu);
    this.updateCurrent(t, busiest!);
    busiest!.fair.dequeue(p);
    this.#setTaskCpu(t, p, cpu);
    t.leave(1);
    cpu.fair.enqueue(p, this.#slice, false);
    return p;
  }

  /** The idle task found out that it must go: its stack is `schedule_idle` while it switches. */
  leaveIdle(cpu: Cpu): void {
    leaveHalt(cpu);
    this.switchFrom(cpu, false);
    // Whoever was to run here is gone: it halts again.
    if (cpu.current === cpu.idle) {
      cpu.busy = false;
      enterIdle(cpu);
    }
  }

  /** `yield_task_fair`: the rest of the slice is given up. */
  yield(t: Task): void {
    this.updateCurrent(t, t.cpu);
    if (t.cpu.fair.waiting.length === 0) return;
    t.cpu.fair.forfeit();
    t.cpu.mustSwitch = true;
  }

  /** A runnable task that waits for a CPU gets it at once, whoever else has a claim to it. */
  hurry(p: Task): void {
    if (!p.cpu.fair.waiting.includes(p)) return;
    p.cpu.fair.favour(p);
    p.cpu.mustSwitch = true;
  }

  /** Takes a task out of its queue; one on a CPU leaves it at once. */
  remove(p: Task): void {
    const { cpu } = p;
    if (cpu.fair.waiting.includes(p)) cpu.fair.dequeue(p);
    const place = cpu.wakeList.indexOf(p);
    if (place >= 0) cpu.wakeList.splice(place, 1);
    if (cpu.current === p) this.switchFrom(cpu, false);
    // Nothing can wake it any more.
    p.state = TASK_RUNNING;
    p.queued = false;
  }
}

/** `schedule()`: gives up the CPU unless the task was woken in the meantime. The caller has set the state before. */
export function* schedule(t: Task): Kernel<void> {
  t.enter(F.schedule, 40);
  t.enter(F.__schedule, 150, SM_NONE);
  while (t.behind) yield BEHIND;
  t.slept = t.state;
  // A signal that is waiting already keeps it awake.
  if (t.signalled && t.state === TASK_INTERRUPTIBLE) t.state = TASK_RUNNING;
  if (t.state !== TASK_RUNNING) yield SLEEP;
  // Whatever has interrupted the sleep: see `interruptible` in execution.ts.
  if (t.signalled && t.slept === TASK_INTERRUPTIBLE) yield INTERRUPTED;
  t.leave(undefined, 2);
}

/** Sleeps in `state` until `queue` is woken. */
export function* sleepOn(t: Task, queue: WaitQueue, state: number): Kernel<void> {
  t.state = state;
  queue.add(t);
  try {
    yield* schedule(t);
  } finally {
    queue.remove(t);
  }
}

/** True when the task's CPU is asked to switch and somebody waits for it. */
export function mustYield(t: Task): boolean {
  return t.cpu.mustSwitch && t.cpu.fair.waiting.length > 0;
}
