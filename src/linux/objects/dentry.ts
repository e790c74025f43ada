import type { Dentry, Path } from "../fs/dentry.ts";
import type { Filename, Nameidata } from "../fs/namei.ts";
import type { OpenHow } from "../open.ts";
import { INODE } from "./inode.ts";
import { VFSMOUNT } from "./mount.ts";
import type { StructRow } from "./row.ts";

/** What `struct dentry` is of a name in a directory. */
export const DENTRY: StructRow<Dentry> = {
  struct: "dentry",
  write(w, dentry) {
    w.string("d_name.name", dentry.name);
    w.int("d_name.len", dentry.name.length);
    // Names are short enough to lie in the dentry itself, too.
    w.text("d_iname", dentry.name);
    w.text("d_shortname.string", dentry.name);
    w.pointer("d_inode", dentry.inode, INODE);
    w.pointer("d_parent", dentry.parent, DENTRY);
    w.pointer("d_sb", (dentry.inode ?? dentry.parent.inode)?.sb);
  },
};

/** What `struct path` is of a place in the tree of names. */
export const PATH: StructRow<Path> = {
  struct: "path",
  write(w, path) {
    w.pointer("mnt", path.mount, VFSMOUNT);
    w.pointer("dentry", path.dentry, DENTRY);
  },
};

/** What `struct nameidata` is of a walk along a path. */
export const NAMEIDATA: StructRow<Nameidata> = {
  struct: "nameidata",
  write(w, nd) {
    w.pointer("path.mnt", nd.path.mount, VFSMOUNT);
    w.pointer("path.dentry", nd.path.dentry, DENTRY);
    w.string("last.name", nd.last);
    w.int("last.len", nd.last.length);
    w.pointer("inode", nd.path.dentry.inode, INODE);
    w.int("total_link_count", nd.links);
    w.pointer("name", nd.name);
  },
};

/** What `struct filename` is of a path from user space. */
export const FILENAME: StructRow<Filename> = {
  struct: "filename",
  write(w, name) {
    w.string("name", name.text);
    w.int("uptr", name.address);
  },
};

/** What `struct open_how` is of an open. */
export const OPEN_HOW: StructRow<OpenHow> = {
  struct: "open_how",
  write(w, how) {
    w.int("flags", how.flags);
    w.int("mode", how.mode);
  },
};
