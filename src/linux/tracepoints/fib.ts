// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const FIB_EVENTS = {
  fib_table_lookup: [
    2264,
    "u32 tb_id 8 4; int err 12 4s; int oif 16 4s; int iif 20 4s; u8 proto 24 1; __u8 tos 25 1; __u8 scope 26 1; __u8 flags 27 1; __u8 src[4] 28 4; __u8 dst[4] 32 4; __u8 gw4[4] 36 4; __u8 gw6[16] 40 16; u16 sport 56 2; u16 dport 58 2; char name[16] 60 16",
    '"table %u oif %d iif %d proto %u %pI4/%u -> %pI4/%u tos %d scope %d flags %x ==> dev %s gw %pI4/%pI6c err %d", REC->tb_id, REC->oif, REC->iif, REC->proto, REC->src, REC->sport, REC->dst, REC->dport, REC->tos, REC->scope, REC->flags, REC->name, REC->gw4, REC->gw6, REC->err',
  ],
} as const satisfies EventRows;
