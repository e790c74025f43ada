/**
 * RFC 9669's conformance group of an instruction (section 2.4); `extension` is what the RFC does not define and
 * Linux or LLVM added.
 */
export type ConformanceGroup =
  | "base32"
  | "base64"
  | "divmul32"
  | "divmul64"
  | "atomic32"
  | "atomic64"
  | "packet"
  | "extension";

/** The instruction set version (LLVM's `-mcpu=vN`) that first had the instruction. */
export type IsaVersion = 1 | 2 | 3 | 4;

/** A field of an instruction, apart from its code. `next` is the `imm` of `ld_imm64`'s second slot. */
export type Field = "dst" | "src" | "offset" | "imm" | "next";

/**
 * The operands that a text form can hold, each with the field that carries it. A text form, whether LLVM's or the
 * mnemonic one, writes them as `{rd}`.
 *
 * `imm` is sign-extended to 64 bits where it is used, `imm32` is not; `if64`/`if32` are the same of a comparison,
 * which Linux's log prints in hexadecimal.
 */
export const OPERAND_FIELDS = {
  /** 64-bit register r0..r10 in `dst`, in `src`. */
  rd: ["dst"],
  rs: ["src"],
  /** The same registers' lower halves w0..w10. */
  wd: ["dst"],
  ws: ["src"],
  imm: ["imm"],
  imm32: ["imm"],
  if64: ["imm"],
  if32: ["imm"],
  imm64: ["imm", "next"],
  /** Signed displacement of a memory operand: `+ 8`, `- 8`. */
  disp: ["offset"],
  /** Displacement after the index register of a packet load. */
  index: ["imm"],
  /** Jump target by `offset`, by `imm`: slots after the next instruction. */
  near: ["offset"],
  far: ["imm"],
  helper: ["imm"],
  /** BTF id of a kfunc or a kernel variable, and what tells which BTF it is in. */
  btfId: ["imm"],
  btfFd: ["next"],
  btfIndex: ["offset"],
  /** Index (or file descriptor) of a map, and a byte offset in its value. */
  map: ["imm"],
  /** The same by its symbol's name alone, as compilers write it in front of `ll`. */
  mapSymbol: ["imm"],
  mapIdx: ["imm"],
  value: ["next"],
  /** Upper and lower half of `imm`: the address spaces of a cast. */
  toSpace: ["imm"],
  fromSpace: ["imm"],
} as const satisfies Record<string, readonly Field[]>;

export type Operand = keyof typeof OPERAND_FIELDS;

/**
 * One form of one instruction: everything else that knows instructions (decoder, reserved-field check, assembler,
 * disassembler, Linux's log form, documentation, tests) is derived from these rows.
 *
 * A field that no text form mentions is not an operand: it must hold its value in `fixed`, or 0.
 */
export interface OpcodeRow {
  /** Opcode byte. Several rows share one where another field tells them apart. */
  readonly code: number;
  /** Unique name, such as `add64_reg`, `ldxw`, `jslt32_imm`, `atomic_fetch_or64`. */
  readonly name: string;
  readonly group: ConformanceGroup;
  readonly since: IsaVersion;
  /** Fields whose value selects this row among those of its code. */
  readonly fixed: Readonly<Partial<Record<Field, number>>>;
  /**
   * LLVM's text form with operands in braces. The first that can hold the instruction's fields is printed, all are
   * read.
   */
  readonly text: readonly [string, ...string[]];
  /**
   * The mnemonic form of ubpf, rbpf and bpf_conformance, likewise. What those have no word for is spelled as RFC 9669
   * calls it (`map_by_fd`, section 5.4) or by the row's name.
   */
  readonly mnemonic: readonly [string, ...string[]];
  /** The form in Linux's verifier log, where it is not the first text form with that log's own spelling of operands. */
  readonly log?: string;
  /** What it does, in C-like words on 64-bit registers. */
  readonly doc: string;
}
