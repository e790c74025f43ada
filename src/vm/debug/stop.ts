import type { ExecutionError } from "../errors.ts";

/** Why a debugger stopped. */
export type Stop =
  /** It did what was asked: the step, or got to where it was sent. */
  | { readonly reason: "done" }
  /** The program ended; `result` is r0, 64 bits unsigned. */
  | { readonly reason: "exit"; readonly result: bigint }
  | { readonly reason: "breakpoint"; readonly id: number }
  /** The instruction just executed changed, read or wrote what is watched. */
  | { readonly reason: "watch"; readonly id: number; readonly before: bigint; readonly after: bigint }
  /** The next instruction cannot be executed; the state is the one before it, and one can go back from there. */
  | { readonly reason: "error"; readonly error: ExecutionError }
  /** So many instructions were executed without getting anywhere else that was asked for. */
  | { readonly reason: "limit"; readonly executed: number };

/** A breakpoint or watch that cannot be set, or a debugger that was closed. */
export class DebugError extends Error {
  readonly code: "NO_INSTRUCTION" | "NO_PROGRAM" | "NO_LINES" | "NO_MEMORY" | "CLOSED";
  constructor(code: DebugError["code"], message: string) {
    super(message);
    this.name = "DebugError";
    this.code = code;
  }
}
