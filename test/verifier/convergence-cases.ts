/** What 10,000 generated programs with types had found: how rounds of loops come together, and what is left of callbacks. */
import type { TypedText } from "./typed-programs.ts";

const repeat = (count: number, text: string): string => Array.from({ length: count }, () => text).join("\n");

const LOST = "verifier bug: No program to jit at insn";

/** A callback that is never called, before and behind functions that are. */
const neverCalled = (rest: string): string => `r7 = 7
  if r7 > 1 goto past
  r1 = 1000
  r2 = func[first]
  r3 = r10
  r3 += -8
  r4 = 0
  call loop
past:
  r1 = 0
  r2 = func[second]
  r3 = r10
  r3 += -8
  r4 = 0
  call loop
  ${rest}
  r0 = 0
  exit
first:
  r0 = 0
  exit
second:
  r1 = 1
  r0 = 0
  exit`;

export const CONVERGENCE_CASES: readonly TypedText[] = [
  {
    name: "a callback that is never called, in front of a function that is: it lies elsewhere by then",
    text: `${neverCalled("r1 = r7\n call third")}\nthird:\n r0 = r1\n exit`,
    functions: ["first", "second", "third"],
    signatures: ["-> int", "-> int", "int -> int"],
    globals: [false, false, true],
    error: `${LOST} 32 (subprog < 0)`,
    errno: "EFAULT",
  },
  {
    name: "a callback that is never called, and no other function",
    text: neverCalled(""),
    functions: ["first", "second"],
  },
  {
    name: "a link that the round before did not have makes a number another",
    text: `call get_prandom_u32
      r8 = r0
      r8 &= 1
      r1 = r10
      r1 += -56
      r2 = 3
      r3 = 5
      call bpf_iter_num_new
    again:
      r1 = r10
      r1 += -56
      call bpf_iter_num_next
      if r0 == 0 goto done
      *(u64 *)(r10 - 8) = r8
      r9 = *(u32 *)(r0 + 0)
      goto again
    done:
      r1 = r10
      r1 += -56
      call bpf_iter_num_destroy
      r0 = 0
      exit`,
  },
  {
    name: "more callbacks than may wait to be followed",
    text: `${repeat(8200, "r1 = 100000\n r2 = func[f]\n r3 = 0\n r4 = 0\n call loop")}\n r0 = 0\n exit\nf:\n r0 = 0\n exit`,
    functions: ["f"],
    error: "The sequence of 8193 jumps is too complex.",
    errno: "ENOMEM",
  },
];
