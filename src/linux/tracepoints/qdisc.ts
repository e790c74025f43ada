// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const QDISC_EVENTS = {
  qdisc_create: [
    2259,
    "__data_loc char[] dev 8 4; __data_loc char[] kind 12 4; u32 parent 16 4",
    '"dev=%s kind=%s parent=%x:%x", __get_str(dev), __get_str(kind), ((REC->parent)&(0xFFFF0000U)) >> 16, ((REC->parent)&(0x0000FFFFU))',
  ],
  qdisc_destroy: [
    2260,
    "__data_loc char[] dev 8 4; __data_loc char[] kind 12 4; u32 parent 16 4; u32 handle 20 4",
    '"dev=%s kind=%s parent=%x:%x handle=%x:%x", __get_str(dev), __get_str(kind), ((REC->parent)&(0xFFFF0000U)) >> 16, ((REC->parent)&(0x0000FFFFU)), ((REC->handle)&(0xFFFF0000U)) >> 16, ((REC->handle)&(0x0000FFFFU))',
  ],
  qdisc_reset: [
    2261,
    "__data_loc char[] dev 8 4; __data_loc char[] kind 12 4; u32 parent 16 4; u32 handle 20 4",
    '"dev=%s kind=%s parent=%x:%x handle=%x:%x", __get_str(dev), __get_str(kind), ((REC->parent)&(0xFFFF0000U)) >> 16, ((REC->parent)&(0x0000FFFFU)), ((REC->handle)&(0xFFFF0000U)) >> 16, ((REC->handle)&(0x0000FFFFU))',
  ],
  qdisc_enqueue: [
    2262,
    "struct Qdisc * qdisc 8 8; const struct netdev_queue * txq 16 8; void * skbaddr 24 8; int ifindex 32 4s; u32 handle 36 4; u32 parent 40 4",
    '"enqueue ifindex=%d qdisc handle=0x%X parent=0x%X skbaddr=%p", REC->ifindex, REC->handle, REC->parent, REC->skbaddr',
  ],
  qdisc_dequeue: [
    2263,
    "struct Qdisc * qdisc 8 8; const struct netdev_queue * txq 16 8; int packets 24 4s; void * skbaddr 32 8; int ifindex 40 4s; u32 handle 44 4; u32 parent 48 4; unsigned long txq_state 56 8",
    '"dequeue ifindex=%d qdisc handle=0x%X parent=0x%X txq_state=0x%lX packets=%d skbaddr=%p", REC->ifindex, REC->handle, REC->parent, REC->txq_state, REC->packets, REC->skbaddr',
  ],
} as const satisfies EventRows;
