/** Programs that throw, and global functions whose parameters have tags: what Linux 6.18 says. */
import type { TypedText } from "./typed-programs.ts";

const THROW = "call bpf_throw";
const tc = (text: string): Pick<TypedText, "type" | "text"> => ({ type: "sched_cls", text });
const caught = "callback:\n r0 = r1\n exit";
const CATCH = "exception_callback:f1";

export const THROW_CASES: readonly TypedText[] = [
  { name: "a program throws", ...tc(`r1 = 5\n ${THROW}\n r0 = 0\n exit`) },
  {
    name: "a program may throw",
    ...tc(`r6 = *(u32 *)(r1 + 0)\n if r6 > 100 goto +2\n r0 = 0\n exit\n r1 = 2\n ${THROW}\n r0 = 0\n exit`),
  },
  {
    name: "a number that cannot be the result is thrown",
    type: "cgroup_skb",
    text: `r1 = 7\n ${THROW}\n r0 = 0\n exit`,
    error: "At program exit the register R1 has smin=7 smax=7 should have been in [0, 1]",
    errno: "EINVAL",
  },
  {
    name: "any number is thrown",
    type: "cgroup_skb",
    text: `call get_prandom_u32\n r1 = r0\n ${THROW}\n r0 = 0\n exit`,
    error: "At program exit the register R1 has unknown scalar value should have been in [0, 1]",
    errno: "EINVAL",
  },
  {
    name: "a pointer is thrown",
    ...tc(`r1 = r10\n ${THROW}\n r0 = 0\n exit`),
    error: "R1 is not a scalar",
    errno: "EINVAL",
  },
  { name: "a called function throws", ...tc(`call f\n r0 = 0\n exit\n f:\n r1 = 0\n ${THROW}\n r0 = 0\n exit`) },
  {
    name: "something is held when the program throws",
    ...tc(
      `r1 = map[ring]\n r2 = 8\n r3 = 0\n call ringbuf_reserve\n if r0 == 0 goto +5\n r6 = r0\n r1 = 0\n ${THROW}\n r1 = r6\n r2 = 0\n r0 = 0\n exit`,
    ),
    error: "bpf_throw would lead to reference leak",
    errno: "EINVAL",
  },
  {
    name: "something is held when a called function throws",
    ...tc(
      `r1 = map[ring]\n r2 = 8\n r3 = 0\n call ringbuf_reserve\n if r0 == 0 goto out\n r6 = r0\n call f\n r1 = r6\n r2 = 0\n call ringbuf_submit\n out:\n r0 = 0\n exit\n f:\n r1 = 0\n ${THROW}\n r0 = 0\n exit`,
    ),
    error: "bpf_throw would lead to reference leak",
    errno: "EINVAL",
  },
  {
    name: "a section is open when the program throws",
    ...tc(`call bpf_rcu_read_lock\n r1 = 0\n ${THROW}\n r0 = 0\n exit`),
    error: "bpf_throw cannot be used inside bpf_rcu_read_lock-ed region",
    errno: "EINVAL",
  },
  {
    name: "a callback throws",
    ...tc(
      `r1 = 5\n r2 = func[each]\n r3 = 0\n r4 = 0\n call loop\n r0 = 0\n exit\n each:\n r1 = 0\n ${THROW}\n r0 = 0\n exit`,
    ),
    functions: ["each"],
    error: "bpf_throw kfunc (insn 9) cannot be called from callback subprog 1",
    errno: "EINVAL",
  },
  {
    name: "a function that a callback calls throws",
    ...tc(
      `r1 = 5\n r2 = func[each]\n r3 = 0\n r4 = 0\n call loop\n r0 = 0\n exit\n each:\n call f\n r0 = 0\n exit\n f:\n r1 = 0\n ${THROW}\n r0 = 0\n exit`,
    ),
    functions: ["each", "f"],
    error: "bpf_throw kfunc (insn 12) cannot be called from callback subprog 2",
    errno: "EINVAL",
  },
  {
    name: "a program catches",
    ...tc(`r1 = 5\n ${THROW}\n r0 = 0\n exit\n ${caught}`),
    functions: ["callback"],
    signatures: ["int -> int"],
    linkage: "global",
    tags: [CATCH],
  },
  {
    name: "any number is thrown and caught",
    type: "cgroup_skb",
    text: `call get_prandom_u32\n r1 = r0\n ${THROW}\n r0 = 0\n exit\n callback:\n r0 = 1\n exit`,
    functions: ["callback"],
    signatures: ["int -> int"],
    linkage: "global",
    tags: [CATCH],
  },
  {
    name: "the result of what catches",
    type: "cgroup_skb",
    text: `r1 = 5\n ${THROW}\n r0 = 0\n exit\n callback:\n r0 = 7\n exit`,
    functions: ["callback"],
    signatures: ["int -> int"],
    linkage: "global",
    tags: [CATCH],
    error: "At program exit the register R0 has smin=7 smax=7 should have been in [0, 1]",
    errno: "EINVAL",
  },
  {
    name: "what catches throws",
    ...tc(`r1 = 5\n ${THROW}\n r0 = 0\n exit\n callback:\n r1 = 0\n ${THROW}\n r0 = 0\n exit`),
    functions: ["callback"],
    signatures: ["int -> int"],
    linkage: "global",
    tags: [CATCH],
    error: "bpf_throw kfunc (insn 5) cannot be called from callback subprog 1",
    errno: "EINVAL",
  },
  {
    name: "what catches throws, and the stack is too large",
    ...tc(
      `*(u64 *)(r10 - 8) = 0\n call deep\n r0 = 0\n exit\n callback:\n r1 = 0\n ${THROW}\n r0 = 0\n exit\n deep:\n *(u64 *)(r10 - 512) = 0\n r0 = 0\n exit`,
    ),
    functions: ["callback", "deep"],
    signatures: ["int -> int", "-> int"],
    globals: [true, false],
    tags: [CATCH],
    error: "bpf_throw kfunc (insn 5) cannot be called from callback subprog 1",
    errno: "EINVAL",
  },
  {
    name: "what catches calls a function with a large stack, which the program calls too",
    type: "kprobe",
    text: `*(u64 *)(r10 - 48) = 0\n call deep\n r0 = 0\n exit\n callback:\n *(u64 *)(r10 - 8) = 0\n call deep\n r0 = 0\n exit\n deep:\n *(u64 *)(r10 - 488) = 0\n r0 = 0\n exit`,
    functions: ["callback", "deep"],
    signatures: ["int -> int", "-> int"],
    globals: [true, false],
    tags: [CATCH],
    error: "combined stack size of 2 calls is 544. Too large",
    errno: "EACCES",
  },
  {
    name: "a function with a large stack of its own",
    type: "kprobe",
    text: `*(u64 *)(r10 - 48) = 0\n call deep\n r0 = 0\n exit\n deep:\n *(u64 *)(r10 - 488) = 0\n r0 = 0\n exit`,
    functions: ["deep"],
  },
  {
    name: "what catches is called",
    ...tc(`r1 = 5\n call callback\n r0 = 0\n exit\n ${caught}`),
    functions: ["callback"],
    signatures: ["int -> int"],
    linkage: "global",
    tags: [CATCH],
    error: "insn 1 cannot call exception cb directly",
    errno: "EINVAL",
  },
  {
    name: "what catches wants two arguments",
    ...tc(`r1 = 5\n ${THROW}\n r0 = 0\n exit\n ${caught}`),
    functions: ["callback"],
    signatures: ["int, int -> int"],
    linkage: "global",
    tags: [CATCH],
    error: "exception cb only supports single integer argument",
    errno: "EINVAL",
  },
  {
    name: "what catches wants the context",
    ...tc(`r1 = 5\n ${THROW}\n r0 = 0\n exit\n callback:\n r0 = 0\n exit`),
    functions: ["callback"],
    signatures: ["ctx -> int"],
    linkage: "global",
    tags: [CATCH],
    error: "exception cb only supports single integer argument",
    errno: "EINVAL",
  },
  {
    name: "two that catch",
    ...tc(`r1 = 5\n ${THROW}\n r0 = 0\n exit\n ${caught}`),
    functions: ["callback"],
    signatures: ["int -> int"],
    linkage: "global",
    tags: [CATCH, "exception_callback:main"],
    error: "multiple exception callback tags for main subprog",
    errno: "EEXIST",
  },
  {
    name: "nobody catches",
    ...tc(`r1 = 5\n ${THROW}\n r0 = 0\n exit\n ${caught}`),
    functions: ["callback"],
    signatures: ["int -> int"],
    linkage: "global",
    tags: ["exception_callback:nobody"],
    error: "exception callback 'nobody' could not be found in BTF",
    errno: "ENOENT",
  },
  {
    name: "a static function catches",
    ...tc(`r1 = 5\n ${THROW}\n r0 = 0\n exit\n ${caught}`),
    functions: ["callback"],
    signatures: ["int -> int"],
    tags: [CATCH],
    error: "exception callback 'f1' must have global linkage",
    errno: "EINVAL",
  },
  {
    name: "the main function catches",
    ...tc(`r1 = 5\n ${THROW}\n r0 = 0\n exit`),
    functions: [],
    signatures: [],
    tags: ["exception_callback:main"],
    error: "invalid exception callback insn_off in func_info: 0",
    errno: "EINVAL",
  },
  {
    name: "a global function throws while something is held",
    ...tc(
      `r1 = map[ring]\n r2 = 8\n r3 = 0\n call ringbuf_reserve\n if r0 == 0 goto out\n r6 = r0\n call f\n r1 = r6\n r2 = 0\n call ringbuf_submit\n out:\n r0 = 0\n exit\n f:\n r1 = 0\n ${THROW}\n r0 = 0\n exit`,
    ),
    functions: ["f"],
    linkage: "global",
  },
];

