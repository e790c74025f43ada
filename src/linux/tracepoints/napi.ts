// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const NAPI_EVENTS = {
  dql_stall_detected: [
    2290,
    "unsigned short thrs 8 2; unsigned int len 12 4; unsigned long last_reap 16 8; unsigned long hist_head 24 8; unsigned long now 32 8; unsigned long hist[4] 40 32",
    '"thrs %u  len %u  last_reap %lu  hist_head %lu  now %lu  hist %016lx %016lx %016lx %016lx", REC->thrs, REC->len, REC->last_reap, REC->hist_head, REC->now, REC->hist[0], REC->hist[1], REC->hist[2], REC->hist[3]',
  ],
  napi_poll: [
    2291,
    "struct napi_struct * napi 8 8; __data_loc char[] dev_name 16 4; int work 20 4s; int budget 24 4s",
    '"napi poll on napi struct %p for device %s work %d budget %d", REC->napi, __get_str(dev_name), REC->work, REC->budget',
  ],
} as const satisfies EventRows;
