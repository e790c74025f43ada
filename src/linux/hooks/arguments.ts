import type { LinearMemory } from "../../memory/memory.ts";
import type { Arg } from "../task.ts";
import { writeLong } from "./words.ts";

/** Linux passes at most this many to a tracing program, and the result behind them. */
const MOST = 13;

/** In front of the arguments: the address of the function, and how many arguments there are, as `bpf_get_func_arg_cnt` reads it. */
const HEADER = 16;

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
