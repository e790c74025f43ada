import type { OpenFile } from "../files.ts";
import { DENTRY } from "./dentry.ts";
import { INODE } from "./inode.ts";
import { VFSMOUNT } from "./mount.ts";
import type { StructRow } from "./row.ts";

const FMODE_READ = 1;
const FMODE_WRITE = 2;
/** This open has made the file. */
const FMODE_CREATED = 0x10_0000;
const O_LARGEFILE = 0o100000;

/** A name for what has none in any directory: a pipe, a socket. */
const NAMELESS: StructRow<OpenFile> = {
  struct: "dentry",
  write(w, file) {
    w.string("d_name.name", file.path);
    w.int("d_name.len", file.path.length);
  },
};

/** What `struct file` is of an open file. */
export const FILE: StructRow<OpenFile> = {
  struct: "file",
  write(w, file) {
    const { readable, writable, created, inode, place } = file;
    w.int("f_pos", file.position);
    w.int("f_mode", (readable ? FMODE_READ : 0) | (writable ? FMODE_WRITE : 0) | (created ? FMODE_CREATED : 0));
    w.int("f_flags", file.flags | O_LARGEFILE);
    w.pointer("f_inode", inode, INODE);
    w.pointer("f_mapping", inode?.pages);
    if (place === undefined) w.pointer("f_path.dentry", file, NAMELESS);
    else w.pointer("f_path.dentry", place.dentry, DENTRY);
    w.pointer("f_path.mnt", place?.mount, VFSMOUNT);
  },
};
