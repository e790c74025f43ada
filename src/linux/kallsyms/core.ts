import type { KernelText } from "./row.ts";

/** Entry from user space and the way back. */
export const CORE_TEXT = {
  entry_SYSCALL_64_after_hwframe: [0xba, 126, 118],
  do_syscall_64: [0x11e9fa0, 640, 113],
  x64_sys_call: [0x249030, 5376, 5366],
  syscall_trace_enter: [0x415970, 480, 384],
  perf_syscall_enter: [0x4b0660, 608, 397],
  syscall_exit_work: [0x415b60, 480, 188],
  exit_to_user_mode_loop: [0x415170, 224, 81],
  ret_from_fork: [0x30a3e0, 368, 337],
  ret_from_fork_asm: [0x248fd0, 48, 26],
} as const satisfies KernelText;
