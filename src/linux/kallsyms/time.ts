import type { KernelText } from "./row.ts";

/** Timers and sleeping. */
export const TIME_TEXT = {
  hrtimer_interrupt: [0x41f5c0, 576, 248],
  __hrtimer_run_queues: [0x41e840, 592, 302],
  hrtimer_wakeup: [0x41e230, 48, 30],
  hrtimer_nanosleep: [0x41f9e0, 240, 116],
  do_nanosleep: [0x11fcea0, 352, 94],
  common_nsleep: [0x428620, 96, 49],
  run_timer_softirq: [0x41ce40, 208, 105],
  __run_timers: [0x41cbd0, 608, 305],
  call_timer_fn: [0x41ca90, 304, 153],
} as const satisfies KernelText;
