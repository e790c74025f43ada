/** Objects that programs allocate, and lists and trees that own them. What Linux 6.18 says of each program. */
import { lookup, make, one, program, RETURN } from "./object-pieces.ts";
import type { TypedText } from "./typed-programs.ts";

const drop = (register = 7): string => `r1 = r${register}\n r2 = 0\n call bpf_obj_drop_impl`;
const lock = (register = 6): string => `r1 = r${register}\n call spin_lock`;
const unlock = (register = 6): string => `r1 = r${register}\n call spin_unlock`;
const push = (head = 8, node = 8, to = "front", root = 6, object = 7): string =>
  `r1 = r${root}\n r1 += ${head}\n r2 = r${object}\n r2 += ${node}\n r3 = 0\n r4 = 0\n call bpf_list_push_${to}_impl`;
const call = (name: string, at = 8, root = 6): string => `r1 = r${root}\n r1 += ${at}\n call bpf_${name}`;
const add = (at = 8, node = 8, root = 6, object = 7): string =>
  `r1 = r${root}\n r1 += ${at}\n r2 = r${object}\n r2 += ${node}\n r3 = func[less]\n r4 = 0\n r5 = 0\n call bpf_rbtree_add_impl`;
const LESS = "less: r0 = 0\n r3 = *(u64 *)(r1 - 8)\n r4 = *(u64 *)(r2 - 8)\n if r3 >= r4 goto +1\n r0 = 1\n exit";

const compared = (name: string, text: string, error?: string, errno?: string, less = LESS): TypedText =>
  one(name, `${text}\n${less}`, error, errno, { functions: ["less"] });

