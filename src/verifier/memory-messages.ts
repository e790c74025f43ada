/** Messages about memory of special kinds: sockets, keys, buffers of programs. */
import { type MessageRow, row } from "./message-row.ts";

export const MEMORY_MESSAGES = {
  socket_access: row(
    "EACCES",
    "R%d invalid %s access off=%d size=%d",
    "A {1:type} has no field for an access of {3} bytes at offset {2}, or programs may not see it.",
    "Use offset and size of a field of the structure; a `sock_common` shows less than a full socket.",
    0,
  ),
  flow_keys_access: row(
    "EACCES",
    "invalid access to flow keys off=%d size=%d",
    "The access of {1} bytes at offset {0} is outside the 56 bytes of flow keys.",
    "Use offset and size of a field of `struct bpf_flow_keys`.",
  ),
  buffer_offset: row(
    "EACCES",
    "R%d invalid %s buffer access: off=%d, size=%d",
    "The access is in front of the buffer.",
    "Use an offset of 0 or more.",
    0,
  ),
  buffer_variable: row(
    "EACCES",
    "R%d invalid variable buffer offset: off=%d, var_off=%s",
    "The buffer's size is only known when the program is attached, so every offset in it must be a constant.",
    "Use constant offsets.",
    0,
  ),
} as const satisfies Readonly<Record<string, MessageRow>>;
