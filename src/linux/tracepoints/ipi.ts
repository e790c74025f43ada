// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const IPI_EVENTS = {
  ipi_send_cpumask: [
    353,
    "__data_loc cpumask_t cpumask 8 4; void * callsite 16 8; void * callback 24 8",
    '"cpumask=%s callsite=%pS callback=%pS", __get_cpumask(cpumask), REC->callsite, REC->callback',
  ],
  ipi_send_cpu: [
    354,
    "unsigned int cpu 8 4; void * callsite 16 8; void * callback 24 8",
    '"cpu=%u callsite=%pS callback=%pS", REC->cpu, REC->callsite, REC->callback',
  ],
} as const satisfies EventRows;
