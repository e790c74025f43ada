import type { KernelText } from "./row.ts";

/** Security hooks and capabilities. */
export const SECURITY_TEXT = {
  capable_wrt_inode_uidgid: [0x366430, 128, 65],
  security_file_open: [0xa85ce0, 112, 57],
  security_inode_create: [0xa81090, 160, 81],
  security_inode_unlink: [0xa83b80, 144, 73],
  security_path_unlink: [0xa80ef0, 144, 72],
  security_inode_mkdir: [0xa81140, 160, 80],
  security_inode_rmdir: [0xa83cd0, 144, 72],
  security_inode_rename: [0xa83e40, 416, 208],
  security_bprm_check: [0xa82990, 112, 56],
  security_socket_create: [0xa88000, 176, 88],
  security_socket_bind: [0xa881a0, 160, 80],
  security_socket_connect: [0xa88250, 160, 80],
  security_socket_listen: [0xa88300, 128, 64],
  security_socket_sendmsg: [0xa88420, 160, 80],
  security_task_kill: [0xa86bc0, 176, 88],
} as const satisfies KernelText;
