// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const PAGE_POOL_EVENTS = {
  page_pool_update_nid: [
    2250,
    "const struct page_pool * pool 8 8; int pool_nid 16 4s; int new_nid 20 4s",
    '"page_pool=%p pool_nid=%d new_nid=%d", REC->pool, REC->pool_nid, REC->new_nid',
  ],
  page_pool_state_hold: [
    2251,
    "const struct page_pool * pool 8 8; unsigned long netmem 16 8; u32 hold 24 4; unsigned long pfn 32 8",
    '"page_pool=%p netmem=%p is_net_iov=%lu, pfn=0x%lx hold=%u", REC->pool, (void *)REC->netmem, REC->netmem & 0x01UL, REC->pfn, REC->hold',
  ],
  page_pool_state_release: [
    2252,
    "const struct page_pool * pool 8 8; unsigned long netmem 16 8; u32 release 24 4; unsigned long pfn 32 8",
    '"page_pool=%p netmem=%p is_net_iov=%lu pfn=0x%lx release=%u", REC->pool, (void *)REC->netmem, REC->netmem & 0x01UL, REC->pfn, REC->release',
  ],
  page_pool_release: [
    2253,
    "const struct page_pool * pool 8 8; s32 inflight 16 4s; u32 hold 20 4; u32 release 24 4; u64 cnt 32 8",
    '"page_pool=%p inflight=%d hold=%u release=%u cnt=%llu", REC->pool, REC->inflight, REC->hold, REC->release, REC->cnt',
  ],
} as const satisfies EventRows;
