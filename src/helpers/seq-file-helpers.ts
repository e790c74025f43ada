import { ERRNO } from "../maps/errno.ts";
import { formatAt } from "./format.ts";
import type { HelperImplementation } from "./row.ts";
import { formatValues } from "./text-helpers.ts";

/** What programs of iterators print. */
export const SEQ_FILE_HELPERS: readonly HelperImplementation[] = [
  {
    name: "seq_printf",
    passing: "i32",
    implement: (host) => (_seq, format, size, data, dataSize) => {
      const args = formatValues(host.memory, data, dataSize);
      const text = args === undefined ? -ERRNO.EINVAL : formatAt(host.memory, format, size, args);
      if (typeof text === "number") return text;
      return host.sequence?.(Uint8Array.from(text, (byte) => byte.charCodeAt(0))) ?? -ERRNO.EOVERFLOW;
    },
  },
  {
    name: "seq_write",
    passing: "i32",
    implement: (host) => (_seq, data, size) =>
      host.sequence?.(host.memory.u8.subarray(data, data + size)) ?? -ERRNO.EOVERFLOW,
  },
];
