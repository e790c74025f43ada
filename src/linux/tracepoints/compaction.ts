// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const COMPACTION_EVENTS = {
  mm_compaction_kcompactd_wake: [
    660,
    "int nid 8 4s; int order 12 4s; enum zone_type highest_zoneidx 16 4",
    '"nid=%d order=%d classzone_idx=%-8s", REC->nid, REC->order, __print_symbolic(REC->highest_zoneidx, {0, "DMA"}, {1, "DMA32"}, {2, "Normal"}, {3, "Movable"})',
  ],
  mm_compaction_wakeup_kcompactd: [
    661,
    "int nid 8 4s; int order 12 4s; enum zone_type highest_zoneidx 16 4",
    '"nid=%d order=%d classzone_idx=%-8s", REC->nid, REC->order, __print_symbolic(REC->highest_zoneidx, {0, "DMA"}, {1, "DMA32"}, {2, "Normal"}, {3, "Movable"})',
  ],
  mm_compaction_kcompactd_sleep: [662, "int nid 8 4s", '"nid=%d", REC->nid'],
  mm_compaction_defer_reset: [
    663,
    "int nid 8 4s; enum zone_type idx 12 4; int order 16 4s; unsigned int considered 20 4; unsigned int defer_shift 24 4; int order_failed 28 4s",
    '"node=%d zone=%-8s order=%d order_failed=%d consider=%u limit=%lu", REC->nid, __print_symbolic(REC->idx, {0, "DMA"}, {1, "DMA32"}, {2, "Normal"}, {3, "Movable"}), REC->order, REC->order_failed, REC->considered, 1UL << REC->defer_shift',
  ],
  mm_compaction_defer_compaction: [
    664,
    "int nid 8 4s; enum zone_type idx 12 4; int order 16 4s; unsigned int considered 20 4; unsigned int defer_shift 24 4; int order_failed 28 4s",
    '"node=%d zone=%-8s order=%d order_failed=%d consider=%u limit=%lu", REC->nid, __print_symbolic(REC->idx, {0, "DMA"}, {1, "DMA32"}, {2, "Normal"}, {3, "Movable"}), REC->order, REC->order_failed, REC->considered, 1UL << REC->defer_shift',
  ],
  mm_compaction_deferred: [
    665,
    "int nid 8 4s; enum zone_type idx 12 4; int order 16 4s; unsigned int considered 20 4; unsigned int defer_shift 24 4; int order_failed 28 4s",
    '"node=%d zone=%-8s order=%d order_failed=%d consider=%u limit=%lu", REC->nid, __print_symbolic(REC->idx, {0, "DMA"}, {1, "DMA32"}, {2, "Normal"}, {3, "Movable"}), REC->order, REC->order_failed, REC->considered, 1UL << REC->defer_shift',
  ],
  mm_compaction_suitable: [
    666,
    "int nid 8 4s; enum zone_type idx 12 4; int order 16 4s; int ret 20 4s",
    '"node=%d zone=%-8s order=%d ret=%s", REC->nid, __print_symbolic(REC->idx, {0, "DMA"}, {1, "DMA32"}, {2, "Normal"}, {3, "Movable"}), REC->order, __print_symbolic(REC->ret, {1, "skipped"}, {2, "deferred"}, {4, "continue"}, {8, "success"}, {6, "partial_skipped"}, {5, "complete"}, {3, "no_suitable_page"}, {0, "not_suitable_zone"}, {7, "contended"})',
  ],
  mm_compaction_finished: [
    667,
    "int nid 8 4s; enum zone_type idx 12 4; int order 16 4s; int ret 20 4s",
    '"node=%d zone=%-8s order=%d ret=%s", REC->nid, __print_symbolic(REC->idx, {0, "DMA"}, {1, "DMA32"}, {2, "Normal"}, {3, "Movable"}), REC->order, __print_symbolic(REC->ret, {1, "skipped"}, {2, "deferred"}, {4, "continue"}, {8, "success"}, {6, "partial_skipped"}, {5, "complete"}, {3, "no_suitable_page"}, {0, "not_suitable_zone"}, {7, "contended"})',
  ],
  mm_compaction_try_to_compact_pages: [
    668,
    "int order 8 4s; unsigned long gfp_mask 16 8; int prio 24 4s",
    '"order=%d gfp_mask=%s priority=%d", REC->order, (REC->gfp_mask) ? __print_flags(REC->gfp_mask, "|", {( unsigned long)(((((((( gfp_t)(((((1UL))) << (10))|((((1UL))) << (11)))) | (( gfp_t)((((1UL))) << (6))) | (( gfp_t)((((1UL))) << (7))) | (( gfp_t)((((1UL))) << (20)))) | (( gfp_t)((((1UL))) << (1)))) | (( gfp_t)((((1UL))) << (3))) | (( gfp_t)0)) | (( gfp_t)((((1UL))) << (18))) | (( gfp_t)((((1UL))) << (19))) | (( gfp_t)((((1UL))) << (13)))) & ~(( gfp_t)(((((1UL))) << (10))|((((1UL))) << (11))))) | (( gfp_t)((((1UL))) << (10)))), "GFP_TRANSHUGE"}, {( unsigned long)((((((( gfp_t)(((((1UL))) << (10))|((((1UL))) << (11)))) | (( gfp_t)((((1UL))) << (6))) | (( gfp_t)((((1UL))) << (7))) | (( gfp_t)((((1UL))) << (20)))) | (( gfp_t)((((1UL))) << (1)))) | (( gfp_t)((((1UL))) << (3))) | (( gfp_t)0)) | (( gfp_t)((((1UL))) << (18))) | (( gfp_t)((((1UL))) << (19))) | (( gfp_t)((((1UL))) << (13)))) & ~(( gfp_t)(((((1UL))) << (10))|((((1UL))) << (11))))), "GFP_TRANSHUGE_LIGHT"}, {( unsigned long)((((( gfp_t)(((((1UL))) << (10))|((((1UL))) << (11)))) | (( gfp_t)((((1UL))) << (6))) | (( gfp_t)((((1UL))) << (7))) | (( gfp_t)((((1UL))) << (20)))) | (( gfp_t)((((1UL))) << (1)))) | (( gfp_t)((((1UL))) << (3))) | (( gfp_t)0)), "GFP_HIGHUSER_MOVABLE"}, {( unsigned long)(((( gfp_t)(((((1UL))) << (10))|((((1UL))) << (11)))) | (( gfp_t)((((1UL))) << (6))) | (( gfp_t)((((1UL))) << (7))) | (( gfp_t)((((1UL))) << (20)))) | (( gfp_t)((((1UL))) << (1)))), "GFP_HIGHUSER"}, {( unsigned long)((( gfp_t)(((((1UL))) << (10))|((((1UL))) << (11)))) | (( gfp_t)((((1UL))) << (6))) | (( gfp_t)((((1UL))) << (7))) | (( gfp_t)((((1UL))) << (20)))), "GFP_USER"}, {( unsigned long)(((( gfp_t)(((((1UL))) << (10))|((((1UL))) << (11)))) | (( gfp_t)((((1UL))) << (6))) | (( gfp_t)((((1UL))) << (7)))) | (( gfp_t)((((1UL))) << (22)))), "GFP_KERNEL_ACCOUNT"}, {( unsigned long)((( gfp_t)(((((1UL))) << (10))|((((1UL))) << (11)))) | (( gfp_t)((((1UL))) << (6))) | (( gfp_t)((((1UL))) << (7)))), "GFP_KERNEL"}, {( unsigned long)((( gfp_t)(((((1UL))) << (10))|((((1UL))) << (11)))) | (( gfp_t)((((1UL))) << (6)))), "GFP_NOFS"}, {( unsigned long)((( gfp_t)((((1UL))) << (5)))|(( gfp_t)((((1UL))) << (11)))), "GFP_ATOMIC"}, {( unsigned long)((( gfp_t)(((((1UL))) << (10))|((((1UL))) << (11))))), "GFP_NOIO"}, {( unsigned long)((( gfp_t)((((1UL))) << (11))) | (( gfp_t)((((1UL))) << (13)))), "GFP_NOWAIT"}, {( unsigned long)(( gfp_t)((((1UL))) << (0))), "GFP_DMA"}, {( unsigned long)(( gfp_t)((((1UL))) << (2))), "GFP_DMA32"}, {( unsigned long)(( gfp_t)(((((1UL))) << (10))|((((1UL))) << (11)))), "__GFP_RECLAIM"}, {( unsigned long)(( gfp_t)((((1UL))) << (0))), "__GFP_DMA"}, {( unsigned long)(( gfp_t)((((1UL))) << (1))), "__GFP_HIGHMEM"}, {( unsigned long)(( gfp_t)((((1UL))) << (2))), "__GFP_DMA32"}, {( unsigned long)(( gfp_t)((((1UL))) << (3))), "__GFP_MOVABLE"}, {( unsigned long)(( gfp_t)((((1UL))) << (4))), "__GFP_RECLAIMABLE"}, {( unsigned long)(( gfp_t)((((1UL))) << (5))), "__GFP_HIGH"}, {( unsigned long)(( gfp_t)((((1UL))) << (6))), "__GFP_IO"}, {( unsigned long)(( gfp_t)((((1UL))) << (7))), "__GFP_FS"}, {( unsigned long)(( gfp_t)((((1UL))) << (8))), "__GFP_ZERO"}, {( unsigned long)(( gfp_t)((((1UL))) << (10))), "__GFP_DIRECT_RECLAIM"}, {( unsigned long)(( gfp_t)((((1UL))) << (11))), "__GFP_KSWAPD_RECLAIM"}, {( unsigned long)(( gfp_t)((((1UL))) << (12))), "__GFP_WRITE"}, {( unsigned long)(( gfp_t)((((1UL))) << (13))), "__GFP_NOWARN"}, {( unsigned long)(( gfp_t)((((1UL))) << (14))), "__GFP_RETRY_MAYFAIL"}, {( unsigned long)(( gfp_t)((((1UL))) << (15))), "__GFP_NOFAIL"}, {( unsigned long)(( gfp_t)((((1UL))) << (16))), "__GFP_NORETRY"}, {( unsigned long)(( gfp_t)((((1UL))) << (17))), "__GFP_MEMALLOC"}, {( unsigned long)(( gfp_t)((((1UL))) << (18))), "__GFP_COMP"}, {( unsigned long)(( gfp_t)((((1UL))) << (19))), "__GFP_NOMEMALLOC"}, {( unsigned long)(( gfp_t)((((1UL))) << (20))), "__GFP_HARDWALL"}, {( unsigned long)(( gfp_t)((((1UL))) << (21))), "__GFP_THISNODE"}, {( unsigned long)(( gfp_t)((((1UL))) << (22))), "__GFP_ACCOUNT"}, {( unsigned long)(( gfp_t)((((1UL))) << (23))), "__GFP_ZEROTAGS"}, {( unsigned long)(( gfp_t)((((1UL))) << (24))), "__GFP_NO_OBJ_EXT"}, { 0, ((void *)0) } ) : "none", REC->prio',
  ],
  mm_compaction_end: [
    669,
    "unsigned long zone_start 8 8; unsigned long migrate_pfn 16 8; unsigned long free_pfn 24 8; unsigned long zone_end 32 8; bool sync 40 1; int status 44 4s",
    '"zone_start=0x%lx migrate_pfn=0x%lx free_pfn=0x%lx zone_end=0x%lx, mode=%s status=%s", REC->zone_start, REC->migrate_pfn, REC->free_pfn, REC->zone_end, REC->sync ? "sync" : "async", __print_symbolic(REC->status, {1, "skipped"}, {2, "deferred"}, {4, "continue"}, {8, "success"}, {6, "partial_skipped"}, {5, "complete"}, {3, "no_suitable_page"}, {0, "not_suitable_zone"}, {7, "contended"})',
  ],
  mm_compaction_begin: [
    670,
    "unsigned long zone_start 8 8; unsigned long migrate_pfn 16 8; unsigned long free_pfn 24 8; unsigned long zone_end 32 8; bool sync 40 1",
    '"zone_start=0x%lx migrate_pfn=0x%lx free_pfn=0x%lx zone_end=0x%lx, mode=%s", REC->zone_start, REC->migrate_pfn, REC->free_pfn, REC->zone_end, REC->sync ? "sync" : "async"',
  ],
  mm_compaction_migratepages: [
    671,
    "unsigned long nr_migrated 8 8; unsigned long nr_failed 16 8",
    '"nr_migrated=%lu nr_failed=%lu", REC->nr_migrated, REC->nr_failed',
  ],
  mm_compaction_fast_isolate_freepages: [
    672,
    "unsigned long start_pfn 8 8; unsigned long end_pfn 16 8; unsigned long nr_scanned 24 8; unsigned long nr_taken 32 8",
    '"range=(0x%lx ~ 0x%lx) nr_scanned=%lu nr_taken=%lu", REC->start_pfn, REC->end_pfn, REC->nr_scanned, REC->nr_taken',
  ],
  mm_compaction_isolate_freepages: [
    673,
    "unsigned long start_pfn 8 8; unsigned long end_pfn 16 8; unsigned long nr_scanned 24 8; unsigned long nr_taken 32 8",
    '"range=(0x%lx ~ 0x%lx) nr_scanned=%lu nr_taken=%lu", REC->start_pfn, REC->end_pfn, REC->nr_scanned, REC->nr_taken',
  ],
  mm_compaction_isolate_migratepages: [
    674,
    "unsigned long start_pfn 8 8; unsigned long end_pfn 16 8; unsigned long nr_scanned 24 8; unsigned long nr_taken 32 8",
    '"range=(0x%lx ~ 0x%lx) nr_scanned=%lu nr_taken=%lu", REC->start_pfn, REC->end_pfn, REC->nr_scanned, REC->nr_taken',
  ],
} as const satisfies EventRows;
