import type { RuntimeMap } from "../maps/runtime.ts";
import type { Linked } from "./interpreter/run-state.ts";
import type { Xlated } from "./types.ts";

/** A program that is ready to run, by whichever engine: `jit` or `interpret` made it. */
export interface RunnableProgram {
  readonly xlated: Xlated;
  /** The machine's maps, in the order of `xlated.maps`. */
  readonly maps: readonly RuntimeMap[];
  /**
   * Runs once and returns the low 32 bits of r0, unsigned; the upper half is `memory.returnHigh` afterwards.
   * `context` is the offset of the context object; for `raw` programs r2 = `length`, the bytes there that they may touch.
   * Throws `ExecutionError`, for unverified programs only.
   */
  run(context: number, length?: number): number;
  /** Runs a verified program `times` times on the same context, as BPF_PROG_TEST_RUN does; the result of the last run. */
  repeat(context: number, times: number): number;
  /** Runs as the target of a tail call, within the run of the program that made it: the limit of tail calls is shared. */
  enter(context: number): number;
  /** The same as a function of WebAssembly, where the program is one. */
  readonly entry?: CallableFunction;
  /** What the interpreter executes, where it is interpreted. */
  readonly linked?: Linked;
}

/** How many instructions an unverified program may execute when nothing else is said. */
export const DEFAULT_BUDGET = 10_000_000;
