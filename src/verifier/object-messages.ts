/** Messages about objects in map values and on the heap: kernel pointers, allocated objects, lists, trees, saved interrupts. */
import { row } from "./message-row.ts";

const EXCHANGE = "Use bpf_kptr_xchg.";
const MEMBER = "Take the address of the struct's member.";
const SAME_LOCK = "Put list or tree and lock into one struct, and hold that lock.";
const KEEP = "Pass the pointer that bpf_obj_new returned, after the check for NULL.";

export const OBJECT_MESSAGES = {
  kptr_mode: row(
    "EACCES",
    "kptr in map can only be accessed using BPF_MEM instruction mode",
    "A pointer to an object of Linux is changed by an atomic instruction.",
    EXCHANGE,
  ),
  kptr_store: row(
    "EACCES",
    "store to referenced kptr disallowed",
    "The pointer owns its object, which a store would lose.",
    EXCHANGE,
  ),
  uptr_store: row(
    "EACCES",
    "store to uptr disallowed",
    "The pointer to a process's memory is set by that process.",
    "Only read it.",
  ),
  kptr_store_constant: row(
    "EACCES",
    "BPF_ST imm must be 0 when storing to kptr at off=%u",
    "A constant is stored where a pointer to an object of Linux belongs.",
    "Store 0, or a pointer.",
  ),
  kptr_type: row(
    "EACCES",
    "invalid kptr access, R%d type=%s%s expected=%s%s",
    "r{0} does not hold what the pointer in the map may point to.",
    "Store an object of the type that the map's value declares.",
    0,
  ),
  kptr_missing: row(
    "EINVAL",
    "R%d has no valid kptr",
    "What r{0} points to has no pointer to an object.",
    "Declare one with __kptr in the struct.",
    0,
  ),
  kptr_elsewhere: row("EACCES", "off=%d doesn't point to kptr", "There is no pointer at that place.", MEMBER),
  kptr_unreferenced: row(
    "EACCES",
    "off=%d kptr isn't referenced kptr",
    "The pointer does not own its object, so it cannot be exchanged.",
    "Declare it with __kptr instead of __kptr_untrusted.",
  ),
  object_field: row(
    "EACCES",
    "direct access to %s is disallowed",
    "The access touches {0}, which only Linux may change.",
    "Use the functions for {0}.",
  ),
  object_type_range: row(
    "EINVAL",
    "local type ID argument must be in range [0, U32_MAX]",
    "The number is no type's.",
    "Pass bpf_core_type_id_local(struct name).",
  ),
  object_no_btf: row(
    "EINVAL",
    "bpf_obj_new/bpf_percpu_obj_new requires prog BTF",
    "Without the program's types Linux does not know what to allocate.",
    "Compile with -g.",
  ),
  object_not_struct: row(
    "EINVAL",
    "bpf_obj_new/bpf_percpu_obj_new type ID argument must be of a struct",
    "Only structs can be allocated.",
    "Pass bpf_core_type_id_local(struct name).",
  ),
  object_percpu_size: row(
    "EINVAL",
    "bpf_percpu_obj_new type size (%d) is greater than %d",
    "The struct takes {0} bytes for each CPU, and {1} is the limit.",
    "Make it smaller.",
  ),
  object_percpu_scalars: row(
    "EINVAL",
    "bpf_percpu_obj_new type ID argument must be of a struct of scalars",
    "An object for each CPU may hold numbers only.",
    "Leave pointers out of the struct.",
  ),
  object_percpu_fields: row(
    "EINVAL",
    "bpf_percpu_obj_new type ID argument must not contain special fields",
    "An object for each CPU may hold no locks, nodes or counters.",
    "Leave them out of the struct.",
  ),
  object_expected: row(
    "EINVAL",
    "arg#%d expected pointer to allocated object",
    "Argument {0} must be an object that the program allocated.",
    KEEP,
  ),
  object_drop: row("EINVAL", "arg#%d expected for %s()", "An object of this kind is given back by {1}.", "Call {1}."),
  object_unreferenced: row(
    "EINVAL",
    "allocated object must be referenced",
    "The program does not own the object: a list or tree does.",
    "Take it out first (bpf_list_pop_front, bpf_rbtree_remove), or keep a reference with bpf_refcount_acquire.",
  ),
  object_no_reference: row(
    "EINVAL",
    "arg#%d is neither owning or non-owning ref",
    "Argument {0} is not an object that the program allocated.",
    KEEP,
  ),
  object_no_refcount: row(
    "EINVAL",
    "arg#%d doesn't point to a type with bpf_refcount field",
    "Objects without a counter have one owner.",
    "Add a struct bpf_refcount to the struct.",
  ),
  graph_holder: row(
    "EINVAL",
    "arg#%d expected pointer to map value or allocated object",
    "The list or tree must lie in a map's value or in an allocated object.",
    "Declare it there, beside its lock.",
  ),
  graph_missing: row("EINVAL", "%s not found at offset=%u", "There is no {0} {1} bytes into what is passed.", MEMBER),
  graph_lock: row(
    "EINVAL",
    "bpf_spin_lock at off=%d must be held for %s",
    "The lock beside the {1} is not held.",
    SAME_LOCK,
  ),
  graph_node_type: row(
    "EINVAL",
    "operation on %s expects arg#1 %s at offset=%d in struct %s, but arg is at offset=%d in struct %s",
    "The {0} holds objects of struct {3}, and the node is in a struct {5}.",
    "Pass the member that the tag of the {0} names.",
  ),
  graph_node_offset: row(
    "EINVAL",
    "arg#1 offset=%d, but expected %s at offset=%d in struct %s",
    "The struct has several nodes, and this is not the one that the tag names.",
    "Pass the member that the tag of the list or tree names.",
  ),
  graph_node_reference: row(
    "EINVAL",
    "%s can only take non-owning or refcounted bpf_rb_node pointer",
    "What is passed is not (any more) a node of the tree.",
    "Use what bpf_rbtree_first and its like return, before the lock is given back.",
  ),
  graph_callback: row(
    "EINVAL",
    "%s not allowed in rbtree cb",
    "The tree is being changed while it compares.",
    "Only compare in the callback.",
  ),
  graph_callback_lock: row(
    "EACCES",
    "can't spin_{lock,unlock} in rbtree cb",
    "The tree's lock is held while it compares.",
    "Only compare in the callback.",
  ),
  callback_pointer: row(
    "EINVAL",
    "arg%d expected pointer to func",
    "Argument {0} must be a function of the program.",
    "Pass a static function's address.",
  ),
  field_holder: row(
    "EINVAL",
    "arg#%d doesn't point to a map value",
    "The structure must lie in a map's value.",
    "Declare it in the struct that is the map's value.",
  ),
  map_expected: row(
    "EINVAL",
    "pointer in R%d isn't map pointer",
    "r{0} must be a map.",
    "Pass the map that the value is of.",
    0,
  ),
  work_map: row(
    "EINVAL",
    "workqueue pointer in R1 map_uid=%d doesn't match map pointer in R2 map_uid=%d",
    "The work lies in a value of another map.",
    "Pass the map that the work's value is of.",
  ),
  lock_holder: row(
    "EINVAL",
    "arg#%d doesn't point to map value or allocated object",
    "A lock lies in a map's value or in an allocated object.",
    "Declare it there.",
  ),
  linux_bug: row(
    "EFAULT",
    "verifier bug: %s",
    "Linux's verifier meets what its authors thought impossible, and refuses the program.",
    "Compare the pointer with 0 first, and use it within the RCU section in which it was read.",
  ),
  irq_stack: row(
    "EINVAL",
    "arg#%d doesn't point to an irq flag on stack",
    "The saved state must be a variable on the program's stack.",
    "Declare an unsigned long in the function and pass its address.",
  ),
  irq_in_use: row(
    "EINVAL",
    "expected uninitialized irq flag as arg#%d",
    "The variable holds a saved state already, or there is no place for one.",
    "Use a variable for each section, aligned to 8 bytes.",
  ),
  irq_uninitialized: row(
    "EINVAL",
    "expected an initialized irq flag as arg#%d",
    "No state was saved there on this path.",
    "Call bpf_local_irq_save on every path before.",
  ),
  irq_class: row(
    "EINVAL",
    "irq flag acquired by %s kfuncs cannot be restored with %s kfuncs",
    "The state was saved by a function of another kind.",
    "Pair bpf_local_irq_save with bpf_local_irq_restore, and the lock's functions with each other.",
  ),
  irq_order: row(
    "EACCES",
    "cannot restore irq state out of order, expected id=%d acquired at insn_idx=%d",
    "A state that was saved later has to be restored first.",
    "Restore in the opposite order of saving.",
  ),
  helper_sleeps: row(
    "EINVAL",
    "sleepable helper %s#%d in %s region",
    "{0} may wait, and nothing may wait here.",
    "Call it before or after the section.",
  ),
  irq_sleeps: row(
    "EACCES",
    "kernel func %s is sleepable within IRQ-disabled region",
    "{0} may wait, and interrupts are disabled.",
    "Restore interrupts first.",
  ),
} as const;
