/** Pointers to objects in map values. What Linux 6.18 says of each program. */
import { lookup, make, one, program } from "./object-pieces.ts";
import type { TypedText } from "./typed-programs.ts";

const makeEach = `r1 = local[pair]\n r2 = 0\n call bpf_percpu_obj_new_impl\n if r0 == 0 goto none\n r7 = r0`;
const drop = (register = 7, name = "obj_drop"): string => `r1 = r${register}\n r2 = 0\n call bpf_${name}_impl`;
const exchange = (offset: number, value = "r7", base = 6): string =>
  `r1 = r${base}\n r1 += ${offset}\n r2 = ${value}\n call kptr_xchg`;
/** What an exchange returned is dropped, if there was anything. */
const dropOld = (name = "obj_drop"): string => `if r0 == 0 goto none\n r1 = r0\n r2 = 0\n call bpf_${name}_impl`;
const TASK = "r1 = 1\n call bpf_task_from_pid\n if r0 == 0 goto none\n r7 = r0";
const OLD_TASK = "if r0 == 0 goto none\n r1 = r0\n call bpf_task_release";
const rcu = (...lines: string[]): string => `call bpf_rcu_read_lock\n${lines.join("\n")}\n call bpf_rcu_read_unlock`;

const waits = (name: string, text: string, error?: string, errno?: string): TypedText =>
  one(name, text, error, errno, { type: "syscall" });

