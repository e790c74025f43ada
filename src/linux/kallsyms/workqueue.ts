import type { KernelText } from "./row.ts";

/** Kernel threads and work queues. */
export const WORKQUEUE_TEXT = {
  kthread: [0x389970, 544, 273],
  worker_thread: [0x381680, 784, 393],
  process_one_work: [0x380ae0, 848, 425],
  delayed_work_timer_fn: [0x380220, 32, 17],
  __queue_work: [0x37f9c0, 1136, 569],
  kick_pool: [0x37d080, 368, 185],
} as const satisfies KernelText;
