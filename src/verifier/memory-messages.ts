/** Messages about memory of special kinds: sockets, keys, buffers of programs. */
import { type MessageRow, row } from "./message-row.ts";

export const MEMORY_MESSAGES = {
  atomic_source: row(
    "EACCES",
    "BPF_ATOMIC loads from R%d %s is not allowed",
    "A load-acquire from {1} memory does not exist.",
    "Use it on the stack and on map values.",
    0,
  ),
  misaligned_packet: row(
    "EACCES",
    "misaligned packet access off %d+%s+%d+%d size %d",
    "Packets begin {0} bytes behind a multiple of 4, and from there the address is not a multiple of the access size {4}.",
    "Access the packet in smaller pieces.",
  ),
  struct_ops_map: row(
    "EINVAL",
    "bpf_struct_ops map cannot be used in prog",
    "A map of type struct_ops holds the functions of a kernel structure, and is no memory for programs.",
    "Use it only to register the structure.",
  ),
  sleepable_map: row(
    "EINVAL",
    "Sleepable programs can only use array, hash, ringbuf and local storage maps",
    "Elements of this map's type may vanish while the program waits.",
    "Use a map of one of these types, or load the program as one that does not wait.",
  ),
  cgroup_storages: row(
    "EBUSY",
    "only one cgroup storage of each type is allowed",
    "The program uses two storages of its cgroup of the same type.",
    "Put what both hold into one.",
  ),
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
