// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const PAGEMAP_EVENTS = {
  mm_lru_activate: [
    620,
    "struct folio * folio 8 8; unsigned long pfn 16 8",
    '"folio=%p pfn=0x%lx", REC->folio, REC->pfn',
  ],
  mm_lru_insertion: [
    621,
    "struct folio * folio 8 8; unsigned long pfn 16 8; enum lru_list lru 24 4; unsigned long flags 32 8",
    '"folio=%p pfn=0x%lx lru=%d flags=%s%s%s%s%s%s", REC->folio, REC->pfn, REC->lru, REC->flags & 0x0001u ? "M" : " ", REC->flags & 0x0002u ? "a" : "f", REC->flags & 0x0008u ? "s" : " ", REC->flags & 0x0010u ? "b" : " ", REC->flags & 0x0020u ? "d" : " ", REC->flags & 0x0040u ? "B" : " "',
  ],
} as const satisfies EventRows;
