import type { SourceLine } from "../../programs/spec.ts";
import type { Xlated } from "../types.ts";

/** The state of a program between two instructions: plain data, a copy. */
export interface DebugState {
  /** The program that the next instruction is of: another one than at the beginning after a tail call. */
  readonly program: Xlated;
  /** The slot, of the program as it was written, of the instruction that comes next; where it exited, of the `exit`. */
  readonly slot: number;
  /** The same in the xlated program, which is what runs. */
  readonly pc: number;
  readonly line?: SourceLine;
  /** Instructions executed so far. */
  readonly executed: number;
  readonly exited: boolean;
  /** r0..r10, unsigned. */
  readonly registers: readonly bigint[];
  /** Functions that were called and have not returned, outermost first; the last is the one that runs. */
  readonly frames: readonly Frame[];
  readonly memory: readonly MemoryPiece[];
  /** What the instruction just executed changed; empty at the beginning. */
  readonly changes: Changes;
}

/** One function that is running or waiting for one that it called. */
export interface Frame {
  readonly program: Xlated;
  /** r10: the address just past its stack. */
  readonly pointer: bigint;
  /** The slot, as written, where it goes on when what it called returns; absent for the last. */
  readonly returnsTo?: number;
  /** r1..r10 as they will be then; the current ones for the last. */
  readonly registers: readonly bigint[];
  /** Its 512 bytes of stack, lowest address first. */
  readonly stack: Uint8Array;
  /** For each of them 1 if it was written since the function was called. */
  readonly written: Uint8Array;
}

/** A piece of memory that the program was given. */
export interface MemoryPiece {
  readonly name: string;
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/** What one instruction changed. */
export interface Changes {
  /** Numbers of the registers. */
  readonly registers: readonly number[];
  readonly memory: readonly MemoryChange[];
}

/** Bytes that one instruction wrote, all of them for a store; for a helper those that are different. */
export interface MemoryChange {
  readonly address: bigint;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}
