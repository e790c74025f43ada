/**
 * Every message that ends a verification, one row each: Linux's format and errno, what it means in one sentence, and what
 * to do. `{0}`, `{1}`... in our own sentences stand for the values that fill the format.
 */
import { ARGUMENT_MESSAGES } from "./argument-messages.ts";
import { BTF_MESSAGES } from "./btf-messages.ts";
import { EXTENSION_MESSAGES } from "./extension-messages.ts";
import { HELPER_MESSAGES } from "./helper-messages.ts";
import { KFUNC_MESSAGES } from "./kfunc-messages.ts";
import { LOCK_MESSAGES } from "./lock-messages.ts";
import { MEMORY_MESSAGES } from "./memory-messages.ts";
import { type MessageRow, row } from "./message-row.ts";
import { OBJECT_MESSAGES } from "./object-messages.ts";
import { RESOURCE_MESSAGES } from "./resource-messages.ts";
import { UNPRIVILEGED_MESSAGES } from "./unprivileged-messages.ts";

const RESERVED = "A field of the instruction that must be 0 holds something else.";
const RESERVED_MEND = "Set unused fields of the instruction to 0; an assembler does that for you.";
const reserved = (format: string): MessageRow => row("EINVAL", format, RESERVED, RESERVED_MEND);
const POINTER_SUM = "Keep pointer and number apart: only adding a number to a pointer or subtracting one is allowed.";
const BOUND = "Compare the number with a constant before adding it, on a path that reaches this instruction.";

