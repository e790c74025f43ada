// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const CSD_EVENTS = {
  csd_function_exit: [527, "void * func 8 8; void * csd 16 8", '"func=%ps, csd=%p", REC->func, REC->csd'],
  csd_function_entry: [528, "void * func 8 8; void * csd 16 8", '"func=%ps, csd=%p", REC->func, REC->csd'],
  csd_queue_cpu: [
    529,
    "unsigned int cpu 8 4; void * callsite 16 8; void * func 24 8; void * csd 32 8",
    '"cpu=%u callsite=%pS func=%ps csd=%p", REC->cpu, REC->callsite, REC->func, REC->csd',
  ],
} as const satisfies EventRows;
