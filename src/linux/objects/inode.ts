import type { Inode } from "../fs/inode.ts";
import type { PageCache } from "../page-cache.ts";
import type { StructRow } from "./row.ts";
import { SUPER_BLOCK } from "./super-block.ts";

const BLOCK_BITS = 12;

/** What `struct inode` is of a file. */
export const INODE: StructRow<Inode> = {
  struct: "inode",
  write(w, inode) {
    w.int("i_ino", inode.ino);
    w.int("i_size", inode.size);
    w.int("i_mode", inode.mode);
    w.int("i_uid.val", inode.uid);
    w.int("i_gid.val", inode.gid);
    w.int("i_nlink", inode.nlink);
    w.int("i_rdev", inode.rdev);
    w.int("i_blkbits", BLOCK_BITS);
    w.int("i_blocks", Math.ceil(inode.size / 4096) * 8);
    w.pointer("i_sb", inode.sb, SUPER_BLOCK);
    w.pointer("i_mapping", inode.pages);
  },
};

/** What `struct address_space` is of a file's pages in memory. */
export const ADDRESS_SPACE: StructRow<PageCache> = {
  struct: "address_space",
  write(w, pages) {
    w.int("nrpages", pages.resident);
    w.pointer("host", pages.host);
  },
};
