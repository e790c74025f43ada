import { schedule } from "./scheduler.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import { type Kernel, TASK_INTERRUPTIBLE, type Task } from "./task.ts";

/** `nanosleep(2)`; the time travels as a number of nanoseconds. */
export function* sysNanosleep(t: Task, ns: number): Kernel<number> {
  t.enter(ENTRY_POINT[35]!, 30);
  t.enter(F.hrtimer_nanosleep, 60);
  t.enter(F.do_nanosleep, 120);
  yield* sleepUntil(t, t.cpu.now + ns);
  return t.leave(0, 3);
}

/** Sleeps until a timer of this task expires. */
export function* sleepUntil(t: Task, time: number): Kernel<void> {
  t.state = TASK_INTERRUPTIBLE;
  t.linux.interrupt(t.cpu, time, (current) => timerInterrupt(current, t));
  yield* schedule(t);
}

/** The local timer's interrupt, on top of whatever the CPU was doing. */
function timerInterrupt(t: Task, sleeper: Task): void {
  t.enter(F.asm_sysvec_apic_timer_interrupt, 30);
  t.enter(F.sysvec_apic_timer_interrupt, 60);
  t.enter(F.__sysvec_apic_timer_interrupt, 30);
  t.enter(F.hrtimer_interrupt, 150);
  t.enter(F.__hrtimer_run_queues, 90);
  t.enter(F.hrtimer_wakeup, 20);
  t.enter(F.try_to_wake_up, 350);
  t.linux.scheduler.wake(sleeper);
  t.leave(undefined, 7);
}
