/**
 * Kernel functions that programs may call by BTF id, as Linux 6.18 registers them: what BTF does not say of them. The
 * signature (and with it what each argument must be) is in Linux's BTF, where such functions carry the tag `bpf_kfunc`.
 */
import { KFUNC_FAMILIES } from "./kfunc-families.ts";
import { type KfuncRow, kfuncRows as rows } from "./kfunc-row.ts";

export type { KfuncFlag, KfuncRow, KfuncSet } from "./kfunc-row.ts";

/** Every kernel function that the verifier knows. */
export const KFUNCS: readonly KfuncRow[] = [
  ...rows("common", [
    ["rcu_read_lock", "", "Opens an RCU section: objects found in it stay until it is closed."],
    ["rcu_read_unlock", "", "Closes the RCU section."],
    ["preempt_disable", "", "Keeps the program on its CPU without interruption by other tasks."],
    ["preempt_enable", "", "Ends what bpf_preempt_disable began."],
    ["iter_num_new", "iter_new", "Begins an iteration over numbers from start to end."],
    ["iter_num_next", "iter_next ret_null", "The address of the next number, or NULL."],
    ["iter_num_destroy", "iter_destroy", "Ends the iteration."],
    ["dynptr_adjust", "", "Narrows a dynptr to a part of it."],
    ["dynptr_is_null", "", "Whether a dynptr points nowhere."],
    ["dynptr_is_rdonly", "", "Whether a dynptr's memory may only be read."],
    ["dynptr_size", "", "Bytes that a dynptr covers."],
    ["dynptr_clone", "", "Makes a second dynptr to the same memory."],
    ["iter_bits_new", "iter_new", "Begins an iteration over the bits that are set in memory."],
    ["iter_bits_next", "iter_next ret_null", "The address of the number of the next bit, or NULL."],
    ["iter_bits_destroy", "iter_destroy", "Ends the iteration."],
    ["iter_task_new", "iter_new trusted_args rcu_protected", "Begins an iteration over tasks."],
    ["iter_task_next", "iter_next ret_null", "The next task, or NULL."],
    ["iter_task_destroy", "iter_destroy", "Ends the iteration."],
    ["iter_css_new", "iter_new trusted_args rcu_protected", "Begins an iteration over groups of a controller."],
    ["iter_css_next", "iter_next ret_null", "The next group, or NULL."],
    ["iter_css_destroy", "iter_destroy", "Ends the iteration."],
    ["cast_to_kern_ctx", "", "The context as the structure of Linux that lies behind it."],
    ["arena_alloc_pages", "trusted_args sleepable", "Pages of an arena that nobody had: their address, or NULL."],
    ["arena_free_pages", "trusted_args sleepable", "Gives pages of an arena back."],
    ["arena_reserve_pages", "trusted_args sleepable", "Keeps pages of an arena from being given out."],
    ["rdonly_cast", "", "Any address as one of a structure, to be read with care."],
    ["wq_init", "", "Sets up the workqueue in a map's value."],
    ["wq_set_callback_impl", "", "Says which function the workqueue runs."],
    ["wq_start", "", "Lets the workqueue's function run soon, where it may wait."],
    [
      "task_work_schedule_signal_impl",
      "trusted_args",
      "Lets a function run in a task, as soon as it can be interrupted.",
    ],
    [
      "task_work_schedule_resume_impl",
      "trusted_args",
      "Lets a function run in a task before it returns to its program.",
    ],
    ["local_irq_save", "", "Disables interrupts on this CPU and remembers whether they were enabled."],
    ["local_irq_restore", "", "Ends what bpf_local_irq_save began."],
    ["res_spin_lock", "ret_null", "Takes a lock, or fails where that would wait for ever."],
    ["res_spin_unlock", "", "Gives the lock back."],
    ["res_spin_lock_irqsave", "ret_null", "Takes a lock with interrupts disabled, or fails."],
    ["res_spin_unlock_irqrestore", "", "Gives the lock back and restores interrupts."],
  ]),
  ...rows("objects", [
    ["obj_new_impl", "acquire ret_null", "Allocates an object of one of the program's structs."],
    ["percpu_obj_new_impl", "acquire ret_null", "Allocates an object for each CPU."],
    ["obj_drop_impl", "release", "Frees an object, or gives back one of its references."],
    ["percpu_obj_drop_impl", "release", "Frees the objects of all CPUs."],
    ["refcount_acquire_impl", "acquire ret_null rcu", "One more reference to an object with a counter."],
    ["list_push_front_impl", "", "Puts an object at the front of a list, which owns it then."],
    ["list_push_back_impl", "", "Puts an object at the end of a list, which owns it then."],
    ["list_pop_front", "acquire ret_null", "Takes the first object out of a list."],
    ["list_pop_back", "acquire ret_null", "Takes the last object out of a list."],
    ["list_front", "ret_null", "The first object of a list, which goes on owning it."],
    ["list_back", "ret_null", "The last object of a list, which goes on owning it."],
    ["rbtree_add_impl", "", "Puts an object into a tree at its place, which owns it then."],
    ["rbtree_remove", "acquire ret_null", "Takes an object out of a tree."],
    ["rbtree_first", "ret_null", "The least object of a tree, which goes on owning it."],
    ["rbtree_root", "ret_null", "The object at a tree's root."],
    ["rbtree_left", "ret_null", "The object to the left below a node."],
    ["rbtree_right", "ret_null", "The object to the right below a node."],
    ["task_acquire", "acquire rcu ret_null", "Keeps a task from going away."],
    ["task_release", "release", "Gives back what bpf_task_acquire returned."],
    ["task_from_pid", "acquire ret_null", "Finds a task by its number."],
    ["task_from_vpid", "acquire ret_null", "Finds a task by its number in the current namespace."],
    ["task_under_cgroup", "rcu", "Whether a task is in a cgroup or below it."],
    ["cgroup_acquire", "acquire rcu ret_null", "Keeps a cgroup from going away."],
    ["cgroup_release", "release", "Gives back what bpf_cgroup_acquire returned."],
    ["cgroup_ancestor", "acquire rcu ret_null", "The cgroup above another one, at a level."],
    ["cgroup_from_id", "acquire ret_null", "Finds a cgroup by its id."],
    ["task_get_cgroup1", "acquire rcu ret_null", "The cgroup of a task in an old hierarchy."],
  ]),
  ...rows("skb", [["dynptr_from_skb", "trusted_args", "A dynptr to a socket buffer's data."]]),
  ...KFUNC_FAMILIES,
  ...rows("xdp", [["dynptr_from_xdp", "", "A dynptr to an XDP frame's data."]]),
];

const BY_NAME: ReadonlyMap<string, KfuncRow> = new Map(KFUNCS.map((row) => [row.name, row]));

/**
 * The row of a kernel function, or undefined: not one, or none that is known here.
 *
 * @example kfuncByName("bpf_iter_num_next")?.flags.has("ret_null") // true
 */
export const kfuncByName = (name: string): KfuncRow | undefined => BY_NAME.get(name);