const taggedFunction = (
  name: string,
  signature: string,
  call: string,
  body: string,
  error?: string,
  errno = "EINVAL",
): TypedText => ({
  name,
  type: "sched_cls",
  text: `r6 = r1\n *(u64 *)(r10 - 16) = 0\n *(u64 *)(r10 - 8) = 0\n ${call}\n call f\n r0 = 0\n exit\n f:\n ${body}\n r0 = 0\n exit`,
  functions: ["f"],
  signatures: [`${signature} -> int`],
  linkage: "global",
  ...(error === undefined ? {} : { error, errno }),
});
/** What is said of a call whose arguments do not fit, behind what is wrong with one. */
const UNFIT = "Caller passes invalid args into func#1 ('f1')";
const MEMORY = "r1 = r10\n r1 += -16";
const LOOKUP = "r1 = map[hash]\n *(u32 *)(r10 - 4) = 0\n r2 = r10\n r2 += -4\n call map_lookup_elem\n r1 = r0";
const DYNPTR = "r1 = r6\n r2 = 0\n r3 = r10\n r3 += -16\n call bpf_dynptr_from_skb\n r1 = r10\n r1 += -16";
const TASK = "r1 = 1\n call bpf_task_from_pid\n r7 = r0";
const GIVE_BACK = "r1 = r7\n call bpf_task_release\n none:";

