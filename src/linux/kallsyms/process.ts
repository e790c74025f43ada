import type { KernelText } from "./row.ts";

/** Life of processes: fork, exit, wait, signals, credentials. */
export const PROCESS_TEXT = {
  __do_sys_clone: [0x3568f0, 160, 101],
  __do_sys_clone3: [0x3569a0, 272, 200],
  kernel_clone: [0x356500, 992, 148],
  copy_process: [0x3547f0, 7280, 4359],
  do_group_exit: [0x35e0f0, 176, 41],
  do_exit: [0x35d540, 2720, 639],
  kernel_wait4: [0x35eb60, 320, 156],
  do_wait: [0x35e520, 288, 101],
  __do_wait: [0x35e2b0, 608, 160],
  release_task: [0x35c190, 1440, 881],
} as const satisfies KernelText;
