// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const EXCEPTIONS_EVENTS = {
  page_fault_kernel: [
    189,
    "unsigned long address 8 8; unsigned long ip 16 8; unsigned long error_code 24 8",
    '"address=%ps ip=%ps error_code=0x%lx", (void *)REC->address, (void *)REC->ip, REC->error_code',
  ],
  page_fault_user: [
    190,
    "unsigned long address 8 8; unsigned long ip 16 8; unsigned long error_code 24 8",
    '"address=%ps ip=%ps error_code=0x%lx", (void *)REC->address, (void *)REC->ip, REC->error_code',
  ],
} as const satisfies EventRows;
