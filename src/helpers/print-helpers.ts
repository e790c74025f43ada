import { formatAt } from "./format.ts";
import type { HelperRow } from "./row.ts";

/** Bytes, one a character, as the UTF-8 that they usually are. */
const decodeBytes = (bytes: string): string =>
  new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));

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
        host.trace(decodeBytes(line));
        return line.length;
      },
  },
];
