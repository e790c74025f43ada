import { CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, capable } from "../capable.ts";
import { ERRNO } from "../errno.ts";
import { cgroupDevice } from "../net/cgroup-hooks.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import type { Inode } from "./inode.ts";

/** What somebody wants to do with a file; for a directory, to execute is to look a name up in it. */
export const MAY_EXEC = 1;
export const MAY_WRITE = 2;
export const MAY_READ = 4;
export const MAY_APPEND = 8;
export const MAY_OPEN = 0x20;

/** `inode_permission`: 0, or -EACCES. */
export function inodePermission(t: Task, inode: Inode, mask: number): number {
  t.enter(F.inode_permission, 12, undefined, inode, mask);
  t.enter(F.generic_permission, 10, undefined, inode, mask);
  const result = t.leave(permitted(t, inode, mask & 7) ? 0 : -ERRNO.EACCES!);
  return t.leave(result !== 0 ? result : cgroupDevice(t, inode, mask));
}

/** The mode's bits for owner, group or others, then the capabilities that override them. */
function permitted(t: Task, inode: Inode, mask: number): boolean {
  const shift = t.uid === inode.uid ? 6 : t.gid === inode.gid ? 3 : 0;
  if ((mask & ~(inode.mode >> shift)) === 0) return true;
  if (inode.isDirectory) {
    if ((mask & MAY_WRITE) === 0 && capableFor(t, inode, CAP_DAC_READ_SEARCH)) return true;
    return capableFor(t, inode, CAP_DAC_OVERRIDE);
  }
  if (mask === MAY_READ && capableFor(t, inode, CAP_DAC_READ_SEARCH)) return true;
  // Not even root executes what nobody may.
  return ((mask & MAY_EXEC) === 0 || (inode.mode & 0o111) !== 0) && capableFor(t, inode, CAP_DAC_OVERRIDE);
}

function capableFor(t: Task, inode: Inode, cap: number): boolean {
  t.enter(F.capable_wrt_inode_uidgid, 10, undefined, inode, cap);
  const answer = capable(t, cap);
  t.leave(answer ? 1 : 0);
  return answer;
}

const S_ISVTX = 0o1000;

/** `may_delete`: a name may be taken out of `dir`; with the sticky bit only by the owner of the file or the directory. */
export function mayDelete(t: Task, dir: Inode, victim: Inode): number {
  const denied = inodePermission(t, dir, MAY_WRITE | MAY_EXEC);
  if (denied !== 0) return denied;
  const sticky = (dir.mode & S_ISVTX) !== 0 && victim.uid !== t.uid && dir.uid !== t.uid;
  return sticky && !capableFor(t, victim, CAP_FOWNER) ? -ERRNO.EPERM! : 0;
}

/** May change mode and owner: the owner, or who has CAP_FOWNER. */
export function ownerOrCapable(t: Task, inode: Inode): boolean {
  return t.uid === inode.uid || capableFor(t, inode, CAP_FOWNER);
}
