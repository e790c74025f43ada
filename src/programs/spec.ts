import type { Btf } from "../btf/btf.ts";
import type { LineInfo } from "../btf/ext.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { MapSpec } from "../maps/spec.ts";
import type { AttachType } from "./attach-types.ts";
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

/** One function of a program: its first instruction, and the id of its FUNC in the program's BTF. */
export interface FunctionInfo {
  readonly insn: number;
  readonly type: number;
}

/**
 * A program before it is loaded: plain data, what `asm` makes and what `verify`, `m.load` and `batch` take.
 * In `insns` a map is named by `ld_imm64` with src 1 (2: a value in it) and its index in `maps` as immediate.
 */
export interface ProgramSpec {
  readonly type: ProgramType;
  /** Where it is meant to be attached; left out: the type's `defaultAttach`. */
  readonly expectedAttachType?: AttachType;
  /**
   * What programs of type `tracing` and `lsm` are for: the id of a type in Linux's BTF, or its name with or without the
   * prefix that it has there (`sched_switch` for `btf_trace_sched_switch`).
   */
  readonly attachBtfId?: number | string;
  /**
   * Of a program of type `ext`: the program whose function `attachBtfId` it replaces. That is the id of a FUNC in that program's
   * own types, or its name.
   */
  readonly attachProgram?: ProgramSpec;
  /** Of a program of type `struct_ops`: the member of the structure `attachBtfId` that it implements. */
  readonly attachMember?: string;
  /** It may wait (`BPF_F_SLEEPABLE`); programs of type `syscall` always may. */
  readonly sleepable?: boolean;
  readonly name: string;
  readonly insns: readonly Instruction[];
  readonly maps: readonly MapSpec[];
  /** What `map_idx[i]` means (`fd_array` of bpf(2)): at each place the index of a map in `maps`. */
  readonly fdArray?: readonly number[];
  readonly license: string;
  /** The source line of each slot, where known. */
  readonly lines?: readonly (SourceLine | undefined)[];
  /** The program's own types. Without them it has no callbacks, global functions or locks in maps. */
  readonly btf?: Btf;
  /** Every function of the program in order, the main one first: what BTF says of it. Needs `btf`. */
  readonly functions?: readonly FunctionInfo[];
  /**
   * Lines of source by instruction, in order, as `.BTF.ext` has them: the verifier's log shows them as Linux does. Every
   * function must begin with one. Needs `btf`.
   */
  readonly lineInfo?: readonly LineInfo[];
}
