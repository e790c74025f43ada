/** Messages about what a program holds and has to give back: references, locks, sections, callbacks. */
import { row } from "./message-row.ts";

const GIVE_BACK = "Call the releasing helper on every path before the program ends.";
const FROM_COMPILER = "Take BTF and code from the same compilation.";

export const RESOURCE_MESSAGES = {
  reference_leak: row(
    "EINVAL",
    "%s would lead to reference leak",
    "Something that a helper handed out is still held here, and would never be given back.",
    GIVE_BACK,
  ),
  held_lock: row(
    "EINVAL",
    "%s cannot be used inside bpf_spin_lock-ed region",
    "A lock is still held here.",
    "Call bpf_spin_unlock before.",
  ),
  held_irq: row(
    "EINVAL",
    "%s cannot be used inside bpf_local_irq_save-ed region",
    "Interrupts are still disabled here.",
    "Call bpf_local_irq_restore before.",
  ),
  held_rcu: row(
    "EINVAL",
    "%s cannot be used inside bpf_rcu_read_lock-ed region",
    "An RCU section is still open here.",
    "Call bpf_rcu_read_unlock before.",
  ),
  held_preempt: row(
    "EINVAL",
    "%s cannot be used inside bpf_preempt_disable-ed region",
    "Preemption is still disabled here.",
    "Call bpf_preempt_enable before.",
  ),
  release_unowned: row(
    "EINVAL",
    "R%d must be referenced when passed to release function",
    "r{0} is not something that a helper handed out to be given back.",
    "Pass the pointer that the acquiring helper returned, after the check for NULL.",
    0,
  ),
  release_offset: row(
    "EINVAL",
    "R%d must have zero offset when passed to release func or trusted arg to kfunc",
    "r{0} was moved from where the object begins.",
    "Keep the pointer as it came and pass that.",
    0,
  ),
  release_unknown: row(
    "EINVAL",
    "func %s#%d reference has not been acquired before",
    "The reference is not held (any more) on this path.",
    "Release each reference once.",
  ),
  callback_scalar: row(
    "EACCES",
    "R0 not a scalar value",
    "A callback must return a number.",
    "Set r0 to 0 before the callback's exit.",
  ),
  callback_return: row(
    "EINVAL",
    "At callback return the register R0 has%s should have been in [%d, %d]",
    "The callback may return a value that its helper does not allow.",
    "Return a number from {1} to {2} on every path of the callback.",
  ),
  map_key_write: row(
    "EACCES",
    "write to change key R%d not allowed",
    "r{0} points to the key of an element, which may only be read.",
    "Delete the element and add another.",
    0,
  ),
  global_arguments: row(
    "EINVAL",
    "Global function %s() with %d > %d args. Buggy compiler.",
    "A function takes more arguments than there are registers for them.",
    FROM_COMPILER,
  ),
  global_result: row(
    "EINVAL",
    "Global function %s() doesn't return scalar. Only those are supported.",
    "{0} is verified on its own, and such functions return numbers.",
    "Declare it `static`, or let it return a number.",
  ),
  global_size: row(
    "EINVAL",
    "arg#%d reference type('%s %s') size cannot be determined: %d",
    "What argument {0} points to has no size.",
    "Declare the function `static`, or give the argument a type with a size.",
  ),
  global_type: row(
    "EINVAL",
    "Arg#%d type %s in %s() is not supported yet.",
    "An argument of a function that is verified on its own must be a number or a pointer.",
    "Declare it `static`, or pass a pointer.",
  ),
  global_context: row(
    "EINVAL",
    "arg#%d expects pointer to ctx",
    "The function takes the program's context.",
    "Pass the context as the program got it.",
  ),
  global_call: row(
    "EINVAL",
    "Caller passes invalid args into func#%d ('%s')",
    "What is passed does not fit the types of {1}.",
    "Pass what its declaration says, or declare it `static`.",
  ),
  global_lock: row(
    "EINVAL",
    "global function calls are not allowed while holding a lock,\nuse static function instead",
    "A function that is verified on its own may not be called while a lock is held.",
    "Declare it `static`.",
  ),
  callback_removed: row(
    "EFAULT",
    "verifier bug: No program to jit at insn %d (subprog < 0)",
    "The callback is never called, so Linux removes it, and then misses it: a fault of Linux 6.18.",
    "Leave the call out, or let it have at least one round.",
  ),
  callback_map: row(
    "ENOTSUPP",
    "callback function not allowed for map",
    "The elements of maps of this type cannot be gone through.",
    "Use an array or a hash map.",
  ),
  func_info_first: row(
    "EINVAL",
    "nonzero insn_off %u for the first func info record",
    "The list of functions does not begin with the main one.",
    FROM_COMPILER,
  ),
  func_info_order: row(
    "EINVAL",
    "same or smaller insn offset (%u) than previous func info record (%u)",
    "The list of functions is not in the order of the code.",
    FROM_COMPILER,
  ),
  func_info_type: row(
    "EINVAL",
    "invalid type id %d in func info",
    "The list of functions names a type that is no function.",
    FROM_COMPILER,
  ),
  func_info_count: row(
    "EINVAL",
    "number of funcs in func_info doesn't match number of subprogs",
    "The list of functions is longer or shorter than what the code calls.",
    FROM_COMPILER,
  ),
  func_info_layout: row(
    "EINVAL",
    "func_info BTF section doesn't match subprog layout in BPF program",
    "A function in the list begins elsewhere in the code.",
    FROM_COMPILER,
  ),
  line_info_order: row(
    "EINVAL",
    "Invalid line_info[%u].insn_off:%u (prev_offset:%u prog->len:%u)",
    "Source line record {0} is not in the order of the code, or behind its end.",
    FROM_COMPILER,
  ),
  line_info_code: row(
    "EINVAL",
    "Invalid insn code at line_info[%u].insn_off",
    "Source line record {0} names the second half of a two-slot instruction.",
    FROM_COMPILER,
  ),
  line_info_missing: row(
    "EINVAL",
    "missing bpf_line_info for func#%u",
    "The first instruction of function {0} has no source line.",
    FROM_COMPILER,
  ),
  line_info_missing_last: row(
    "EINVAL",
    "missing bpf_line_info for %u funcs starting from func#%u",
    "The last {0} functions have no source lines.",
    FROM_COMPILER,
  ),
  callback_not_static: row(
    "EINVAL",
    "callback function not static",
    "A function that is passed as a callback must be static: it is checked with the arguments of its helper.",
    "Declare it `static`.",
  ),
  missing_func_info: row(
    "EINVAL",
    "missing btf func_info",
    "A callback needs the program's BTF, which says what its functions are.",
    "Compile with -g, so that the object has BTF.",
  ),
} as const;
