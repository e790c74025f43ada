import type { KernelText } from "./row.ts";

/** Futexes and locks. */
export const LOCKING_TEXT = {
  futex_wait: [0x43fa30, 288, 103],
  __futex_wait: [0x43f920, 256, 138],
  do_futex: [0x43b0d0, 592, 253],
  futex_do_wait: [0x43f170, 144, 70],
  futex_wake: [0x43e960, 464, 233],
  wake_up_q: [0x3a8b20, 144, 73],
  futex_wake_mark: [0x43e860, 240, 121],
  mutex_lock: [0x11f9130, 64, 33],
  mutex_unlock: [0x11f7570, 48, 25],
} as const satisfies KernelText;
