/** Functions that are verified on their own. What Linux 6.18 says of each program. */
import type { TypedText } from "./typed-programs.ts";

const RETURN = "r0 = 0\n exit";

/** A call of bpf_loop with a context of 8 bytes on the stack. */
const loop = (callback: string, count = "r1 = 10", after = ""): string => `
  *(u64 *)(r10 - 8) = 0
  ${count}
  r2 = func[callback]
  r3 = r10
  r3 += -8
  r4 = 0
  call loop
  ${after}
  ${RETURN}
callback:
  ${callback}`;

/** One global function with the label `f`. */
const globals = (signature: string): Pick<TypedText, "functions" | "linkage" | "signatures"> => ({
  functions: ["f"],
  linkage: "global",
  signatures: [signature],
});

export const GLOBAL_FUNCTION_CASES: readonly TypedText[] = [
  { name: "a global function", text: `r1 = 3\n call f\n ${RETURN}\nf: r0 = r1\n exit`, ...globals("int -> int") },
  {
    name: "a global function that indexes its stack with an argument",
    text: `r1 = 3\n call f\n ${RETURN}\nf: r1 &= 7\n r2 = r10\n r2 += -8\n r2 += r1\n r0 = *(u8 *)(r2 + 0)\n exit`,
    ...globals("int -> int"),
  },
  {
    name: "a global function that takes the context",
    text: `call f\n ${RETURN}\nf: r0 = *(u32 *)(r1 + 0)\n exit`,
    ...globals("ctx -> int"),
  },
  {
    name: "a global function that takes memory",
    text: `r1 = r10\n r1 += -16\n call f\n ${RETURN}\nf: if r1 == 0 goto +1\n r0 = *(u32 *)(r1 + 12)\n ${RETURN}`,
    ...globals("mem -> int"),
  },
  {
    name: "what a global function returns after its arguments made the stack larger",
    text: `r1 = r10\n r1 += -40\n call f\n r9 = r0\n r1 = r9\n ${RETURN}\nf: ${RETURN}`,
    ...globals("mem -> int"),
  },
  {
    name: "a callback that is never called, and another that is",
    text: `${loop(RETURN, "r1 = 0", "call f")}\nf: ${RETURN}`,
    functions: ["callback", "f"],
  },
  {
    name: "a global function that does not check its memory for NULL",
    text: `r1 = r10\n r1 += -16\n call f\n ${RETURN}\nf: r0 = *(u32 *)(r1 + 12)\n exit`,
    ...globals("mem -> int"),
    error: "R1 invalid mem access 'mem_or_null'",
    errno: "EACCES",
  },
  {
    name: "too little memory for a global function",
    text: `r1 = r10\n r1 += -8\n call f\n ${RETURN}\nf: ${RETURN}`,
    ...globals("mem -> int"),
    error: "Caller passes invalid args into func#1 ('f1')",
    errno: "EINVAL",
  },
  {
    name: "an address for a number of a global function",
    text: `r1 = r10\n call f\n ${RETURN}\nf: ${RETURN}`,
    ...globals("int -> int"),
    error: "Caller passes invalid args into func#1 ('f1')",
    errno: "EINVAL",
  },
  {
    name: "a moved context for a global function",
    text: `r1 += 4\n call f\n ${RETURN}\nf: ${RETURN}`,
    ...globals("ctx -> int"),
    error: "Caller passes invalid args into func#1 ('f1')",
    errno: "EACCES",
  },
  {
    name: "a global function with an argument of no size",
    text: `r1 = r10\n call f\n ${RETURN}\nf: ${RETURN}`,
    ...globals("void* -> int"),
    error: "Caller passes invalid args into func#1 ('f1')",
    errno: "EINVAL",
  },
  {
    name: "a global function that returns an address",
    text: `call f\n ${RETURN}\nf: r0 = r10\n exit`,
    ...globals("-> int"),
    error: "At subprogram exit the register R0 is not a scalar value (fp)",
    errno: "EINVAL",
  },
  {
    name: "a global function that calls itself",
    text: `call f\n ${RETURN}\nf: call f\n ${RETURN}`,
    ...globals("-> int"),
    error: "the call stack of 8 frames is too deep !",
    errno: "E2BIG",
  },
  {
    name: "a global function that keeps a record",
    text: `call f\n ${RETURN}\nf: r1 = map[ring]\n r2 = 8\n r3 = 0\n call ringbuf_reserve\n ${RETURN}`,
    ...globals("-> int"),
    error: "BPF_EXIT instruction in main prog would lead to reference leak",
    errno: "EINVAL",
  },
  {
    name: "a global function that may move the packet",
    text: `r6 = *(u32 *)(r1 + 0)
      r7 = *(u32 *)(r1 + 4)
      r8 = r6
      r8 += 4
      if r8 > r7 goto out
      call f
      r0 = *(u8 *)(r6 + 0)
    out:
      ${RETURN}
    f:
      r2 = 0
      call xdp_adjust_head
      ${RETURN}`,
    ...globals("ctx -> int"),
    type: "xdp",
    error: "R6 invalid mem access 'scalar'",
    errno: "EACCES",
  },
  {
    name: "a static function is followed with what it gets, whatever its types say",
    text: `r1 = r10\n call f\n ${RETURN}\nf: ${RETURN}`,
    functions: ["f"],
    signatures: ["int -> int"],
  },
];

const SLEEPS =
  "global functions that may sleep are not allowed in non-sleepable context,\ni.e., in a RCU/IRQ/preempt-disabled section, or in\na non-sleepable BPF program context";
const WAITING = `*(u64 *)(r10 - 8) = 0\n r1 = r10\n r1 += -8\n r2 = 8\n r3 = 0\n call copy_from_user\n ${RETURN}`;
const waiting = (before: string, after: string): Pick<TypedText, "type" | "text"> => ({
  type: "syscall",
  text: `${before}\n call f\n ${after}\n ${RETURN}\nf: ${WAITING}`,
});

/** Functions that wait, and what is said first where more than one thing is wrong. They call functions of Linux. */
export const WAITING_CASES: readonly TypedText[] = [
  { name: "a global function that waits", ...waiting("", ""), ...globals("-> int") },
  {
    name: "a global function that waits in a program that may not",
    type: "kprobe",
    text: `call f\n ${RETURN}\nf: ${WAITING}`,
    ...globals("-> int"),
    error: SLEEPS,
    errno: "EINVAL",
  },
  {
    name: "a global function that waits in an RCU section",
    ...waiting("call bpf_rcu_read_lock", "call bpf_rcu_read_unlock"),
    ...globals("-> int"),
    error: SLEEPS,
    errno: "EINVAL",
  },
  {
    name: "a global function that waits without preemption",
    ...waiting("call bpf_preempt_disable", "call bpf_preempt_enable"),
    ...globals("-> int"),
    error: SLEEPS,
    errno: "EINVAL",
  },
  {
    name: "a global function that waits, and the argument does not fit",
    type: "kprobe",
    text: `r1 = 5\n call f\n ${RETURN}\nf: ${WAITING}`,
    ...globals("ctx -> int"),
    error: SLEEPS,
    errno: "EINVAL",
  },
  {
    name: "a global function that calls one that waits",
    type: "kprobe",
    text: `call g\n ${RETURN}\nf: ${WAITING}\ng: call f\n ${RETURN}`,
    functions: ["f", "g"],
    signatures: ["-> int", "-> int"],
    linkage: "global",
    error: SLEEPS,
    errno: "EINVAL",
  },
];
