import type { Host } from "./host.ts";

/** What a helper expects of an argument, named after Linux's `enum bpf_arg_type` without `ARG_`. */
export type ArgType =
  | "const_map_ptr"
  | "ptr_to_map_key"
  | "ptr_to_map_value"
  | "ptr_to_mem"
  | "ptr_to_mem_rdonly"
  | "ptr_to_uninit_mem"
  | "const_size"
  | "const_size_or_zero"
  | "ptr_to_ctx"
  | "anything";

/** What a helper returns, named after `enum bpf_return_type` without `RET_`. */
export type ReturnType = "integer" | "void" | "ptr_to_map_value_or_null";

/**
 * How the value travels between WebAssembly and JavaScript, never as BigInt: `i32` is a sign-extended 32-bit result
 * (an errno, a small number), `u64` leaves its upper half at `RETURN_HIGH` in memory, `pointer` is an offset that
 * becomes a direct-map address unless it is 0.
 */
export type Passing = "void" | "i32" | "u64" | "pointer";

/**
 * The implementation, bound to one host. Pointer arguments arrive as offsets into linear memory (i32), sizes as i32,
 * `anything` as two i32: low, high; a map as the offset of its header. The result is the i32 that `Passing` describes.
 */
export type HelperFunction = (...args: number[]) => number;

/** One helper of Linux, implemented or not. */
export interface HelperRow {
  readonly id: number;
  /** Linux's name without `bpf_`. */
  readonly name: string;
  readonly gplOnly: boolean;
  readonly args: readonly ArgType[];
  /**
   * Registers after `args` that the implementation reads and the verifier does not look at (the values that
   * `trace_printk` formats). Each is passed as `anything`; 0 if the program never set it.
   */
  readonly unchecked?: number;
  readonly returns: ReturnType;
  /**
   * What the verifier knows of an integer result: at most the size argument, or a negative errno; or a CPU's number.
   */
  readonly result?: "size_or_errno" | "cpu";
  readonly passing: Passing;
  /** The helper may move or change packet data, so the verifier forgets all packet pointers. */
  readonly changesPacket?: boolean;
  /** One line: what it does. */
  readonly doc: string;
  readonly implement?: (host: Host) => HelperFunction;
}
