// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const RAW_SYSCALLS_EVENTS = {
  sys_exit: [442, "long id 8 8s; long ret 16 8s", '"NR %ld = %ld", REC->id, REC->ret'],
  sys_enter: [
    443,
    "long id 8 8s; unsigned long args[6] 16 48",
    '"NR %ld (%lx, %lx, %lx, %lx, %lx, %lx)", REC->id, REC->args[0], REC->args[1], REC->args[2], REC->args[3], REC->args[4], REC->args[5]',
  ],
} as const satisfies EventRows;
