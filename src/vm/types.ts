import type { Instruction } from "../isa/instruction.ts";
import type { MapSpec } from "../maps/spec.ts";
import type { ProgramType } from "../programs/types.ts";

/**
 * How an instruction that touches memory knows that its address is good:
 *
 * - `proved`: the verifier showed it; the low 32 bits of the address are the offset, nothing is checked.
 * - `probe`: a load that may fault; a bad address gives 0, as Linux's PROBE_MEM does.
 * - `arena`: a 32-bit address of the program's arena, looked up in its table of pages; what is not there reads as 0.
 * - `checked`: nobody showed anything; a bad address is an `ExecutionError`.
 */
export type Access = "proved" | "probe" | "checked" | "arena";

/** What is known about one slot of an xlated program. */
export interface XlatedFacts {
  /** For loads, stores and atomics. */
  readonly access?: Access;
  /** Index in `Xlated.maps`, for map `ld_imm64` and for helper calls whose map is the same on every path. */
  readonly map?: number;
  /** For calls of kernel functions and constants that are their addresses: Linux's name, where the verifier found it. */
  readonly symbol?: string;
  /** For calls on an array whose key is a known constant, also one beyond the end. */
  readonly constantKey?: number;
}

/** One function of a program: the main function or the target of a bpf-to-bpf call. */
export interface Subprogram {
  /** First slot. */
  readonly start: number;
  /** Bytes of stack it uses, at most 512. */
  readonly stackDepth: number;
}

/**
 * A program as it runs, after verification and rewriting: what `bpftool prog dump xlated` shows. Plain data, of no
 * machine: context loads read the kernel's own object, dead code is gone, maps are still named by their index in `maps`.
 */
export interface Xlated {
  readonly type: ProgramType;
  readonly name: string;
  /** False for programs that run without a verdict: with bounds checks and an instruction budget. */
  readonly verified: boolean;
  readonly insns: readonly Instruction[];
  /** For each slot, the slot of the `ProgramSpec` that it was made from. */
  readonly origin: readonly number[];
  /** One entry a slot. */
  readonly facts: readonly XlatedFacts[];
  readonly maps: readonly MapSpec[];
  /** Index in `maps` of the arena that its 32-bit addresses are of. */
  readonly arena?: number;
  /** By `start`; the first is the main function. */
  readonly subprograms: readonly Subprogram[];
}

/** Bytes of stack of one function call that a program may use, as in Linux. */
export const STACK_SIZE = 512;

/** Distance between the frames of calls: below its own bytes a function has room for what rewriting adds. */
export const FRAME_SIZE = STACK_SIZE + 16;

/** The register that only rewriting uses, Linux's BPF_REG_AX: programs cannot name it. */
export const SCRATCH_REGISTER = 11;

/** How deep calls may nest, the main function included. */
export const MAX_CALL_FRAMES = 8;

/** Bytes of the frames of calls from one function down. */
export const FRAMES = MAX_CALL_FRAMES * FRAME_SIZE;

/** Bytes of stack that an unverified program may use: its own frames, and those of callbacks three deep. */
export const CHECKED_STACK = 4 * FRAMES;

/** How many tail calls one run may make, those of its subprograms included: `MAX_TAIL_CALL_CNT`. */
export const MAX_TAIL_CALLS = 33;
