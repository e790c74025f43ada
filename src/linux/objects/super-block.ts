import type { SuperBlock } from "../fs/super-block.ts";
import { BLOCK_DEVICE } from "./block-device.ts";
import type { StructRow } from "./row.ts";

/** `statfs(2)`'s f_type of each file system. */
const MAGIC: Readonly<Record<string, number>> = {
  ext4: 0xef53,
  xfs: 0x5846_5342,
  tmpfs: 0x0102_1994,
  devtmpfs: 0x0102_1994,
  devpts: 0x1cd1,
  proc: 0x9fa0,
  sysfs: 0x6265_6572,
  tracefs: 0x7472_6163,
  bpf: 0xcafe_4a11,
};

const FILE_SYSTEM_TYPE: StructRow<SuperBlock> = {
  struct: "file_system_type",
  write: (w, { type }) => w.string("name", type.name),
};

/** What `struct super_block` is of a mounted file system. */
export const SUPER_BLOCK: StructRow<SuperBlock> = {
  struct: "super_block",
  write(w, sb) {
    w.text("s_id", sb.id);
    w.int("s_dev", sb.dev);
    w.int("s_magic", MAGIC[sb.type.name] ?? 0);
    w.int("s_blocksize", 4096);
    w.int("s_blocksize_bits", 12);
    w.pointer("s_bdev", sb.partition, BLOCK_DEVICE);
    w.pointer("s_type", sb, FILE_SYSTEM_TYPE);
  },
};