const allocation: readonly TypedText[] = [
  one("an object is made and dropped", program(make("pair"), "*(u64 *)(r7 + 8) = 5\n r8 = *(u64 *)(r7 + 8)", drop())),
  one(
    "an object is never dropped",
    program(make("pair")),
    "BPF_EXIT instruction in main prog would lead to reference leak",
  ),
  one(
    "an object that may be NULL is written",
    program("r1 = local[pair]\n r2 = 0\n call bpf_obj_new_impl\n *(u64 *)(r0 + 0) = 1"),
    "R0 invalid mem access 'ptr_or_null_'",
    "EACCES",
  ),
  one(
    "an object that may be NULL is dropped",
    program("r1 = local[pair]\n r2 = 0\n call bpf_obj_new_impl\n r1 = r0\n r2 = 0\n call bpf_obj_drop_impl"),
    "Possibly NULL pointer passed to trusted arg0",
    "EACCES",
  ),
  one(
    "an access beyond an object",
    program(make("pair"), "*(u64 *)(r7 + 16) = 1", drop()),
    "access beyond struct t_plain at off 16 size 8",
    "EACCES",
  ),
  one(
    "an access in front of an object",
    program(make("pair"), "*(u64 *)(r7 - 8) = 1", drop()),
    "R7 is ptr_t_plain invalid negative access: off=-8",
    "EACCES",
  ),
  one(
    "an access to a node",
    program(make("item"), "r8 = *(u64 *)(r7 + 8)", drop()),
    "direct access to bpf_list_node is disallowed",
    "EACCES",
  ),
  one(
    "an object at an unknown offset",
    program(make("pair"), "r8 = *(u64 *)(r7 + 0)\n r8 &= 8\n r7 += r8\n *(u64 *)(r7 + 0) = 1", drop()),
    "R7 is ptr_t_plain invalid variable offset: off=0, var_off=(0x0; 0x8)",
    "EACCES",
  ),
  one("an atomic addition to an object", program(make("pair"), "r1 = 1\n lock *(u64 *)(r7 + 0) += r1", drop())),
  one("a pointer of the program's is a number", program(make("mixed"), "r8 = *(u64 *)(r7 + 8)\n r8 += 1", drop())),
  one(
    "an object is dropped by its middle",
    program(make("pair"), "r1 = r7\n r1 += 8\n r2 = 0\n call bpf_obj_drop_impl"),
    "R1 must have zero offset when passed to release func or trusted arg to kfunc",
  ),
  one("an object is dropped twice", program(make("pair"), drop(), drop()), "R1 must be referenced or trusted"),
  one(
    "a dropped object is read",
    program(make("pair"), drop(), "r1 = *(u64 *)(r7 + 0)"),
    "R7 invalid mem access 'scalar'",
    "EACCES",
  ),
  one(
    "a map's value is dropped",
    program(lookup("queue"), "r1 = r6\n r2 = 0\n call bpf_obj_drop_impl"),
    "R1 must be referenced or trusted",
  ),
  one(
    "a type that is no struct",
    program("r1 = 1\n r2 = 0\n call bpf_obj_new_impl"),
    "bpf_obj_new/bpf_percpu_obj_new type ID argument must be of a struct",
  ),
  one(
    "a type that does not exist",
    program("r1 = 100000\n r2 = 0\n call bpf_obj_new_impl"),
    "bpf_obj_new/bpf_percpu_obj_new type ID argument must be of a struct",
  ),
  one(
    "a type beyond 32 bits",
    program("r1 = -1\n r2 = 0\n call bpf_obj_new_impl"),
    "local type ID argument must be in range [0, U32_MAX]",
  ),
  one(
    "a type that is not known",
    program("call get_prandom_u32\n r1 = r0\n r2 = 0\n call bpf_obj_new_impl"),
    "R1 must be a known constant",
  ),
  one(
    "no types at all",
    program("r1 = 1\n r2 = 0\n call bpf_obj_new_impl"),
    "bpf_obj_new/bpf_percpu_obj_new requires prog BTF",
    "EINVAL",
    { objects: false },
  ),
  one(
    "an object for each CPU",
    program(
      "r1 = local[pair]\n r2 = 0\n call bpf_percpu_obj_new_impl\n if r0 == 0 goto none\n r7 = r0",
      "r1 = r7\n r2 = 0\n call bpf_percpu_obj_drop_impl",
    ),
  ),
  one(
    "this CPU's object, outside of a map",
    program(
      "r1 = local[pair]\n r2 = 0\n call bpf_percpu_obj_new_impl\n if r0 == 0 goto none\n r7 = r0",
      "r1 = r7\n call this_cpu_ptr",
    ),
    "R1 type=percpu_ptr_ expected=percpu_ptr_, percpu_rcu_ptr_, percpu_trusted_ptr_",
    "EACCES",
  ),
  one(
    "an object for each CPU is dropped as one object",
    program("r1 = local[pair]\n r2 = 0\n call bpf_percpu_obj_new_impl\n if r0 == 0 goto none\n r7 = r0", drop()),
    "arg#0 expected for bpf_percpu_obj_drop_impl()",
  ),
  one(
    "one object is dropped as one for each CPU",
    program(make("pair"), "r1 = r7\n r2 = 0\n call bpf_percpu_obj_drop_impl"),
    "arg#0 expected for bpf_obj_drop_impl()",
  ),
  one(
    "an object for each CPU is read as one",
    program("r1 = local[pair]\n r2 = 0\n call bpf_percpu_obj_new_impl\n if r0 == 0 goto none\n r1 = *(u64 *)(r0 + 0)"),
    "R0 is ptr_t_plain access percpu memory: off=0",
    "EACCES",
  ),
  one(
    "an object for each CPU that is too large",
    program("r1 = local[big]\n r2 = 0\n call bpf_percpu_obj_new_impl"),
    "bpf_percpu_obj_new type size (520) is greater than 512",
  ),
  one(
    "an object for each CPU with a pointer",
    program("r1 = local[mixed]\n r2 = 0\n call bpf_percpu_obj_new_impl"),
    "bpf_percpu_obj_new type ID argument must be of a struct of scalars",
  ),
  one(
    "an object for each CPU with a node",
    program("r1 = local[item]\n r2 = 0\n call bpf_percpu_obj_new_impl"),
    "bpf_percpu_obj_new type ID argument must not contain special fields",
  ),
  one(
    "another reference",
    program(make("shared"), "r1 = r7\n r2 = 0\n call bpf_refcount_acquire_impl\n r8 = r0", drop(), drop(8)),
  ),
  one(
    "another reference to what has no counter",
    program(make("item"), "r1 = r7\n r2 = 0\n call bpf_refcount_acquire_impl"),
    "arg#0 doesn't point to a type with bpf_refcount field",
  ),
  one(
    "another reference to a value",
    program(lookup("queue"), "r1 = r6\n r2 = 0\n call bpf_refcount_acquire_impl"),
    "arg#0 is neither owning or non-owning ref",
  ),
  one(
    "an object with a lock of its own",
    program(
      make("guarded", 6),
      "r1 = local[item]\n r2 = 0\n call bpf_obj_new_impl\n if r0 == 0 goto out\n r7 = r0",
      lock(),
      push(),
      unlock(),
      "out:",
      drop(6),
    ),
  ),
  one(
    "the lock of another object",
    program(lookup("queue", 8), make("guarded", 6), make("item"), lock(8), push(), unlock(8), drop(6)),
    "bpf_spin_lock at off=0 must be held for bpf_list_head",
  ),
  one(
    "a lock in an object that has none",
    program(make("pair", 6), lock(), unlock(), drop(6)),
    "local 'kptr' has no valid bpf_spin_lock",
  ),
];

