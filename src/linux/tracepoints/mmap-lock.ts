// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const MMAP_LOCK_EVENTS = {
  mmap_lock_acquire_returned: [
    675,
    "struct mm_struct * mm 8 8; u64 memcg_id 16 8; bool write 24 1; bool success 25 1",
    '"mm=%p memcg_id=%llu write=%s success=%s", REC->mm, REC->memcg_id, REC->write ? "true" : "false", REC->success ? "true" : "false"',
  ],
  mmap_lock_released: [
    676,
    "struct mm_struct * mm 8 8; u64 memcg_id 16 8; bool write 24 1",
    '"mm=%p memcg_id=%llu write=%s", REC->mm, REC->memcg_id, REC->write ? "true" : "false"',
  ],
  mmap_lock_start_locking: [
    677,
    "struct mm_struct * mm 8 8; u64 memcg_id 16 8; bool write 24 1",
    '"mm=%p memcg_id=%llu write=%s", REC->mm, REC->memcg_id, REC->write ? "true" : "false"',
  ],
} as const satisfies EventRows;
