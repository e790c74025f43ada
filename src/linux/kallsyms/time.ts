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
  tick_nohz_handler: [0x433060, 320, 161],
  update_process_times: [0x41da40, 176, 89],
  hrtimer_start_range_ns: [0x41eb80, 1056, 529],
  hrtimer_try_to_cancel: [0x41f0f0, 48, 25],
  do_setitimer: [0x42ecb0, 544, 273],
  bpf_timer_cb: [0x50bec0, 208, 104],
  it_real_fn: [0x42f250, 128, 65],
  hrtimer_setup: [0x41e330, 144, 73],
  common_nsleep_timens: [0x428fc0, 160, 81],
  __mod_timer: [0x41d340, 816, 409],
  tick_nohz_idle_stop_tick: [0x433510, 896, 449],
} as const satisfies KernelText;
