// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const SIGNAL_EVENTS = {
  signal_deliver: [
    260,
    "int sig 8 4s; int errno 12 4s; int code 16 4s; unsigned long sa_handler 24 8; unsigned long sa_flags 32 8",
    '"sig=%d errno=%d code=%d sa_handler=%lx sa_flags=%lx", REC->sig, REC->errno, REC->code, REC->sa_handler, REC->sa_flags',
  ],
  signal_generate: [
    261,
    "int sig 8 4s; int errno 12 4s; int code 16 4s; char comm[16] 20 16; pid_t pid 36 4s; int group 40 4s; int result 44 4s",
    '"sig=%d errno=%d code=%d comm=%s pid=%d grp=%d res=%d", REC->sig, REC->errno, REC->code, REC->comm, REC->pid, REC->group, REC->result',
  ],
} as const satisfies EventRows;