const lists: readonly TypedText[] = [
  one("an object goes into a list", program(lookup("queue"), make("item"), lock(), push(), unlock())),
  one(
    "at the end of a list",
    program(lookup("queue"), make("item"), "*(u64 *)(r7 + 0) = 5", lock(), push(8, 8, "back"), unlock()),
  ),
  one("a list in a direct value", program("r6 = map[queueOne][0]", make("item"), lock(), push(), unlock())),
  one(
    "an object comes out of a list",
    program(
      lookup("queue"),
      lock(),
      call("list_pop_front"),
      "r7 = r0",
      unlock(),
      "if r7 == 0 goto none\n r7 += -8\n r8 = *(u64 *)(r7 + 0)",
      drop(),
    ),
  ),
  one(
    "what came out is dropped where the node is",
    program(lookup("queue"), lock(), call("list_pop_back"), "r7 = r0", unlock(), "if r7 == 0 goto none", drop()),
    "R1 must have zero offset when passed to release func or trusted arg to kfunc",
  ),
  one(
    "what came out is not dropped",
    program(lookup("queue"), lock(), call("list_pop_front"), unlock()),
    "BPF_EXIT instruction in main prog would lead to reference leak",
  ),
  one(
    "an object in a list is read under the lock",
    program(lookup("queue"), make("item"), lock(), push(), "r8 = *(u64 *)(r7 + 0)\n *(u64 *)(r7 + 56) = 3", unlock()),
  ),
  one(
    "an object in a list is read after the lock",
    program(lookup("queue"), make("item"), lock(), push(), unlock(), "r8 = *(u64 *)(r7 + 0)"),
    "R7 invalid mem access 'scalar'",
    "EACCES",
  ),
  one(
    "an object goes into a list twice",
    program(lookup("queue"), make("item"), lock(), push(), push(), unlock()),
    "arg#1 expected pointer to allocated object",
  ),
  one(
    "an object in a list is dropped",
    program(lookup("queue"), make("item"), lock(), push(), drop(), unlock()),
    "function calls are not allowed while holding a lock",
  ),
  one(
    "a list without its lock",
    program(lookup("queue"), make("item"), push()),
    "bpf_spin_lock at off=0 must be held for bpf_list_head",
  ),
  one(
    "a list with the lock of another lookup",
    program(lookup("queue"), lookup("queue", 8), make("item"), lock(8), push(), unlock(8)),
    "bpf_spin_lock at off=0 must be held for bpf_list_head",
  ),
  one(
    "a list that is not there",
    program(lookup("queue"), make("item"), lock(), push(16), unlock()),
    "bpf_list_head not found at offset=16",
  ),
  one(
    "a node that is not there",
    program(lookup("queue"), make("item"), lock(), push(8, 16), unlock()),
    "bpf_list_node not found at offset=16",
  ),
  one(
    "another node of the object",
    program(lookup("queue"), make("item"), lock(), push(8, 32), unlock()),
    "arg#1 offset=32, but expected bpf_list_node at offset=8 in struct t_item",
  ),
  one(
    "an object of another list",
    program(lookup("queue"), make("shared"), lock(), push(8, 16), unlock()),
    "operation on bpf_list_head expects arg#1 bpf_list_node at offset=8 in struct t_item, but arg is at offset=16 in struct t_shared",
  ),
  one(
    "a list at no constant offset",
    program(lookup("queue"), make("item"), "r8 = *(u64 *)(r6 + 40)\n r8 &= 8\n r6 += r8", push()),
    "R1 doesn't have constant offset. bpf_list_head has to be at the constant offset",
  ),
  one(
    "a list on the stack",
    program(make("item"), "r6 = r10\n r6 += -32", push()),
    "arg#0 expected pointer to map value or allocated object",
  ),
  one(
    "a node on the stack",
    program(lookup("queue"), lock(), "r7 = r10\n r7 += -32", push(), unlock()),
    "arg#1 expected pointer to allocated object",
  ),
  one(
    "the first object of a list",
    program(lookup("queue"), lock(), call("list_front"), "if r0 == 0 goto out\n r8 = *(u64 *)(r0 - 8)\nout:", unlock()),
  ),
  one(
    "the last object of a list, after the lock",
    program(
      lookup("queue"),
      lock(),
      call("list_back", 24),
      "r7 = r0",
      unlock(),
      "if r7 == 0 goto none\n r8 = *(u64 *)(r7 - 16)",
    ),
    "R7 invalid mem access 'scalar'",
    "EACCES",
  ),
  one(
    "a list's bytes are read",
    program(lookup("queue"), "r1 = *(u64 *)(r6 + 8)"),
    "bpf_list_head cannot be accessed directly by load/store",
    "EACCES",
  ),
  one(
    "one object, two lists",
    program(
      lookup("queue"),
      lookup("tree", 8),
      make("shared"),
      "r1 = r7\n r2 = 0\n call bpf_refcount_acquire_impl\n r9 = r0",
      lock(),
      push(24, 16),
      unlock(),
      drop(9),
    ),
  ),
  one(
    "a reference to what is in a list is kept",
    program(
      lookup("queue"),
      lock(),
      call("list_front", 24),
      "if r0 == 0 goto out\n r1 = r0\n r1 += -16\n r2 = 0\n call bpf_refcount_acquire_impl\n r7 = r0",
      unlock(),
      "if r7 == 0 goto none",
      drop(),
      RETURN,
      "out:",
      unlock(),
    ),
  ),
];

