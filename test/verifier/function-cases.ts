/** Functions that end otherwise than by exit, and the stack that chains of calls may use. What Linux 6.18 says of each. */
import type { TypedText } from "./typed-programs.ts";

const TAIL = "r2 = map[programs]\n r3 = 0\n call tail_call";
const calls = (before: string, body: string): string => `${before}
  call other
  r0 = 0
  exit
other:
  ${body}
  r0 = 0
  exit`;
const deep = (bytes: number): string => `*(u64 *)(r10 - ${bytes}) = 0`;
const one = { functions: ["other"], signatures: ["ctx -> int"] };
const nothing = { functions: ["other"], signatures: ["ctx -> void"] };

export const FUNCTION_CASES: readonly TypedText[] = [
  { name: "a tail call in a function", text: calls("", TAIL), ...one },
  {
    name: "a tail call in a function without types",
    text: calls("", TAIL),
    error: "tail_call is not allowed in subprogs without BTF",
    errno: "EINVAL",
  },
  {
    name: "a tail call in a function that returns nothing",
    text: calls("", TAIL),
    ...nothing,
    error: "tail_call is only allowed in functions that return 'int'.",
    errno: "EINVAL",
  },
  { name: "a tail call with 240 bytes of stack in use", text: calls(deep(240), TAIL), ...one },
  {
    name: "a tail call with 256 bytes of stack in use",
    text: calls(deep(256), TAIL),
    ...one,
    error: "tail_calls are not allowed when call stack of previous frames is 256 bytes. Too large",
    errno: "EACCES",
  },
  { name: "a packet load in a function", text: calls("", "r6 = r1\n r0 = *(u8 *)skb[14]"), ...one },
  {
    name: "a packet load in a function without types",
    text: calls("", "r6 = r1\n r0 = *(u8 *)skb[14]"),
    error: "LD_ABS is not allowed in subprogs without BTF",
    errno: "EINVAL",
  },
  {
    name: "a packet load in a function that returns nothing",
    text: calls("", "r6 = r1\n r0 = *(u8 *)skb[14]"),
    ...nothing,
    error: "LD_ABS is only allowed in functions that return 'int'.",
    errno: "EINVAL",
  },
  {
    name: "both, in a function without types: the load comes first",
    text: calls("", `r6 = r1\n ${TAIL}\n r1 = r6\n r0 = *(u8 *)skb[14]`),
    error: "LD_ABS is not allowed in subprogs without BTF",
    errno: "EINVAL",
  },
  {
    name: "what a function returned after a tail call must be exact",
    text: `r7 = *(u32 *)(r1 + 0)
      r7 &= 3
      call other
      r0 &= 3
      r0 += r7
      r2 = r10
      r2 += -8
      r2 += r0
      *(u8 *)(r2 + 0) = 1
      r0 = 0
      exit
    other:
      r2 = map[programs]
      r3 = 0
      call tail_call
      r0 = 2
      exit`,
    ...one,
  },
  {
    name: "a number of the caller must be exact, with a packet load on the way: a fault of Linux 6.18",
    text: `r7 = *(u32 *)(r1 + 0)
      r7 &= 3
      call other
      r2 = r10
      r2 += -8
      r2 += r7
      *(u8 *)(r2 + 0) = 1
      r0 = 0
      exit
    other:
      r6 = r1
      r0 = *(u8 *)skb[14]
      r0 = 2
      exit`,
    ...one,
    error: "verifier bug: static subprog unexpected regs 80",
    errno: "EFAULT",
  },
  {
    name: "a number of the caller must be exact, with a tail call on the way",
    text: `call get_prandom_u32
      r7 = r0
      r7 &= 3
      r1 = 0
      call other
      r2 = r10
      r2 += -8
      r2 += r7
      *(u8 *)(r2 + 0) = 1
      r0 = 0
      exit
    other:
      r2 = r1
      r0 = 5
      exit`,
    functions: ["other"],
    signatures: ["int -> int"],
  },
  {
    name: "two functions of 400 bytes",
    text: calls(deep(400), deep(400)),
    error: "combined stack size of 2 calls is 800. Too large",
    errno: "EACCES",
  },
  { name: "two functions of 400 bytes in a tracing program", type: "tracepoint", text: calls(deep(400), deep(400)) },
  {
    name: "tail calls take the stacks of their own away",
    type: "tracepoint",
    text: calls(deep(400), `${TAIL}\n ${deep(400)}`),
    ...one,
    error: "tail_calls are not allowed when call stack of previous frames is 400 bytes. Too large",
    errno: "EACCES",
  },
];
