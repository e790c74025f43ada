import type { LinearMemory } from "../../memory/memory.ts";
import type { Arg } from "../task.ts";
import type { Halves } from "./hook.ts";
import { writeLong } from "./words.ts";

/** Linux passes at most this many to a tracing program, and the result behind them. */
const MOST = 13;

/** In front of the arguments: the address of the function, and how many arguments there are. */
const HEADER = 16;
const COUNT = -8;
/** Not zero where the result of the function lies behind its arguments. */
const RESULT = -4;

/** Memory for the arguments of one function or tracepoint; the offset is that of the first. */
export function allocateArguments(memory: LinearMemory): number {
  return memory.allocate(HEADER + 8 * MOST) + HEADER;
}

/** Writes arguments as tracing programs see them: 8 bytes each. What a program asks for beyond them is 0. */
export function writeArguments(
  memory: LinearMemory,
  at: number,
  args: readonly Arg[],
  offsetOf: (object: object) => number,
): void {
  for (let i = 0; i < MOST; i++) writeLong(memory, at + 8 * i, args[i] ?? 0, offsetOf);
}

/** What `bpf_get_func_ip`, `bpf_get_func_arg_cnt` and `bpf_get_func_ret` find in front of the arguments. */
export function writeHeader(
  memory: LinearMemory,
  at: number,
  { address, count, hasResult }: { readonly address: Halves; readonly count: number; readonly hasResult: boolean },
): void {
  memory.i32[(at - HEADER) >> 2] = address[0];
  memory.i32[(at - HEADER + 4) >> 2] = address[1];
  memory.i32[(at + COUNT) >> 2] = count;
  memory.i32[(at + RESULT) >> 2] = hasResult ? 1 : 0;
}
