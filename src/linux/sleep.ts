import { Hrtimer, MODE_REL } from "./hrtimer.ts";
import { timerInterrupt } from "./interrupts.ts";
import { schedule } from "./scheduler.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import { type Kernel, TASK_INTERRUPTIBLE, TASK_RUNNING, type Task } from "./task.ts";

/** `nanosleep(2)`; the time travels as a number of nanoseconds. */
export function* sysNanosleep(t: Task, ns: number): Kernel<number> {
  t.enter(ENTRY_POINT[35]!, 30);
  t.enter(F.hrtimer_nanosleep, 60, ns, 1, 1);
  t.enter(F.do_nanosleep, 120);
  yield* sleepUntil(t, t.cpu.now + ns);
  return t.leave(0, 3);
}

/** Sleeps until a timer of this task expires (at no time: never), somebody wakes it, or a signal comes. */
export function* sleepUntil(t: Task, time: number): Kernel<void> {
  t.state = TASK_INTERRUPTIBLE;
  if (time === Number.POSITIVE_INFINITY) {
    yield* schedule(t);
    return;
  }
  const timer = new Hrtimer("hrtimer_wakeup", t.stackAddress);
  timer.start(t, time, MODE_REL);
  const expire = (current: Task) => timerInterrupt(current, timer, () => hrtimerWakeup(current, t));
  t.linux.interrupt(t.cpu, time, expire, () => timer.armed);
  try {
    yield* schedule(t);
  } finally {
    timer.cancel(t);
  }
}

/** `hrtimer_wakeup`: the sleeper's time has come. */
function hrtimerWakeup(t: Task, sleeper: Task): void {
  t.enter(F.hrtimer_wakeup, 20);
  if (sleeper.state !== TASK_RUNNING) {
    t.enter(F.wake_up_process, 10, sleeper);
    t.linux.scheduler.wake(sleeper, t);
    t.leave(1);
  }
  t.leave(0);
}
