import { CAP_SYS_ADMIN, capable } from "../capable.ts";
import { ERRNO } from "../errno.ts";
import { ENTRY_POINT, F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { Path } from "./dentry.ts";
import { AT_FDCWD, filenameLookup, getname } from "./namei.ts";

/** `mount(2)`: a tmpfs; other types are refused (ENODEV). */
export function sysMount(t: Task, source: number, target: number, type: number, flags: number): number {
  t.enter(ENTRY_POINT[165]!, 30, source, target, type, flags);
  const { files, strings } = t.linux;
  const named = getname(t, target);
  if (named !== 0) return t.leave(named);
  const dentry = filenameLookup(t, AT_FDCWD, 0);
  if (typeof dentry === "number") return t.leave(dentry);
  const at = new Path(files.nd.path.mount, files.nd.path.dentry);
  t.enter(F.path_mount, 600, source, at, type, flags);
  if (!capable(t, CAP_SYS_ADMIN)) return t.leave(-ERRNO.EPERM!, 2);
  if (!at.dentry.inode!.isDirectory) return t.leave(-ERRNO.ENOTDIR!, 2);
  const name = strings.read(type);
  if (name !== "tmpfs") return t.leave(-ERRNO.ENODEV!, 2);
  files.mounts.add(files.tmpfs(), strings.read(source) || name, at);
  return t.leave(0, 2);
}

/** `umount2(2)`. */
export function sysUmount(t: Task, target: number, flags: number): number {
  t.enter(ENTRY_POINT[166]!, 30, target, flags);
  const { files } = t.linux;
  const named = getname(t, target);
  if (named !== 0) return t.leave(named);
  const dentry = filenameLookup(t, AT_FDCWD, 0);
  if (typeof dentry === "number") return t.leave(dentry);
  const { path } = files.nd;
  t.enter(F.path_umount, 300, path, flags);
  if (!capable(t, CAP_SYS_ADMIN)) return t.leave(-ERRNO.EPERM!, 2);
  if (path.dentry !== path.mount.root) return t.leave(-ERRNO.EINVAL!, 2);
  const busy = files.opened(path.mount) || !files.mounts.remove(path.mount);
  return t.leave(busy ? -ERRNO.EBUSY! : 0, 2);
}
