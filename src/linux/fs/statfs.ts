import { ENTRY_POINT, F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { AT_FDCWD, filenameLookup, getname } from "./namei.ts";

/** `statfs(2)`: how much room there is; what it found is not told to the program. */
export function sysStatfs(t: Task, path: number): number {
  t.enter(ENTRY_POINT[137]!, 10);
  t.enter(F.user_statfs, 40, path);
  const named = getname(t, path);
  if (named !== 0) return t.leave(named, 2);
  const dentry = filenameLookup(t, AT_FDCWD, 0);
  if (typeof dentry === "number") return t.leave(dentry, 2);
  t.enter(F.vfs_statfs, 20, t.linux.files.nd.path);
  t.enter(F.statfs_by_dentry, 20, dentry);
  const { disk } = dentry.inode!.sb.type;
  if (disk !== undefined) {
    t.enter(disk.statfs, 150, dentry);
    t.leave(0);
  }
  return t.leave(0, 4);
}
