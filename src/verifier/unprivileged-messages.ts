/** Messages that only users without CAP_PERFMON meet: no address of Linux may become known, and no speculation misused. */
import { row } from "./message-row.ts";

const KEEP = "Keep addresses in registers and on the stack, or load the program with CAP_PERFMON.";
const BOUNDED = "Compare the number on every path before adding it, or load the program with CAP_PERFMON.";
const SET = "Write the bytes first: without CAP_PERFMON old contents of the stack may not be read.";

export const UNPRIVILEGED_MESSAGES = {
  leak: row(
    "EACCES",
    "R%d leaks addr into %s",
    "r{0} is an address, which would become known to the user, who lacks CAP_PERFMON.",
    KEEP,
    0,
  ),
  leak_result: row(
    "EACCES",
    "R%d leaks addr as return value",
    "The program would return an address to the user, who lacks CAP_PERFMON.",
    "Return a number.",
    0,
  ),
  leak_stack: row(
    "EACCES",
    "leaking pointer from stack off %d",
    "An atomic operation or a helper would read an address from the stack for a user who lacks CAP_PERFMON.",
    KEEP,
  ),
  partial_copy: row(
    "EACCES",
    "R%d partial copy of pointer",
    "Half of an address is a number that tells something of it to the user, who lacks CAP_PERFMON.",
    KEEP,
    0,
  ),
  partial_sign: row(
    "EACCES",
    "R%d sign-extension part of pointer",
    "Part of an address is a number that tells something of it to the user, who lacks CAP_PERFMON.",
    KEEP,
    0,
  ),
  spilled_part: row(
    "EACCES",
    "attempt to corrupt spilled pointer on stack",
    "The store would change part of an address on the stack, and the user lacks CAP_PERFMON.",
    "Store all 8 bytes.",
  ),
  unset_stack: row(
    "EACCES",
    "invalid read from stack off %d+%d size %d",
    "Byte {1} of these {2} was not written on this path, and the user lacks CAP_PERFMON.",
    SET,
  ),
  unset_stack_helper: row(
    "EACCES",
    "invalid read from stack R%d off %d+%d size %d",
    "Byte {2} of the memory was not written on this path, or is part of an address; and the user lacks CAP_PERFMON.",
    SET,
    0,
  ),
  struct_capability: row(
    "EPERM",
    "'struct %s' access is allowed only to CAP_PERFMON and CAP_SYS_ADMIN",
    "Only users with CAP_PERFMON may read Linux's own structures.",
    "Load the program with CAP_PERFMON.",
  ),
  speculative_stack: row(
    "EACCES",
    "R%d variable stack access prohibited for !root, var_off=%s off=%d",
    "An address on the stack may only move by constants, as the user lacks CAP_PERFMON.",
    "Use constant offsets, or an element of an array map.",
    0,
  ),
  speculative_stack_range: row(
    "EACCES",
    "R%d stack pointer arithmetic goes out of range, prohibited for !root; off=%d",
    "The address leaves the stack. Even unused it may not, as the user lacks CAP_PERFMON.",
    "Stay below r10, within 512 bytes.",
    0,
  ),
  speculative_map_range: row(
    "EACCES",
    "R%d pointer arithmetic of map value goes out of range, prohibited for !root",
    "The address may leave the map's value. Even unused it may not, as the user lacks CAP_PERFMON.",
    BOUNDED,
    0,
  ),
  speculative_sign: row(
    "EACCES",
    "R%d has unknown scalar with mixed signed bounds, pointer arithmetic with it prohibited for !root",
    "The number may be negative or not, so Linux cannot guard the sum against a mispredicted branch.",
    BOUNDED,
    0,
  ),
  speculative_type: row(
    "EACCES",
    "R%d has pointer with unsupported alu operation, pointer arithmetic with it prohibited for !root",
    "Linux guards only sums with addresses of map values and of the stack against mispredicted branches.",
    "Add a constant, or load the program with CAP_PERFMON.",
    0,
  ),
  speculative_paths: row(
    "EACCES",
    "R%d tried to %s from different maps, paths or scalars, pointer arithmetic with it prohibited for !root",
    "The sum has other limits on another path, and Linux can guard it against mispredicted branches with one only.",
    "Write the sum once for each path.",
    0,
  ),
  speculative_limit: row(
    "EACCES",
    "R%d tried to %s beyond pointer bounds, pointer arithmetic with it prohibited for !root",
    "The sum leaves what the address belongs to, in the direction in which the number moves it.",
    BOUNDED,
    0,
  ),
} as const;
