import { BLOCK_TEXT } from "./kallsyms/block.ts";
import { CORE_TEXT } from "./kallsyms/core.ts";
import { DRIVERS_TEXT } from "./kallsyms/drivers.ts";
import { EXT4_TEXT } from "./kallsyms/ext4.ts";
import { FS_TEXT } from "./kallsyms/fs.ts";
import { INTERRUPTS_TEXT } from "./kallsyms/interrupts.ts";
import { LOCKING_TEXT } from "./kallsyms/locking.ts";
import { MM_TEXT } from "./kallsyms/mm.ts";
import { NET_TEXT } from "./kallsyms/net.ts";
import { PACKETS_TEXT } from "./kallsyms/packets.ts";
import { PROCESS_TEXT } from "./kallsyms/process.ts";
import { PSEUDO_FS_TEXT } from "./kallsyms/pseudo-fs.ts";
import { SCHED_TEXT } from "./kallsyms/sched.ts";
import { SECURITY_TEXT } from "./kallsyms/security.ts";
import { TIME_TEXT } from "./kallsyms/time.ts";
import { UNIX_TEXT } from "./kallsyms/unix.ts";
import { WORKQUEUE_TEXT } from "./kallsyms/workqueue.ts";
import { XFS_TEXT } from "./kallsyms/xfs.ts";

/** Where Linux's text starts; the offsets of the rows count from here. */
export const KERNEL_BASE = 0xffff_ffff_8100_0000n;

/**
 * The functions of Linux that the machine executes, by subsystem in `kallsyms/`. Only these can be probed.
 * The machine's Linux keeps frame pointers, so thin wrappers such as `ext4_file_read_iter` stay visible in stacks.
 */
export const KERNEL_TEXT = {
  ...CORE_TEXT,
  ...INTERRUPTS_TEXT,
  ...SCHED_TEXT,
  ...TIME_TEXT,
  ...LOCKING_TEXT,
  ...WORKQUEUE_TEXT,
  ...PROCESS_TEXT,
  ...MM_TEXT,
  ...FS_TEXT,
  ...SECURITY_TEXT,
  ...PSEUDO_FS_TEXT,
  ...EXT4_TEXT,
  ...BLOCK_TEXT,
  ...DRIVERS_TEXT,
  ...NET_TEXT,
  ...PACKETS_TEXT,
  ...UNIX_TEXT,
  ...XFS_TEXT,
};