export const MESSAGES = {
  ...RESOURCE_MESSAGES,
  ...KFUNC_MESSAGES,
  ...LOCK_MESSAGES,
  ...UNPRIVILEGED_MESSAGES,
  ...OBJECT_MESSAGES,
  ...BTF_MESSAGES,
  ...EXTENSION_MESSAGES,
  ...ARGUMENT_MESSAGES,

  // Shape of the program
  last_insn: row(
    "EINVAL",
    "last insn is not an exit or jmp",
    "The program (or a function in it) can run past its last instruction.",
    "End every function with `exit` or a jump back into it.",
  ),
  jump_out_of_range: row(
    "EINVAL",
    "jump out of range from insn %d to %d",
    "The jump at instruction {0} leads to {1}, outside its function.",
    "Jump to an instruction of the same function; call other functions instead.",
  ),
  unreachable: row(
    "EINVAL",
    "unreachable insn %d",
    "No path leads to instruction {0}.",
    "Remove the instruction, or jump to it.",
  ),
  jump_into_ldimm64: row(
    "EINVAL",
    "jump into the middle of ldimm64 insn %d",
    "A jump leads into the second half of the two-slot instruction {0}.",
    "Count a 64-bit constant load as two instructions, or use labels.",
  ),
  invalid_ld_imm64: row(
    "EINVAL",
    "invalid bpf_ld_imm64 insn",
    "A 64-bit constant load lacks its second slot, or that slot holds more than a number.",
    "Give the load its second slot with opcode 0.",
  ),
  unrecognized_ld_imm64: row(
    "EINVAL",
    "unrecognized bpf_ld_imm64 insn",
    "The source field of a 64-bit constant load names no kind of constant.",
    "Use source 0 for a number, 1 for a map, 2 for an address in a map's value.",
  ),
  bad_map: row(
    "EBADF",
    "fd %d is not pointing to valid bpf_map",
    "A 64-bit constant load names map {0}, which the program does not have.",
    "List the map among the program's maps.",
  ),
  direct_value_unsupported: row(
    "EINVAL",
    "no direct value access support for this map type",
    "Only values of arrays with one element have an address that is known when the program is loaded.",
    "Look the element up, or use an array with one element.",
  ),
  direct_value_size: row(
    "EINVAL",
    "direct value offset of %d is not allowed",
    "The offset {0} into a map's value is too great to be one.",
    "Keep the offset below the size of the value.",
  ),
  direct_value_elements: row(
    "ENOTSUPP",
    "invalid access to map value pointer, value_size=%d off=%d",
    "The array has more than one element, so its value has no single address.",
    "Look the element up, or use an array with one element.",
  ),
  map_index: row(
    "EPROTO",
    "fd_idx without fd_array is invalid",
    "A 64-bit constant load names a map by its place in a list that was not given.",
    "Name the map with source 1, or 2 for an address in its value.",
  ),
  direct_value_range: row(
    "EINVAL",
    "invalid access to map value pointer, value_size=%d off=%d",
    "The program takes an address {1} bytes into a map's value, which has {0} bytes.",
    "Keep the offset below the size of the value.",
  ),
  unknown_opcode: row(
    "EINVAL",
    "unknown opcode %02x",
    "No instruction has the operation code {0}.",
    "Check how the bytes were made; the first byte of each 8 is the operation code.",
  ),
  ld_abs_subprogram: row(
    "EINVAL",
    "LD_ABS is not allowed in subprogs without BTF",
    "A packet load of classic BPF may end the program, which only the main function may do.",
    "Load the packet in the main function, or use bpf_skb_load_bytes.",
  ),
  tail_call_subprogram: row(
    "EINVAL",
    "tail_call is not allowed in subprogs without BTF",
    "A tail call leaves the function as a return would, so Linux has to know from BTF that it returns a number.",
    "Make the tail call in the main function, or compile the program with -g.",
  ),
  invalid_call_target: row(
    "EINVAL",
    "call to invalid destination",
    "A call leads outside the program.",
    "Call a function of this program.",
  ),
  ldx_reserved: reserved("BPF_LDX uses reserved fields"),
  stx_reserved: reserved("BPF_STX uses reserved fields"),
  st_reserved: reserved("BPF_ST uses reserved fields"),
  alu_reserved: reserved("BPF_ALU uses reserved fields"),
  mov_reserved: reserved("BPF_MOV uses reserved fields"),
  end_reserved: reserved("BPF_END uses reserved fields"),
  neg_reserved: reserved("BPF_NEG uses reserved fields"),
  jmp_reserved: reserved("BPF_JMP/JMP32 uses reserved fields"),
  ja_reserved: reserved("BPF_JA uses reserved fields"),
  call_reserved: reserved("BPF_CALL uses reserved fields"),
  exit_reserved: reserved("BPF_EXIT uses reserved fields"),
  ld_imm64_reserved: reserved("BPF_LD_IMM64 uses reserved fields"),
  ld_abs_reserved: reserved("BPF_LD_[ABS|IND] uses reserved fields"),
  ld_imm_size: row(
    "EINVAL",
    "invalid BPF_LD_IMM insn",
    "Only the 64-bit form of a constant load exists.",
    RESERVED_MEND,
  ),
  ld_mode: row("EINVAL", "invalid BPF_LD mode", "The load has an addressing mode that does not exist.", RESERVED_MEND),
  alu_opcode: row("EINVAL", "invalid BPF_ALU opcode %x", "There is no arithmetic operation {0}.", RESERVED_MEND),
  jmp_opcode: row("EINVAL", "invalid BPF_JMP/JMP32 opcode %x", "There is no jump {0}.", RESERVED_MEND),
  may_goto: row("EINVAL", "invalid may_goto imm %d", RESERVED, RESERVED_MEND),
  cast_spaces: row(
    "EINVAL",
    "addr_space_cast insn can only convert between address space 1 and 0",
    "The instruction converts between address spaces that do not exist.",
    "Use the address spaces 0 and 1.",
  ),
  cast_arena: row(
    "EINVAL",
    "addr_space_cast insn can only be used in a program that has an associated arena",
    "The program converts an address of an arena, and has no arena.",
    "Use a map of type arena.",
  ),
  one_arena: row(
    "EBUSY",
    "Only one arena per program",
    "The program uses two arenas.",
    "Put what both hold into one arena.",
  ),
  arena_address: row(
    "EINVAL",
    "arena's user address must be set via map_extra or mmap()",
    "The arena has no address yet, and its pointers are addresses of a process.",
    "Give its map_extra: a multiple of 4096, such as 1 << 44.",
  ),
  atomic_opcode: row(
    "EINVAL",
    "BPF_ATOMIC uses invalid atomic opcode %02x",
    "There is no atomic operation {0}.",
    "Use one of add, or, and, xor (with or without fetch), xchg, cmpxchg.",
  ),
  atomic_size: row(
    "EINVAL",
    "invalid atomic operand size",
    "Atomic operations work on 4 or 8 bytes only.",
    "Use a 32-bit or 64-bit field.",
  ),
  div_by_zero: row("EINVAL", "div by zero", "The divisor is the constant 0.", "Divide by another number."),
  invalid_shift: row(
    "EINVAL",
    "invalid shift %d",
    "A shift by {0} moves every bit out of the register.",
    "Shift by less than the register's width, 32 or 64.",
  ),

  // Registers
  register_number: row("EINVAL", "R%d is invalid", "There is no register r{0}.", "Use r0 to r10.", 0),
  not_readable: row(
    "EACCES",
    "R%d !read_ok",
    "r{0} is read before anything was written to it on this path.",
    "Set the register on every path that leads here. After a call only r0 and r6 to r9 still hold a value.",
    0,
  ),
  frame_pointer: row(
    "EACCES",
    "frame pointer is read only",
    "r10 always points to the end of the stack and cannot be changed.",
    "Copy it first: r2 = r10, then change r2.",
  ),

  // Pointers
  pointer_pointer: row(
    "EACCES",
    "R%d pointer %s pointer prohibited",
    "Two pointers are combined, which gives no address.",
    POINTER_SUM,
    0,
  ),
  narrow_pointer: row(
    "EACCES",
    "R%d 32-bit pointer arithmetic prohibited",
    "A 32-bit operation would cut the pointer in r{0} in half.",
    "Use the 64-bit form of the operation.",
    0,
  ),
  nullable_arithmetic: row(
    "EACCES",
    "R%d pointer arithmetic on %s prohibited, null-check it first",
    "r{0} may be NULL, and NULL plus a number looks like a good pointer.",
    "Compare it with 0 right after the call that gave it, before adding to it.",
    0,
  ),
  pointer_arithmetic: row(
    "EACCES",
    "R%d pointer arithmetic on %s prohibited",
    "A pointer of type {1} may not be changed.",
    "Use the offset field of the load or store instead.",
    0,
  ),
  pointer_unary: row(
    "EACCES",
    "R%d pointer arithmetic prohibited",
    "The operation makes no sense on a pointer.",
    POINTER_SUM,
    0,
  ),
  scalar_minus_pointer: row(
    "EACCES",
    "R%d tried to subtract pointer from scalar",
    "A pointer is subtracted from a number.",
    POINTER_SUM,
    0,
  ),
  stack_subtraction: row(
    "EACCES",
    "R%d subtraction from stack pointer prohibited",
    "A number is subtracted from a stack pointer.",
    "Add a negative number instead.",
    0,
  ),
  bitwise_pointer: row(
    "EACCES",
    "R%d bitwise operator %s on pointer prohibited",
    "Bits of a pointer may not be changed.",
    POINTER_SUM,
    0,
  ),
  operator_pointer: row(
    "EACCES",
    "R%d pointer arithmetic with %s operator prohibited",
    "A pointer may not be multiplied, divided or shifted.",
    POINTER_SUM,
    0,
  ),
  offset_constant: row(
    "EINVAL",
    "math between %s pointer and %s is not allowed",
    "The offset {1} is greater than any object.",
    BOUND,
  ),
  offset_fixed: row(
    "EINVAL",
    "%s pointer offset %d is not allowed",
    "The pointer has moved {1} bytes, further than any object reaches.",
    BOUND,
  ),
  offset_unbounded: row(
    "EINVAL",
    "math between %s pointer and register with unbounded min value is not allowed",
    "The number may be any negative one, so the pointer could go anywhere.",
    "Bound the number from below too, or make it unsigned: zero-extend it, or mask it with `&=`.",
  ),
  offset_far: row(
    "EINVAL",
    "value %s makes %s pointer be out of bounds",
    "The number may be as low as {0}, further than any object reaches.",
    BOUND,
  ),
  pointer_comparison: row(
    "EACCES",
    "R%d pointer comparison prohibited",
    "The pointer is compared with something that it cannot be compared with.",
    "Compare packet pointers with the packet's end, others with 0.",
    0,
  ),
  same_insn: row(
    "EINVAL",
    "same insn cannot be used with different pointers",
    "One instruction accesses the context on one path and other memory on another; Linux rewrites context accesses, so it must be one of both.",
    "Use a load of its own on each path.",
  ),

  // Memory
  mem_access: row(
    "EACCES",
    "R%d invalid mem access '%s'",
    "r{0} is used as an address, but it is {1:type}.",
    "Use a pointer that was checked: compare the result of a lookup with 0, keep pointers out of arithmetic that makes numbers of them.",
    0,
  ),
  context_access: row(
    "EACCES",
    "invalid bpf_context access off=%d size=%d",
    "The context has no field for an access of {1} bytes at offset {0}, or this program type may not touch it.",
    "Use offset and size of a field of the context structure.",
  ),
  negative_offset: row(
    "EACCES",
    "negative offset %s ptr R%d off=%d disallowed",
    "The pointer was moved in front of the object.",
    "Use the pointer as it came.",
    1,
  ),
  modified_pointer: row(
    "EACCES",
    "dereference of modified %s ptr R%d off=%d disallowed",
    "The {0} pointer was changed before it was used.",
    "Use the offset field of the instruction: `*(u32 *)(r1 + 8)` instead of `r1 += 8`.",
    1,
  ),
  variable_pointer: row(
    "EACCES",
    "variable %s access var_off=%s disallowed",
    "The {0} pointer was moved by a number that is not a constant.",
    "Use the pointer as it came, with a constant offset in the instruction.",
  ),
  misaligned: row(
    "EACCES",
    "misaligned %saccess off %s+%d+%d size %d",
    "The address is not a multiple of the access size {4}.",
    "Align the field, or access it in smaller pieces.",
  ),
  min_negative: row(
    "EACCES",
    "R%d min value is negative, either use unsigned index or do a if (index >=0) check.",
    "The offset in r{0} may be negative, in front of the memory.",
    "Check that the index is not negative, or make it unsigned.",
    0,
  ),
  min_outside: row(
    "EACCES",
    "R%d min value is outside of the allowed memory range",
    "Even the least offset that r{0} can have is outside the memory.",
    "Check the offset of the instruction against the size of the value.",
    0,
  ),
  max_unbounded: row(
    "EACCES",
    "R%d unbounded memory access, make sure to bounds check any such access",
    "Nothing limits how far r{0} can point.",
    BOUND,
    0,
  ),
  max_outside: row(
    "EACCES",
    "R%d max value is outside of the allowed memory range",
    "The greatest offset that r{0} can have is outside the memory.",
    BOUND,
    0,
  ),
  packet_range: row(
    "EACCES",
    "R%d offset is outside of the packet",
    "The access through r{0} reaches beyond the bytes that were compared with the packet's end.",
    "Before the access: add the number of bytes that you need to the packet's start, compare the sum with data_end and leave if it is greater.",
    0,
  ),
  packet_at_end: row(
    "EINVAL",
    "R%d offset is outside of the packet",
    "r{0} points at or beyond the end of the packet on this path.",
    "Access the packet on the other branch of the comparison.",
    0,
  ),
  ...MEMORY_MESSAGES,
  packet_write: row(
    "EACCES",
    "cannot write into packet",
    "Programs of this type may not change the packet through a pointer.",
    "Use a helper such as bpf_skb_store_bytes, or another program type.",
  ),
  map_write: row(
    "EACCES",
    "write into map forbidden, value_size=%d off=%d size=%d",
    "The map was created for programs to read only.",
    "Create the map without BPF_F_RDONLY_PROG.",
  ),
  map_read: row(
    "EACCES",
    "read from map forbidden, value_size=%d off=%d size=%d",
    "The map was created for programs to write only.",
    "Create the map without BPF_F_WRONLY_PROG.",
  ),
  atomic_target: row(
    "EACCES",
    "BPF_ATOMIC stores into R%d %s is not allowed",
    "Atomic operations on {1} memory do not exist.",
    "Use them on the stack and on map values.",
    0,
  ),

  // Stack
  stack_range: row(
    "EACCES",
    "invalid %s stack R%d off=%d size=%d",
    "The access of {3} bytes at fp{2:signed} is outside the 512 bytes of stack below r10.",
    "Use offsets from -512 to -1, so that offset plus size is not above 0.",
    1,
  ),
  stack_range_variable: row(
    "EACCES",
    "invalid variable-offset %s stack R%d var_off=%s off=%d size=%d",
    "With some value of the index the access is outside the 512 bytes of stack below r10.",
    BOUND,
    1,
  ),
  stack_unbounded: row(
    "EACCES",
    "invalid unbounded variable-offset%s stack R%d",
    "Nothing limits how far r{1} can point from the stack.",
    BOUND,
    1,
  ),
  spill_size: row(
    "EACCES",
    "invalid size of register spill",
    "A pointer is stored in part.",
    "Store pointers with all 8 bytes.",
  ),
  fill_size: row(
    "EACCES",
    "invalid size of register fill",
    "A pointer on the stack is loaded in part.",
    "Load pointers with all 8 bytes.",
  ),
  spill_to_caller: row(
    "EINVAL",
    "cannot spill pointers to stack into stack frame of the caller",
    "A function stores a pointer to its own stack in its caller's stack, where it would outlive it.",
    "Return a value, or let the caller pass a buffer.",
  ),
  stack_variable_helper: row(
    "EACCES",
    "variable offset stack pointer cannot be passed into helper function; var_off=%s off=%d size=%d",
    "An atomic operation needs to know which bytes of the stack it changes.",
    "Use a constant offset.",
  ),
  zero_sized: row("EACCES", "invalid zero-sized read", "The memory for a helper has size 0.", "Pass a size above 0."),

  // Calls
  ...HELPER_MESSAGES,
  subprogram_scalar: row(
    "EINVAL",
    "At subprogram exit the register R%d is not a scalar value (%s)",
    "A function called on its own must return a number.",
    "Return a number in r0.",
    1,
  ),
  return_stack: row(
    "EINVAL",
    "cannot return stack pointer to the caller",
    "The function returns a pointer to its own stack, which is gone after it.",
    "Let the caller pass a buffer.",
  ),
  call_depth: row(
    "E2BIG",
    "the call stack of %d frames is too deep",
    "Calls are nested more than 8 deep, or a function calls itself.",
    "Call fewer functions within each other; recursion is not possible.",
  ),
  call_depth_static: row(
    "E2BIG",
    "the call stack of %d frames is too deep !",
    "Calls are nested more than 8 deep, or a function calls itself.",
    "Call fewer functions within each other; recursion is not possible.",
  ),
  combined_stack: row(
    "EACCES",
    "combined stack size of %d calls is %d. Too large",
    "All functions that are active at once use {1} bytes of stack together, and 512 is the limit.",
    "Use smaller buffers, or a map with one element in place of the stack.",
  ),
  return_unknown: row(
    "EINVAL",
    "%s the register R%d is not a known value (%s)",
    "The program returns {2:type}, where its type asks for a number of a certain range.",
    "Return a number in r0.",
    0,
  ),
  return_range: row(
    "EINVAL",
    "%s the register R%d has%s should have been in [%d, %d]",
    "The program may return a value that its type does not allow.",
    "Set r{1} to a value from {3} to {4} on every path.",
  ),
  ld_abs_type: row(
    "EINVAL",
    "BPF_LD_[ABS|IND] instructions not allowed for this program type",
    "Packet loads of classic BPF exist only for programs on socket buffers.",
    "Use packet pointers, or bpf_skb_load_bytes.",
  ),
  ld_abs_context: row(
    "EINVAL",
    "at the time of BPF_LD_ABS|IND R6 != pointer to skb",
    "The packet loads of classic BPF take the context from r6.",
    "Begin the program with r6 = r1.",
  ),

  // Limits
  jump_patched: row(
    "ENOMEM",
    "insn %d cannot be patched due to 16-bit range",
    "Linux puts several instructions in place of this one, and a jump over it gets longer than 16 bits can say.",
    "Make the loop or the branch shorter: move a part of it into a function.",
  ),
  infinite_loop: row(
    "EINVAL",
    "infinite loop detected at insn %d",
    "The program comes back to instruction {0} with nothing changed, so it would never end.",
    "Change the counter in every round and compare it with a constant bound.",
  ),
  too_large: row(
    "E2BIG",
    "BPF program is too large. Processed %d insn",
    "The verifier has followed 1,000,000 instructions on all paths and gave up.",
    "Bound the loops more tightly, use bpf_loop, or split the program with tail calls.",
  ),
  too_many_async: row(
    "E2BIG",
    "The sequence of %d jumps is too complex for async cb.",
    "More branches and callbacks wait to be followed than Linux keeps.",
    "Start fewer timers on paths that fork.",
  ),
  too_many_jumps: row(
    "E2BIG",
    "The sequence of %d jumps is too complex.",
    "More than 8192 branches wait to be followed.",
    "Split the program, or make branches join earlier.",
  ),
  too_many_maps: row(
    "E2BIG",
    "The total number of maps per program has reached the limit of %d",
    "The program uses more than {0} maps.",
    "Put what they hold into fewer maps, or split the program.",
  ),
  insn_index: row("EFAULT", "invalid insn idx %d insn_cnt %d", "The program runs past its end.", "End it with `exit`."),

  // Ours
  not_modelled: row(
    "EOPNOTSUPP",
    "bpfbook's verifier does not model %s yet",
    "Linux may accept this program; this verifier cannot tell, and does not guess.",
    "Try it on Linux, or write it without this feature.",
  ),
  empty: row("E2BIG", "", "The program has no instructions.", "Write at least r0 = 0 and exit."),
  too_long: row(
    "E2BIG",
    "",
    "The program has more than 1,000,000 instructions.",
    "Split it into programs that call each other by tail calls.",
  ),
  attach_type: row(
    "EINVAL",
    "",
    "Programs of this type cannot be attached there.",
    "Use one of the type's attach types; the section name of the program says which.",
  ),
  unsupported_type: row("EINVAL", "", "The program type is not one that is verified.", "Use a type of Linux."),
  internal: row(
    "EFAULT",
    "verifier bug: %s",
    "The verifier contradicts itself: a fault of Linux where Linux says the same, else of bpfbook.",
    "Report the program.",
  ),
} as const satisfies Readonly<Record<string, MessageRow>>;

export type MessageName = keyof typeof MESSAGES;
export type MessageValue = string | number;
