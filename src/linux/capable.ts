import { ERRNO } from "./errno.ts";
import { F } from "./symbols.ts";
import type { Task } from "./task.ts";

/** Capabilities that Linux asks for on the machine's paths, by their numbers. */
export const CAP_CHOWN = 0;
export const CAP_DAC_OVERRIDE = 1;
export const CAP_DAC_READ_SEARCH = 2;
export const CAP_FOWNER = 3;
export const CAP_KILL = 5;
export const CAP_SETGID = 6;
export const CAP_SETUID = 7;
export const CAP_SYS_ADMIN = 21;
export const CAP_SYS_NICE = 23;

/** The last argument of `cap_capable`: asked by `setuid` and its like. */
export const CAP_OPT_INSETID = 4;

/** The one user namespace of the machine: `init_user_ns`. */
const INIT_USER_NS = { name: "init_user_ns" };

/** `security_capable`, whose answer `cap_capable` gives: an effective user id of 0 has all capabilities, no other any. */
export function capable(t: Task, cap: number, options = 0): boolean {
  t.enter(F.security_capable, 10, t.cred, INIT_USER_NS, cap, options);
  t.enter(F.cap_capable, 15, t.cred, INIT_USER_NS, cap, options);
  const has = ((t.cred.capabilities >> BigInt(cap)) & 1n) === 1n;
  return t.leave(has ? 0 : -ERRNO.EPERM!, 2) === 0;
}