const withTask = (name: string, signature: string, body: string, error?: string, errno = "EINVAL"): TypedText => {
  const { text, ...rest } = taggedFunction(
    name,
    signature,
    `${TASK}\n if r0 == 0 goto none\n r1 = r0`,
    body,
    error,
    errno,
  );
  return { ...rest, text: text.replace("call f\n", `call f\n ${GIVE_BACK}\n`) };
};

export const TAG_CASES: readonly TypedText[] = [
  taggedFunction("memory that is not NULL", "mem@nonnull", MEMORY, "r1 = *(u64 *)(r1 + 8)"),
  taggedFunction("memory that may be NULL for a function that wants some", "mem@nonnull", LOOKUP, "r0 = 0", UNFIT),
  taggedFunction("NULL for a function that wants memory", "mem@nonnull", "r1 = 0", "r0 = 0"),
  taggedFunction("memory may be NULL", "mem@nullable", MEMORY, "r0 = 0", UNFIT),
  taggedFunction("the context by its tag", "void*@ctx", "r1 = r6", "r1 = *(u32 *)(r1 + 0)"),
  taggedFunction("the context by its tag, and memory is passed", "void*@ctx", MEMORY, "r0 = 0", UNFIT),
  taggedFunction("the context by its tag and another", "void*@ctx@nonnull", "r1 = r6", "r0 = 0", UNFIT),
  taggedFunction("a tag that does not exist", "mem@volatile", MEMORY, "r0 = 0", UNFIT, "EOPNOTSUPP"),
  taggedFunction("a number with a tag", "int@nonnull", "r1 = 1", "r0 = 0", UNFIT),
  taggedFunction("a dynptr is passed", "dynptr", DYNPTR, "r2 = 0\n r3 = r10\n call bpf_dynptr_size"),
  taggedFunction("a dynptr that is none is passed", "dynptr", MEMORY, "r0 = 0", UNFIT),
  taggedFunction("a dynptr with a tag", "dynptr@nonnull", DYNPTR, "r0 = 0", UNFIT),
  withTask("a task that is trusted", "task@trusted", "r1 = *(u32 *)(r1 + task_struct->pid)"),
  withTask(
    "a task that may be NULL",
    "task@trusted@nullable",
    "if r1 == 0 goto +1\n r1 = *(u32 *)(r1 + task_struct->pid)",
  ),
  withTask(
    "a task that may be NULL is not compared",
    "task@trusted@nullable",
    "r1 = *(u32 *)(r1 + task_struct->pid)",
    "R1 invalid mem access 'trusted_ptr_or_null_'",
    "EACCES",
  ),
  taggedFunction("NULL for a task", "task@trusted", "r1 = 0", "r0 = 0", UNFIT, "EACCES"),
  taggedFunction("NULL for a task that may be", "task@trusted@nullable", "r1 = 0", "r0 = 0"),
  withTask("a task that must not be NULL twice", "task@trusted@nonnull", "r0 = 0", UNFIT),
  withTask("a structure that Linux does not have", "nothing@trusted", "r0 = 0", UNFIT, "ENOENT"),
  taggedFunction(
    "anything for a task that nobody vouches for",
    "task@untrusted",
    "r1 = 5",
    "r1 = *(u32 *)(r1 + task_struct->pid)",
  ),
  taggedFunction("anything for an address", "int*@untrusted", "r1 = r6", "r1 = *(u64 *)(r1 + 100)"),
  taggedFunction("anything for any address", "void*@untrusted", MEMORY, "r1 = *(u64 *)(r1 - 100)"),
  taggedFunction(
    "an address is written",
    "int*@untrusted",
    "r1 = r6",
    "*(u64 *)(r1 + 100) = 1",
    "R1 cannot write into rdonly_untrusted_mem",
    "EACCES",
  ),
  taggedFunction("an address with two tags", "int*@untrusted@nonnull", "r1 = r6", "r0 = 0", UNFIT),
  taggedFunction("a number for an arena", "void*@arena", "r1 = 5", "r2 = r1"),
  taggedFunction("the stack for an arena", "void*@arena", MEMORY, "r0 = 0", UNFIT),
  taggedFunction("an arena with two tags", "void*@arena@nonnull", "r1 = 5", "r0 = 0", UNFIT),
  {
    ...taggedFunction("a tag of a static function", "mem@nonnull", MEMORY, "r1 = *(u64 *)(r1 + 8)"),
    linkage: "static",
  },
];
