// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const WRITEBACK_EVENTS = {
  sb_clear_inode_writeback: [
    977,
    "dev_t dev 8 4; ino_t ino 16 8; unsigned long state 24 8; __u16 mode 32 2; unsigned long dirtied_when 40 8",
    '"dev %d,%d ino %lu dirtied %lu state %s mode 0%o", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long)REC->ino, REC->dirtied_when, __print_flags(REC->state, "|", {I_DIRTY_SYNC, "I_DIRTY_SYNC"}, {I_DIRTY_DATASYNC, "I_DIRTY_DATASYNC"}, {I_DIRTY_PAGES, "I_DIRTY_PAGES"}, {I_NEW, "I_NEW"}, {I_WILL_FREE, "I_WILL_FREE"}, {I_FREEING, "I_FREEING"}, {I_CLEAR, "I_CLEAR"}, {I_SYNC, "I_SYNC"}, {I_DIRTY_TIME, "I_DIRTY_TIME"}, {I_REFERENCED, "I_REFERENCED"}, {I_LINKABLE, "I_LINKABLE"}, {I_WB_SWITCH, "I_WB_SWITCH"}, {I_OVL_INUSE, "I_OVL_INUSE"}, {I_CREATING, "I_CREATING"}, {I_DONTCACHE, "I_DONTCACHE"}, {I_SYNC_QUEUED, "I_SYNC_QUEUED"}, {I_PINNING_NETFS_WB, "I_PINNING_NETFS_WB"}, {I_LRU_ISOLATING, "I_LRU_ISOLATING"} ), REC->mode',
  ],
  sb_mark_inode_writeback: [
    978,
    "dev_t dev 8 4; ino_t ino 16 8; unsigned long state 24 8; __u16 mode 32 2; unsigned long dirtied_when 40 8",
    '"dev %d,%d ino %lu dirtied %lu state %s mode 0%o", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long)REC->ino, REC->dirtied_when, __print_flags(REC->state, "|", {I_DIRTY_SYNC, "I_DIRTY_SYNC"}, {I_DIRTY_DATASYNC, "I_DIRTY_DATASYNC"}, {I_DIRTY_PAGES, "I_DIRTY_PAGES"}, {I_NEW, "I_NEW"}, {I_WILL_FREE, "I_WILL_FREE"}, {I_FREEING, "I_FREEING"}, {I_CLEAR, "I_CLEAR"}, {I_SYNC, "I_SYNC"}, {I_DIRTY_TIME, "I_DIRTY_TIME"}, {I_REFERENCED, "I_REFERENCED"}, {I_LINKABLE, "I_LINKABLE"}, {I_WB_SWITCH, "I_WB_SWITCH"}, {I_OVL_INUSE, "I_OVL_INUSE"}, {I_CREATING, "I_CREATING"}, {I_DONTCACHE, "I_DONTCACHE"}, {I_SYNC_QUEUED, "I_SYNC_QUEUED"}, {I_PINNING_NETFS_WB, "I_PINNING_NETFS_WB"}, {I_LRU_ISOLATING, "I_LRU_ISOLATING"} ), REC->mode',
  ],
  writeback_dirty_inode_enqueue: [
    979,
    "dev_t dev 8 4; ino_t ino 16 8; unsigned long state 24 8; __u16 mode 32 2; unsigned long dirtied_when 40 8",
    '"dev %d,%d ino %lu dirtied %lu state %s mode 0%o", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long)REC->ino, REC->dirtied_when, __print_flags(REC->state, "|", {I_DIRTY_SYNC, "I_DIRTY_SYNC"}, {I_DIRTY_DATASYNC, "I_DIRTY_DATASYNC"}, {I_DIRTY_PAGES, "I_DIRTY_PAGES"}, {I_NEW, "I_NEW"}, {I_WILL_FREE, "I_WILL_FREE"}, {I_FREEING, "I_FREEING"}, {I_CLEAR, "I_CLEAR"}, {I_SYNC, "I_SYNC"}, {I_DIRTY_TIME, "I_DIRTY_TIME"}, {I_REFERENCED, "I_REFERENCED"}, {I_LINKABLE, "I_LINKABLE"}, {I_WB_SWITCH, "I_WB_SWITCH"}, {I_OVL_INUSE, "I_OVL_INUSE"}, {I_CREATING, "I_CREATING"}, {I_DONTCACHE, "I_DONTCACHE"}, {I_SYNC_QUEUED, "I_SYNC_QUEUED"}, {I_PINNING_NETFS_WB, "I_PINNING_NETFS_WB"}, {I_LRU_ISOLATING, "I_LRU_ISOLATING"} ), REC->mode',
  ],
  writeback_lazytime_iput: [
    980,
    "dev_t dev 8 4; ino_t ino 16 8; unsigned long state 24 8; __u16 mode 32 2; unsigned long dirtied_when 40 8",
    '"dev %d,%d ino %lu dirtied %lu state %s mode 0%o", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long)REC->ino, REC->dirtied_when, __print_flags(REC->state, "|", {I_DIRTY_SYNC, "I_DIRTY_SYNC"}, {I_DIRTY_DATASYNC, "I_DIRTY_DATASYNC"}, {I_DIRTY_PAGES, "I_DIRTY_PAGES"}, {I_NEW, "I_NEW"}, {I_WILL_FREE, "I_WILL_FREE"}, {I_FREEING, "I_FREEING"}, {I_CLEAR, "I_CLEAR"}, {I_SYNC, "I_SYNC"}, {I_DIRTY_TIME, "I_DIRTY_TIME"}, {I_REFERENCED, "I_REFERENCED"}, {I_LINKABLE, "I_LINKABLE"}, {I_WB_SWITCH, "I_WB_SWITCH"}, {I_OVL_INUSE, "I_OVL_INUSE"}, {I_CREATING, "I_CREATING"}, {I_DONTCACHE, "I_DONTCACHE"}, {I_SYNC_QUEUED, "I_SYNC_QUEUED"}, {I_PINNING_NETFS_WB, "I_PINNING_NETFS_WB"}, {I_LRU_ISOLATING, "I_LRU_ISOLATING"} ), REC->mode',
  ],
  writeback_lazytime: [
    981,
    "dev_t dev 8 4; ino_t ino 16 8; unsigned long state 24 8; __u16 mode 32 2; unsigned long dirtied_when 40 8",
    '"dev %d,%d ino %lu dirtied %lu state %s mode 0%o", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), (unsigned long)REC->ino, REC->dirtied_when, __print_flags(REC->state, "|", {I_DIRTY_SYNC, "I_DIRTY_SYNC"}, {I_DIRTY_DATASYNC, "I_DIRTY_DATASYNC"}, {I_DIRTY_PAGES, "I_DIRTY_PAGES"}, {I_NEW, "I_NEW"}, {I_WILL_FREE, "I_WILL_FREE"}, {I_FREEING, "I_FREEING"}, {I_CLEAR, "I_CLEAR"}, {I_SYNC, "I_SYNC"}, {I_DIRTY_TIME, "I_DIRTY_TIME"}, {I_REFERENCED, "I_REFERENCED"}, {I_LINKABLE, "I_LINKABLE"}, {I_WB_SWITCH, "I_WB_SWITCH"}, {I_OVL_INUSE, "I_OVL_INUSE"}, {I_CREATING, "I_CREATING"}, {I_DONTCACHE, "I_DONTCACHE"}, {I_SYNC_QUEUED, "I_SYNC_QUEUED"}, {I_PINNING_NETFS_WB, "I_PINNING_NETFS_WB"}, {I_LRU_ISOLATING, "I_LRU_ISOLATING"} ), REC->mode',
  ],
  writeback_single_inode: [
    982,
    "char name[32] 8 32; ino_t ino 40 8; unsigned long state 48 8; unsigned long dirtied_when 56 8; unsigned long writeback_index 64 8; long nr_to_write 72 8s; unsigned long wrote 80 8; ino_t cgroup_ino 88 8",
    '"bdi %s: ino=%lu state=%s dirtied_when=%lu age=%lu index=%lu to_write=%ld wrote=%lu cgroup_ino=%lu", REC->name, (unsigned long)REC->ino, __print_flags(REC->state, "|", {I_DIRTY_SYNC, "I_DIRTY_SYNC"}, {I_DIRTY_DATASYNC, "I_DIRTY_DATASYNC"}, {I_DIRTY_PAGES, "I_DIRTY_PAGES"}, {I_NEW, "I_NEW"}, {I_WILL_FREE, "I_WILL_FREE"}, {I_FREEING, "I_FREEING"}, {I_CLEAR, "I_CLEAR"}, {I_SYNC, "I_SYNC"}, {I_DIRTY_TIME, "I_DIRTY_TIME"}, {I_REFERENCED, "I_REFERENCED"}, {I_LINKABLE, "I_LINKABLE"}, {I_WB_SWITCH, "I_WB_SWITCH"}, {I_OVL_INUSE, "I_OVL_INUSE"}, {I_CREATING, "I_CREATING"}, {I_DONTCACHE, "I_DONTCACHE"}, {I_SYNC_QUEUED, "I_SYNC_QUEUED"}, {I_PINNING_NETFS_WB, "I_PINNING_NETFS_WB"}, {I_LRU_ISOLATING, "I_LRU_ISOLATING"} ), REC->dirtied_when, (jiffies - REC->dirtied_when) / 250, REC->writeback_index, REC->nr_to_write, REC->wrote, (unsigned long)REC->cgroup_ino',
  ],
  writeback_single_inode_start: [
    983,
    "char name[32] 8 32; ino_t ino 40 8; unsigned long state 48 8; unsigned long dirtied_when 56 8; unsigned long writeback_index 64 8; long nr_to_write 72 8s; unsigned long wrote 80 8; ino_t cgroup_ino 88 8",
    '"bdi %s: ino=%lu state=%s dirtied_when=%lu age=%lu index=%lu to_write=%ld wrote=%lu cgroup_ino=%lu", REC->name, (unsigned long)REC->ino, __print_flags(REC->state, "|", {I_DIRTY_SYNC, "I_DIRTY_SYNC"}, {I_DIRTY_DATASYNC, "I_DIRTY_DATASYNC"}, {I_DIRTY_PAGES, "I_DIRTY_PAGES"}, {I_NEW, "I_NEW"}, {I_WILL_FREE, "I_WILL_FREE"}, {I_FREEING, "I_FREEING"}, {I_CLEAR, "I_CLEAR"}, {I_SYNC, "I_SYNC"}, {I_DIRTY_TIME, "I_DIRTY_TIME"}, {I_REFERENCED, "I_REFERENCED"}, {I_LINKABLE, "I_LINKABLE"}, {I_WB_SWITCH, "I_WB_SWITCH"}, {I_OVL_INUSE, "I_OVL_INUSE"}, {I_CREATING, "I_CREATING"}, {I_DONTCACHE, "I_DONTCACHE"}, {I_SYNC_QUEUED, "I_SYNC_QUEUED"}, {I_PINNING_NETFS_WB, "I_PINNING_NETFS_WB"}, {I_LRU_ISOLATING, "I_LRU_ISOLATING"} ), REC->dirtied_when, (jiffies - REC->dirtied_when) / 250, REC->writeback_index, REC->nr_to_write, REC->wrote, (unsigned long)REC->cgroup_ino',
  ],
  writeback_sb_inodes_requeue: [
    984,
    "char name[32] 8 32; ino_t ino 40 8; unsigned long state 48 8; unsigned long dirtied_when 56 8; ino_t cgroup_ino 64 8",
    '"bdi %s: ino=%lu state=%s dirtied_when=%lu age=%lu cgroup_ino=%lu", REC->name, (unsigned long)REC->ino, __print_flags(REC->state, "|", {I_DIRTY_SYNC, "I_DIRTY_SYNC"}, {I_DIRTY_DATASYNC, "I_DIRTY_DATASYNC"}, {I_DIRTY_PAGES, "I_DIRTY_PAGES"}, {I_NEW, "I_NEW"}, {I_WILL_FREE, "I_WILL_FREE"}, {I_FREEING, "I_FREEING"}, {I_CLEAR, "I_CLEAR"}, {I_SYNC, "I_SYNC"}, {I_DIRTY_TIME, "I_DIRTY_TIME"}, {I_REFERENCED, "I_REFERENCED"}, {I_LINKABLE, "I_LINKABLE"}, {I_WB_SWITCH, "I_WB_SWITCH"}, {I_OVL_INUSE, "I_OVL_INUSE"}, {I_CREATING, "I_CREATING"}, {I_DONTCACHE, "I_DONTCACHE"}, {I_SYNC_QUEUED, "I_SYNC_QUEUED"}, {I_PINNING_NETFS_WB, "I_PINNING_NETFS_WB"}, {I_LRU_ISOLATING, "I_LRU_ISOLATING"} ), REC->dirtied_when, (jiffies - REC->dirtied_when) / 250, (unsigned long)REC->cgroup_ino',
  ],
  balance_dirty_pages: [
    985,
    "char bdi[32] 8 32; unsigned long limit 40 8; unsigned long setpoint 48 8; unsigned long dirty 56 8; unsigned long wb_setpoint 64 8; unsigned long wb_dirty 72 8; unsigned long dirty_ratelimit 80 8; unsigned long task_ratelimit 88 8; unsigned int dirtied 96 4; unsigned int dirtied_pause 100 4; unsigned long paused 104 8; long pause 112 8s; unsigned long period 120 8; long think 128 8s; ino_t cgroup_ino 136 8",
    '"bdi %s: limit=%lu setpoint=%lu dirty=%lu wb_setpoint=%lu wb_dirty=%lu dirty_ratelimit=%lu task_ratelimit=%lu dirtied=%u dirtied_pause=%u paused=%lu pause=%ld period=%lu think=%ld cgroup_ino=%lu", REC->bdi, REC->limit, REC->setpoint, REC->dirty, REC->wb_setpoint, REC->wb_dirty, REC->dirty_ratelimit, REC->task_ratelimit, REC->dirtied, REC->dirtied_pause, REC->paused, REC->pause, REC->period, REC->think, (unsigned long)REC->cgroup_ino',
  ],
  bdi_dirty_ratelimit: [
    986,
    "char bdi[32] 8 32; unsigned long write_bw 40 8; unsigned long avg_write_bw 48 8; unsigned long dirty_rate 56 8; unsigned long dirty_ratelimit 64 8; unsigned long task_ratelimit 72 8; unsigned long balanced_dirty_ratelimit 80 8; ino_t cgroup_ino 88 8",
    '"bdi %s: write_bw=%lu awrite_bw=%lu dirty_rate=%lu dirty_ratelimit=%lu task_ratelimit=%lu balanced_dirty_ratelimit=%lu cgroup_ino=%lu", REC->bdi, REC->write_bw, REC->avg_write_bw, REC->dirty_rate, REC->dirty_ratelimit, REC->task_ratelimit, REC->balanced_dirty_ratelimit, (unsigned long)REC->cgroup_ino',
  ],
  global_dirty_state: [
    987,
    "unsigned long nr_dirty 8 8; unsigned long nr_writeback 16 8; unsigned long background_thresh 24 8; unsigned long dirty_thresh 32 8; unsigned long dirty_limit 40 8; unsigned long nr_dirtied 48 8; unsigned long nr_written 56 8",
    '"dirty=%lu writeback=%lu bg_thresh=%lu thresh=%lu limit=%lu dirtied=%lu written=%lu", REC->nr_dirty, REC->nr_writeback, REC->background_thresh, REC->dirty_thresh, REC->dirty_limit, REC->nr_dirtied, REC->nr_written',
  ],
  writeback_queue_io: [
    988,
    "char name[32] 8 32; unsigned long older 40 8; long age 48 8s; int moved 56 4s; int reason 60 4s; ino_t cgroup_ino 64 8",
    '"bdi %s: older=%lu age=%ld enqueue=%d reason=%s cgroup_ino=%lu", REC->name, REC->older, REC->age, REC->moved, __print_symbolic(REC->reason, { 0, "background" }, { 1, "vmscan" }, { 2, "sync" }, { 3, "periodic" }, { 4, "laptop_timer" }, { 5, "fs_free_space" }, { 6, "forker_thread" }, { 7, "foreign_flush" }), (unsigned long)REC->cgroup_ino',
  ],
  wbc_writepage: [
    989,
    "char name[32] 8 32; long nr_to_write 40 8s; long pages_skipped 48 8s; int sync_mode 56 4s; int for_kupdate 60 4s; int for_background 64 4s; int range_cyclic 68 4s; long range_start 72 8s; long range_end 80 8s; ino_t cgroup_ino 88 8",
    '"bdi %s: towrt=%ld skip=%ld mode=%d kupd=%d bgrd=%d cyclic=%d start=0x%lx end=0x%lx cgroup_ino=%lu", REC->name, REC->nr_to_write, REC->pages_skipped, REC->sync_mode, REC->for_kupdate, REC->for_background, REC->range_cyclic, REC->range_start, REC->range_end, (unsigned long)REC->cgroup_ino',
  ],
  writeback_bdi_register: [990, "char name[32] 8 32", '"bdi %s", REC->name'],
  writeback_wake_background: [
    991,
    "char name[32] 8 32; ino_t cgroup_ino 40 8",
    '"bdi %s: cgroup_ino=%lu", REC->name, (unsigned long)REC->cgroup_ino',
  ],
  writeback_pages_written: [992, "long pages 8 8s", '"%ld", REC->pages'],
  writeback_wait: [
    993,
    "char name[32] 8 32; long nr_pages 40 8s; dev_t sb_dev 48 4; int sync_mode 52 4s; int for_kupdate 56 4s; int range_cyclic 60 4s; int for_background 64 4s; int reason 68 4s; ino_t cgroup_ino 72 8",
    '"bdi %s: sb_dev %d:%d nr_pages=%ld sync_mode=%d kupdate=%d range_cyclic=%d background=%d reason=%s cgroup_ino=%lu", REC->name, ((unsigned int) ((REC->sb_dev) >> 20)), ((unsigned int) ((REC->sb_dev) & ((1U << 20) - 1))), REC->nr_pages, REC->sync_mode, REC->for_kupdate, REC->range_cyclic, REC->for_background, __print_symbolic(REC->reason, { 0, "background" }, { 1, "vmscan" }, { 2, "sync" }, { 3, "periodic" }, { 4, "laptop_timer" }, { 5, "fs_free_space" }, { 6, "forker_thread" }, { 7, "foreign_flush" }), (unsigned long)REC->cgroup_ino',
  ],
  writeback_written: [
    994,
    "char name[32] 8 32; long nr_pages 40 8s; dev_t sb_dev 48 4; int sync_mode 52 4s; int for_kupdate 56 4s; int range_cyclic 60 4s; int for_background 64 4s; int reason 68 4s; ino_t cgroup_ino 72 8",
    '"bdi %s: sb_dev %d:%d nr_pages=%ld sync_mode=%d kupdate=%d range_cyclic=%d background=%d reason=%s cgroup_ino=%lu", REC->name, ((unsigned int) ((REC->sb_dev) >> 20)), ((unsigned int) ((REC->sb_dev) & ((1U << 20) - 1))), REC->nr_pages, REC->sync_mode, REC->for_kupdate, REC->range_cyclic, REC->for_background, __print_symbolic(REC->reason, { 0, "background" }, { 1, "vmscan" }, { 2, "sync" }, { 3, "periodic" }, { 4, "laptop_timer" }, { 5, "fs_free_space" }, { 6, "forker_thread" }, { 7, "foreign_flush" }), (unsigned long)REC->cgroup_ino',
  ],
  writeback_start: [
    995,
    "char name[32] 8 32; long nr_pages 40 8s; dev_t sb_dev 48 4; int sync_mode 52 4s; int for_kupdate 56 4s; int range_cyclic 60 4s; int for_background 64 4s; int reason 68 4s; ino_t cgroup_ino 72 8",
    '"bdi %s: sb_dev %d:%d nr_pages=%ld sync_mode=%d kupdate=%d range_cyclic=%d background=%d reason=%s cgroup_ino=%lu", REC->name, ((unsigned int) ((REC->sb_dev) >> 20)), ((unsigned int) ((REC->sb_dev) & ((1U << 20) - 1))), REC->nr_pages, REC->sync_mode, REC->for_kupdate, REC->range_cyclic, REC->for_background, __print_symbolic(REC->reason, { 0, "background" }, { 1, "vmscan" }, { 2, "sync" }, { 3, "periodic" }, { 4, "laptop_timer" }, { 5, "fs_free_space" }, { 6, "forker_thread" }, { 7, "foreign_flush" }), (unsigned long)REC->cgroup_ino',
  ],
  writeback_exec: [
    996,
    "char name[32] 8 32; long nr_pages 40 8s; dev_t sb_dev 48 4; int sync_mode 52 4s; int for_kupdate 56 4s; int range_cyclic 60 4s; int for_background 64 4s; int reason 68 4s; ino_t cgroup_ino 72 8",
    '"bdi %s: sb_dev %d:%d nr_pages=%ld sync_mode=%d kupdate=%d range_cyclic=%d background=%d reason=%s cgroup_ino=%lu", REC->name, ((unsigned int) ((REC->sb_dev) >> 20)), ((unsigned int) ((REC->sb_dev) & ((1U << 20) - 1))), REC->nr_pages, REC->sync_mode, REC->for_kupdate, REC->range_cyclic, REC->for_background, __print_symbolic(REC->reason, { 0, "background" }, { 1, "vmscan" }, { 2, "sync" }, { 3, "periodic" }, { 4, "laptop_timer" }, { 5, "fs_free_space" }, { 6, "forker_thread" }, { 7, "foreign_flush" }), (unsigned long)REC->cgroup_ino',
  ],
  writeback_queue: [
    997,
    "char name[32] 8 32; long nr_pages 40 8s; dev_t sb_dev 48 4; int sync_mode 52 4s; int for_kupdate 56 4s; int range_cyclic 60 4s; int for_background 64 4s; int reason 68 4s; ino_t cgroup_ino 72 8",
    '"bdi %s: sb_dev %d:%d nr_pages=%ld sync_mode=%d kupdate=%d range_cyclic=%d background=%d reason=%s cgroup_ino=%lu", REC->name, ((unsigned int) ((REC->sb_dev) >> 20)), ((unsigned int) ((REC->sb_dev) & ((1U << 20) - 1))), REC->nr_pages, REC->sync_mode, REC->for_kupdate, REC->range_cyclic, REC->for_background, __print_symbolic(REC->reason, { 0, "background" }, { 1, "vmscan" }, { 2, "sync" }, { 3, "periodic" }, { 4, "laptop_timer" }, { 5, "fs_free_space" }, { 6, "forker_thread" }, { 7, "foreign_flush" }), (unsigned long)REC->cgroup_ino',
  ],
  writeback_write_inode: [
    998,
    "char name[32] 8 32; ino_t ino 40 8; int sync_mode 48 4s; ino_t cgroup_ino 56 8",
    '"bdi %s: ino=%lu sync_mode=%d cgroup_ino=%lu", REC->name, (unsigned long)REC->ino, REC->sync_mode, (unsigned long)REC->cgroup_ino',
  ],
  writeback_write_inode_start: [
    999,
    "char name[32] 8 32; ino_t ino 40 8; int sync_mode 48 4s; ino_t cgroup_ino 56 8",
    '"bdi %s: ino=%lu sync_mode=%d cgroup_ino=%lu", REC->name, (unsigned long)REC->ino, REC->sync_mode, (unsigned long)REC->cgroup_ino',
  ],
  flush_foreign: [
    1000,
    "char name[32] 8 32; ino_t cgroup_ino 40 8; unsigned int frn_bdi_id 48 4; unsigned int frn_memcg_id 52 4",
    '"bdi %s: cgroup_ino=%lu frn_bdi_id=%u frn_memcg_id=%u", REC->name, (unsigned long)REC->cgroup_ino, REC->frn_bdi_id, REC->frn_memcg_id',
  ],
  track_foreign_dirty: [
    1001,
    "char name[32] 8 32; u64 bdi_id 40 8; ino_t ino 48 8; unsigned int memcg_id 56 4; ino_t cgroup_ino 64 8; ino_t page_cgroup_ino 72 8",
    '"bdi %s[%llu]: ino=%lu memcg_id=%u cgroup_ino=%lu page_cgroup_ino=%lu", REC->name, REC->bdi_id, (unsigned long)REC->ino, REC->memcg_id, (unsigned long)REC->cgroup_ino, (unsigned long)REC->page_cgroup_ino',
  ],
  inode_switch_wbs: [
    1002,
    "char name[32] 8 32; ino_t ino 40 8; ino_t old_cgroup_ino 48 8; ino_t new_cgroup_ino 56 8",
    '"bdi %s: ino=%lu old_cgroup_ino=%lu new_cgroup_ino=%lu", REC->name, (unsigned long)REC->ino, (unsigned long)REC->old_cgroup_ino, (unsigned long)REC->new_cgroup_ino',
  ],
  inode_switch_wbs_queue: [
    1003,
    "char name[32] 8 32; ino_t old_cgroup_ino 40 8; ino_t new_cgroup_ino 48 8; unsigned int count 56 4",
    '"bdi %s: old_cgroup_ino=%lu new_cgroup_ino=%lu count=%u", REC->name, (unsigned long)REC->old_cgroup_ino, (unsigned long)REC->new_cgroup_ino, REC->count',
  ],
  inode_foreign_history: [
    1004,
    "char name[32] 8 32; ino_t ino 40 8; ino_t cgroup_ino 48 8; unsigned int history 56 4",
    '"bdi %s: ino=%lu cgroup_ino=%lu history=0x%x", REC->name, (unsigned long)REC->ino, (unsigned long)REC->cgroup_ino, REC->history',
  ],
  writeback_dirty_inode: [
    1005,
    "char name[32] 8 32; ino_t ino 40 8; unsigned long state 48 8; unsigned long flags 56 8",
    '"bdi %s: ino=%lu state=%s flags=%s", REC->name, (unsigned long)REC->ino, __print_flags(REC->state, "|", {I_DIRTY_SYNC, "I_DIRTY_SYNC"}, {I_DIRTY_DATASYNC, "I_DIRTY_DATASYNC"}, {I_DIRTY_PAGES, "I_DIRTY_PAGES"}, {I_NEW, "I_NEW"}, {I_WILL_FREE, "I_WILL_FREE"}, {I_FREEING, "I_FREEING"}, {I_CLEAR, "I_CLEAR"}, {I_SYNC, "I_SYNC"}, {I_DIRTY_TIME, "I_DIRTY_TIME"}, {I_REFERENCED, "I_REFERENCED"}, {I_LINKABLE, "I_LINKABLE"}, {I_WB_SWITCH, "I_WB_SWITCH"}, {I_OVL_INUSE, "I_OVL_INUSE"}, {I_CREATING, "I_CREATING"}, {I_DONTCACHE, "I_DONTCACHE"}, {I_SYNC_QUEUED, "I_SYNC_QUEUED"}, {I_PINNING_NETFS_WB, "I_PINNING_NETFS_WB"}, {I_LRU_ISOLATING, "I_LRU_ISOLATING"} ), __print_flags(REC->flags, "|", {I_DIRTY_SYNC, "I_DIRTY_SYNC"}, {I_DIRTY_DATASYNC, "I_DIRTY_DATASYNC"}, {I_DIRTY_PAGES, "I_DIRTY_PAGES"}, {I_NEW, "I_NEW"}, {I_WILL_FREE, "I_WILL_FREE"}, {I_FREEING, "I_FREEING"}, {I_CLEAR, "I_CLEAR"}, {I_SYNC, "I_SYNC"}, {I_DIRTY_TIME, "I_DIRTY_TIME"}, {I_REFERENCED, "I_REFERENCED"}, {I_LINKABLE, "I_LINKABLE"}, {I_WB_SWITCH, "I_WB_SWITCH"}, {I_OVL_INUSE, "I_OVL_INUSE"}, {I_CREATING, "I_CREATING"}, {I_DONTCACHE, "I_DONTCACHE"}, {I_SYNC_QUEUED, "I_SYNC_QUEUED"}, {I_PINNING_NETFS_WB, "I_PINNING_NETFS_WB"}, {I_LRU_ISOLATING, "I_LRU_ISOLATING"} )',
  ],
  writeback_dirty_inode_start: [
    1006,
    "char name[32] 8 32; ino_t ino 40 8; unsigned long state 48 8; unsigned long flags 56 8",
    '"bdi %s: ino=%lu state=%s flags=%s", REC->name, (unsigned long)REC->ino, __print_flags(REC->state, "|", {I_DIRTY_SYNC, "I_DIRTY_SYNC"}, {I_DIRTY_DATASYNC, "I_DIRTY_DATASYNC"}, {I_DIRTY_PAGES, "I_DIRTY_PAGES"}, {I_NEW, "I_NEW"}, {I_WILL_FREE, "I_WILL_FREE"}, {I_FREEING, "I_FREEING"}, {I_CLEAR, "I_CLEAR"}, {I_SYNC, "I_SYNC"}, {I_DIRTY_TIME, "I_DIRTY_TIME"}, {I_REFERENCED, "I_REFERENCED"}, {I_LINKABLE, "I_LINKABLE"}, {I_WB_SWITCH, "I_WB_SWITCH"}, {I_OVL_INUSE, "I_OVL_INUSE"}, {I_CREATING, "I_CREATING"}, {I_DONTCACHE, "I_DONTCACHE"}, {I_SYNC_QUEUED, "I_SYNC_QUEUED"}, {I_PINNING_NETFS_WB, "I_PINNING_NETFS_WB"}, {I_LRU_ISOLATING, "I_LRU_ISOLATING"} ), __print_flags(REC->flags, "|", {I_DIRTY_SYNC, "I_DIRTY_SYNC"}, {I_DIRTY_DATASYNC, "I_DIRTY_DATASYNC"}, {I_DIRTY_PAGES, "I_DIRTY_PAGES"}, {I_NEW, "I_NEW"}, {I_WILL_FREE, "I_WILL_FREE"}, {I_FREEING, "I_FREEING"}, {I_CLEAR, "I_CLEAR"}, {I_SYNC, "I_SYNC"}, {I_DIRTY_TIME, "I_DIRTY_TIME"}, {I_REFERENCED, "I_REFERENCED"}, {I_LINKABLE, "I_LINKABLE"}, {I_WB_SWITCH, "I_WB_SWITCH"}, {I_OVL_INUSE, "I_OVL_INUSE"}, {I_CREATING, "I_CREATING"}, {I_DONTCACHE, "I_DONTCACHE"}, {I_SYNC_QUEUED, "I_SYNC_QUEUED"}, {I_PINNING_NETFS_WB, "I_PINNING_NETFS_WB"}, {I_LRU_ISOLATING, "I_LRU_ISOLATING"} )',
  ],
  writeback_mark_inode_dirty: [
    1007,
    "char name[32] 8 32; ino_t ino 40 8; unsigned long state 48 8; unsigned long flags 56 8",
    '"bdi %s: ino=%lu state=%s flags=%s", REC->name, (unsigned long)REC->ino, __print_flags(REC->state, "|", {I_DIRTY_SYNC, "I_DIRTY_SYNC"}, {I_DIRTY_DATASYNC, "I_DIRTY_DATASYNC"}, {I_DIRTY_PAGES, "I_DIRTY_PAGES"}, {I_NEW, "I_NEW"}, {I_WILL_FREE, "I_WILL_FREE"}, {I_FREEING, "I_FREEING"}, {I_CLEAR, "I_CLEAR"}, {I_SYNC, "I_SYNC"}, {I_DIRTY_TIME, "I_DIRTY_TIME"}, {I_REFERENCED, "I_REFERENCED"}, {I_LINKABLE, "I_LINKABLE"}, {I_WB_SWITCH, "I_WB_SWITCH"}, {I_OVL_INUSE, "I_OVL_INUSE"}, {I_CREATING, "I_CREATING"}, {I_DONTCACHE, "I_DONTCACHE"}, {I_SYNC_QUEUED, "I_SYNC_QUEUED"}, {I_PINNING_NETFS_WB, "I_PINNING_NETFS_WB"}, {I_LRU_ISOLATING, "I_LRU_ISOLATING"} ), __print_flags(REC->flags, "|", {I_DIRTY_SYNC, "I_DIRTY_SYNC"}, {I_DIRTY_DATASYNC, "I_DIRTY_DATASYNC"}, {I_DIRTY_PAGES, "I_DIRTY_PAGES"}, {I_NEW, "I_NEW"}, {I_WILL_FREE, "I_WILL_FREE"}, {I_FREEING, "I_FREEING"}, {I_CLEAR, "I_CLEAR"}, {I_SYNC, "I_SYNC"}, {I_DIRTY_TIME, "I_DIRTY_TIME"}, {I_REFERENCED, "I_REFERENCED"}, {I_LINKABLE, "I_LINKABLE"}, {I_WB_SWITCH, "I_WB_SWITCH"}, {I_OVL_INUSE, "I_OVL_INUSE"}, {I_CREATING, "I_CREATING"}, {I_DONTCACHE, "I_DONTCACHE"}, {I_SYNC_QUEUED, "I_SYNC_QUEUED"}, {I_PINNING_NETFS_WB, "I_PINNING_NETFS_WB"}, {I_LRU_ISOLATING, "I_LRU_ISOLATING"} )',
  ],
  folio_wait_writeback: [
    1008,
    "char name[32] 8 32; ino_t ino 40 8; unsigned long index 48 8",
    '"bdi %s: ino=%lu index=%lu", REC->name, (unsigned long)REC->ino, REC->index',
  ],
  writeback_dirty_folio: [
    1009,
    "char name[32] 8 32; ino_t ino 40 8; unsigned long index 48 8",
    '"bdi %s: ino=%lu index=%lu", REC->name, (unsigned long)REC->ino, REC->index',
  ],
} as const satisfies EventRows;
