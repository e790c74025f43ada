import type { RuntimeMap } from "../../maps/runtime.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import type { Verdict } from "../../verifier/verdict.ts";
import type { RunnableProgram } from "../../vm/program.ts";

/** Which engine runs a program: the JIT's WebAssembly, or the interpreter. */
export type Engine = "jit" | "interp";

/** A program that Linux accepted: what the file descriptor of `BPF_PROG_LOAD` stands for. */
export interface LinuxProgram {
  /** Counted from 1, as `bpftool prog list` shows it. */
  readonly id: number;
  /** Virtual nanoseconds since the machine was started. */
  readonly loadedAt: number;
  readonly spec: ProgramSpec;
  /** Absent for type `raw`, which nobody verifies. */
  readonly verdict?: Verdict;
  readonly engine: Engine;
  readonly runnable: RunnableProgram;
  /** What runs now: `runnable`, or that with extensions in the place of its functions. The subsystem changes it. */
  running: RunnableProgram;
  /** Of an extension: the program that it was loaded for. */
  readonly extends?: LinuxProgram;
  /** What `spec.maps` became in this machine, in the same order. */
  readonly maps: readonly RuntimeMap[];
}
