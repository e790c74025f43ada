// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const BPF_TRACE_EVENTS = {
  bpf_trace_printk: [550, "__data_loc char[] bpf_string 8 4", '"%s", __get_str(bpf_string)'],
} as const satisfies EventRows;
