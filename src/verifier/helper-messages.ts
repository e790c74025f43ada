/** Messages about calls of helpers and their arguments. */
import { type MessageRow, row } from "./message-row.ts";

export const HELPER_MESSAGES = {
  unknown_helper: row(
    "EINVAL",
    "invalid func %s#%d",
    "There is no helper with number {1}.",
    "Check the number; in assembly use the helper's name.",
  ),
  helper_not_allowed: row(
    "EINVAL",
    "program of this type cannot use helper %s#%d",
    "Programs of this type may not call {0}.",
    "See the list of helpers of the program type, or use another type.",
  ),
  gpl_only: row(
    "EINVAL",
    "cannot call GPL-restricted function from non-GPL compatible program",
    "The helper may only be called by programs under a GPL-compatible license.",
    'Set the license to "GPL" or "Dual MIT/GPL", if that is what it is.',
  ),
  argument_type: row(
    "EACCES",
    "R%d type=%s expected=%s",
    "Argument r{0} of the helper is {1:type}, but must be one of: {2}.",
    "Set the argument register to what the helper takes right before the call.",
    0,
  ),
  helper_packet: row(
    "EACCES",
    "helper access to the packet is not allowed",
    "Programs of this type may not give packet memory to this helper.",
    "Copy the bytes to the stack and pass those.",
  ),
  size_negative: row(
    "EACCES",
    "R%d min value is negative, either use unsigned or 'var &= const'",
    "The size in r{0} may be negative.",
    "Make the size unsigned and bound it: mask it, or compare it.",
    0,
  ),
  size_zero: row(
    "EACCES",
    "R%d invalid zero-sized read: u64=[%s,%s]",
    "The size in r{0} may be 0, which this helper does not take.",
    "Check that the size is above 0 before the call.",
    0,
  ),
  size_unbounded: row(
    "EACCES",
    "R%d unbounded memory access, use 'var &= const' or 'if (var < const)'",
    "Nothing limits the size in r{0}.",
    "Bound the size before the call: mask it, or compare it.",
    0,
  ),
  size_constant: row(
    "EACCES",
    "R%d is not a known constant'",
    "The size in r{0} must be known when the program is loaded.",
    "Pass a constant.",
    0,
  ),
  readonly_memory: row(
    "EACCES",
    "R%d cannot write into %s",
    "The helper would write into memory of type {1}, which may only be read.",
    "Pass a buffer of your own, on the stack or in a map.",
    0,
  ),
  might_sleep: row(
    "EINVAL",
    "helper call might sleep in a non-sleepable prog",
    "The helper may wait, for memory that has to be read from disk for example, and this program must not.",
    "Load the program as sleepable, if its type can be, or use a helper that does not wait.",
  ),
  two_references: row(
    "EACCES",
    "more than one arg with ref_obj_id R%d %d %d",
    "Two arguments hold references of their own.",
    "Pass only one object that has to be given back.",
    0,
  ),
  map_function: row(
    "EINVAL",
    "cannot pass map_type %d into func %s#%d",
    "Helper {1} does not work on maps of this type.",
    "Use a map of the type that the helper is for.",
  ),
} as const satisfies Readonly<Record<string, MessageRow>>;
