// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const VMALLOC_EVENTS = {
  free_vmap_area_noflush: [
    714,
    "unsigned long va_start 8 8; unsigned long nr_lazy 16 8; unsigned long nr_lazy_max 24 8",
    '"va_start=0x%lx nr_lazy=%lu nr_lazy_max=%lu", REC->va_start, REC->nr_lazy, REC->nr_lazy_max',
  ],
  purge_vmap_area_lazy: [
    715,
    "unsigned long start 8 8; unsigned long end 16 8; unsigned int npurged 24 4",
    '"start=0x%lx end=0x%lx num_purged=%u", REC->start, REC->end, REC->npurged',
  ],
  alloc_vmap_area: [
    716,
    "unsigned long addr 8 8; unsigned long size 16 8; unsigned long align 24 8; unsigned long vstart 32 8; unsigned long vend 40 8; int failed 48 4s",
    '"va_start: %lu size=%lu align=%lu vstart=0x%lx vend=0x%lx failed=%d", REC->addr, REC->size, REC->align, REC->vstart, REC->vend, REC->failed',
  ],
} as const satisfies EventRows;
