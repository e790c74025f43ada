import { CAP_OPT_INSETID, CAP_SETGID, CAP_SETUID, capable } from "./capable.ts";
import { ERRNO } from "./errno.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import type { Task } from "./task.ts";

/** All capabilities that Linux 6.18 has: those of root. */
const ALL_CAPABILITIES = (1n << 41n) - 1n;

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

/** `setuid(2)`. */
export function sysSetuid(t: Task, uid: number): number {
  t.enter(ENTRY_POINT[105]!, 10);
  t.enter(F.__sys_setuid, 100, uid);
  const { cred } = t;
  if (capable(t, CAP_SETUID, CAP_OPT_INSETID))
    return commit(t, new Credentials(uid, cred.gid, uid, cred.egid, uid, cred.sgid));
  if (uid !== cred.uid && uid !== cred.suid) return t.leave(-ERRNO.EPERM!, 2);
  return commit(t, new Credentials(cred.uid, cred.gid, uid, cred.egid, cred.suid, cred.sgid));
}

/** `setgid(2)`. */
export function sysSetgid(t: Task, gid: number): number {
  t.enter(ENTRY_POINT[106]!, 10);
  t.enter(F.__sys_setgid, 100, gid);
  const { cred } = t;
  if (capable(t, CAP_SETGID, CAP_OPT_INSETID))
    return commit(t, new Credentials(cred.uid, gid, cred.euid, gid, cred.suid, gid));
  if (gid !== cred.gid && gid !== cred.sgid) return t.leave(-ERRNO.EPERM!, 2);
  return commit(t, new Credentials(cred.uid, cred.gid, cred.euid, gid, cred.suid, cred.sgid));
}

/** `setfsuid(2)`: the id that files see, which follows the effective one here; what comes back is the old one. */
export function sysSetfsuid(t: Task, uid: number): number {
  t.enter(ENTRY_POINT[122]!, 10);
  t.enter(F.__sys_setfsuid, 80, uid);
  const { cred } = t;
  t.enter(F.prepare_creds, 180);
  t.leave(cred);
  if (![cred.uid, cred.euid, cred.suid].includes(uid)) capable(t, CAP_SETUID, CAP_OPT_INSETID);
  return t.leave(cred.euid, 2);
}

const UNCHANGED = 0xffff_ffff;

/** `setresuid(2)`: -1 leaves an id as it is. */
export function sysSetresuid(t: Task, real: number, effective: number, saved: number): number {
  t.enter(ENTRY_POINT[117]!, 10);
  t.enter(F.__sys_setresuid, 100, real, effective, saved);
  const { cred } = t;
  const own = [UNCHANGED, cred.uid, cred.euid, cred.suid];
  const foreign = [real, effective, saved].some((id) => !own.includes(id >>> 0));
  if (foreign && !capable(t, CAP_SETUID, CAP_OPT_INSETID)) return t.leave(-ERRNO.EPERM!, 2);
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
