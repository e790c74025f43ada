import { ERRNO } from "../maps/errno.ts";
import { MAX_STACK_DEPTH } from "../maps/rules.ts";
import { StackTraceMap } from "../maps/stack-trace.ts";
import type { Host } from "./host.ts";
import { mapAt } from "./map-helpers.ts";
import type { HelperImplementation } from "./row.ts";

/** `BPF_F_*` of the stack helpers. */
const SKIP_MASK = 0xff;
const USER_STACK = 1 << 8;
const FAST_STACK_CMP = 1 << 9;
const REUSE_STACKID = 1 << 10;

const NO_ADDRESSES: readonly number[] = [];

/** The addresses after the skipped ones, at most `depth` and never past Linux's 127th, as [low, high] pairs. */
function addresses(host: Host, flags: number, depth: number): readonly number[] {
  const skip = flags & SKIP_MASK;
  const all = host.stack(flags & USER_STACK ? "user" : "kernel");
  const end = Math.min(skip + depth, MAX_STACK_DEPTH);
  return skip < end ? all.slice(2 * skip, 2 * end) : NO_ADDRESSES;
}

/** Where the program was called from. */
export const STACK_HELPERS: readonly HelperImplementation[] = [
  {
    name: "get_stackid",
    passing: "i32",
    implement: (host) => (_context, header, flags, high) => {
      const known = SKIP_MASK | USER_STACK | FAST_STACK_CMP | REUSE_STACKID;
      const map = mapAt(host, header);
      if (high !== 0 || flags & ~known || !(map instanceof StackTraceMap)) return -ERRNO.EINVAL;
      const stack = addresses(host, flags, map.depth);
      if (stack.length === 0) return -ERRNO.EFAULT;
      return map.put(stack, { fast: (flags & FAST_STACK_CMP) !== 0, reuse: (flags & REUSE_STACKID) !== 0 });
    },
  },
  {
    name: "get_stack",
    passing: "i32",
    implement: (host) => (_context, to, size, flags, high) => {
      const { memory } = host;
      memory.u8.fill(0, to, to + size);
      // Build ids need the files of the task's mappings, which the machine does not have.
      if (high !== 0 || flags & ~(SKIP_MASK | USER_STACK) || size % 8 !== 0) return -ERRNO.EINVAL;
      const have = host.stack(flags & USER_STACK ? "user" : "kernel").length / 2;
      if (have === 0 || have < (flags & SKIP_MASK)) return -ERRNO.EFAULT;
      const stack = addresses(host, flags, size / 8);
      for (let at = 0; at < stack.length; at++) memory.view.setInt32(to + 4 * at, stack[at], true);
      return 4 * stack.length;
    },
  },
];
