import { ERRNO } from "./errno.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import type { Task } from "./task.ts";

/** Capabilities by number, as `cap_capable` gets them. */
export const CAP = {
  CHOWN: 0,
  DAC_OVERRIDE: 1,
  DAC_READ_SEARCH: 2,
  FOWNER: 3,
  KILL: 5,
  SETGID: 6,
  SETUID: 7,
  NET_BIND_SERVICE: 10,
  NET_ADMIN: 12,
  NET_RAW: 13,
  SYS_ADMIN: 21,
  SYS_NICE: 23,
  SYS_RESOURCE: 24,
} as const;

export type Capability = (typeof CAP)[keyof typeof CAP];

/** All capabilities that Linux 6.18 has: those of root. */
const ALL_CAPABILITIES = (1n << 41n) - 1n;

/** `CAP_OPT_NONE`, `CAP_OPT_NOAUDIT`, `CAP_OPT_INSETID`: the last argument of `cap_capable`. */
const OPT_NONE = 0;
export const OPT_NOAUDIT = 2;
const OPT_INSETID = 4;

/** Whose rights a task has: `struct cred`. Never changed, only replaced. */
export class Credentials {
  readonly uid: number;
  readonly gid: number;
  readonly euid: number;
  readonly egid: number;
  readonly suid: number;
  readonly sgid: number;

  constructor(uid: number, gid: number, euid = uid, egid = gid, suid = euid, sgid = egid) {
    this.uid = uid;
    this.gid = gid;
    this.euid = euid;
    this.egid = egid;
    this.suid = suid;
    this.sgid = sgid;
  }

  /** The capabilities that are in effect, a bit each. */
  get capabilities(): bigint {
    return this.euid === 0 ? ALL_CAPABILITIES : 0n;
  }
}

/** The one user namespace of the machine: `init_user_ns`. */
export const INIT_USER_NS = { name: "init_user_ns" };

/** `capable`: has the task this capability? Asks `cap_capable`, as each security module is asked. */
export function capable(t: Task, capability: Capability, options = OPT_NONE): boolean {
  t.enter(F.security_capable, 15, t.cred, INIT_USER_NS, capability, options);
  t.enter(F.cap_capable, 20, t.cred, INIT_USER_NS, capability, options);
  const has = (t.cred.capabilities >> BigInt(capability)) & 1n;
  const result = has === 1n ? 0 : -ERRNO.EPERM!;
  t.leave(result);
  t.leave(result);
  return result === 0;
}

/** `setuid(2)`. */
export function sysSetuid(t: Task, uid: number): number {
  t.enter(ENTRY_POINT[105]!, 10);
  t.enter(F.__sys_setuid, 100, uid);
  const { cred } = t;
  if (capable(t, CAP.SETUID, OPT_INSETID))
    return commit(t, new Credentials(uid, cred.gid, uid, cred.egid, uid, cred.sgid));
  if (uid !== cred.uid && uid !== cred.suid) return t.leave(-ERRNO.EPERM!, 2);
  return commit(t, new Credentials(cred.uid, cred.gid, uid, cred.egid, cred.suid, cred.sgid));
}

/** `setgid(2)`. */
export function sysSetgid(t: Task, gid: number): number {
  t.enter(ENTRY_POINT[106]!, 10);
  t.enter(F.__sys_setgid, 100, gid);
  const { cred } = t;
  if (capable(t, CAP.SETGID, OPT_INSETID))
    return commit(t, new Credentials(cred.uid, gid, cred.euid, gid, cred.suid, gid));
  if (gid !== cred.gid && gid !== cred.sgid) return t.leave(-ERRNO.EPERM!, 2);
  return commit(t, new Credentials(cred.uid, cred.gid, cred.euid, gid, cred.suid, cred.sgid));
}

const UNCHANGED = 0xffff_ffff;

/** `setresuid(2)`: -1 leaves an id as it is. */
export function sysSetresuid(t: Task, real: number, effective: number, saved: number): number {
  t.enter(ENTRY_POINT[117]!, 10);
  t.enter(F.__sys_setresuid, 100, real, effective, saved);
  const { cred } = t;
  const own = [UNCHANGED, cred.uid, cred.euid, cred.suid];
  const foreign = [real, effective, saved].some((id) => !own.includes(id >>> 0));
  if (foreign && !capable(t, CAP.SETUID, OPT_INSETID)) return t.leave(-ERRNO.EPERM!, 2);
  const [uid, euid, suid] = [pick(real, cred.uid), pick(effective, cred.euid), pick(saved, cred.suid)];
  return commit(t, new Credentials(uid, cred.gid, euid, cred.egid, suid, cred.sgid));
}

function pick(id: number, old: number): number {
  return id >>> 0 === UNCHANGED ? old : id;
}

function commit(t: Task, cred: Credentials): number {
  t.enter(F.prepare_creds, 180);
  t.leave(cred);
  t.enter(F.commit_creds, 120, cred);
  t.cred = cred;
  t.leave(0);
  return t.leave(0, 2);
}
