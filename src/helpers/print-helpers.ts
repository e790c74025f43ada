import { formatAt } from "./format.ts";
import type { HelperRow } from "./row.ts";

/** Text for people. */
export const PRINT_HELPERS: readonly HelperRow[] = [
  {
    id: 6,
    name: "trace_printk",
    gplOnly: true,
    args: ["ptr_to_mem_rdonly", "const_size"],
    unchecked: 3,
    returns: "integer",
    passing: "i32",
    doc: "Prints a line with at most three values into the trace pipe; returns its length.",
    implement:
      (host) =>
      (format, size, ...values) => {
        const line = formatAt(host.memory, format, size, values);
        if (typeof line === "number") return line;
        host.trace(line);
        return line.length;
      },
  },
];