export const POINTER_CASES: readonly TypedText[] = [
  one("an object moves into a map", program(lookup("stash"), make("pair"), exchange(0), dropOld())),
  one("an object moves into a hash", program(lookup("stashes"), make("item"), exchange(8), dropOld())),
  one(
    "an object comes out of a map",
    program(
      lookup("stash"),
      exchange(0, "0"),
      "if r0 == 0 goto none\n r7 = *(u64 *)(r0 + 0)\n r1 = r0\n r2 = 0\n call bpf_obj_drop_impl",
    ),
  ),
  one(
    "what came out is forgotten",
    program(lookup("stash"), exchange(0, "0")),
    "BPF_EXIT instruction in main prog would lead to reference leak",
  ),
  one(
    "an object that moved is used",
    program(lookup("stash"), make("pair"), exchange(0), dropOld(), "r1 = *(u64 *)(r7 + 0)"),
    "R7 invalid mem access 'scalar'",
    "EACCES",
  ),
  one("a task moves into a map", program(lookup("stash"), TASK, exchange(24), OLD_TASK)),
  one(
    "a task moves where an object belongs",
    program(lookup("stash"), TASK, exchange(0)),
    "invalid kptr access, R2 type=ptr_task_struct expected=ptr_t_plain",
    "EACCES",
  ),
  one(
    "an object moves where another belongs",
    program(lookup("stash"), make("pair"), exchange(8)),
    "invalid kptr access, R2 type=ptr_t_plain expected=ptr_t_item",
    "EACCES",
  ),
  one(
    "an object moves where a task belongs",
    program(lookup("stash"), make("pair"), exchange(24)),
    "invalid kptr access, R2 type=ptr_t_plain expected=ptr_task_struct",
    "EACCES",
  ),
  one(
    "an exchange of what owns nothing",
    program(lookup("stash"), exchange(32, "0")),
    "off=32 kptr isn't referenced kptr",
    "EACCES",
  ),
  one(
    "an exchange beside the pointer",
    program(lookup("stash"), exchange(4, "0")),
    "off=4 doesn't point to kptr",
    "EACCES",
  ),
  one(
    "an exchange with a number",
    program(lookup("stash"), exchange(56, "0")),
    "off=56 doesn't point to kptr",
    "EACCES",
  ),
  one("an exchange in a value without pointers", program(lookup("plain"), exchange(0, "0")), "R1 has no valid kptr"),
  one(
    "an exchange in a value without types",
    program(lookup("array"), exchange(0, "0")),
    "map 'array' has to have BTF in order to use bpf_kptr_xchg",
  ),
  one(
    "an exchange at no constant offset",
    program(lookup("stash"), "r8 = *(u64 *)(r6 + 56)\n r8 &= 8\n r6 += r8", exchange(0, "0")),
    "R1 doesn't have constant offset. kptr has to be at the constant offset",
  ),
  one(
    "an exchange on the stack",
    program("r6 = r10\n r6 += -8", exchange(0, "0")),
    "R1 type=fp expected=map_value, ptr_",
    "EACCES",
  ),
  one(
    "a number goes into a pointer",
    program(lookup("stash"), exchange(0, "1")),
    "R2 type=scalar expected=ptr_, trusted_ptr_, rcu_ptr_",
    "EACCES",
  ),
  one(
    "an object that may be NULL goes into a pointer",
    program(lookup("stash"), "r1 = 1\n call bpf_task_from_pid\n r7 = r0", exchange(24)),
    "Possibly NULL pointer passed to helper arg2",
    "EACCES",
  ),
  one(
    "an object is exchanged at its middle",
    program(lookup("stash"), make("pair"), "r7 += 8", exchange(0)),
    "invalid kptr access, R2 type=ptr_t_plain expected=ptr_t_plain",
    "EACCES",
  ),
  one(
    "a map with a pointer to what cannot be released",
    program(lookup("unreleasable"), "r1 = 1\n *(u64 *)(r6 + 0) = r1", "r1 = *(u64 *)(r6 + 0)"),
  ),
  one(
    "a pointer in an object",
    program(make("holder", 6), make("pair"), drop(), drop(6)),
    "BPF_EXIT instruction in main prog would lead to reference leak",
  ),
  one(
    "an object moves into another",
    program(
      "r1 = local[holder]\n r2 = 0\n call bpf_obj_new_impl\n if r0 == 0 goto none\n r6 = r0",
      exchange(0, "0"),
      "r7 = r0",
      drop(6),
      "if r7 == 0 goto none",
      drop(),
    ),
  ),
  one(
    "a pointer in an object is read",
    program(make("holder"), "r1 = *(u64 *)(r7 + 0)", drop()),
    "direct access to kptr is disallowed",
    "EACCES",
  ),
  one(
    "an exchange under a lock",
    program(
      lookup("stash"),
      lookup("queue", 9),
      "r1 = r9\n call spin_lock",
      exchange(0, "0"),
      "r7 = r0\n r1 = r9\n call spin_unlock\n if r7 == 0 goto none",
      drop(),
    ),
    "function calls are not allowed while holding a lock",
  ),

  one(
    "an object in a map is read",
    program(lookup("stash"), "r7 = *(u64 *)(r6 + 0)\n if r7 == 0 goto none\n r8 = *(u64 *)(r7 + 8)"),
  ),
  one(
    "an object in a map is read without a look for NULL",
    program(lookup("stash"), "r7 = *(u64 *)(r6 + 0)\n r8 = *(u64 *)(r7 + 8)"),
    "R7 invalid mem access 'rcu_ptr_or_null_'",
    "EACCES",
  ),
  one(
    "an object in a map is written",
    program(lookup("stash"), "r7 = *(u64 *)(r6 + 0)\n if r7 == 0 goto none\n r1 = 1\n *(u64 *)(r7 + 8) = r1"),
  ),
  one(
    "a node in a map is looked at",
    program(lookup("stash"), "r7 = *(u64 *)(r6 + 8)\n if r7 == 0 goto none\n r8 = *(u64 *)(r7 + 0)"),
  ),
  one(
    "an object in a map is dropped",
    program(lookup("stash"), "r7 = *(u64 *)(r6 + 0)\n if r7 == 0 goto none", drop()),
    "R1 must be referenced or trusted",
  ),
  one(
    "a counted object in a map gets another owner",
    program(
      lookup("stash"),
      "r1 = *(u64 *)(r6 + 16)\n if r1 == 0 goto none\n r2 = 0\n call bpf_refcount_acquire_impl\n r7 = r0\n if r7 == 0 goto none",
      drop(),
    ),
  ),
  one(
    "a task in a map is read",
    program(lookup("stash"), "r7 = *(u64 *)(r6 + 24)\n if r7 == 0 goto none\n r8 = *(u32 *)(r7 + task_struct->pid)"),
  ),
  one(
    "a task in a map is kept",
    program(lookup("stash"), "r1 = *(u64 *)(r6 + 24)\n if r1 == 0 goto none\n call bpf_task_acquire", OLD_TASK),
  ),
  one(
    "a weak pointer to a task is kept",
    program(lookup("stash"), "r1 = *(u64 *)(r6 + 32)\n if r1 == 0 goto none\n call bpf_task_acquire", OLD_TASK),
    "R1 must be a rcu pointer",
  ),
  one(
    "a weak pointer is read",
    program(lookup("stash"), "r7 = *(u64 *)(r6 + 32)\n if r7 == 0 goto none\n r8 = *(u32 *)(r7 + task_struct->pid)"),
  ),
  one(
    "a weak pointer to a file",
    program(lookup("weakFile"), "r7 = *(u64 *)(r6 + 0)\n if r7 == 0 goto none\n r8 = *(u64 *)(r7 + file->f_inode)"),
  ),
  one(
    "a task is stored as a weak pointer",
    program(lookup("stash"), TASK, "*(u64 *)(r6 + 32) = r7\n r1 = r7\n call bpf_task_release"),
  ),
  one(
    "NULL is stored as a weak pointer",
    program(lookup("stash"), "r1 = 0\n *(u64 *)(r6 + 32) = r1\n *(u64 *)(r6 + 32) = 0"),
  ),
  one("a weak pointer is copied", program(lookup("stash"), "r1 = *(u64 *)(r6 + 32)\n *(u64 *)(r6 + 32) = r1")),
  one(
    "a number is stored as a weak pointer",
    program(lookup("stash"), "r1 = 5\n *(u64 *)(r6 + 32) = r1"),
    "invalid kptr access, R1 type=scalar expected=ptr_task_struct or untrusted_ptr_task_struct",
    "EACCES",
  ),
  one(
    "a constant is stored as a weak pointer",
    program(lookup("stash"), "*(u64 *)(r6 + 32) = 5"),
    "BPF_ST imm must be 0 when storing to kptr at off=32",
    "EACCES",
  ),
  one(
    "an object is stored as a weak pointer to a task",
    program(lookup("stash"), make("pair"), "*(u64 *)(r6 + 32) = r7"),
    "invalid kptr access, R7 type=ptr_t_plain expected=ptr_task_struct or untrusted_ptr_task_struct",
    "EACCES",
  ),
  one(
    "an object is stored where it would be owned",
    program(lookup("stash"), make("pair"), "*(u64 *)(r6 + 0) = r7"),
    "store to referenced kptr disallowed",
    "EACCES",
  ),
  one(
    "NULL is stored where something would be lost",
    program(lookup("stash"), "*(u64 *)(r6 + 0) = 0"),
    "store to referenced kptr disallowed",
    "EACCES",
  ),
  one(
    "half a pointer is read",
    program(lookup("stash"), "r1 = *(u32 *)(r6 + 0)"),
    "kptr access size must be BPF_DW",
    "EACCES",
  ),
  one(
    "a pointer is read beside its place",
    program(lookup("stash"), "r1 = *(u64 *)(r6 + 4)"),
    "kptr access misaligned expected=0 off=4",
    "EACCES",
  ),
  one(
    "a pointer is read at an unknown place",
    program(lookup("stash"), "r8 = *(u64 *)(r6 + 56)\n r8 &= 8\n r6 += r8\n r1 = *(u64 *)(r6 + 0)"),
    "kptr access cannot have variable offset",
    "EACCES",
  ),
  one(
    "a pointer is changed by an atomic addition",
    program(lookup("stash"), "r1 = 1\n lock *(u64 *)(r6 + 32) += r1"),
    "kptr in map can only be accessed using BPF_MEM instruction mode",
    "EACCES",
  ),
  one(
    "a helper fills a pointer",
    program(
      lookup("stash"),
      "*(u32 *)(r10 - 4) = 0\n r1 = map[hash]\n r2 = r10\n r2 += -4\n r3 = r6\n r4 = 0\n call map_update_elem",
    ),
    "kptr cannot be accessed indirectly by helper",
    "EACCES",
  ),
  one(
    "a pointer of an array",
    program(
      lookup("pointers"),
      "r7 = *(u64 *)(r6 + 8)\n if r7 == 0 goto none\n r8 = *(u32 *)(r7 + task_struct->pid)\n r7 = *(u64 *)(r6 + 40)",
    ),
  ),

  one(
    "an object for each CPU moves into a map",
    program(lookup("stash"), makeEach, exchange(40), dropOld("percpu_obj_drop")),
  ),
  one(
    "an object for each CPU that moved is read",
    program(
      lookup("stash"),
      makeEach,
      exchange(40),
      "r8 = r0\n r1 = r7\n call this_cpu_ptr\n r1 = *(u64 *)(r0 + 0)\n r0 = r8",
      dropOld("percpu_obj_drop"),
    ),
  ),
  one(
    "this CPU's object of a map",
    program(
      lookup("stash"),
      "r1 = *(u64 *)(r6 + 40)\n if r1 == 0 goto none\n call this_cpu_ptr\n r1 = *(u64 *)(r0 + 8)\n r1 += 1\n *(u64 *)(r0 + 8) = r1",
    ),
  ),
  one(
    "another CPU's object of a map",
    program(
      lookup("stash"),
      "r1 = *(u64 *)(r6 + 40)\n if r1 == 0 goto none\n r2 = 1\n call per_cpu_ptr\n if r0 == 0 goto none\n r1 = *(u64 *)(r0 + 8)",
    ),
  ),
  one(
    "one object moves where one for each CPU belongs",
    program(lookup("stash"), make("pair"), exchange(40), dropOld("percpu_obj_drop")),
  ),
  one(
    "one for each CPU moves where one object belongs",
    program(lookup("stash"), makeEach, exchange(0)),
    "invalid kptr access, R2 type=percpu_ptr_ expected=ptr_t_plain",
    "EACCES",
  ),

  waits(
    "an object in a map outside of RCU",
    program(lookup("stash"), "r7 = *(u64 *)(r6 + 0)\n if r7 == 0 goto none\n r8 = *(u64 *)(r7 + 8)"),
  ),
  waits(
    "an object in a map outside of RCU is written",
    program(lookup("stash"), "r7 = *(u64 *)(r6 + 0)\n if r7 == 0 goto none\n *(u64 *)(r7 + 8) = 1"),
    "only read is supported",
    "EACCES",
  ),
  waits(
    "a helper that may wait within RCU",
    program(rcu("r1 = r10\n r1 += -8\n *(u64 *)(r10 - 8) = 0\n r2 = 8\n r3 = 0\n call copy_from_user")),
    "sleepable helper bpf_copy_from_user#148 in rcu_read_lock region",
  ),
  waits(
    "an object in a map within RCU",
    program(lookup("stash"), rcu("r7 = *(u64 *)(r6 + 0)\n if r7 == 0 goto out\n *(u64 *)(r7 + 8) = 1\nout:")),
  ),
  one(
    "an object of the program's as a task",
    program(make("pair"), "r1 = r7\n call bpf_task_acquire"),
    "kernel function bpf_task_acquire args#0 expected pointer to STRUCT task_struct but R1 has a pointer to STRUCT t_plain",
  ),
  one(
    "an object of the program's is released as a task",
    program(make("pair"), "r1 = r7\n call bpf_task_release"),
    "kernel function bpf_task_release args#0 expected pointer to STRUCT task_struct but R1 has a pointer to STRUCT t_plain",
  ),
  waits(
    "an object in a map is read after RCU",
    program(lookup("stash"), rcu("r7 = *(u64 *)(r6 + 0)"), "if r7 == 0 goto none\n r8 = *(u64 *)(r7 + 0)"),
    "verifier bug: ref_obj_id for allocated object must be non-zero",
    "EFAULT",
  ),
  waits(
    "an object in a map is written after RCU",
    program(lookup("stash"), rcu("r7 = *(u64 *)(r6 + 0)"), "if r7 == 0 goto none\n *(u64 *)(r7 + 0) = 1"),
    "only read is supported",
    "EACCES",
  ),
  waits(
    "a task in a map after RCU",
    program(lookup("stash"), rcu("r7 = *(u64 *)(r6 + 24)"), "if r7 == 0 goto none\n r1 = r7\n call bpf_task_acquire"),
    "R1 must be a rcu pointer",
  ),
  waits(
    "a node in a map after RCU",
    program(lookup("stash"), rcu("r7 = *(u64 *)(r6 + 8)"), "if r7 == 0 goto none\n r8 = *(u64 *)(r7 + 0)"),
  ),
];
