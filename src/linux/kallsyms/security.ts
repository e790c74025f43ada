import type { KernelText } from "./row.ts";

/** Security hooks and capabilities. */
export const SECURITY_TEXT = {
  capable_wrt_inode_uidgid: [0x366430, 128, 65],
  security_file_open: [0xa85ce0, 112, 57],
  security_inode_create: [0xa81090, 160, 81],
  security_inode_unlink: [0xa83b80, 144, 73],
} as const satisfies KernelText;
