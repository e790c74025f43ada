// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const WORKQUEUE_EVENTS = {
  workqueue_execute_end: [
    334,
    "void * work 8 8; void * function 16 8",
    '"work struct %p: function %ps", REC->work, REC->function',
  ],
  workqueue_execute_start: [
    335,
    "void * work 8 8; void * function 16 8",
    '"work struct %p: function %ps", REC->work, REC->function',
  ],
  workqueue_activate_work: [
    336,
    "void * work 8 8; void * function 16 8",
    '"work struct %p function=%ps ", REC->work, REC->function',
  ],
  workqueue_queue_work: [
    337,
    "void * work 8 8; void * function 16 8; __data_loc char[] workqueue 24 4; int req_cpu 28 4s; int cpu 32 4s",
    '"work struct=%p function=%ps workqueue=%s req_cpu=%d cpu=%d", REC->work, REC->function, __get_str(workqueue), REC->req_cpu, REC->cpu',
  ],
} as const satisfies EventRows;
