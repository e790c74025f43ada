import { formatAt } from "./format.ts";
import type { HelperImplementation } from "./row.ts";

/** Bytes, one a character, as the UTF-8 that they usually are. */
const decodeBytes = (bytes: string): string =>
  new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));

/** Text for people. */
export const PRINT_HELPERS: readonly HelperImplementation[] = [
  {
    name: "trace_printk",
    unchecked: 3,
    passing: "i32",
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
