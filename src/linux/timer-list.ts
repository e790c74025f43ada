import { F, type KernelFunction } from "./symbols.ts";
import type { Task } from "./task.ts";
import { TP } from "./tracepoints.ts";

/** A jiffy at 250 Hz; Linux begins to count five minutes before zero, so that overflows show early. */
const JIFFY = 4_000_000;
const INITIAL_JIFFIES = 2 ** 32 - 300 * 250;

/** How many jiffies later than asked the wheel looks, at most: a level of it has steps of 8 times the one below. */
const LEVEL = 8;
const SLOTS = 64;

/** Where the timers of Linux's own parts lie; the next one 64 bytes further. */
const TIMERS = 0xffff_8881_0088_2040n;

/** A timer of jiffies: `struct timer_list`. Its interrupt comes through `linux.interrupt`; this raises its tracepoints. */
export class TimerList {
  /** What it calls when it expires. */
  readonly callback: KernelFunction;
  readonly address: bigint;

  constructor(callback: KernelFunction, serial: number) {
    this.callback = callback;
    this.address = TIMERS + 64n * BigInt(serial);
  }

  /** `__mod_timer`: it shall expire at `time`. */
  start(t: Task, time: number): void {
    t.enter(F.__mod_timer, 0, this, jiffies(time));
    const hook = t.linux.hooks.live[TP.timer_start];
    if (hook !== undefined) {
      const now = jiffies(t.cpu.now);
      const expires = jiffies(time);
      const values = [this.address, this.#function(t), expires, bucketExpiry(now, expires), now, t.cpu.id];
      t.linux.hooks.trace(hook, t, values, this.address, bucketExpiry(now, expires));
    }
    t.leave(0);
  }

  /** `call_timer_fn`: what it does, between the two tracepoints. */
  expire(t: Task, body: () => void): void {
    const { hooks } = t.linux;
    t.enter(F.call_timer_fn, 20, this);
    const now = jiffies(t.cpu.now);
    const entry = hooks.live[TP.timer_expire_entry];
    if (entry !== undefined) hooks.trace(entry, t, [this.address, now, this.#function(t), now], this.address, now);
    body();
    const exit = hooks.live[TP.timer_expire_exit];
    if (exit !== undefined) hooks.trace(exit, t, [this.address], this.address);
    t.leave(undefined);
  }

  #function(t: Task): bigint {
    return t.linux.symbols.of(F[this.callback]).address;
  }
}

/** A moment as Linux counts it. */
function jiffies(time: number): number {
  return INITIAL_JIFFIES + Math.floor(time / JIFFY);
}

/** When the wheel looks at a timer: the farther away, the coarser. */
function bucketExpiry(now: number, expires: number): number {
  let step = 1;
  while (expires - now >= step * (SLOTS - 1)) step *= LEVEL;
  return (Math.floor(expires / step) + 1) * step;
}
