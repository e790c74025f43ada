import { NEVER_YET } from "./never-yet.ts";
import { F, type KernelFunction } from "./symbols.ts";
import type { Task } from "./task.ts";
import { TP } from "./tracepoints.ts";

/** `HRTIMER_MODE_REL`, `HRTIMER_MODE_ABS_PINNED_HARD`: what `timer:hrtimer_start` shows of a timer. */
export const MODE_ABS = 0;
export const MODE_REL = 1;
export const MODE_ABS_PINNED_HARD = 10;

/** A high-resolution timer: `struct hrtimer`. The interrupt comes through `linux.interrupt`; this raises its tracepoints. */
export class Hrtimer {
  /** What it calls when it expires. */
  readonly callback: KernelFunction;
  /** Where the structure lies, as the tracepoints show it. */
  readonly address: bigint;
  expires = NEVER_YET;
  /** Planned and not expired. A timer that is cancelled leaves its event behind, which then finds it unarmed. */
  armed = false;

  constructor(callback: KernelFunction, address: bigint) {
    this.callback = callback;
    this.address = address;
  }

  /** `hrtimer_start_range_ns`: it shall expire at `time`. */
  start(t: Task, time: number, mode: number): void {
    t.enter(F.hrtimer_start_range_ns, 60, this, time, 0, mode);
    const { hooks } = t.linux;
    const hook = hooks.live[TP.hrtimer_start];
    if (hook !== undefined) {
      const armed = this.armed ? 1 : 0;
      const callback = t.linux.symbols.of(F[this.callback]).address;
      hooks.trace(hook, t, [this.address, callback, time, time, mode, armed], this, mode, armed);
    }
    this.expires = time;
    this.armed = true;
    t.leave(undefined);
  }

  /** `hrtimer_try_to_cancel`: it shall not expire. */
  cancel(t: Task): void {
    if (!this.armed) return;
    t.enter(F.hrtimer_try_to_cancel, 40, this);
    this.armed = false;
    const hook = t.linux.hooks.live[TP.hrtimer_cancel];
    if (hook !== undefined) t.linux.hooks.trace(hook, t, [this.address], this);
    t.leave(1);
  }

  /** `__run_hrtimer`: it has expired, `callback` runs between the two tracepoints. */
  expire(t: Task, callback: () => void): void {
    const { hooks, symbols } = t.linux;
    this.armed = false;
    const entry = hooks.live[TP.hrtimer_expire_entry];
    if (entry !== undefined) {
      const now = t.cpu.now;
      hooks.trace(entry, t, [this.address, now, symbols.of(F[this.callback]).address], this, now);
    }
    callback();
    const exit = hooks.live[TP.hrtimer_expire_exit];
    if (exit !== undefined) hooks.trace(exit, t, [this.address], this);
  }
}
