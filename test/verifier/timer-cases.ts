/** Timers in map values, and the functions that run when they fire. What Linux 6.18 says of each program. */
import type { TypedText } from "./typed-programs.ts";

const RETURN = "r0 = 0\n exit";

/** Element 0 of a map in r6, with the address of its timer in r7. */
const lookup = (map = "timed", at = 8): string => `
  *(u32 *)(r10 - 4) = 0
  r1 = map[${map}]
  r2 = r10
  r2 += -4
  call map_lookup_elem
  if r0 == 0 goto none
  r6 = r0
  r7 = r6
  r7 += ${at}`;

const init = (map = "timed"): string => `r1 = r7\n r2 = map[${map}]\n r3 = 1\n call timer_init`;
const set = (label = "fired"): string => `r1 = r7\n r2 = func[${label}]\n call timer_set_callback`;
const START = "r1 = r7\n r2 = 1000\n r3 = 0\n call timer_start";
const CANCEL = "r1 = r7\n call timer_cancel";

const program = (body: string, callback = RETURN): string => `${body}\nnone:\n${RETURN}\nfired:\n${callback}`;
const functions = ["fired"];

const timerCases: readonly TypedText[] = [
  { name: "a timer", text: program(`${lookup()}\n${init()}\n${set()}\n${START}`), functions },
  {
    name: "a timer of a socket filter",
    type: "socket_filter",
    text: program(`${lookup()}\n${init()}\n${set()}\n${START}`),
    functions,
  },
  { name: "a timer is cancelled", text: program(`${lookup()}\n${set()}\n${CANCEL}`), functions },
  {
    name: "a timer's function counts",
    text: program(`${lookup()}\n${set()}`, `r1 = *(u64 *)(r3 + 0)\n r1 += 1\n *(u64 *)(r3 + 0) = r1\n ${RETURN}`),
    functions,
  },
  {
    name: "a timer's function starts it again",
    text: program(`${lookup()}\n${set()}`, `r1 = r3\n r1 += 8\n r2 = 1000\n r3 = 0\n call timer_start\n ${RETURN}`),
    functions,
  },
  {
    name: "a timer's function sets itself",
    text: program(
      `${lookup()}\n${set()}`,
      `r1 = r3\n r1 += 8\n r2 = func[fired]\n call timer_set_callback\n ${RETURN}`,
    ),
    functions: ["fired"],
  },
  {
    name: "two functions that set each other",
    text: `${program(`${lookup()}\n${set()}`, `r1 = r3\n r1 += 8\n r2 = func[other]\n call timer_set_callback\n ${RETURN}`)}
other: r1 = r3\n r1 += 8\n r2 = func[fired]\n call timer_set_callback\n ${RETURN}`,
    functions: ["fired", "other"],
  },
  {
    name: "branches and a loop in a timer's function",
    text: program(
      `${lookup()}\n${set()}`,
      `r1 = *(u64 *)(r3 + 0)\n r4 = 0\n again: r4 += 1\n if r4 == r1 goto out\n if r4 < 20 goto again\n out: ${RETURN}`,
    ),
    functions,
  },
  {
    name: "a timer's function looks an element up",
    text: program(
      `${lookup()}\n${set()}`,
      `r4 = *(u32 *)(r2 + 0)\n *(u32 *)(r10 - 4) = r4\n r2 = r10\n r2 += -4\n call map_lookup_elem\n ${RETURN}`,
    ),
    functions,
  },
  {
    name: "the stack of a timer's function is its own",
    text: program(`*(u64 *)(r10 - 400) = 0\n${lookup()}\n${set()}`, `*(u64 *)(r10 - 400) = 0\n ${RETURN}`),
    functions,
  },
  {
    name: "a lock in a timer's function",
    type: "xdp",
    text: `${lookup("clocks", 0)}\n${set()}\nnone:\n${RETURN}\nfired: r6 = r3\n r1 = r6\n r1 += 16\n call spin_lock\n r1 = r6\n r1 += 16\n call spin_unlock\n ${RETURN}`,
    functions,
  },
  {
    name: "a lock that a timer's function keeps",
    text: program(`${lookup("clocks", 0)}\n${set()}`, `r1 = r3\n r1 += 16\n call spin_lock\n ${RETURN}`),
    functions,
    error: "BPF_EXIT instruction in main prog cannot be used inside bpf_spin_lock-ed region",
    errno: "EINVAL",
  },
  {
    name: "a timer's function returns 1",
    text: program(`${lookup()}\n${set()}`, "r0 = 1\n exit"),
    functions,
    error: "At async callback return the register R0 has smin=1 smax=1 should have been in [0, 0]",
    errno: "EINVAL",
  },
  {
    name: "a timer's function returns an address",
    text: program(`${lookup()}\n${set()}`, "r0 = r3\n exit"),
    functions,
    error: "At async callback return the register R0 is not a known value (map_value)",
    errno: "EINVAL",
  },
  {
    name: "a timer's function returns nothing",
    text: program(`${lookup()}\n${set()}`, "exit"),
    functions,
    error: "R0 !read_ok",
    errno: "EACCES",
  },
  {
    name: "a timer's function writes its key",
    text: program(`${lookup()}\n${set()}`, `*(u32 *)(r2 + 0) = 1\n ${RETURN}`),
    functions,
    error: "write to change key R2 not allowed",
    errno: "EACCES",
  },
  {
    name: "a timer's function has no context",
    text: program(`${lookup()}\n${set()}`, `r0 = *(u32 *)(r4 + 0)\n ${RETURN}`),
    functions,
    error: "R4 !read_ok",
    errno: "EACCES",
  },
  {
    name: "a timer's function leaves a record",
    text: program(`${lookup()}\n${set()}`, `r1 = map[ring]\n r2 = 8\n r3 = 0\n call ringbuf_reserve\n ${RETURN}`),
    functions,
    error: "BPF_EXIT instruction in main prog would lead to reference leak",
    errno: "EINVAL",
  },
  {
    name: "a record that the program holds is not the timer's",
    text: program(
      `${lookup()}\n r1 = map[ring]\n r2 = 8\n r3 = 0\n call ringbuf_reserve\n if r0 == 0 goto none\n r8 = r0\n ${set()}\n r1 = r8\n r2 = 0\n call ringbuf_submit`,
    ),
    functions,
  },
  {
    name: "a timer of another map",
    text: program(`${lookup()}\n${init("clocks")}\n${set()}`),
    functions,
    error: "timer pointer in R1 map_uid=0 doesn't match map pointer in R2 map_uid=0",
    errno: "EINVAL",
  },
  {
    name: "a timer is elsewhere",
    text: program(`${lookup("timed", 16)}\n${init()}\n${set()}`),
    functions,
    error: "off 16 doesn't point to 'struct bpf_timer' that is at 8",
    errno: "EINVAL",
  },
  {
    name: "a timer at no constant offset",
    text: program(`${lookup()}\n r2 = *(u64 *)(r6 + 0)\n r2 &= 8\n r7 += r2\n ${init()}\n${set()}`),
    functions,
    error: "R1 doesn't have constant offset. bpf_timer has to be at the constant offset",
    errno: "EINVAL",
  },
  {
    name: "a value without a timer",
    text: program(`${lookup("plain")}\n${init("plain")}\n${set()}`),
    functions,
    error: "map 'plain' has no valid bpf_timer",
    errno: "EINVAL",
  },
  {
    name: "a timer in a map without BTF",
    text: program(`${lookup("hash")}\n${init("hash")}\n${set()}`),
    functions,
    error: "map 'hash' has to have BTF in order to use bpf_timer",
    errno: "EINVAL",
  },
  {
    name: "a timer is written",
    text: program(`${lookup()}\n *(u64 *)(r7 + 0) = 0\n ${set()}`),
    functions,
    error: "bpf_timer cannot be accessed directly by load/store",
    errno: "EACCES",
  },
  {
    name: "a timer of a tracepoint",
    type: "tracepoint",
    text: program(`${lookup()}\n${init()}\n${set()}`),
    functions,
    error: "tracing progs cannot use bpf_timer yet",
    errno: "EINVAL",
  },
];

export const TIMER_CASES: readonly TypedText[] = timerCases.map((each) => ({ type: "sched_cls", ...each }));
