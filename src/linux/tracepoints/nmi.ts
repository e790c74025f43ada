// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const NMI_EVENTS = {
  nmi_handler: [
    170,
    "void * handler 8 8; s64 delta_ns 16 8s; int handled 24 4s",
    '"%ps() delta_ns: %lld handled: %d", REC->handler, REC->delta_ns, REC->handled',
  ],
} as const satisfies EventRows;
