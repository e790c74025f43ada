import type { ProgramType } from "./types.ts";

/**
 * What a context field holds. The verifier turns a load of anything but `scalar` into a pointer: `packet*` into the
 * packet's start, end and metadata, `sock_common` into a socket or NULL.
 */
export type FieldKind = "scalar" | "packet" | "packet_end" | "packet_meta" | "sock_common";

/**
 * Which accesses a field allows. All must be aligned to their own size.
 *
 * - `whole`: exactly one unit of the field
 * - `narrow`: a power of two of bytes within one unit
 * - `any`: a power of two of bytes, up to 8, anywhere within the field
 */
export type Width = "whole" | "narrow" | "any";

/** One member of a kernel-side object in linear memory. */
export interface ObjectField {
  readonly offset: number;
  /** 1, 2, 4 or 8: a store of a wider context field is cut, a load zero-extended. More for an array, which converts byte for byte. */
  readonly size: number;
}

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
  /**
   * ELF section names in libbpf's notation: `x` only itself, `x+` itself or `x/anything`.
   * What follows the slash says where to attach.
   */
  readonly sections: readonly string[];
  /** The range that r0 must be in at exit; absent: any value that was set. */
  readonly returns?: { readonly min: number; readonly max: number };
  /** Names of returned values, for displays. */
  readonly verdicts?: Readonly<Record<number, string>>;
  /** Absent for `raw`, whose r1 is plain memory and r2 its length. */
  readonly context?: ContextLayout;
  /** Names of the helpers that Linux lets the type call, implemented here or not. */
  readonly helpers: ReadonlySet<string>;
  /** The type may read and write the packet itself through `data` and `data_end`. */
  readonly packetAccess: boolean;
}
