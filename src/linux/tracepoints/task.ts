// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const TASK_EVENTS = {
  task_prctl_unknown: [
    203,
    "int option 8 4s; unsigned long arg2 16 8; unsigned long arg3 24 8; unsigned long arg4 32 8; unsigned long arg5 40 8",
    '"option=%d arg2=%ld arg3=%ld arg4=%ld arg5=%ld", REC->option, REC->arg2, REC->arg3, REC->arg4, REC->arg5',
  ],
  task_rename: [
    204,
    "pid_t pid 8 4s; char oldcomm[16] 12 16; char newcomm[16] 28 16; short oom_score_adj 44 2s",
    '"pid=%d oldcomm=%s newcomm=%s oom_score_adj=%hd", REC->pid, REC->oldcomm, REC->newcomm, REC->oom_score_adj',
  ],
  task_newtask: [
    205,
    "pid_t pid 8 4s; char comm[16] 12 16; u64 clone_flags 32 8; short oom_score_adj 40 2s",
    '"pid=%d comm=%s clone_flags=%llx oom_score_adj=%hd", REC->pid, REC->comm, REC->clone_flags, REC->oom_score_adj',
  ],
} as const satisfies EventRows;
