import type { ObjectField } from "../memory/objects.ts";
import type { AttachType } from "./attach-types.ts";
import type { ProgramType } from "./types.ts";

export type { ObjectField } from "../memory/objects.ts";

/**
 * What a context field holds. The verifier turns a load of anything but `scalar` into a pointer: `packet*` into the
 * packet's start, end and metadata, `sock*` into a socket (or NULL), `flow_keys` and `tp_buffer` into memory of that name,
 * `btf` into a trusted pointer to the kernel structure that `struct` names.
 */
export type FieldKind =
  | "scalar"
  | "packet"
  | "packet_end"
  | "packet_meta"
  | "sock"
  | "sock_or_null"
  | "sock_common_or_null"
  | "flow_keys"
  | "tp_buffer"
  | "btf";

/**
 * Which accesses a field allows. All must be aligned to their own size.
 *
 * - `whole`: exactly one unit of the field
 * - `narrow`: a power of two of bytes within one unit
 * - `start`: as `narrow`, but only from the unit's first byte
 * - `halves`: 2 or 4 bytes within one unit
 * - `port`: as `narrow`, or 4 bytes from the first: two bytes that were four in older Linux
 * - `wide`: one unit, or 8 bytes of several
 * - `any`: a power of two of bytes, up to 8, anywhere within the field
 */
export type Width = "whole" | "narrow" | "start" | "halves" | "port" | "wide" | "any";

/** One field of the structure that a program sees through r1. */
export interface ContextField {
  readonly name: string;
  /** Byte offset in the context. */
  readonly offset: number;
  /** Bytes of the whole field. */
  readonly size: number;
  /** Bytes of one element where the field is an array; the field's size where it is not. */
  readonly unit?: number;
  readonly kind: FieldKind;
  /** The kernel structure, where `kind` is `btf`. */
  readonly struct?: string;
  /** Absent: cannot be read. */
  readonly read?: Width;
  /** Absent: cannot be written. */
  readonly write?: Width;
  /**
   * Where the value really lies: in the object that r1 points to once the program is rewritten. Absent where r1 points to
   * the context itself (`pt_regs`, a tracepoint's record), so nothing is converted. An array converts as one piece.
   */
  readonly object?: ObjectField;
  /** A store whose value is not below this is skipped (`queue_mapping`). */
  readonly storeBelow?: number;
}

/** The context of a program type: what r1 points to on entry. */
export interface ContextLayout {
  /** C name of the structure that programs are written against. */
  readonly struct: string;
  /** Its size in bytes; an access at or beyond it is invalid. */
  readonly size: number;
  /** By offset; bytes that no field covers are invalid. */
  readonly fields: readonly ContextField[];
}

/** One program type of Linux. */
export interface ProgramRow {
  readonly type: ProgramType;
  /** `enum bpf_prog_type`. */
  readonly number: number;
  /** One line: when it runs. */
  readonly doc: string;
  /** ELF section names in libbpf's notation: `x` only itself, `x+` itself or `x/anything`. */
  readonly sections: readonly string[];
  /** Where programs of the type may be meant to be attached. */
  readonly attachTypes: readonly AttachType[];
  /** Taken where nothing is said; absent: then Linux is told 0, and does not look at it. */
  readonly defaultAttach?: AttachType;
  /** The range that r0 must be in at exit; absent: any value that was set. */
  readonly returns?: ReturnRange;
  /** Names of returned values, for displays. */
  readonly verdicts?: Readonly<Record<number, string>>;
  /**
   * Absent for `raw`, whose r1 is plain memory and r2 its length, and for types whose context is the arguments of a kernel
   * function.
   */
  readonly context?: ContextLayout;
  /** Names of the helpers that Linux lets the type call, implemented here or not. */
  readonly helpers: ReadonlySet<string>;
  /** What the type may do with the packet itself, through `data` and `data_end`; absent: nothing. */
  readonly packetAccess?: "read" | "write";
  /** Every helper takes memory in the packet, not only those that say so. */
  readonly packetArguments?: true;
  /** What is different for programs that are meant to be attached elsewhere than at `defaultAttach`. */
  readonly variants?: Readonly<Partial<Record<AttachType, ProgramVariant>>>;
}

/** The range that r0 must be in at exit. */
export interface ReturnRange {
  readonly min: number;
  readonly max: number;
}

/** What depends on where a program is attached. */
export type ProgramVariant = Partial<Pick<ProgramRow, "context" | "helpers" | "returns">>;
