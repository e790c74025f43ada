import { ERRNO } from "./errno.ts";
import { F } from "./symbols.ts";
import type { Task } from "./task.ts";

/** Capabilities that Linux asks for on the machine's paths, by their numbers. */
export const CAP_CHOWN = 0;
export const CAP_DAC_OVERRIDE = 1;
export const CAP_DAC_READ_SEARCH = 2;
export const CAP_FOWNER = 3;
export const CAP_SYS_ADMIN = 21;

/** `security_capable`, whose answer `cap_capable` gives: root has all capabilities, nobody else has any. */
export function capable(t: Task, cap: number, options = 0): boolean {
  t.enter(F.security_capable, 10, undefined, undefined, cap, options);
  t.enter(F.cap_capable, 15, undefined, undefined, cap, options);
  return t.leave(t.uid === 0 ? 0 : -ERRNO.EPERM!, 2) === 0;
}
