/** Functions that helpers call back. What Linux 6.18 says of each program. */
import type { TypedText } from "./typed-programs.ts";

const AT_STACK = "r1 = r10\n r1 += -8";

const NEW = `${AT_STACK}\n r2 = 0\n r3 = 10\n call bpf_iter_num_new`;

const DESTROY = `${AT_STACK}\n call bpf_iter_num_destroy`;

const RETURN = "r0 = 0\n exit";

/** A loop over numbers. */
const over = (body: string): string => `
  ${NEW}
next:
  ${AT_STACK}
  call bpf_iter_num_next
  if r0 == 0 goto done
  ${body}
  goto next
done:
  ${DESTROY}
  ${RETURN}`;

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

const forEach = (map: string, callback: string, end = RETURN): string => `
  *(u64 *)(r10 - 8) = 0
  r1 = map[${map}]
  r2 = func[callback]
  r3 = r10
  r3 += -8
  r4 = 0
  call for_each_map_elem
  ${RETURN}
callback:
  ${callback}
  ${end}`;

const COUNT = "r3 = *(u64 *)(r2 + 0)\n r3 += 1\n *(u64 *)(r2 + 0) = r3";

const functions = ["callback"];

export const CALLBACK_CASES: readonly TypedText[] = [
  { name: "bpf_loop", text: loop(RETURN), functions },
  { name: "bpf_loop that counts", text: loop(`${COUNT}\n ${RETURN}`), functions },
  { name: "bpf_loop without a round", text: loop(RETURN, "r1 = 0"), functions },
  { name: "bpf_loop with one round", text: loop(`${COUNT}\n ${RETURN}`, "r1 = 1"), functions },
  { name: "bpf_loop with an unknown count", text: loop(RETURN, "call get_prandom_u32\n r1 = r0"), functions },
  {
    name: "what bpf_loop counted decides something",
    text: loop(`${COUNT}\n ${RETURN}`, "r1 = 1000", "r1 = *(u64 *)(r10 - 8)\n if r1 > 100 goto +1\n r1 = 0"),
    functions,
  },
  {
    name: "a callback with branches",
    text: loop(`if r1 > 3 goto +3\n *(u64 *)(r2 + 0) = 1\n r0 = 1\n exit\n *(u64 *)(r2 + 0) = 2\n ${RETURN}`),
    functions,
  },
  { name: "a loop in a callback", text: loop(`r3 = 0\n r3 += 1\n if r3 < 10 goto -2\n ${RETURN}`), functions },
  {
    name: "bpf_loop in a callback of bpf_loop",
    text: loop(`r1 = 4\n r2 = func[inner]\n r3 = r10\n r4 = 0\n call loop\n ${RETURN}\ninner:\n ${RETURN}`),
    functions: ["callback", "inner"],
  },
  {
    name: "a callback that returns too much",
    text: loop("r0 = 2\n exit"),
    functions,
    error: "At callback return the register R0 has smin=2 smax=2 should have been in [0, 1]",
    errno: "EINVAL",
  },
  {
    name: "a callback that returns anything",
    text: loop("r0 = r1\n exit"),
    functions,
    error: "At callback return the register R0 has unknown scalar value should have been in [0, 1]",
    errno: "EINVAL",
  },
  {
    name: "a callback that returns an address",
    text: forEach("hash", "", "r0 = r3\n exit"),
    functions,
    error: "R0 not a scalar value",
    errno: "EACCES",
  },
  {
    name: "a callback does not see its caller's registers",
    text: `r6 = 1\n${loop("r0 = r6\n exit")}`,
    functions,
    error: "R6 !read_ok",
    errno: "EACCES",
  },
  {
    name: "a callback that is not static",
    text: loop(RETURN),
    functions,
    linkage: "global",
    error: "callback function not static",
    errno: "EINVAL",
  },
  { name: "a callback without BTF", text: loop(RETURN), error: "missing btf func_info", errno: "EINVAL" },
  {
    name: "a number in place of a function",
    text: `r1 = 3\n r2 = 0\n r3 = 0\n r4 = 0\n call loop\n ${RETURN}`,
    error: "R2 type=scalar expected=func",
    errno: "EACCES",
  },
  {
    name: "a list of functions that is too short",
    text: loop(RETURN),
    functions: [],
    error: "number of funcs in func_info doesn't match number of subprogs",
    errno: "EINVAL",
  },
  {
    name: "the stack of a callback counts",
    text: `*(u64 *)(r10 - 200) = 0\n${loop(`*(u64 *)(r10 - 400) = 0\n ${RETURN}`)}`,
    functions,
    error: "combined stack size of 2 calls is 608. Too large",
    errno: "EACCES",
  },
  {
    name: "a callback that leaves an RCU section open",
    text: loop(`call bpf_rcu_read_lock\n ${RETURN}`),
    functions,
    error: "BPF_EXIT instruction in main prog cannot be used inside bpf_rcu_read_lock-ed region",
    errno: "EINVAL",
  },
  {
    name: "a callback that leaves an iterator",
    text: loop(`${NEW}\n ${RETURN}`),
    functions,
    error: "BPF_EXIT instruction in main prog would lead to reference leak",
    errno: "EINVAL",
  },
  { name: "an iterator in a callback", text: loop(over("r1 = *(u32 *)(r0 + 0)")), functions },
  { name: "each element of an array", text: forEach("array", ""), functions },
  {
    name: "each element of a hash",
    text: forEach("hash", "r5 = *(u64 *)(r3 + 8)\n *(u64 *)(r4 + 0) = r5\n r5 = *(u32 *)(r2 + 0)"),
    functions,
  },
  {
    name: "an index that comes back to the callback",
    text: forEach(
      "hash",
      `r5 = *(u64 *)(r4 + 0)
       if r5 > 3 goto out
       r3 += r5
       r5 = *(u8 *)(r3 + 0)
       r5 &= 3
       *(u64 *)(r4 + 0) = r5
     out:`,
    ),
    functions,
  },
  {
    name: "elements of a map that has none",
    text: forEach("stacks", ""),
    functions,
    error: "callback function not allowed for map",
    errno: "ENOTSUPP",
  },
  {
    name: "behind a key",
    text: forEach("hash", "r5 = *(u32 *)(r2 + 4)"),
    functions,
    error: "R2 min value is outside of the allowed memory range",
    errno: "EACCES",
  },
  {
    name: "a key that is written",
    text: forEach("hash", "*(u32 *)(r2 + 0) = 1"),
    functions,
    error: "write to change key R2 not allowed",
    errno: "EACCES",
  },
];
