// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const ICMP_EVENTS = {
  icmp_send: [
    2314,
    "const void * skbaddr 8 8; int type 16 4s; int code 20 4s; __u8 saddr[4] 24 4; __u8 daddr[4] 28 4; __u16 sport 32 2; __u16 dport 34 2; unsigned short ulen 36 2",
    '"icmp_send: type=%d, code=%d. From %pI4:%u to %pI4:%u ulen=%d skbaddr=%p", REC->type, REC->code, REC->saddr, REC->sport, REC->daddr, REC->dport, REC->ulen, REC->skbaddr',
  ],
} as const satisfies EventRows;
