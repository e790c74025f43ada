// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const LOCK_EVENTS = {
  contention_end: [407, "void * lock_addr 8 8; int ret 16 4s", '"%p (ret=%d)", REC->lock_addr, REC->ret'],
  contention_begin: [
    408,
    "void * lock_addr 8 8; unsigned int flags 16 4",
    '"%p (flags=%s)", REC->lock_addr, __print_flags(REC->flags, "|", { (1U << 0), "SPIN" }, { (1U << 1), "READ" }, { (1U << 2), "WRITE" }, { (1U << 3), "RT" }, { (1U << 4), "PERCPU" }, { (1U << 5), "MUTEX" } )',
  ],
} as const satisfies EventRows;
