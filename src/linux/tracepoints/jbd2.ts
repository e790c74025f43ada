// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const JBD2_EVENTS = {
  jbd2_shrink_checkpoint_list: [
    1266,
    "dev_t dev 8 4; tid_t first_tid 12 4; tid_t tid 16 4; tid_t last_tid 20 4; unsigned long nr_freed 24 8; tid_t next_tid 32 4",
    '"dev %d,%d shrink transaction %u-%u(%u) freed %lu next transaction %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->first_tid, REC->tid, REC->last_tid, REC->nr_freed, REC->next_tid',
  ],
  jbd2_shrink_scan_exit: [
    1267,
    "dev_t dev 8 4; unsigned long nr_to_scan 16 8; unsigned long nr_shrunk 24 8; unsigned long count 32 8",
    '"dev %d,%d nr_to_scan %lu nr_shrunk %lu count %lu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->nr_to_scan, REC->nr_shrunk, REC->count',
  ],
  jbd2_shrink_scan_enter: [
    1268,
    "dev_t dev 8 4; unsigned long nr_to_scan 16 8; unsigned long count 24 8",
    '"dev %d,%d nr_to_scan %lu count %lu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->nr_to_scan, REC->count',
  ],
  jbd2_shrink_count: [
    1269,
    "dev_t dev 8 4; unsigned long nr_to_scan 16 8; unsigned long count 24 8",
    '"dev %d,%d nr_to_scan %lu count %lu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->nr_to_scan, REC->count',
  ],
  jbd2_lock_buffer_stall: [
    1270,
    "dev_t dev 8 4; unsigned long stall_ms 16 8",
    '"dev %d,%d stall_ms %lu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->stall_ms',
  ],
  jbd2_write_superblock: [
    1271,
    "dev_t dev 8 4; blk_opf_t write_flags 12 4",
    '"dev %d,%d write_flags %x", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), ( u32)REC->write_flags',
  ],
  jbd2_update_log_tail: [
    1272,
    "dev_t dev 8 4; tid_t tail_sequence 12 4; tid_t first_tid 16 4; unsigned long block_nr 24 8; unsigned long freed 32 8",
    '"dev %d,%d from %u to %u offset %lu freed %lu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->tail_sequence, REC->first_tid, REC->block_nr, REC->freed',
  ],
  jbd2_checkpoint_stats: [
    1273,
    "dev_t dev 8 4; tid_t tid 12 4; unsigned long chp_time 16 8; __u32 forced_to_close 24 4; __u32 written 28 4; __u32 dropped 32 4",
    '"dev %d,%d tid %u chp_time %u forced_to_close %u written %u dropped %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->tid, jiffies_to_msecs(REC->chp_time), REC->forced_to_close, REC->written, REC->dropped',
  ],
  jbd2_run_stats: [
    1274,
    "dev_t dev 8 4; tid_t tid 12 4; unsigned long wait 16 8; unsigned long request_delay 24 8; unsigned long running 32 8; unsigned long locked 40 8; unsigned long flushing 48 8; unsigned long logging 56 8; __u32 handle_count 64 4; __u32 blocks 68 4; __u32 blocks_logged 72 4",
    '"dev %d,%d tid %u wait %u request_delay %u running %u locked %u flushing %u logging %u handle_count %u blocks %u blocks_logged %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->tid, jiffies_to_msecs(REC->wait), jiffies_to_msecs(REC->request_delay), jiffies_to_msecs(REC->running), jiffies_to_msecs(REC->locked), jiffies_to_msecs(REC->flushing), jiffies_to_msecs(REC->logging), REC->handle_count, REC->blocks, REC->blocks_logged',
  ],
  jbd2_handle_stats: [
    1275,
    "dev_t dev 8 4; tid_t tid 12 4; unsigned int type 16 4; unsigned int line_no 20 4; int interval 24 4s; int sync 28 4s; int requested_blocks 32 4s; int dirtied_blocks 36 4s",
    '"dev %d,%d tid %u type %u line_no %u interval %d sync %d requested_blocks %d dirtied_blocks %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->tid, REC->type, REC->line_no, REC->interval, REC->sync, REC->requested_blocks, REC->dirtied_blocks',
  ],
  jbd2_handle_extend: [
    1276,
    "dev_t dev 8 4; tid_t tid 12 4; unsigned int type 16 4; unsigned int line_no 20 4; int buffer_credits 24 4s; int requested_blocks 28 4s",
    '"dev %d,%d tid %u type %u line_no %u buffer_credits %d requested_blocks %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->tid, REC->type, REC->line_no, REC->buffer_credits, REC->requested_blocks',
  ],
  jbd2_handle_restart: [
    1277,
    "dev_t dev 8 4; tid_t tid 12 4; unsigned int type 16 4; unsigned int line_no 20 4; int requested_blocks 24 4s",
    '"dev %d,%d tid %u type %u line_no %u requested_blocks %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->tid, REC->type, REC->line_no, REC->requested_blocks',
  ],
  jbd2_handle_start: [
    1278,
    "dev_t dev 8 4; tid_t tid 12 4; unsigned int type 16 4; unsigned int line_no 20 4; int requested_blocks 24 4s",
    '"dev %d,%d tid %u type %u line_no %u requested_blocks %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->tid, REC->type, REC->line_no, REC->requested_blocks',
  ],
  jbd2_submit_inode_data: [
    1279,
    "dev_t dev 8 4; ino_t ino 16 8",
    '"dev %d,%d ino %lu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long) REC->ino',
  ],
  jbd2_end_commit: [
    1280,
    "dev_t dev 8 4; char sync_commit 12 1; tid_t transaction 16 4; tid_t head 20 4",
    '"dev %d,%d transaction %u sync %d head %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->transaction, REC->sync_commit, REC->head',
  ],
  jbd2_drop_transaction: [
    1281,
    "dev_t dev 8 4; char sync_commit 12 1; tid_t transaction 16 4",
    '"dev %d,%d transaction %u sync %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->transaction, REC->sync_commit',
  ],
  jbd2_commit_logging: [
    1282,
    "dev_t dev 8 4; char sync_commit 12 1; tid_t transaction 16 4",
    '"dev %d,%d transaction %u sync %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->transaction, REC->sync_commit',
  ],
  jbd2_commit_flushing: [
    1283,
    "dev_t dev 8 4; char sync_commit 12 1; tid_t transaction 16 4",
    '"dev %d,%d transaction %u sync %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->transaction, REC->sync_commit',
  ],
  jbd2_commit_locking: [
    1284,
    "dev_t dev 8 4; char sync_commit 12 1; tid_t transaction 16 4",
    '"dev %d,%d transaction %u sync %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->transaction, REC->sync_commit',
  ],
  jbd2_start_commit: [
    1285,
    "dev_t dev 8 4; char sync_commit 12 1; tid_t transaction 16 4",
    '"dev %d,%d transaction %u sync %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->transaction, REC->sync_commit',
  ],
  jbd2_checkpoint: [
    1286,
    "dev_t dev 8 4; int result 12 4s",
    '"dev %d,%d result %d", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->result',
  ],
} as const satisfies EventRows;
