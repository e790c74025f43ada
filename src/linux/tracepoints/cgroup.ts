// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const CGROUP_EVENTS = {
  cgroup_rstat_unlock: [
    532,
    "int root 8 4s; int level 12 4s; u64 id 16 8; int cpu 24 4s; bool contended 28 1",
    '"root=%d id=%llu level=%d cpu=%d lock contended:%d", REC->root, REC->id, REC->level, REC->cpu, REC->contended',
  ],
  cgroup_rstat_locked: [
    533,
    "int root 8 4s; int level 12 4s; u64 id 16 8; int cpu 24 4s; bool contended 28 1",
    '"root=%d id=%llu level=%d cpu=%d lock contended:%d", REC->root, REC->id, REC->level, REC->cpu, REC->contended',
  ],
  cgroup_rstat_lock_contended: [
    534,
    "int root 8 4s; int level 12 4s; u64 id 16 8; int cpu 24 4s; bool contended 28 1",
    '"root=%d id=%llu level=%d cpu=%d lock contended:%d", REC->root, REC->id, REC->level, REC->cpu, REC->contended',
  ],
  cgroup_notify_frozen: [
    535,
    "int root 8 4s; int level 12 4s; u64 id 16 8; __data_loc char[] path 24 4; int val 28 4s",
    '"root=%d id=%llu level=%d path=%s val=%d", REC->root, REC->id, REC->level, __get_str(path), REC->val',
  ],
  cgroup_notify_populated: [
    536,
    "int root 8 4s; int level 12 4s; u64 id 16 8; __data_loc char[] path 24 4; int val 28 4s",
    '"root=%d id=%llu level=%d path=%s val=%d", REC->root, REC->id, REC->level, __get_str(path), REC->val',
  ],
  cgroup_transfer_tasks: [
    537,
    "int dst_root 8 4s; int dst_level 12 4s; u64 dst_id 16 8; int pid 24 4s; __data_loc char[] dst_path 28 4; __data_loc char[] comm 32 4",
    '"dst_root=%d dst_id=%llu dst_level=%d dst_path=%s pid=%d comm=%s", REC->dst_root, REC->dst_id, REC->dst_level, __get_str(dst_path), REC->pid, __get_str(comm)',
  ],
  cgroup_attach_task: [
    538,
    "int dst_root 8 4s; int dst_level 12 4s; u64 dst_id 16 8; int pid 24 4s; __data_loc char[] dst_path 28 4; __data_loc char[] comm 32 4",
    '"dst_root=%d dst_id=%llu dst_level=%d dst_path=%s pid=%d comm=%s", REC->dst_root, REC->dst_id, REC->dst_level, __get_str(dst_path), REC->pid, __get_str(comm)',
  ],
  cgroup_unfreeze: [
    539,
    "int root 8 4s; int level 12 4s; u64 id 16 8; __data_loc char[] path 24 4",
    '"root=%d id=%llu level=%d path=%s", REC->root, REC->id, REC->level, __get_str(path)',
  ],
  cgroup_freeze: [
    540,
    "int root 8 4s; int level 12 4s; u64 id 16 8; __data_loc char[] path 24 4",
    '"root=%d id=%llu level=%d path=%s", REC->root, REC->id, REC->level, __get_str(path)',
  ],
  cgroup_rename: [
    541,
    "int root 8 4s; int level 12 4s; u64 id 16 8; __data_loc char[] path 24 4",
    '"root=%d id=%llu level=%d path=%s", REC->root, REC->id, REC->level, __get_str(path)',
  ],
  cgroup_release: [
    542,
    "int root 8 4s; int level 12 4s; u64 id 16 8; __data_loc char[] path 24 4",
    '"root=%d id=%llu level=%d path=%s", REC->root, REC->id, REC->level, __get_str(path)',
  ],
  cgroup_rmdir: [
    543,
    "int root 8 4s; int level 12 4s; u64 id 16 8; __data_loc char[] path 24 4",
    '"root=%d id=%llu level=%d path=%s", REC->root, REC->id, REC->level, __get_str(path)',
  ],
  cgroup_mkdir: [
    544,
    "int root 8 4s; int level 12 4s; u64 id 16 8; __data_loc char[] path 24 4",
    '"root=%d id=%llu level=%d path=%s", REC->root, REC->id, REC->level, __get_str(path)',
  ],
  cgroup_remount: [
    545,
    "int root 8 4s; u16 ss_mask 12 2; __data_loc char[] name 16 4",
    '"root=%d ss_mask=%#x name=%s", REC->root, REC->ss_mask, __get_str(name)',
  ],
  cgroup_destroy_root: [
    546,
    "int root 8 4s; u16 ss_mask 12 2; __data_loc char[] name 16 4",
    '"root=%d ss_mask=%#x name=%s", REC->root, REC->ss_mask, __get_str(name)',
  ],
  cgroup_setup_root: [
    547,
    "int root 8 4s; u16 ss_mask 12 2; __data_loc char[] name 16 4",
    '"root=%d ss_mask=%#x name=%s", REC->root, REC->ss_mask, __get_str(name)',
  ],
} as const satisfies EventRows;
