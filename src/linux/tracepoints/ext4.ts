// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const EXT4_EVENTS = {
  ext4_lazy_itable_init: [
    1164,
    "dev_t dev 8 4; __u32 group 12 4",
    '"dev %d,%d group %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->group',
  ],
  ext4_error: [
    1166,
    "dev_t dev 8 4; const char * function 16 8; unsigned line 24 4",
    '"dev %d,%d function %s line %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->function, REC->line',
  ],
  ext4_shutdown: [
    1167,
    "dev_t dev 8 4; unsigned flags 12 4",
    '"dev %d,%d flags %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->flags',
  ],
  ext4_es_lookup_extent_exit: [
    1181,
    "dev_t dev 8 4; ino_t ino 16 8; ext4_lblk_t lblk 24 4; ext4_lblk_t len 28 4; ext4_fsblk_t pblk 32 8; char status 40 1; int found 44 4s",
    '"dev %d,%d ino %lu found %d [%u/%u) %llu %s", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->found, REC->lblk, REC->len, REC->found ? REC->pblk : 0, __print_flags(REC->found ? REC->status : 0, "", { (1 << 0), "W" }, { (1 << 1), "U" }, { (1 << 2), "D" }, { (1 << 3), "H" }, { (1 << 4), "R" })',
  ],
  ext4_es_lookup_extent_enter: [
    1182,
    "dev_t dev 8 4; ino_t ino 16 8; ext4_lblk_t lblk 24 4",
    '"dev %d,%d ino %lu lblk %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->lblk',
  ],
  ext4_journal_start_inode: [
    1199,
    "unsigned long ino 8 8; dev_t dev 16 4; unsigned long ip 24 8; int blocks 32 4s; int rsv_blocks 36 4s; int revoke_creds 40 4s; int type 44 4s",
    '"dev %d,%d blocks %d, rsv_blocks %d, revoke_creds %d, type %d, ino %lu, caller %pS", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->blocks, REC->rsv_blocks, REC->revoke_creds, REC->type, REC->ino, (void *)REC->ip',
  ],
  ext4_load_inode: [
    1201,
    "dev_t dev 8 4; ino_t ino 16 8",
    '"dev %d,%d ino %ld", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino',
  ],
  ext4_ext_map_blocks_exit: [
    1204,
    "dev_t dev 8 4; ino_t ino 16 8; unsigned int flags 24 4; ext4_fsblk_t pblk 32 8; ext4_lblk_t lblk 40 4; unsigned int len 44 4; unsigned int mflags 48 4; int ret 52 4s",
    '"dev %d,%d ino %lu flags %s lblk %u pblk %llu len %u mflags %s ret %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, __print_flags(REC->flags, "|", { 0x0001, "CREATE" }, { 0x0002, "UNWRIT" }, { 0x0004, "DELALLOC" }, { 0x0008, "PRE_IO" }, { 0x0010, "CONVERT" }, { 0x0020, "METADATA_NOFAIL" }, { 0x0040, "NO_NORMALIZE" }, { 0x0100, "CONVERT_UNWRITTEN" }, { 0x0200, "ZERO" }, { 0x0400, "IO_SUBMIT" }, { 0x40000000, "EX_NOCACHE" }), REC->lblk, REC->pblk, REC->len, __print_flags(REC->mflags, "", { ((((1UL))) << (5)), "N" }, { ((((1UL))) << (4)), "M" }, { ((((1UL))) << (11)), "U" }, { ((((1UL))) << (9)), "B" }), REC->ret',
  ],
  ext4_ext_map_blocks_enter: [
    1206,
    "dev_t dev 8 4; ino_t ino 16 8; ext4_lblk_t lblk 24 4; unsigned int len 28 4; unsigned int flags 32 4",
    '"dev %d,%d ino %lu lblk %u len %u flags %s", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->lblk, REC->len, __print_flags(REC->flags, "|", { 0x0001, "CREATE" }, { 0x0002, "UNWRIT" }, { 0x0004, "DELALLOC" }, { 0x0008, "PRE_IO" }, { 0x0010, "CONVERT" }, { 0x0020, "METADATA_NOFAIL" }, { 0x0040, "NO_NORMALIZE" }, { 0x0100, "CONVERT_UNWRITTEN" }, { 0x0200, "ZERO" }, { 0x0400, "IO_SUBMIT" }, { 0x40000000, "EX_NOCACHE" })',
  ],
  ext4_truncate_exit: [
    1209,
    "dev_t dev 8 4; ino_t ino 16 8; __u64 blocks 24 8",
    '"dev %d,%d ino %lu blocks %llu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->blocks',
  ],
  ext4_truncate_enter: [
    1210,
    "dev_t dev 8 4; ino_t ino 16 8; __u64 blocks 24 8",
    '"dev %d,%d ino %lu blocks %llu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->blocks',
  ],
  ext4_unlink_exit: [
    1211,
    "dev_t dev 8 4; ino_t ino 16 8; int ret 24 4s",
    '"dev %d,%d ino %lu ret %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->ret',
  ],
  ext4_unlink_enter: [
    1212,
    "dev_t dev 8 4; ino_t ino 16 8; ino_t parent 24 8; loff_t size 32 8s",
    '"dev %d,%d ino %lu size %lld parent %lu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->size, (unsigned long) REC->parent',
  ],
  ext4_fallocate_exit: [
    1213,
    "dev_t dev 8 4; ino_t ino 16 8; loff_t pos 24 8s; unsigned int blocks 32 4; int ret 36 4s",
    '"dev %d,%d ino %lu pos %lld blocks %u ret %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->pos, REC->blocks, REC->ret',
  ],
  ext4_fallocate_enter: [
    1216,
    "dev_t dev 8 4; ino_t ino 16 8; loff_t offset 24 8s; loff_t len 32 8s; int mode 40 4s",
    '"dev %d,%d ino %lu offset %lld len %lld mode %s", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->offset, REC->len, __print_flags(REC->mode, "|", { 0x01, "KEEP_SIZE"}, { 0x02, "PUNCH_HOLE"}, { 0x08, "COLLAPSE_RANGE"}, { 0x10, "ZERO_RANGE"}, { 0x80, "WRITE_ZEROES"})',
  ],
  ext4_da_release_space: [
    1221,
    "dev_t dev 8 4; ino_t ino 16 8; __u64 i_blocks 24 8; int freed_blocks 32 4s; int reserved_data_blocks 36 4s; __u16 mode 40 2",
    '"dev %d,%d ino %lu mode 0%o i_blocks %llu freed_blocks %d reserved_data_blocks %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->mode, REC->i_blocks, REC->freed_blocks, REC->reserved_data_blocks',
  ],
  ext4_da_reserve_space: [
    1222,
    "dev_t dev 8 4; ino_t ino 16 8; __u64 i_blocks 24 8; int reserve_blocks 32 4s; int reserved_data_blocks 36 4s; __u16 mode 40 2",
    '"dev %d,%d ino %lu mode 0%o i_blocks %llu reserve_blocks %dreserved_data_blocks %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->mode, REC->i_blocks, REC->reserve_blocks, REC->reserved_data_blocks',
  ],
  ext4_alloc_da_blocks: [
    1229,
    "dev_t dev 8 4; ino_t ino 16 8; unsigned int data_blocks 24 4",
    '"dev %d,%d ino %lu reserved_data_blocks %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->data_blocks',
  ],
  ext4_sync_fs: [
    1230,
    "dev_t dev 8 4; int wait 12 4s",
    '"dev %d,%d wait %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->wait',
  ],
  ext4_sync_file_exit: [
    1231,
    "dev_t dev 8 4; ino_t ino 16 8; int ret 24 4s",
    '"dev %d,%d ino %lu ret %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->ret',
  ],
  ext4_sync_file_enter: [
    1232,
    "dev_t dev 8 4; ino_t ino 16 8; ino_t parent 24 8; int datasync 32 4s",
    '"dev %d,%d ino %lu parent %lu datasync %d ", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, (unsigned long) REC->parent, REC->datasync',
  ],
  ext4_free_blocks: [
    1233,
    "dev_t dev 8 4; ino_t ino 16 8; __u64 block 24 8; unsigned long count 32 8; int flags 40 4s; __u16 mode 44 2",
    '"dev %d,%d ino %lu mode 0%o block %llu count %lu flags %s", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->mode, REC->block, REC->count, __print_flags(REC->flags, "|", { 0x0001, "METADATA" }, { 0x0002, "FORGET" }, { 0x0004, "VALIDATED" }, { 0x0008, "NO_QUOTA" }, { 0x0010,"1ST_CLUSTER" }, { 0x0020, "LAST_CLUSTER" })',
  ],
  ext4_allocate_blocks: [
    1234,
    "dev_t dev 8 4; ino_t ino 16 8; __u64 block 24 8; unsigned int len 32 4; __u32 logical 36 4; __u32 lleft 40 4; __u32 lright 44 4; __u64 goal 48 8; __u64 pleft 56 8; __u64 pright 64 8; unsigned int flags 72 4",
    '"dev %d,%d ino %lu flags %s len %u block %llu lblk %u goal %llu lleft %u lright %u pleft %llu pright %llu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, __print_flags(REC->flags, "|", { 0x0001, "HINT_MERGE" }, { 0x0008, "HINT_FIRST" }, { 0x0020, "HINT_DATA" }, { 0x0040, "HINT_NOPREALLOC" }, { 0x0080, "HINT_GRP_ALLOC" }, { 0x0100, "HINT_GOAL_ONLY" }, { 0x0200, "HINT_TRY_GOAL" }, { 0x0400, "DELALLOC_RESV" }, { 0x0800, "STREAM_ALLOC" }, { 0x1000, "USE_ROOT_BLKS" }, { 0x2000, "USE_RESV" }, { 0x4000, "STRICT_CHECK" }), REC->len, REC->block, REC->logical, REC->goal, REC->lleft, REC->lright, REC->pleft, REC->pright',
  ],
  ext4_request_blocks: [
    1235,
    "dev_t dev 8 4; ino_t ino 16 8; unsigned int len 24 4; __u32 logical 28 4; __u32 lleft 32 4; __u32 lright 36 4; __u64 goal 40 8; __u64 pleft 48 8; __u64 pright 56 8; unsigned int flags 64 4",
    '"dev %d,%d ino %lu flags %s len %u lblk %u goal %llu lleft %u lright %u pleft %llu pright %llu ", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, __print_flags(REC->flags, "|", { 0x0001, "HINT_MERGE" }, { 0x0008, "HINT_FIRST" }, { 0x0020, "HINT_DATA" }, { 0x0040, "HINT_NOPREALLOC" }, { 0x0080, "HINT_GRP_ALLOC" }, { 0x0100, "HINT_GOAL_ONLY" }, { 0x0200, "HINT_TRY_GOAL" }, { 0x0400, "DELALLOC_RESV" }, { 0x0800, "STREAM_ALLOC" }, { 0x1000, "USE_ROOT_BLKS" }, { 0x2000, "USE_RESV" }, { 0x4000, "STRICT_CHECK" }), REC->len, REC->logical, REC->goal, REC->lleft, REC->lright, REC->pleft, REC->pright',
  ],
  ext4_discard_blocks: [
    1242,
    "dev_t dev 8 4; __u64 blk 16 8; __u64 count 24 8",
    '"dev %d,%d blk %llu count %llu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->blk, REC->count',
  ],
  ext4_invalidate_folio: [
    1244,
    "dev_t dev 8 4; ino_t ino 16 8; unsigned long index 24 8; size_t offset 32 8; size_t length 40 8",
    '"dev %d,%d ino %lu folio_index %lu offset %zu length %zu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, (unsigned long) REC->index, REC->offset, REC->length',
  ],
  ext4_release_folio: [
    1245,
    "dev_t dev 8 4; ino_t ino 16 8; unsigned long index 24 8",
    '"dev %d,%d ino %lu folio_index %lu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, (unsigned long) REC->index',
  ],
  ext4_read_folio: [
    1246,
    "dev_t dev 8 4; ino_t ino 16 8; unsigned long index 24 8",
    '"dev %d,%d ino %lu folio_index %lu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, (unsigned long) REC->index',
  ],
  ext4_writepages_result: [
    1247,
    "dev_t dev 8 4; ino_t ino 16 8; int ret 24 4s; int pages_written 28 4s; long pages_skipped 32 8s; unsigned long writeback_index 40 8; int sync_mode 48 4s",
    '"dev %d,%d ino %lu ret %d pages_written %d pages_skipped %ld sync_mode %d writeback_index %lu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->ret, REC->pages_written, REC->pages_skipped, REC->sync_mode, (unsigned long) REC->writeback_index',
  ],
  ext4_writepages: [
    1251,
    "dev_t dev 8 4; ino_t ino 16 8; long nr_to_write 24 8s; long pages_skipped 32 8s; loff_t range_start 40 8s; loff_t range_end 48 8s; unsigned long writeback_index 56 8; int sync_mode 64 4s; char for_kupdate 68 1; char range_cyclic 69 1",
    '"dev %d,%d ino %lu nr_to_write %ld pages_skipped %ld range_start %lld range_end %lld sync_mode %d for_kupdate %d range_cyclic %d writeback_index %lu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->nr_to_write, REC->pages_skipped, REC->range_start, REC->range_end, REC->sync_mode, REC->for_kupdate, REC->range_cyclic, (unsigned long) REC->writeback_index',
  ],
  ext4_da_write_end: [
    1252,
    "dev_t dev 8 4; ino_t ino 16 8; loff_t pos 24 8s; unsigned int len 32 4; unsigned int copied 36 4",
    '"dev %d,%d ino %lu pos %lld len %u copied %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->pos, REC->len, REC->copied',
  ],
  ext4_write_end: [
    1254,
    "dev_t dev 8 4; ino_t ino 16 8; loff_t pos 24 8s; unsigned int len 32 4; unsigned int copied 36 4",
    '"dev %d,%d ino %lu pos %lld len %u copied %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->pos, REC->len, REC->copied',
  ],
  ext4_da_write_begin: [
    1255,
    "dev_t dev 8 4; ino_t ino 16 8; loff_t pos 24 8s; unsigned int len 32 4",
    '"dev %d,%d ino %lu pos %lld len %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->pos, REC->len',
  ],
  ext4_write_begin: [
    1256,
    "dev_t dev 8 4; ino_t ino 16 8; loff_t pos 24 8s; unsigned int len 32 4",
    '"dev %d,%d ino %lu pos %lld len %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->pos, REC->len',
  ],
  ext4_begin_ordered_truncate: [
    1257,
    "dev_t dev 8 4; ino_t ino 16 8; loff_t new_size 24 8s",
    '"dev %d,%d ino %lu new_size %lld", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->new_size',
  ],
  ext4_mark_inode_dirty: [
    1258,
    "dev_t dev 8 4; ino_t ino 16 8; unsigned long ip 24 8",
    '"dev %d,%d ino %lu caller %pS", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, (void *)REC->ip',
  ],
  ext4_drop_inode: [
    1260,
    "dev_t dev 8 4; ino_t ino 16 8; int drop 24 4s",
    '"dev %d,%d ino %lu drop %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->drop',
  ],
  ext4_evict_inode: [
    1261,
    "dev_t dev 8 4; ino_t ino 16 8; int nlink 24 4s",
    '"dev %d,%d ino %lu nlink %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->nlink',
  ],
  ext4_allocate_inode: [
    1262,
    "dev_t dev 8 4; ino_t ino 16 8; ino_t dir 24 8; __u16 mode 32 2",
    '"dev %d,%d ino %lu dir %lu mode 0%o", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, (unsigned long) REC->dir, REC->mode',
  ],
  ext4_request_inode: [
    1263,
    "dev_t dev 8 4; ino_t dir 16 8; __u16 mode 24 2",
    '"dev %d,%d dir %lu mode 0%o", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->dir, REC->mode',
  ],
  ext4_free_inode: [
    1264,
    "dev_t dev 8 4; ino_t ino 16 8; uid_t uid 24 4; gid_t gid 28 4; __u64 blocks 32 8; __u16 mode 40 2",
    '"dev %d,%d ino %lu mode 0%o uid %u gid %u blocks %llu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino, REC->mode, REC->uid, REC->gid, REC->blocks',
  ],
} as const satisfies EventRows;
