/** What any program may need: time, numbers, text, control, memory of its own. Prototypes. */
import { any, bytes, bytesOrNull, ctx, GPL, map, out, prototype, size, size0 } from "./prototype.ts";

const none = { returns: "void" } as const;
const gplTimer = GPL;

export const PROGRAM_PROTOTYPES = [
  prototype(5, "ktime_get_ns", [], "Nanoseconds since boot, without time spent suspended."),
  prototype(
    6,
    "trace_printk",
    [bytes, size],
    "Prints a line with at most three values into the trace pipe; returns its length.",
    GPL,
  ),
  prototype(7, "get_prandom_u32", [], "Random 32 bits, from the machine's seed."),
  prototype(8, "get_smp_processor_id", [], "The number of the CPU that runs the program.", { result: "cpu" }),
  prototype(12, "tail_call", [ctx, map, any], "Goes on with another program; returns only if there is none.", {
    ...none,
    changesPacket: true,
  }),
  prototype(42, "get_numa_node_id", [], "The memory node of this CPU."),
  prototype(93, "spin_lock", ["ptr_to_spin_lock"], "Locks a map value against other CPUs.", none),
  prototype(94, "spin_unlock", ["ptr_to_spin_lock"], "Unlocks a map value.", none),
  prototype(
    105,
    "strtol",
    [bytes, size, any, "ptr_to_uninit_u64"],
    "Reads a signed number from text; returns the characters used.",
  ),
  prototype(
    106,
    "strtoul",
    [bytes, size, any, "ptr_to_uninit_u64"],
    "Reads an unsigned number from text; returns the characters used.",
  ),
  prototype(118, "jiffies64", [], "Timer ticks since boot."),
  prototype(
    125,
    "ktime_get_boot_ns",
    [],
    "Nanoseconds since boot, with time spent suspended; the simulated machine never is.",
  ),
  prototype(
    149,
    "snprintf_btf",
    ["ptr_to_mem", size, bytes, size, any],
    "Formats a kernel structure as text by its BTF.",
  ),
  prototype(153, "per_cpu_ptr", ["ptr_to_percpu_btf_id", any], "A per-CPU kernel variable on another CPU.", {
    returns: "ptr_to_mem_or_btf_id_rdonly_or_null",
  }),
  prototype(154, "this_cpu_ptr", ["ptr_to_percpu_btf_id"], "A per-CPU kernel variable on this CPU.", {
    returns: "ptr_to_mem_or_btf_id_rdonly",
  }),
  prototype(160, "ktime_get_coarse_ns", [], "Nanoseconds since boot as of the last tick."),
  prototype(
    165,
    "snprintf",
    ["ptr_to_mem_write_or_null", size0, "ptr_to_const_str", bytesOrNull, size0],
    "Formats values as text; returns the length with the zero that it wants.",
    GPL,
  ),
  prototype(166, "sys_bpf", [any, bytes, size], "The system call bpf(2), for programs that load programs."),
  prototype(167, "btf_find_by_name_kind", [bytes, size, any, any], "The BTF id of a kernel type by name."),
  prototype(168, "sys_close", [any], "Closes a file descriptor."),
  prototype(169, "timer_init", ["ptr_to_timer", map, any], "Makes a timer in a map value ready.", gplTimer),
  prototype(
    170,
    "timer_set_callback",
    ["ptr_to_timer", "ptr_to_func"],
    "Says which function of the program a timer calls.",
    gplTimer,
  ),
  prototype(171, "timer_start", ["ptr_to_timer", any, any], "Starts a timer.", gplTimer),
  prototype(172, "timer_cancel", ["ptr_to_timer"], "Stops a timer, and waits for its function.", gplTimer),
  prototype(
    177,
    "trace_vprintk",
    [bytes, size, bytesOrNull, size0],
    "Prints a line with any number of values into the trace pipe; returns its length.",
    GPL,
  ),
  prototype(
    179,
    "kallsyms_lookup_name",
    [bytes, size0, any, "ptr_to_uninit_u64"],
    "The address of a kernel symbol by name.",
  ),
  prototype(
    181,
    "loop",
    [any, "ptr_to_func", "ptr_to_stack_or_null", any],
    "Calls a function of the program many times; returns how often.",
  ),
  prototype(182, "strncmp", [bytes, size, "ptr_to_const_str"], "Compares text with a constant."),
  prototype(186, "get_retval", [], "What the system call or hook will return so far."),
  prototype(187, "set_retval", [any], "Sets what the system call or hook will return."),
  prototype(
    194,
    "kptr_xchg",
    ["kptr_xchg_dest", "ptr_to_btf_id_or_null_release"],
    "Swaps a kernel pointer with the one in a map value.",
    { returns: "ptr_to_btf_id_or_null" },
  ),
  prototype(
    197,
    "dynptr_from_mem",
    [out, size0, any, "ptr_to_uninit_local_dynptr"],
    "A dynptr over memory of a map value.",
  ),
  prototype(201, "dynptr_read", [out, size0, "ptr_to_dynptr", any, any], "Copies bytes out of a dynptr's memory."),
  prototype(202, "dynptr_write", ["ptr_to_dynptr", any, bytes, size0, any], "Copies bytes into a dynptr's memory."),
  prototype(
    203,
    "dynptr_data",
    ["ptr_to_dynptr", any, "const_alloc_size_or_zero"],
    "A piece of a dynptr's memory to access directly; NULL if there is not so much.",
    { returns: "ptr_to_dynptr_mem_or_null" },
  ),
  prototype(208, "ktime_get_tai_ns", [], "Nanoseconds of international atomic time."),
];
