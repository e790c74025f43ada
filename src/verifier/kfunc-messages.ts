/** Messages about kernel functions, and about what they keep on the program's stack: iterators, dynptrs, saved states. */
import { row } from "./message-row.ts";

const SEE_SIGNATURE = "Look at the function's declaration and at what its arguments' names end with.";

export const KFUNC_MESSAGES = {
  kfunc_license: row(
    "EINVAL",
    "cannot call kernel function from non-GPL compatible program",
    "Kernel functions may only be called by programs under a GPL-compatible license.",
    'Set the license to "GPL" or "Dual MIT/GPL", if that is what it is.',
  ),
  kfunc_not_function: row(
    "EINVAL",
    "kernel btf_id %u is not a function",
    "The number in the call is not a function of Linux's BTF.",
    "Let the loader find the number by the function's name.",
  ),
  kfunc_no_module: row(
    "EINVAL",
    "failed to find BTF for kernel function",
    "The call names a function of a module, by an offset other than 0, and no module was given.",
    "Use offset 0 for functions of Linux itself, or load with the module's BTF.",
  ),
  kfunc_not_allowed: row(
    "EACCES",
    "calling kernel function %s is not allowed",
    "Programs of this type may not call {0}.",
    "Use a program type that may, or another way to the same data.",
  ),
  kfunc_scalar: row("EINVAL", "R%d is not a scalar", "r{0} must be a number.", SEE_SIGNATURE, 0),
  kfunc_constant: row("EINVAL", "R%d must be a known constant", "r{0} must be a constant.", SEE_SIGNATURE, 0),
  kfunc_argument_type: row(
    "EINVAL",
    "Unrecognized arg#%d type %s",
    "Argument {0} of the kernel function is of a type that programs cannot pass.",
    "Use another function.",
  ),
  kfunc_string: row(
    "EINVAL",
    "arg#%d doesn't point to a const string",
    "Argument {0} must be a constant text.",
    "Declare the text as a constant (`const char name[] = ...`), which lies in `.rodata`, and pass its address.",
  ),
  kfunc_device: row(
    "EINVAL",
    "metadata kfuncs require device-bound program",
    "What a network card knows of a packet is only there for programs that are loaded for that card.",
    "Load the program for one device (BPF_F_XDP_DEV_BOUND_ONLY), or read the packet itself.",
  ),
  kfunc_trap: row(
    "EFAULT",
    "unexpected __bpf_trap() due to uninitialized variable?",
    "The compiler found that a variable is used here that was never set, and put a trap in place of the code.",
    "Look at the compiler's warnings, and set every variable before it is used.",
  ),
  kfunc_unresolved: row(
    "EINVAL",
    "invalid kernel function call not eliminated in verifier pass",
    "The call names no function of Linux: the loader did not find it, and a path leads here.",
    "Test that the function exists before calling it: `if (bpf_ksym_exists(f)) f();`.",
  ),
  kfunc_null: row(
    "EACCES",
    "Possibly NULL pointer passed to trusted arg%d",
    "Argument {0} may be NULL, which the function does not check.",
    "Compare the pointer with 0 first.",
  ),
  kfunc_context: row(
    "EINVAL",
    "arg#%d expected pointer to ctx, but got %s",
    "Argument {0} must be the program's context.",
    "Pass the context as the program got it.",
  ),
  kfunc_pointer_target: row(
    "EINVAL",
    "arg#%d pointer type %s %s must point to %sscalar, or struct with scalar",
    "Argument {0} is a structure of Linux that cannot lie in the program's memory.",
    "Pass a pointer that a helper or kernel function returned.",
  ),
  kfunc_size_pair: row(
    "EACCES",
    "arg#%d arg#%d memory, len pair leads to invalid memory access",
    "The memory that is passed is smaller than the size that is passed with it.",
    "Pass the size of the buffer.",
  ),
  kfunc_release: row(
    "EINVAL",
    "release kernel function %s expects refcounted PTR_TO_BTF_ID",
    "Nothing that has to be given back was passed to {0}.",
    "Pass the pointer that the acquiring function returned, after the check for NULL.",
  ),

  iterator_stack: row(
    "EINVAL",
    "arg#%d expected pointer to an iterator on stack",
    "The iterator must be a variable on the program's stack.",
    "Declare it in the function and pass its address.",
  ),
  iterator_type: row(
    "EINVAL",
    "expected valid iter pointer as arg #%d",
    "Argument {0} is not an iterator.",
    SEE_SIGNATURE,
  ),
  iterator_group_tasks: row(
    "EINVAL",
    "css_task_iter is only allowed in bpf_lsm, bpf_iter and sleepable progs",
    "Going through a group's tasks takes a lock of Linux that this program may have interrupted the holder of.",
    "Iterate in a program that may wait, or over all tasks with bpf_iter_task_new.",
  ),
  iterator_initialized: row(
    "EINVAL",
    "expected uninitialized %s as arg #%d",
    "The iterator is in use already.",
    "Destroy it before it is made anew.",
  ),
  iterator_uninitialized: row(
    "EINVAL",
    "expected an initialized %s as arg #%d",
    "The iterator has not been made on this path, or is destroyed.",
    "Call the function that ends in _new first, and _destroy last.",
  ),
  special_slot: row(
    "EACCES",
    "invalid read from stack off %d+%d size %d",
    "The stack holds an iterator or dynptr there, which only kernel functions may look at.",
    "Read what its functions return.",
  ),
  special_slot_helper: row(
    "EACCES",
    "invalid read from stack R%d off %d+%d size %d",
    "The memory that is passed holds an iterator or dynptr, which only its own functions may look at.",
    "Pass a buffer of its own.",
    0,
  ),
  special_slot_variable: row(
    "EACCES",
    "invalid read from stack R%d var_off %s+%d size %d",
    "The memory that is passed may hold an iterator or dynptr, which only its own functions may look at.",
    "Pass a buffer of its own.",
    0,
  ),

  dynptr_stack: row(
    "EINVAL",
    "arg#%d expected pointer to stack or const struct bpf_dynptr",
    "A dynptr must be a variable on the program's stack.",
    "Declare it in the function and pass its address.",
  ),
  dynptr_uninit: row(
    "EINVAL",
    "Dynptr has to be an uninitialized dynptr",
    "There is no place for a dynptr where the argument points to.",
    "Use a variable of its own, aligned to 8 bytes, and pass its address unchanged.",
  ),
  dynptr_initialized: row(
    "EINVAL",
    "Expected an initialized dynptr as arg #%d",
    "The dynptr has not been made on this path, or is gone.",
    "Make it on every path that leads here, and do not write over it.",
  ),
  dynptr_kind: row(
    "EINVAL",
    "Expected a dynptr of type %s as arg #%d",
    "The dynptr's memory is not of the kind {0}.",
    "Pass a dynptr that was made for it.",
  ),
  dynptr_unacquired: row(
    "EINVAL",
    "arg %d is an unacquired reference",
    "The dynptr holds nothing that could be given back.",
    "Pass the dynptr that bpf_ringbuf_reserve_dynptr has made.",
  ),
  dynptr_const_release: row(
    "EINVAL",
    "cannot release unowned const bpf_dynptr",
    "The dynptr belongs to somebody else.",
    "Release only what the program has reserved.",
  ),
  dynptr_overwrite: row(
    "EINVAL",
    "cannot overwrite referenced dynptr",
    "The store would destroy a dynptr that has to be given back.",
    "Submit or discard it first.",
  ),
  dynptr_raw: row(
    "EACCES",
    "potential write to dynptr at off=%d disallowed",
    "The helper would write over a dynptr.",
    "Pass a buffer of its own.",
  ),
  dynptr_memory: row(
    "EACCES",
    "Unsupported reg type %s for bpf_dynptr_from_mem data",
    "A dynptr can only be made to memory in a map's value.",
    "Pass a pointer into a map's value.",
  ),
  rcu_nested: row(
    "EINVAL",
    "nested rcu read lock (kernel function %s)",
    "An RCU section is open already.",
    "Close it before opening another.",
  ),
  rcu_unmatched: row(
    "EINVAL",
    "unmatched rcu read unlock (kernel function %s)",
    "No RCU section is open.",
    "Call bpf_rcu_read_lock first.",
  ),
  preempt_unmatched: row(
    "EINVAL",
    "unmatched attempt to enable preemption (kernel function %s)",
    "Preemption is enabled already.",
    "Call bpf_preempt_disable first.",
  ),
} as const;
