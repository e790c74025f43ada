import type { KernelText } from "./row.ts";

/** Kernel threads, work queues, and what Linux's own threads are in. */
export const WORKQUEUE_TEXT = {
  kthread: [0x389970, 544, 248],
  worker_thread: [0x381680, 784, 152],
  process_one_work: [0x380ae0, 848, 425],
  delayed_work_timer_fn: [0x380220, 32, 17],
  __queue_work: [0x37f9c0, 1136, 569],
  kick_pool: [0x37d080, 368, 185],
  kthreadd: [0x38b7d0, 784, 752],
  kthread_worker_fn: [0x38a4d0, 608, 268],
  rescuer_thread: [0x3810a0, 1488, 1206],
  smpboot_thread_fn: [0x397490, 544, 396],
  run_ksoftirqd: [0x360ae0, 64, 33],
  rcu_gp_kthread: [0x4068d0, 352, 200],
  devtmpfsd: [0x11f4cd0, 48, 34],
  devtmpfs_work_loop: [0x2388d0, 1048, 1043],
  kauditd_thread: [0x466750, 704, 411],
  watchdog: [0x4763d0, 976, 110],
  oom_reaper: [0x595d60, 816, 707],
  kcompactd: [0x5d1b10, 1088, 977],
  ksm_scan_thread: [0x664da0, 8304, 4524],
  khugepaged: [0x683030, 2288, 1107],
} as const satisfies KernelText;
