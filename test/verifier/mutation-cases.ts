/** What programs that were changed at random found, made short: what Linux 6.18 says of each. */
import type { TypedText } from "./typed-programs.ts";

const RETURN = "r0 = 0\n exit";
const LOOKUP = "*(u32 *)(r10 - 4) = 0\n r1 = map[clocks]\n r2 = r10\n r2 += -4\n call map_lookup_elem";
const UNSET = "variable ? access var_off=(0x0; 0xffffffffffffffff) disallowed";

export const MUTATION_CASES: readonly TypedText[] = [
  {
    name: "a register without a value where an iterator is wanted",
    text: `r1 = 0\n call ktime_get_ns\n call bpf_iter_num_destroy\n ${RETURN}`,
    error: UNSET,
    errno: "EACCES",
  },
  {
    name: "a moved context where an iterator is wanted",
    text: `r1 += -16\n r2 = 0\n r3 = 5\n call bpf_iter_num_new\n ${RETURN}`,
    error: "negative offset ctx ptr R1 off=-16 disallowed",
    errno: "EACCES",
  },
  {
    name: "an iterator above the stack",
    text: `r1 = r10\n r2 = 0\n r3 = 5\n call bpf_iter_num_new\n ${RETURN}`,
    error: "invalid write to stack R1 off=0 size=8",
    errno: "EACCES",
  },
  {
    name: "what was not set before a loop is not known to be of no use in it",
    text: "r6 = r1\n again:\n may_goto end\n r2 = *(u32 *)(r6 + 140)\n goto again\n end:\n r1 = 5\n call f\n exit\n f:\n r0 = r1\n exit",
    type: "sched_cls",
    functions: ["f"],
    globals: [true],
    signatures: ["int -> int"],
  },
  {
    name: "a number and the stack pointer: of the outermost function",
    text: "*(u64 *)(r10 - 8) = 0\n r1 = r10\n call f\n r0 = 0\n exit\n f:\n r2 = 0\n r2 += r10\n *(u64 *)(r2 - 16) = 5\n r0 = *(u64 *)(r2 - 16)\n r0 = 0\n exit",
    functions: ["f"],
  },
  {
    name: "a pointer to a loop's context where the number of rounds is wanted",
    text: `r2 = func[f]\n r3 = 0\n r4 = 0\n call loop\n ${RETURN}\n f:\n ${RETURN}`,
    functions: ["f"],
    error: "verifier bug: backtracking misuse",
    errno: "EFAULT",
  },
  {
    name: "all of the stack beside a function that uses none",
    text: `*(u64 *)(r10 - 512) = 0\n r1 = r10\n call f\n ${RETURN}\n f:\n ${RETURN}`,
    functions: ["f"],
  },
  {
    name: "a function that starts later makes a tail call",
    text: `${LOOKUP}\n if r0 == 0 goto out\n r1 = r0\n r2 = func[later]\n call timer_set_callback\n out:\n ${RETURN}
     later:\n r0 = 0\n if r0 == 0 goto end\n call tail_call\n end:\n ${RETURN}`,
    functions: ["later"],
    type: "sched_cls",
    error: "verifier bug: subprog has tail_call and async cb",
    errno: "EFAULT",
  },
];
