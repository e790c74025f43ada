// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const RCU_EVENTS = {
  rcu_stall_warning: [423, "const char * rcuname 8 8; const char * msg 16 8", '"%s %s", REC->rcuname, REC->msg'],
  rcu_utilization: [424, "const char * s 8 8", '"%s", REC->s'],
} as const satisfies EventRows;
