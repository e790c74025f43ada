// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const OOM_EVENTS = {
  compact_retry: [
    604,
    "int order 8 4s; int priority 12 4s; int result 16 4s; int retries 20 4s; int max_retries 24 4s; bool ret 28 1",
    '"order=%d priority=%s compaction_result=%s retries=%d max_retries=%d should_retry=%d", REC->order, __print_symbolic(REC->priority, {0, "COMPACT_PRIO_SYNC_FULL"}, {1, "COMPACT_PRIO_SYNC_LIGHT"}, {2, "COMPACT_PRIO_ASYNC"}), __print_symbolic(REC->result, {1, "failed"}, {2, "withdrawn"}, {3, "progress"}), REC->retries, REC->max_retries, REC->ret',
  ],
  skip_task_reaping: [605, "int pid 8 4s", '"pid=%d", REC->pid'],
  finish_task_reaping: [606, "int pid 8 4s", '"pid=%d", REC->pid'],
  start_task_reaping: [607, "int pid 8 4s", '"pid=%d", REC->pid'],
  wake_reaper: [608, "int pid 8 4s", '"pid=%d", REC->pid'],
  mark_victim: [
    609,
    "int pid 8 4s; __data_loc char[] comm 12 4; unsigned long total_vm 16 8; unsigned long anon_rss 24 8; unsigned long file_rss 32 8; unsigned long shmem_rss 40 8; uid_t uid 48 4; unsigned long pgtables 56 8; short oom_score_adj 64 2s",
    '"pid=%d comm=%s total-vm=%lukB anon-rss=%lukB file-rss:%lukB shmem-rss:%lukB uid=%u pgtables=%lukB oom_score_adj=%hd", REC->pid, __get_str(comm), REC->total_vm, REC->anon_rss, REC->file_rss, REC->shmem_rss, REC->uid, REC->pgtables, REC->oom_score_adj',
  ],
  reclaim_retry_zone: [
    610,
    "int node 8 4s; int zone_idx 12 4s; int order 16 4s; unsigned long reclaimable 24 8; unsigned long available 32 8; unsigned long min_wmark 40 8; int no_progress_loops 48 4s; bool wmark_check 52 1",
    '"node=%d zone=%-8s order=%d reclaimable=%lu available=%lu min_wmark=%lu no_progress_loops=%d wmark_check=%d", REC->node, __print_symbolic(REC->zone_idx, {0, "DMA"}, {1, "DMA32"}, {2, "Normal"}, {3, "Movable"}), REC->order, REC->reclaimable, REC->available, REC->min_wmark, REC->no_progress_loops, REC->wmark_check',
  ],
  oom_score_adj_update: [
    611,
    "pid_t pid 8 4s; char comm[16] 12 16; short oom_score_adj 28 2s",
    '"pid=%d comm=%s oom_score_adj=%hd", REC->pid, REC->comm, REC->oom_score_adj',
  ],
} as const satisfies EventRows;
