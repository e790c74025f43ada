import type { Passing } from "../../helpers/row.ts";
import type { ArenaMap } from "../../maps/arena.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import type { Environment } from "../environment.ts";
import type { IndirectCall } from "../indirect-call.ts";
import type { Operation } from "../operation.ts";
import type { Regions } from "../regions.ts";
import type { Xlated } from "../types.ts";
import type { Code } from "./code.ts";

/** The state of one run; everything else lies in linear memory. */
export interface RunState {
  /**
   * r0..r11, then what calls saved (r1..r10 of each caller, outermost first), then the constants of the program.
   * Signed, so a 64-bit value wraps by itself when it is stored.
   */
  readonly r: BigInt64Array;
  /** The same registers as 32-bit halves: the low half of register n is element 2n. */
  readonly halves: Int32Array;
  readonly unsigned: Uint32Array;
  /** The slots where callers go on, outermost first. */
  readonly returns: number[];
  /** Offset of the end of the main function's frame. */
  stackTop: number;
  /** What r1 and, for type `raw`, r2 were at the beginning. */
  context: number;
  length: number;
  pc: number;
  /** Instructions executed so far. */
  executed: number;
  exited: boolean;
  /** Slot of the program that a tail call goes on with, where `execute` stopped for one; 0 otherwise. */
  goesTo: number;
}

/** A helper call: takes its arguments from the halves of the registers. */
export interface LinkedCall {
  readonly passing: Passing;
  readonly invoke: (halves: Int32Array) => number;
}

/** What the instructions of a program refer to. */
export interface Linked {
  readonly xlated: Xlated;
  readonly code: Code;
  readonly operations: readonly Operation[];
  readonly calls: readonly (LinkedCall | undefined)[];
  readonly maps: readonly RuntimeMap[];
  /** The functions that the program passes to helpers: the first slot by the low half of the address. */
  readonly functions: ReadonlyMap<number, number>;
  /** States of runs that are over, to be used again. */
  readonly idle: RunState[];
  readonly indirect: IndirectCall;
  /** The instructions that the run under way may execute, and how many of them its callbacks have left. */
  readonly fuel: { readonly budget: number; left: number };
  /** The program calls helpers other than tail calls, inside which other programs may run. */
  readonly callsOut: boolean;
  readonly environment: Environment;
  readonly regions: Regions;
  readonly arena: ArenaMap | undefined;
}
