// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const TLB_EVENTS = {
  tlb_flush: [
    188,
    "int reason 8 4s; unsigned long pages 16 8",
    '"pages:%ld reason:%s (%d)", REC->pages, __print_symbolic(REC->reason, { 0, "flush on task switch" }, { 1, "remote shootdown" }, { 2, "local shootdown" }, { 3, "local MM shootdown" }, { 4, "remote IPI send" }, { 5, "remote wrong CPU" }), REC->reason',
  ],
} as const satisfies EventRows;
