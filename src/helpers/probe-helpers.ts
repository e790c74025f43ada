import { ERRNO } from "../maps/errno.ts";
import type { Host } from "./host.ts";
import type { HelperFunction, HelperImplementation } from "./row.ts";
import { u64 } from "./u64.ts";

/** In front of a tracing program's arguments lie the function's address, their number, and whether its result follows them. */
const ADDRESS = -16;
const COUNT = -8;
const HAS_RESULT = -4;

/** Copies an 8-byte argument or result to where the program wants it. */
function copy({ memory }: Host, from: number, to: number): number {
  memory.i32[to >> 2] = memory.i32[from >> 2]!;
  memory.i32[(to >> 2) + 1] = memory.i32[(from >> 2) + 1]!;
  return 0;
}

const count = ({ memory }: Host, context: number): number => memory.i32[(context + COUNT) >> 2]!;

/** A tracing program finds the address with its arguments; of a probe the machine knows. */
const functionAddress = (host: Host, programType?: string): HelperFunction => {
  const { memory } = host;
  if (programType === "tracing")
    return (context) => u64(memory, memory.i32[(context + ADDRESS) >> 2]!, memory.i32[(context + ADDRESS + 4) >> 2]!);
  return () => {
    const [low, high] = host.probedFunction?.() ?? [0, 0];
    return u64(memory, low, high);
  };
};

/** What a program may ask about the function that it is attached to. */
export const PROBE_HELPERS: readonly HelperImplementation[] = [
  { name: "get_func_ip", passing: "u64", implement: functionAddress },
  {
    name: "get_attach_cookie",
    passing: "u64",
    implement: (host) => () => {
      const cookie = host.attachCookie?.() ?? 0n;
      return u64(host.memory, Number(BigInt.asIntN(32, cookie)), Number(BigInt.asIntN(32, cookie >> 32n)));
    },
  },
  {
    name: "override_return",
    passing: "i32",
    implement: (host) => (_context, low, high) => {
      host.overrideReturn?.((BigInt(high) << 32n) | BigInt(low >>> 0));
      return 0;
    },
  },
  { name: "get_func_arg_cnt", passing: "i32", implement: (host) => (context) => count(host, context) },
  {
    name: "get_func_arg",
    passing: "i32",
    implement: (host) => (context, low, high, to) =>
      high !== 0 || low >>> 0 >= count(host, context) ? -ERRNO.EINVAL : copy(host, context + 8 * low, to),
  },
  {
    name: "get_func_ret",
    passing: "i32",
    implement: (host) => (context, to) =>
      host.memory.i32[(context + HAS_RESULT) >> 2] === 0
        ? -ERRNO.EOPNOTSUPP
        : copy(host, context + 8 * count(host, context), to),
  },
];
