/** Locks in map values, and what else is special there. What Linux 6.18 says of each program. */
import type { TypedText } from "./typed-programs.ts";

const RETURN = "r0 = 0\n exit";

/** The element 0 of a map, in r6. */
const lookup = (map: string, register = 6): string => `
  *(u32 *)(r10 - 4) = 0
  r1 = map[${map}]
  r2 = r10
  r2 += -4
  call map_lookup_elem
  if r0 == 0 goto none
  r${register} = r0`;

const program = (...lines: string[]): string => `${lines.join("\n")}\nnone:\n${RETURN}`;
const lock = (register = 6, offset = 0): string => `r1 = r${register}\n r1 += ${offset}\n call spin_lock`;
const unlock = (register = 6, offset = 0): string => `r1 = r${register}\n r1 += ${offset}\n call spin_unlock`;
const COUNT = "r2 = *(u64 *)(r6 + 8)\n r2 += 1\n *(u64 *)(r6 + 8) = r2";

const lockCases: readonly TypedText[] = [
  { name: "a value under its lock", text: program(lookup("locked"), lock(), COUNT, unlock()) },
  { name: "a lock that is not the first member", text: program(lookup("nested"), lock(6, 12), unlock(6, 12)) },
  { name: "a lock in a direct value", text: program("r6 = map[one][0]", lock(), COUNT, unlock()) },
  {
    name: "branches under a lock",
    text: program(
      lookup("locked"),
      lock(),
      "r2 = *(u64 *)(r6 + 8)\n if r2 > 5 goto +1\n *(u64 *)(r6 + 8) = 7",
      unlock(),
    ),
  },
  {
    name: "a lock is taken twice, one after the other",
    text: program(lookup("locked"), lock(), unlock(), lock(), unlock()),
  },
  {
    name: "a lock on one path only",
    text: program(lookup("locked"), "r7 = *(u64 *)(r6 + 8)\n if r7 > 5 goto skip", lock(), COUNT, unlock(), "skip:"),
  },
  {
    name: "a lock in a loop",
    text: program(lookup("locked"), "r7 = 0\nagain:", lock(), COUNT, unlock(), "r7 += 1\n if r7 < 10 goto again"),
  },
  {
    name: "an unknown number of rounds with a lock",
    text: program(
      lookup("locked"),
      "call get_prandom_u32\n r8 = r0\n r8 &= 255\n r7 = 0\nagain:",
      lock(),
      COUNT,
      unlock(),
      "r7 += 1\n if r7 < r8 goto again",
    ),
  },
  {
    name: "a function of the program under a lock",
    text: `${program(lookup("locked"), lock(), "r1 = r6\n call work", unlock())}\nwork: r2 = 5\n *(u64 *)(r1 + 8) = r2\n ${RETURN}`,
  },
  {
    name: "a function that takes and gives the lock",
    text: `${program(lookup("locked"), "r1 = r6\n call work")}\nwork: r6 = r1\n ${lock()}\n ${COUNT}\n ${unlock()}\n ${RETURN}`,
  },
  {
    name: "a function that gives back the lock of its caller",
    text: `${program(lookup("locked"), lock(), "r1 = r6\n call work")}\nwork: call spin_unlock\n ${RETURN}`,
  },
  {
    name: "numbers of an iterator under a lock",
    text: program(
      lookup("locked"),
      lock(),
      `r1 = r10\n r1 += -16\n r2 = 0\n r3 = 5\n call bpf_iter_num_new
      next: r1 = r10\n r1 += -16\n call bpf_iter_num_next\n if r0 == 0 goto done\n ${COUNT}\n goto next
      done: r1 = r10\n r1 += -16\n call bpf_iter_num_destroy`,
      unlock(),
    ),
  },
  {
    name: "a packet's value is kept",
    type: "xdp",
    text: program(lookup("locked"), lock(), COUNT, unlock(), "r0 = 2\n exit"),
  },
  {
    name: "a lock that is never given back",
    text: program(lookup("locked"), lock()),
    error: "BPF_EXIT instruction in main prog cannot be used inside bpf_spin_lock-ed region",
    errno: "EINVAL",
  },
  {
    name: "a helper under a lock",
    text: program(lookup("locked"), lock(), "call ktime_get_ns", unlock()),
    error: "function calls are not allowed while holding a lock",
    errno: "EINVAL",
  },
  {
    name: "a lock under a lock",
    text: program(lookup("locked"), lookup("locked", 7), lock(), lock(7), unlock(7), unlock()),
    error: "function calls are not allowed while holding a lock",
    errno: "EINVAL",
  },
  {
    name: "a packet load, which may end the program, under a lock",
    text: program("r6 = r1\n r7 = map[one][0]", lock(7), "r0 = *(u8 *)skb[0]", unlock(7)),
    error: "BPF_LD_[ABS|IND] cannot be used inside bpf_spin_lock-ed region",
    errno: "EINVAL",
  },
  {
    name: "a packet load while a record is held",
    text: program(
      "r6 = r1\n r1 = map[ring]\n r2 = 8\n r3 = 0\n call ringbuf_reserve\n if r0 == 0 goto none\n r7 = r0",
      "r0 = *(u8 *)skb[0]\n r1 = r7\n r2 = 0\n call ringbuf_submit",
    ),
    error: "BPF_LD_[ABS|IND] would lead to reference leak",
    errno: "EINVAL",
  },
  {
    name: "a kernel function under a lock",
    text: program(lookup("locked"), lock(), "call bpf_rcu_read_lock", unlock()),
    error: "function calls are not allowed while holding a lock",
    errno: "EINVAL",
  },
  {
    name: "a lock of another lookup is given back",
    text: program(lookup("locked"), lookup("locked", 7), lock(), unlock(7)),
    error: "bpf_spin_unlock of different lock",
    errno: "EINVAL",
  },
  {
    name: "a lock of another map is given back",
    text: program(lookup("locked"), lookup("nested", 7), lock(), unlock(7, 12)),
    error: "bpf_spin_unlock of different lock",
    errno: "EINVAL",
  },
  {
    name: "no lock is held",
    text: program(lookup("locked"), unlock()),
    error: "bpf_spin_unlock without taking a lock",
    errno: "EINVAL",
  },
  {
    name: "the lock is elsewhere",
    text: program(lookup("nested"), lock(6, 8)),
    error: "off 8 doesn't point to 'struct bpf_spin_lock' that is at 12",
    errno: "EINVAL",
  },
  {
    name: "the lock is at no constant offset",
    text: program(lookup("locked"), "r7 = *(u64 *)(r6 + 8)\n r7 &= 4\n r6 += r7", lock()),
    error: "R1 doesn't have constant offset. bpf_spin_lock has to be at the constant offset",
    errno: "EINVAL",
  },
  {
    name: "a value without a lock",
    text: program(lookup("plain"), lock()),
    error: "map 'plain' has no valid bpf_spin_lock",
    errno: "EINVAL",
  },
  {
    name: "a map without BTF",
    text: program(lookup("array"), lock()),
    error: "map 'array' has to have BTF in order to use bpf_spin_lock",
    errno: "EINVAL",
  },
  {
    name: "a lock on the stack",
    text: `*(u64 *)(r10 - 8) = 0\n r1 = r10\n r1 += -8\n call spin_lock\n ${RETURN}`,
    error: "R1 type=fp expected=map_value, ptr_",
    errno: "EACCES",
  },
  {
    name: "a lock that may be NULL",
    text: `*(u32 *)(r10 - 4) = 0\n r1 = map[nested]\n r2 = r10\n r2 += -4\n call map_lookup_elem\n r1 = r0\n call spin_lock\n ${RETURN}`,
    error: "R1 type=map_value_or_null expected=map_value, ptr_",
    errno: "EACCES",
  },
  {
    name: "a lock is read",
    text: program(lookup("locked"), "r7 = *(u32 *)(r6 + 0)"),
    error: "bpf_spin_lock cannot be accessed directly by load/store",
    errno: "EACCES",
  },
  {
    name: "a lock is written with its neighbour",
    text: program(lookup("nested"), "*(u64 *)(r6 + 8) = 0"),
    error: "bpf_spin_lock cannot be accessed directly by load/store",
    errno: "EACCES",
  },
  { name: "beside a lock", text: program(lookup("nested"), "*(u32 *)(r6 + 8) = 0\n r7 = *(u8 *)(r6 + 16)") },
  {
    name: "an index that may reach a lock",
    text: program(lookup("nested"), "r7 = *(u64 *)(r6 + 0)\n r7 &= 15\n r6 += r7\n r7 = *(u8 *)(r6 + 0)"),
    error: "bpf_spin_lock cannot be accessed directly by load/store",
    errno: "EACCES",
  },
  {
    name: "an index that stays below a lock",
    text: program(lookup("nested"), "r7 = *(u64 *)(r6 + 0)\n r7 &= 7\n r6 += r7\n r7 = *(u8 *)(r6 + 0)"),
  },
  {
    name: "an atomic operation on a lock",
    text: program(lookup("locked"), "r7 = 1\n lock *(u32 *)(r6 + 0) += r7"),
    error: "bpf_spin_lock cannot be accessed directly by load/store",
    errno: "EACCES",
  },
  {
    name: "a helper that reads over a lock",
    text: program(lookup("locked"), "r1 = map[hash]\n r2 = r6\n r3 = r6\n r4 = 0\n call map_update_elem"),
    error: "bpf_spin_lock cannot be accessed directly by load/store",
    errno: "EACCES",
  },
  {
    name: "a socket filter with a lock",
    type: "socket_filter",
    text: program(lookup("locked"), lock(), unlock()),
    error: "socket filter progs cannot use bpf_spin_lock yet",
    errno: "EINVAL",
  },
  {
    name: "a tracepoint with a lock",
    type: "tracepoint",
    text: program(lookup("locked"), lock(), unlock()),
    error: "tracing progs cannot use bpf_spin_lock yet",
    errno: "EINVAL",
  },
  {
    name: "a tail call under a lock",
    text: program(
      "r9 = r1",
      lookup("locked"),
      lock(),
      "r1 = r9\n r2 = map[programs]\n r3 = 0\n call tail_call",
      unlock(),
    ),
    error: "function calls are not allowed while holding a lock",
    errno: "EINVAL",
  },
  {
    name: "a lock that a callback leaves",
    text: `${program(lookup("locked"), "*(u64 *)(r10 - 16) = r6\n r1 = 3\n r2 = func[callback]\n r3 = r10\n r3 += -16\n r4 = 0\n call loop")}\ncallback: r1 = *(u64 *)(r2 + 0)\n call spin_lock\n ${RETURN}`,
    functions: ["callback"],
    error: "function calls are not allowed while holding a lock",
    errno: "EINVAL",
  },
  {
    name: "a lock in a callback",
    text: `${program(lookup("locked"), "*(u64 *)(r10 - 16) = r6\n r1 = 3\n r2 = func[callback]\n r3 = r10\n r3 += -16\n r4 = 0\n call loop")}\ncallback: r6 = *(u64 *)(r2 + 0)\n ${lock()}\n ${COUNT}\n ${unlock()}\n ${RETURN}`,
    functions: ["callback"],
  },
  {
    name: "the lock of each element",
    text: `r1 = map[locked]\n r2 = func[callback]\n r3 = 0\n r4 = 0\n call for_each_map_elem\n ${RETURN}\ncallback: r6 = r3\n ${lock()}\n ${COUNT}\n ${unlock()}\n ${RETURN}`,
    functions: ["callback"],
  },
  {
    name: "a global function under a lock",
    text: `${program(lookup("locked"), lock(), "call work", unlock())}\nwork: ${RETURN}`,
    functions: ["work"],
    globals: [true],
    error: "global function calls are not allowed while holding a lock,\nuse static function instead",
    errno: "EINVAL",
  },
];

export const LOCK_CASES: readonly TypedText[] = lockCases.map((each) => ({ type: "sched_cls", ...each }));
