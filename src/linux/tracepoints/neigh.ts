// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const NEIGH_EVENTS = {
  neigh_cleanup_and_release: [
    2243,
    "u32 family 8 4; __data_loc char[] dev 12 4; u8 lladdr[32] 16 32; u8 lladdr_len 48 1; u8 flags 49 1; u8 nud_state 50 1; u8 type 51 1; u8 dead 52 1; int refcnt 56 4s; __u8 primary_key4[4] 60 4; __u8 primary_key6[16] 64 16; unsigned long confirmed 80 8; unsigned long updated 88 8; unsigned long used 96 8; u32 err 104 4",
    '"family %d dev %s lladdr %s flags %02x nud_state %s type %02x dead %d refcnt %d primary_key4 %pI4 primary_key6 %pI6c confirmed %lu updated %lu used %lu err %d", REC->family, __get_str(dev), __print_hex_str(REC->lladdr, REC->lladdr_len), REC->flags, __print_symbolic(REC->nud_state, { 0x01, "incomplete" }, { 0x02, "reachable" }, { 0x04, "stale" }, { 0x08, "delay" }, { 0x10, "probe" }, { 0x20, "failed" }, { 0x40, "noarp" }, { 0x80, "permanent"}), REC->type, REC->dead, REC->refcnt, REC->primary_key4, REC->primary_key6, REC->confirmed, REC->updated, REC->used, REC->err',
  ],
  neigh_event_send_dead: [
    2244,
    "u32 family 8 4; __data_loc char[] dev 12 4; u8 lladdr[32] 16 32; u8 lladdr_len 48 1; u8 flags 49 1; u8 nud_state 50 1; u8 type 51 1; u8 dead 52 1; int refcnt 56 4s; __u8 primary_key4[4] 60 4; __u8 primary_key6[16] 64 16; unsigned long confirmed 80 8; unsigned long updated 88 8; unsigned long used 96 8; u32 err 104 4",
    '"family %d dev %s lladdr %s flags %02x nud_state %s type %02x dead %d refcnt %d primary_key4 %pI4 primary_key6 %pI6c confirmed %lu updated %lu used %lu err %d", REC->family, __get_str(dev), __print_hex_str(REC->lladdr, REC->lladdr_len), REC->flags, __print_symbolic(REC->nud_state, { 0x01, "incomplete" }, { 0x02, "reachable" }, { 0x04, "stale" }, { 0x08, "delay" }, { 0x10, "probe" }, { 0x20, "failed" }, { 0x40, "noarp" }, { 0x80, "permanent"}), REC->type, REC->dead, REC->refcnt, REC->primary_key4, REC->primary_key6, REC->confirmed, REC->updated, REC->used, REC->err',
  ],
  neigh_event_send_done: [
    2245,
    "u32 family 8 4; __data_loc char[] dev 12 4; u8 lladdr[32] 16 32; u8 lladdr_len 48 1; u8 flags 49 1; u8 nud_state 50 1; u8 type 51 1; u8 dead 52 1; int refcnt 56 4s; __u8 primary_key4[4] 60 4; __u8 primary_key6[16] 64 16; unsigned long confirmed 80 8; unsigned long updated 88 8; unsigned long used 96 8; u32 err 104 4",
    '"family %d dev %s lladdr %s flags %02x nud_state %s type %02x dead %d refcnt %d primary_key4 %pI4 primary_key6 %pI6c confirmed %lu updated %lu used %lu err %d", REC->family, __get_str(dev), __print_hex_str(REC->lladdr, REC->lladdr_len), REC->flags, __print_symbolic(REC->nud_state, { 0x01, "incomplete" }, { 0x02, "reachable" }, { 0x04, "stale" }, { 0x08, "delay" }, { 0x10, "probe" }, { 0x20, "failed" }, { 0x40, "noarp" }, { 0x80, "permanent"}), REC->type, REC->dead, REC->refcnt, REC->primary_key4, REC->primary_key6, REC->confirmed, REC->updated, REC->used, REC->err',
  ],
  neigh_timer_handler: [
    2246,
    "u32 family 8 4; __data_loc char[] dev 12 4; u8 lladdr[32] 16 32; u8 lladdr_len 48 1; u8 flags 49 1; u8 nud_state 50 1; u8 type 51 1; u8 dead 52 1; int refcnt 56 4s; __u8 primary_key4[4] 60 4; __u8 primary_key6[16] 64 16; unsigned long confirmed 80 8; unsigned long updated 88 8; unsigned long used 96 8; u32 err 104 4",
    '"family %d dev %s lladdr %s flags %02x nud_state %s type %02x dead %d refcnt %d primary_key4 %pI4 primary_key6 %pI6c confirmed %lu updated %lu used %lu err %d", REC->family, __get_str(dev), __print_hex_str(REC->lladdr, REC->lladdr_len), REC->flags, __print_symbolic(REC->nud_state, { 0x01, "incomplete" }, { 0x02, "reachable" }, { 0x04, "stale" }, { 0x08, "delay" }, { 0x10, "probe" }, { 0x20, "failed" }, { 0x40, "noarp" }, { 0x80, "permanent"}), REC->type, REC->dead, REC->refcnt, REC->primary_key4, REC->primary_key6, REC->confirmed, REC->updated, REC->used, REC->err',
  ],
  neigh_update_done: [
    2247,
    "u32 family 8 4; __data_loc char[] dev 12 4; u8 lladdr[32] 16 32; u8 lladdr_len 48 1; u8 flags 49 1; u8 nud_state 50 1; u8 type 51 1; u8 dead 52 1; int refcnt 56 4s; __u8 primary_key4[4] 60 4; __u8 primary_key6[16] 64 16; unsigned long confirmed 80 8; unsigned long updated 88 8; unsigned long used 96 8; u32 err 104 4",
    '"family %d dev %s lladdr %s flags %02x nud_state %s type %02x dead %d refcnt %d primary_key4 %pI4 primary_key6 %pI6c confirmed %lu updated %lu used %lu err %d", REC->family, __get_str(dev), __print_hex_str(REC->lladdr, REC->lladdr_len), REC->flags, __print_symbolic(REC->nud_state, { 0x01, "incomplete" }, { 0x02, "reachable" }, { 0x04, "stale" }, { 0x08, "delay" }, { 0x10, "probe" }, { 0x20, "failed" }, { 0x40, "noarp" }, { 0x80, "permanent"}), REC->type, REC->dead, REC->refcnt, REC->primary_key4, REC->primary_key6, REC->confirmed, REC->updated, REC->used, REC->err',
  ],
  neigh_update: [
    2248,
    "u32 family 8 4; __data_loc char[] dev 12 4; u8 lladdr[32] 16 32; u8 lladdr_len 48 1; u8 flags 49 1; u8 nud_state 50 1; u8 type 51 1; u8 dead 52 1; int refcnt 56 4s; __u8 primary_key4[4] 60 4; __u8 primary_key6[16] 64 16; unsigned long confirmed 80 8; unsigned long updated 88 8; unsigned long used 96 8; u8 new_lladdr[32] 104 32; u8 new_state 136 1; u32 update_flags 140 4; u32 pid 144 4",
    '"family %d dev %s lladdr %s flags %02x nud_state %s type %02x dead %d refcnt %d primary_key4 %pI4 primary_key6 %pI6c confirmed %lu updated %lu used %lu new_lladdr %s new_state %s update_flags %02x pid %d", REC->family, __get_str(dev), __print_hex_str(REC->lladdr, REC->lladdr_len), REC->flags, __print_symbolic(REC->nud_state, { 0x01, "incomplete" }, { 0x02, "reachable" }, { 0x04, "stale" }, { 0x08, "delay" }, { 0x10, "probe" }, { 0x20, "failed" }, { 0x40, "noarp" }, { 0x80, "permanent"}), REC->type, REC->dead, REC->refcnt, REC->primary_key4, REC->primary_key6, REC->confirmed, REC->updated, REC->used, __print_hex_str(REC->new_lladdr, REC->lladdr_len), __print_symbolic(REC->new_state, { 0x01, "incomplete" }, { 0x02, "reachable" }, { 0x04, "stale" }, { 0x08, "delay" }, { 0x10, "probe" }, { 0x20, "failed" }, { 0x40, "noarp" }, { 0x80, "permanent"}), REC->update_flags, REC->pid',
  ],
  neigh_create: [
    2249,
    "u32 family 8 4; __data_loc char[] dev 12 4; int entries 16 4s; u8 created 20 1; u8 gc_exempt 21 1; u8 primary_key4[4] 22 4; u8 primary_key6[16] 26 16",
    '"family %d dev %s entries %d primary_key4 %pI4 primary_key6 %pI6c created %d gc_exempt %d", REC->family, __get_str(dev), REC->entries, REC->primary_key4, REC->primary_key6, REC->created, REC->gc_exempt',
  ],
} as const satisfies EventRows;
