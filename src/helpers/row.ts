import type { ArgType } from "./arguments.ts";
import type { Host } from "./host.ts";
import type { HelperInRounds } from "./rounds.ts";

export type { ArgType } from "./arguments.ts";

/** What a helper returns, named after `enum bpf_return_type` with its flags, without `RET_`. */
export type ReturnType =
  | "integer"
  | "void"
  | "ptr_to_map_value"
  | "ptr_to_map_value_or_null"
  | "ptr_to_socket_or_null"
  | "ptr_to_tcp_sock_or_null"
  | "ptr_to_sock_common_or_null"
  | "ptr_to_ringbuf_mem_or_null"
  | "ptr_to_dynptr_mem_or_null"
  | "ptr_to_mem_or_btf_id_rdonly"
  | "ptr_to_mem_or_btf_id_rdonly_or_null"
  | "ptr_to_btf_id"
  | "ptr_to_btf_id_or_null"
  | "ptr_to_btf_id_trusted";

/**
 * How the value travels between WebAssembly and JavaScript, never as BigInt: `i32` is a sign-extended 32-bit result
 * (an errno, a small number), `u32` one whose upper half is 0 (an `int` of a kernel function, on x86), `u64` leaves its upper half at `RETURN_HIGH` in memory, `pointer` is an offset that
 * becomes a direct-map address unless it is 0.
 */
export type Passing = "void" | "i32" | "u32" | "u64" | "pointer";

/**
 * The implementation, bound to one host. Pointer arguments arrive as offsets into linear memory (i32), sizes as i32,
 * `anything` as two i32: low, high; a map as the offset of its header; a function as the low
 * half of its address, which `Host.callbacks` knows. The result is the i32 that `Passing` describes.
 */
export type HelperFunction = (...args: number[]) => number;

/** Binds a helper to one host, for programs of one type (a name of `PROGRAM_TYPES`; absent: `raw`): few helpers differ between types. */
export type Implementation = (host: Host, programType?: string) => HelperFunction;

/** What the verifier must know of a call; it may differ between program types. */
export interface Signature {
  readonly gplOnly: boolean;
  readonly args: readonly ArgType[];
  readonly returns: ReturnType;
}

/** What Linux says of one helper: facts, whether or not it is implemented here. */
export interface HelperPrototype extends Signature {
  readonly id: number;
  /** Linux's name without `bpf_`. */
  readonly name: string;
  /**
   * What the verifier knows of an integer result: at most the size argument, or a negative errno; or a CPU's number.
   */
  readonly result?: "size_or_errno" | "cpu";
  /** The kernel structure that a returned BTF pointer points to. */
  readonly struct?: string;
  /** The helper may move or change packet data, so the verifier forgets all packet pointers. */
  readonly changesPacket?: boolean;
  /** Memory arguments may lie in the packet, if the program type may access it. */
  readonly packetAccess?: boolean;
  /** Only sleepable programs may call it. */
  readonly mightSleep?: boolean;
  /** Program types (names of `PROGRAM_TYPES`) that know the helper but are refused when they call it. */
  readonly denied?: readonly string[];
  /** One line: what it does. */
  readonly doc: string;
  /** What is different for programs of a type (a name of `PROGRAM_TYPES`). */
  readonly variants?: Readonly<Record<string, Partial<Signature>>>;
}

/** How a helper is run here. */
export interface HelperImplementation {
  /** Linux's name without `bpf_`. */
  readonly name: string;
  readonly passing: Passing;
  /**
   * Registers after `args` that the implementation reads and the verifier does not look at (the values that
   * `trace_printk` formats). Each is passed as `anything`; 0 if the program never set it.
   */
  readonly unchecked?: number;
  readonly implement: Implementation;
  /** For helpers that call functions of the program before they return: the same, one call after the other. */
  readonly rounds?: (host: Host) => HelperInRounds;
}

/** One helper of Linux; without `implement` the verifier knows it and nothing runs it. */
export interface HelperRow extends HelperPrototype, Omit<HelperImplementation, "implement"> {
  readonly implement?: Implementation;
}
