/** Messages about arguments that are constant texts, maps' own structures, buffers of iterators, and results by size. */
import { row } from "./message-row.ts";

const CONSTANT =
  "Declare the text as a constant (`const char format[] = ...`), which lies in `.rodata`, and pass its address.";

export const ARGUMENT_MESSAGES = {
  string_writable: row(
    "EACCES",
    "R%d does not point to a readonly map'",
    "r{0} must point to a constant text, and somebody could still change what it points to.",
    CONSTANT,
    0,
  ),
  string_variable: row(
    "EACCES",
    "R%d is not a constant address'",
    "Which text r{0} points to is only known when the program runs.",
    "Choose between calls with one text each, not between texts.",
    0,
  ),
  string_map: row(
    "EACCES",
    "no direct value access support for this map type",
    "Linux cannot read texts in maps of this type when it verifies.",
    CONSTANT,
  ),
  string_elements: row(
    "ENOTSUPP",
    "direct value access on string failed",
    "The map of the text has several elements, and Linux reads only those with one when it verifies.",
    CONSTANT,
  ),
  string_unterminated: row(
    "EINVAL",
    "string is not zero-terminated",
    "No byte from the address on to the end of the map's value is 0.",
    "End the text with a 0, and leave room for it.",
  ),
  format_arguments: row(
    "EINVAL",
    "",
    "The arguments of a format are numbers of 8 bytes, and the size is no multiple of 8.",
    "Put the arguments into an array of __u64 and pass its size.",
  ),
  format_invalid: row(
    "EINVAL",
    "Invalid format string",
    "The format has a conversion that Linux does not know, more conversions than arguments, or a character that does not print.",
    "Use `%d %i %u %x %ld %llx %c %s %p %pks %pI4` and the like, each with its argument.",
  ),
  map_struct_type: row(
    "ENOTSUPP",
    "map_ptr access not supported for map type %d",
    "Linux does not show programs what such a map is made of.",
    "Read the map through helpers.",
  ),
  map_struct_negative: row(
    "EACCES",
    "R%d is %s invalid negative access: off=%d",
    "The access lies in front of the map's structure.",
    "Read the structure's members.",
    0,
  ),
  map_struct_write: row(
    "EACCES",
    "only read from %s is supported",
    "A map's own structure may be read, and never written.",
    "Change elements with bpf_map_update_elem.",
  ),
  dynptr_mutates: row(
    "EINVAL",
    "cannot pass pointer to const bpf_dynptr, the helper mutates it",
    "The function got the dynptr only to look at, and the call would change it.",
    "Change a dynptr that the program has made itself.",
  ),
  slice_read_only: row(
    "EINVAL",
    "the prog does not allow writes to packet data",
    "Programs of this type may only read packets.",
    "Use bpf_dynptr_slice, which only reads.",
  ),
} as const;
