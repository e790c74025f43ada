import type { Inode, OpenFile } from "../files.ts";
import type { StructRow } from "./row.ts";

const FMODE_READ = 1;
const FMODE_WRITE = 2;
const S_IFREG = 0o100000;
/** Major number 254, minor 0: the first disk of the virtio driver. */
const DISK = (254 << 20) | 0;
const EXT4_MAGIC = 0xef53;
const BLOCK_BITS = 12;

/** The file system that all files are on. */
const DISK_FILES = {};

/** What `struct super_block` is of the machine's one file system. */
const SUPER_BLOCK: StructRow<object> = {
  struct: "super_block",
  write(w) {
    w.text("s_id", "vda");
    w.int("s_dev", DISK);
    w.int("s_magic", EXT4_MAGIC);
    w.int("s_blocksize", 1 << BLOCK_BITS);
    w.int("s_blocksize_bits", BLOCK_BITS);
  },
};

/** What `struct inode` is of a file on the disk. */
export const INODE: StructRow<Inode> = {
  struct: "inode",
  write(w, inode) {
    w.int("i_ino", inode.ino);
    w.int("i_size", inode.size);
    w.int("i_mode", S_IFREG | 0o644);
    w.int("i_blkbits", BLOCK_BITS);
    w.pointer("i_sb", DISK_FILES, SUPER_BLOCK);
    w.inside("i_mapping", "i_data");
  },
};

/** What `struct dentry` is of a name: of a file on the disk, or of one that has no name there. */
export const DENTRY: StructRow<Inode | OpenFile> = {
  struct: "dentry",
  write(w, named) {
    const inode = "operations" in named ? named.inode : named;
    const name = named.path.slice(named.path.lastIndexOf("/") + 1);
    w.string("d_name.name", name);
    w.int("d_name.len", name.length);
    w.pointer("d_inode", inode, INODE);
    w.pointer("d_sb", DISK_FILES, SUPER_BLOCK);
  },
};

/** What `struct file` is of an open file. */
export const FILE: StructRow<OpenFile> = {
  struct: "file",
  write(w, file) {
    w.int("f_pos", file.position);
    w.int("f_mode", (file.readable ? FMODE_READ : 0) | (file.writable ? FMODE_WRITE : 0));
    w.pointer("f_inode", file.inode, INODE);
    w.pointer("f_path.dentry", file.inode ?? file, DENTRY);
  },
};
