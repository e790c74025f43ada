// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const BLOCK_EVENTS = {
  blk_zone_wplug_bio: [
    2087,
    "dev_t dev 8 4; unsigned int zno 12 4; sector_t sector 16 8; unsigned int nr_sectors 24 4",
    '"%d,%d zone %u, BIO %llu + %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->zno, (unsigned long long)REC->sector, REC->nr_sectors',
  ],
  disk_zone_wplug_add_bio: [
    2088,
    "dev_t dev 8 4; unsigned int zno 12 4; sector_t sector 16 8; unsigned int nr_sectors 24 4",
    '"%d,%d zone %u, BIO %llu + %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->zno, (unsigned long long)REC->sector, REC->nr_sectors',
  ],
  blkdev_zone_mgmt: [
    2089,
    "dev_t dev 8 4; sector_t sector 16 8; sector_t nr_sectors 24 8; char rwbs[10] 32 10",
    '"%d,%d %s %llu + %llu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, (unsigned long long)REC->sector, REC->nr_sectors',
  ],
  block_rq_remap: [
    2090,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; dev_t old_dev 28 4; sector_t old_sector 32 8; unsigned int nr_bios 40 4; char rwbs[10] 44 10",
    '"%d,%d %s %llu + %u <- (%d,%d) %llu %u", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, (unsigned long long)REC->sector, REC->nr_sector, ((unsigned int) ((REC->old_dev) >> 20)), ((unsigned int) ((REC->old_dev) & ((1U << 20) - 1))), (unsigned long long)REC->old_sector, REC->nr_bios',
  ],
  block_bio_remap: [
    2091,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; dev_t old_dev 28 4; sector_t old_sector 32 8; char rwbs[10] 40 10",
    '"%d,%d %s %llu + %u <- (%d,%d) %llu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, (unsigned long long)REC->sector, REC->nr_sector, ((unsigned int) ((REC->old_dev) >> 20)), ((unsigned int) ((REC->old_dev) & ((1U << 20) - 1))), (unsigned long long)REC->old_sector',
  ],
  block_split: [
    2092,
    "dev_t dev 8 4; sector_t sector 16 8; sector_t new_sector 24 8; char rwbs[10] 32 10; char comm[16] 42 16",
    '"%d,%d %s %llu / %llu [%s]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, (unsigned long long)REC->sector, (unsigned long long)REC->new_sector, REC->comm',
  ],
  block_unplug: [2093, "int nr_rq 8 4s; char comm[16] 12 16", '"[%s] %d", REC->comm, REC->nr_rq'],
  block_plug: [2094, "char comm[16] 8 16", '"[%s]", REC->comm'],
  blk_zone_append_update_request_bio: [
    2095,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; unsigned int bytes 28 4; unsigned short ioprio 32 2; char rwbs[10] 34 10; char comm[16] 44 16; __data_loc char[] cmd 60 4",
    '"%d,%d %s %u (%s) %llu + %u %s,%u,%u [%s]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, REC->bytes, __get_str(cmd), (unsigned long long)REC->sector, REC->nr_sector, __print_symbolic((((REC->ioprio) >> 13) & (8 - 1)), { IOPRIO_CLASS_NONE, "none" }, { IOPRIO_CLASS_RT, "rt" }, { IOPRIO_CLASS_BE, "be" }, { IOPRIO_CLASS_IDLE, "idle" }, { IOPRIO_CLASS_INVALID, "invalid"}), (((REC->ioprio) >> 3) & ((1 << 10) - 1)), ((REC->ioprio) & ((1 << 3) - 1)), REC->comm',
  ],
  block_getrq: [
    2096,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; char rwbs[10] 28 10; char comm[16] 38 16",
    '"%d,%d %s %llu + %u [%s]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, (unsigned long long)REC->sector, REC->nr_sector, REC->comm',
  ],
  block_bio_queue: [
    2097,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; char rwbs[10] 28 10; char comm[16] 38 16",
    '"%d,%d %s %llu + %u [%s]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, (unsigned long long)REC->sector, REC->nr_sector, REC->comm',
  ],
  block_bio_frontmerge: [
    2098,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; char rwbs[10] 28 10; char comm[16] 38 16",
    '"%d,%d %s %llu + %u [%s]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, (unsigned long long)REC->sector, REC->nr_sector, REC->comm',
  ],
  block_bio_backmerge: [
    2099,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; char rwbs[10] 28 10; char comm[16] 38 16",
    '"%d,%d %s %llu + %u [%s]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, (unsigned long long)REC->sector, REC->nr_sector, REC->comm',
  ],
  block_bio_complete: [
    2100,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned nr_sector 24 4; int error 28 4s; char rwbs[10] 32 10",
    '"%d,%d %s %llu + %u [%d]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, (unsigned long long)REC->sector, REC->nr_sector, REC->error',
  ],
  block_io_done: [
    2101,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; unsigned int bytes 28 4; unsigned short ioprio 32 2; char rwbs[10] 34 10; char comm[16] 44 16; __data_loc char[] cmd 60 4",
    '"%d,%d %s %u (%s) %llu + %u %s,%u,%u [%s]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, REC->bytes, __get_str(cmd), (unsigned long long)REC->sector, REC->nr_sector, __print_symbolic((((REC->ioprio) >> 13) & (8 - 1)), { IOPRIO_CLASS_NONE, "none" }, { IOPRIO_CLASS_RT, "rt" }, { IOPRIO_CLASS_BE, "be" }, { IOPRIO_CLASS_IDLE, "idle" }, { IOPRIO_CLASS_INVALID, "invalid"}), (((REC->ioprio) >> 3) & ((1 << 10) - 1)), ((REC->ioprio) & ((1 << 3) - 1)), REC->comm',
  ],
  block_io_start: [
    2102,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; unsigned int bytes 28 4; unsigned short ioprio 32 2; char rwbs[10] 34 10; char comm[16] 44 16; __data_loc char[] cmd 60 4",
    '"%d,%d %s %u (%s) %llu + %u %s,%u,%u [%s]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, REC->bytes, __get_str(cmd), (unsigned long long)REC->sector, REC->nr_sector, __print_symbolic((((REC->ioprio) >> 13) & (8 - 1)), { IOPRIO_CLASS_NONE, "none" }, { IOPRIO_CLASS_RT, "rt" }, { IOPRIO_CLASS_BE, "be" }, { IOPRIO_CLASS_IDLE, "idle" }, { IOPRIO_CLASS_INVALID, "invalid"}), (((REC->ioprio) >> 3) & ((1 << 10) - 1)), ((REC->ioprio) & ((1 << 3) - 1)), REC->comm',
  ],
  block_rq_merge: [
    2103,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; unsigned int bytes 28 4; unsigned short ioprio 32 2; char rwbs[10] 34 10; char comm[16] 44 16; __data_loc char[] cmd 60 4",
    '"%d,%d %s %u (%s) %llu + %u %s,%u,%u [%s]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, REC->bytes, __get_str(cmd), (unsigned long long)REC->sector, REC->nr_sector, __print_symbolic((((REC->ioprio) >> 13) & (8 - 1)), { IOPRIO_CLASS_NONE, "none" }, { IOPRIO_CLASS_RT, "rt" }, { IOPRIO_CLASS_BE, "be" }, { IOPRIO_CLASS_IDLE, "idle" }, { IOPRIO_CLASS_INVALID, "invalid"}), (((REC->ioprio) >> 3) & ((1 << 10) - 1)), ((REC->ioprio) & ((1 << 3) - 1)), REC->comm',
  ],
  block_rq_issue: [
    2104,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; unsigned int bytes 28 4; unsigned short ioprio 32 2; char rwbs[10] 34 10; char comm[16] 44 16; __data_loc char[] cmd 60 4",
    '"%d,%d %s %u (%s) %llu + %u %s,%u,%u [%s]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, REC->bytes, __get_str(cmd), (unsigned long long)REC->sector, REC->nr_sector, __print_symbolic((((REC->ioprio) >> 13) & (8 - 1)), { IOPRIO_CLASS_NONE, "none" }, { IOPRIO_CLASS_RT, "rt" }, { IOPRIO_CLASS_BE, "be" }, { IOPRIO_CLASS_IDLE, "idle" }, { IOPRIO_CLASS_INVALID, "invalid"}), (((REC->ioprio) >> 3) & ((1 << 10) - 1)), ((REC->ioprio) & ((1 << 3) - 1)), REC->comm',
  ],
  block_rq_insert: [
    2105,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; unsigned int bytes 28 4; unsigned short ioprio 32 2; char rwbs[10] 34 10; char comm[16] 44 16; __data_loc char[] cmd 60 4",
    '"%d,%d %s %u (%s) %llu + %u %s,%u,%u [%s]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, REC->bytes, __get_str(cmd), (unsigned long long)REC->sector, REC->nr_sector, __print_symbolic((((REC->ioprio) >> 13) & (8 - 1)), { IOPRIO_CLASS_NONE, "none" }, { IOPRIO_CLASS_RT, "rt" }, { IOPRIO_CLASS_BE, "be" }, { IOPRIO_CLASS_IDLE, "idle" }, { IOPRIO_CLASS_INVALID, "invalid"}), (((REC->ioprio) >> 3) & ((1 << 10) - 1)), ((REC->ioprio) & ((1 << 3) - 1)), REC->comm',
  ],
  block_rq_error: [
    2106,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; int error 28 4s; unsigned short ioprio 32 2; char rwbs[10] 34 10; __data_loc char[] cmd 44 4",
    '"%d,%d %s (%s) %llu + %u %s,%u,%u [%d]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, __get_str(cmd), (unsigned long long)REC->sector, REC->nr_sector, __print_symbolic((((REC->ioprio) >> 13) & (8 - 1)), { IOPRIO_CLASS_NONE, "none" }, { IOPRIO_CLASS_RT, "rt" }, { IOPRIO_CLASS_BE, "be" }, { IOPRIO_CLASS_IDLE, "idle" }, { IOPRIO_CLASS_INVALID, "invalid"}), (((REC->ioprio) >> 3) & ((1 << 10) - 1)), ((REC->ioprio) & ((1 << 3) - 1)), REC->error',
  ],
  block_rq_complete: [
    2107,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; int error 28 4s; unsigned short ioprio 32 2; char rwbs[10] 34 10; __data_loc char[] cmd 44 4",
    '"%d,%d %s (%s) %llu + %u %s,%u,%u [%d]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, __get_str(cmd), (unsigned long long)REC->sector, REC->nr_sector, __print_symbolic((((REC->ioprio) >> 13) & (8 - 1)), { IOPRIO_CLASS_NONE, "none" }, { IOPRIO_CLASS_RT, "rt" }, { IOPRIO_CLASS_BE, "be" }, { IOPRIO_CLASS_IDLE, "idle" }, { IOPRIO_CLASS_INVALID, "invalid"}), (((REC->ioprio) >> 3) & ((1 << 10) - 1)), ((REC->ioprio) & ((1 << 3) - 1)), REC->error',
  ],
  block_rq_requeue: [
    2108,
    "dev_t dev 8 4; sector_t sector 16 8; unsigned int nr_sector 24 4; unsigned short ioprio 28 2; char rwbs[10] 30 10; __data_loc char[] cmd 40 4",
    '"%d,%d %s (%s) %llu + %u %s,%u,%u [%d]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, __get_str(cmd), (unsigned long long)REC->sector, REC->nr_sector, __print_symbolic((((REC->ioprio) >> 13) & (8 - 1)), { IOPRIO_CLASS_NONE, "none" }, { IOPRIO_CLASS_RT, "rt" }, { IOPRIO_CLASS_BE, "be" }, { IOPRIO_CLASS_IDLE, "idle" }, { IOPRIO_CLASS_INVALID, "invalid"}), (((REC->ioprio) >> 3) & ((1 << 10) - 1)), ((REC->ioprio) & ((1 << 3) - 1)), 0',
  ],
  block_dirty_buffer: [
    2109,
    "dev_t dev 8 4; sector_t sector 16 8; size_t size 24 8",
    '"%d,%d sector=%llu size=%zu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long long)REC->sector, REC->size',
  ],
  block_touch_buffer: [
    2110,
    "dev_t dev 8 4; sector_t sector 16 8; size_t size 24 8",
    '"%d,%d sector=%llu size=%zu", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long long)REC->sector, REC->size',
  ],
} as const satisfies EventRows;
