// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const MMAP_EVENTS = {
  exit_mmap: [696, "struct mm_struct * mm 8 8; struct maple_tree * mt 16 8", '"mt_mod %p, DESTROY", REC->mt'],
  vm_unmapped_area: [
    697,
    "unsigned long addr 8 8; unsigned long total_vm 16 8; unsigned long flags 24 8; unsigned long length 32 8; unsigned long low_limit 40 8; unsigned long high_limit 48 8; unsigned long align_mask 56 8; unsigned long align_offset 64 8",
    '"addr=0x%lx err=%ld total_vm=0x%lx flags=0x%lx len=0x%lx lo=0x%lx hi=0x%lx mask=0x%lx ofs=0x%lx", __builtin_expect(!!((unsigned long)(void *)(REC->addr) >= (unsigned long)-4095), 0) ? 0 : REC->addr, __builtin_expect(!!((unsigned long)(void *)(REC->addr) >= (unsigned long)-4095), 0) ? REC->addr : 0, REC->total_vm, REC->flags, REC->length, REC->low_limit, REC->high_limit, REC->align_mask, REC->align_offset',
  ],
} as const satisfies EventRows;
