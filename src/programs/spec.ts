import type { Instruction } from "../isa/instruction.ts";
import type { MapSpec } from "../maps/spec.ts";
import type { ProgramType } from "./types.ts";

/** Where an instruction was written. */
export interface SourceLine {
  /** 1-based line of the source text. */
  readonly line: number;
  /** 1-based column. */
  readonly column: number;
  /** The line as written. */
  readonly text: string;
}

/**
 * A program before it is loaded: plain data, what `asm` makes and what `verify`, `m.load` and `batch` take.
 * In `insns` a map is named by `ld_imm64` with src 1 (2: a value in it) and its index in `maps` as immediate.
 */
export interface ProgramSpec {
  readonly type: ProgramType;
  readonly name: string;
  readonly insns: readonly Instruction[];
  readonly maps: readonly MapSpec[];
  readonly license: string;
  /** The source line of each slot, where known. */
  readonly lines?: readonly (SourceLine | undefined)[];
}
