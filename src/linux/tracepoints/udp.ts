// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const UDP_EVENTS = {
  udp_fail_queue_rcv_skb: [
    2282,
    "int rc 8 4s; __u16 sport 12 2; __u16 dport 14 2; __u16 family 16 2; __u8 saddr[28] 18 28; __u8 daddr[28] 46 28",
    '"rc=%d family=%s src=%pISpc dest=%pISpc", REC->rc, __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->saddr, REC->daddr',
  ],
} as const satisfies EventRows;
