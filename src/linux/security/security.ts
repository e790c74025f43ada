import { F, type Frame } from "../symbols.ts";
import type { Arg, Task } from "../task.ts";

/** Hooks of security modules that the machine's paths go through, with the function of Linux that asks. */
const FUNCTIONS = {
  file_open: F.security_file_open,
  inode_create: F.security_inode_create,
  inode_mkdir: F.security_inode_mkdir,
  inode_unlink: F.security_inode_unlink,
  inode_rmdir: F.security_inode_rmdir,
  inode_rename: F.security_inode_rename,
  path_unlink: F.security_path_unlink,
  bprm_check_security: F.security_bprm_check,
  socket_create: F.security_socket_create,
  socket_bind: F.security_socket_bind,
  socket_connect: F.security_socket_connect,
  socket_listen: F.security_socket_listen,
  socket_sendmsg: F.security_socket_sendmsg,
  task_kill: F.security_task_kill,
} as const satisfies Readonly<Record<string, Frame>>;

/** A hook of security modules, as `lsm:NAME` names it. */
export type SecurityHook = keyof typeof FUNCTIONS;

/** All that programs can be attached to. */
export const SECURITY_HOOKS = Object.keys(FUNCTIONS) as readonly SecurityHook[];

/**
 * May the task do this? The function of Linux that asks security modules is entered and left, and the programs at the hook asked
 * in their order: the first that does not say 0 decides. 0, or the -errno that the caller of the system call sees.
 *
 * @example
 * const denied = security(t, "file_open", 15, file);
 * if (denied !== 0) return t.leave(denied);
 */
export function security(t: Task, hook: SecurityHook, ns: number, a?: Arg, b?: Arg, c?: Arg, d?: Arg, e?: Arg): number {
  t.enter(FUNCTIONS[hook], ns, a, b, c, d, e);
  const asked = t.linux.hooks.security[hook];
  return t.leave(asked === undefined ? 0 : t.linux.hooks.askSecurity(asked, t, [a, b, c, d, e]));
}