const FIRST = `${call("rbtree_first")}\n if r0 == 0 goto out\n r8 = r0`;
const remove = `r1 = r6\n r1 += 8\n r2 = r8\n call bpf_rbtree_remove`;
const OUT = `${RETURN}\nout: r1 = r6\n call spin_unlock`;

const trees: readonly TypedText[] = [
  compared(
    "an object goes into a tree",
    program(lookup("tree"), make("leaf"), "*(u64 *)(r7 + 0) = 5", lock(), add(), unlock()),
  ),
  compared(
    "a counted object goes into a tree",
    program(lookup("tree"), make("shared"), lock(), add(24, 40), unlock()),
    undefined,
    undefined,
    LESS.replaceAll("- 8", "- 40"),
  ),
  compared(
    "a tree without its lock",
    program(lookup("tree"), make("leaf"), add()),
    "bpf_spin_lock at off=0 must be held for bpf_rb_root",
  ),
  compared(
    "a tree that is not there",
    program(lookup("tree"), make("leaf"), lock(), add(16), unlock()),
    "bpf_rb_root not found at offset=16",
  ),
  compared(
    "an object of another tree",
    program(lookup("tree"), make("shared"), lock(), add(8, 40), unlock()),
    "operation on bpf_rb_root expects arg#1 bpf_rb_node at offset=8 in struct t_leaf, but arg is at offset=40 in struct t_shared",
  ),
  compared(
    "an object of a tree goes into it again",
    program(lookup("tree"), make("leaf"), lock(), add(), add(), unlock()),
    "arg#1 expected pointer to allocated object",
  ),
  compared(
    "an object in a tree is read under the lock, and after it",
    program(lookup("tree"), make("leaf"), lock(), add(), "r1 = *(u64 *)(r7 + 0)", unlock(), "r1 = *(u64 *)(r7 + 0)"),
    "R7 invalid mem access 'scalar'",
    "EACCES",
  ),
  compared(
    "a comparison that returns 2",
    program(lookup("tree"), make("leaf"), lock(), add(), unlock()),
    "At callback return the register R0 has smin=2 smax=2 should have been in [0, 1]",
    "EINVAL",
    "less: r0 = 2\n exit",
  ),
  compared(
    "a comparison beyond the object",
    program(lookup("tree"), make("leaf"), lock(), add(), unlock()),
    "access beyond struct t_leaf at off 40 size 8",
    "EACCES",
    "less: r0 = *(u64 *)(r1 + 32)\n exit",
  ),
  compared(
    "a comparison reads its third argument",
    program(lookup("tree"), make("leaf"), lock(), add(), unlock()),
    "R3 !read_ok",
    "EACCES",
    "less: r0 = r3\n exit",
  ),
  compared(
    "a comparison calls a helper",
    program(lookup("tree"), make("leaf"), lock(), add(), unlock()),
    "function calls are not allowed while holding a lock",
    "EINVAL",
    "less: call ktime_get_ns\n r0 = 0\n exit",
  ),
  compared(
    "a comparison gives the lock back",
    program(lookup("tree"), make("leaf"), lock(), add(), unlock()),
    "can't spin_{lock,unlock} in rbtree cb",
    "EACCES",
    "less: r1 = map[treeOne][0]\n call spin_unlock\n r0 = 0\n exit",
  ),
  compared(
    "a comparison takes an object out",
    program("r6 = map[treeOne][0]", make("leaf"), lock(), add(), unlock()),
    "bpf_rbtree_remove not allowed in rbtree cb",
    "EINVAL",
    "less: r2 = r1\n r1 = map[treeOne][0]\n r1 += 8\n call bpf_rbtree_remove\n r0 = 0\n exit",
  ),
  compared(
    "a comparison changes the tree",
    program(lookup("tree"), make("leaf"), lock(), add(), unlock()),
    "arg#0 expected pointer to map value or allocated object",
    "EINVAL",
    "less: call bpf_rbtree_remove\n r0 = 0\n exit",
  ),
  one(
    "a comparison that is no function",
    program(lookup("tree"), make("leaf"), lock(), add().replace("func[less]", "0"), unlock()),
    "arg2 expected pointer to func",
  ),
  one(
    "the least object of a tree is taken out",
    program(lookup("tree"), lock(), FIRST, remove, "r7 = r0", unlock(), "if r7 == 0 goto none\n r7 += -8", drop(), OUT),
  ),
  one(
    "what was taken out may be NULL",
    program(lookup("tree"), lock(), FIRST, remove, "r7 = r0", unlock(), "r7 += -8", OUT),
    "R7 pointer arithmetic on ptr_or_null_ prohibited, null-check it first",
    "EACCES",
  ),
  one(
    "an object is taken out twice",
    program(lookup("tree"), lock(), FIRST, remove, "r7 = r0", remove, unlock(), OUT),
    "BPF_EXIT instruction in main prog would lead to reference leak",
  ),
  one(
    "what is no node is taken out",
    program(lookup("tree"), lock(), "r8 = r6\n r8 += 8", remove, unlock()),
    "bpf_rbtree_remove can only take non-owning or refcounted bpf_rb_node pointer",
  ),
  one(
    "a walk through a tree",
    program(
      lookup("tree"),
      lock(),
      call("rbtree_root"),
      `if r0 == 0 goto out\n r8 = r0\n r7 = *(u64 *)(r8 - 8)\n ${call("rbtree_left")}`.replace(
        "call bpf",
        "r2 = r8\n call bpf",
      ),
      "if r0 == 0 goto out\n r7 = *(u64 *)(r0 - 8)\n r8 = r0",
      call("rbtree_right").replace("call bpf", "r2 = r8\n call bpf"),
      "if r0 == 0 goto out\n r7 = *(u64 *)(r0 - 8)",
      unlock(),
      OUT,
    ),
  ),
  one(
    "a node after the lock",
    program(lookup("tree"), lock(), FIRST, unlock(), lock(), remove, unlock(), OUT),
    "bpf_rbtree_remove can only take non-owning or refcounted bpf_rb_node pointer",
  ),
];

export const HEAP_CASES: readonly TypedText[] = [...allocation, ...lists, ...trees];
