// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const PRINTK_EVENTS = {
  console: [411, "__data_loc char[] msg 8 4", '"%s", __get_str(msg)'],
} as const satisfies EventRows;
