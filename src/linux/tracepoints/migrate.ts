// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const MIGRATE_EVENTS = {
  remove_migration_pte: [
    710,
    "unsigned long addr 8 8; unsigned long pte 16 8; int order 24 4s",
    '"addr=%lx, pte=%lx order=%d", REC->addr, REC->pte, REC->order',
  ],
  set_migration_pte: [
    711,
    "unsigned long addr 8 8; unsigned long pte 16 8; int order 24 4s",
    '"addr=%lx, pte=%lx order=%d", REC->addr, REC->pte, REC->order',
  ],
  mm_migrate_pages_start: [
    712,
    "enum migrate_mode mode 8 4; int reason 12 4s",
    '"mode=%s reason=%s", __print_symbolic(REC->mode, {0, "MIGRATE_ASYNC"}, {1, "MIGRATE_SYNC_LIGHT"}, {2, "MIGRATE_SYNC"}), __print_symbolic(REC->reason, {0, "compaction"}, {1, "memory_failure"}, {2, "memory_hotplug"}, {3, "syscall_or_cpuset"}, {4, "mempolicy_mbind"}, {5, "numa_misplaced"}, {6, "contig_range"}, {7, "longterm_pin"}, {8, "demotion"}, {9, "damon"})',
  ],
  mm_migrate_pages: [
    713,
    "unsigned long succeeded 8 8; unsigned long failed 16 8; unsigned long thp_succeeded 24 8; unsigned long thp_failed 32 8; unsigned long thp_split 40 8; unsigned long large_folio_split 48 8; enum migrate_mode mode 56 4; int reason 60 4s",
    '"nr_succeeded=%lu nr_failed=%lu nr_thp_succeeded=%lu nr_thp_failed=%lu nr_thp_split=%lu nr_split=%lu mode=%s reason=%s", REC->succeeded, REC->failed, REC->thp_succeeded, REC->thp_failed, REC->thp_split, REC->large_folio_split, __print_symbolic(REC->mode, {0, "MIGRATE_ASYNC"}, {1, "MIGRATE_SYNC_LIGHT"}, {2, "MIGRATE_SYNC"}), __print_symbolic(REC->reason, {0, "compaction"}, {1, "memory_failure"}, {2, "memory_hotplug"}, {3, "syscall_or_cpuset"}, {4, "mempolicy_mbind"}, {5, "numa_misplaced"}, {6, "contig_range"}, {7, "longterm_pin"}, {8, "demotion"}, {9, "damon"})',
  ],
} as const satisfies EventRows;
