/** Why a program could not be prepared for running. */
export type ProgramErrorCode =
  | "empty"
  | "bad-opcode"
  | "reserved-field"
  | "unsupported"
  | "bad-register"
  | "bad-jump"
  | "falls-off"
  | "bad-map"
  | "unknown-helper"
  | "unknown-kfunc"
  | "unknown-symbol"
  | "too-large"
  | "not-verified";

/**
 * The program cannot be run at all, whatever its input: found before the first instruction.
 * Verified programs never cause it; unverified ones are checked for their shape only.
 */
export class ProgramError extends Error {
  readonly code: ProgramErrorCode;
  /** The slot of the program that is wrong. */
  readonly at: number;
  constructor(code: ProgramErrorCode, at: number, message: string, cause?: unknown) {
    super(`instruction ${at}: ${message}`, cause === undefined ? undefined : { cause });
    this.name = "ProgramError";
    this.code = code;
    this.at = at;
  }
}

/** Why a run stopped before `exit`. */
export type ExecutionErrorCode = "out-of-bounds" | "budget" | "call-depth" | "bad-argument";

/**
 * A run of an unverified program went wrong: a wild access, an endless loop, too deep a recursion.
 *
 * @example
 * try { program.run(memory, 16); } catch (error) {
 *   if (error instanceof ExecutionError) console.log(error.at, error.message);
 * }
 */
export class ExecutionError extends Error {
  readonly code: ExecutionErrorCode;
  /** The slot of the program as it was written. */
  readonly at: number;
  /** The address of a wild access, as the program saw it. */
  readonly address: bigint | undefined;
  constructor(code: ExecutionErrorCode, at: number, message: string, address?: bigint) {
    super(`instruction ${at}: ${message}`);
    this.name = "ExecutionError";
    this.code = code;
    this.at = at;
    this.address = address;
  }
}

/** The error of a run that executed all the instructions that it was given. */
export function overBudget(at: number, limit: number): ExecutionError {
  return new ExecutionError("budget", at, `the program did not end within ${limit} instructions`);
}
