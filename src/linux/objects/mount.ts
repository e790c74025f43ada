import type { Mount } from "../fs/mount.ts";
import { DENTRY } from "./dentry.ts";
import type { StructRow } from "./row.ts";
import { SUPER_BLOCK } from "./super-block.ts";

/** What `struct vfsmount` is of a mount. */
export const VFSMOUNT: StructRow<Mount> = {
  struct: "vfsmount",
  write(w, mount) {
    w.pointer("mnt_root", mount.root, DENTRY);
    w.pointer("mnt_sb", mount.sb, SUPER_BLOCK);
  },
};
