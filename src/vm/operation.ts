/** The second operand of an instruction: a register, or a constant already extended to 64 bits (signed). */
export type Operand = { readonly register: number } | { readonly constant: bigint };

/** Arithmetic on two operands; `mov` ignores the old destination. */
export type AluOp =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "sdiv"
  | "or"
  | "and"
  | "lsh"
  | "rsh"
  | "mod"
  | "smod"
  | "xor"
  | "mov"
  | "arsh";

/** Conditions of a branch, named after the instruction. */
export type Condition = "eq" | "ne" | "gt" | "ge" | "lt" | "le" | "set" | "sgt" | "sge" | "slt" | "sle";

/** Read-modify-write operations. */
export type AtomicOp = "add" | "or" | "and" | "xor" | "xchg" | "cmpxchg";

export type Bytes = 1 | 2 | 4 | 8;

/** The operations that take two slots, the forms of `ld_imm64`; the second slot is never reached. */
export const takesTwoSlots = ({ kind }: Operation): boolean =>
  kind === "constant" || kind === "map" || kind === "function" || kind === "symbol";

/** What a slot means, with every field already interpreted. Jump targets are slot indices. */
export type Operation =
  | { kind: "alu"; op: AluOp; wide: boolean; dst: number; src: Operand }
  | { kind: "neg"; wide: boolean; dst: number }
  /** `dst` = the low `bits` of `src`, sign-extended; to 32 bits where not `wide`. */
  | { kind: "extend"; bits: 8 | 16 | 32; wide: boolean; dst: number; src: number }
  /** Keeps the low `bits` of `dst` (`swap` false: le on a little-endian machine) or reverses their bytes. */
  | { kind: "end"; bits: 16 | 32 | 64; swap: boolean; dst: number }
  /** `dst` = the process's address of what `src` names by 32 bits in the arena; 0 stays 0. */
  | { kind: "cast"; dst: number; src: number }
  | { kind: "constant"; dst: number; value: bigint }
  /** `dst` = the map, or with `valueOffset` the address of that byte of its only value. */
  | { kind: "map"; dst: number; map: number; valueOffset: number | undefined }
  /** `dst` = the address of the subprogram at slot `to`, for a helper that calls it. */
  | { kind: "function"; dst: number; to: number }
  /** `dst` = the address of a variable of Linux, by BTF id; `module` 0 is vmlinux. */
  | { kind: "symbol"; dst: number; id: number; module: number }
  /** `acquire`: in an arena, it leaves `dst` as it was where there is no page; all other loads give 0. */
  | { kind: "load"; bytes: Bytes; signed: boolean; dst: number; base: number; offset: number; acquire?: true }
  | { kind: "store"; bytes: Bytes; base: number; offset: number; src: Operand }
  /** With `fetch`, the old value goes to `src`; `cmpxchg` compares with r0 and leaves the old value there. */
  | { kind: "atomic"; op: AtomicOp; fetch: boolean; bytes: 4 | 8; base: number; offset: number; src: number }
  | { kind: "jump"; to: number }
  | { kind: "branch"; condition: Condition; wide: boolean; left: number; right: Operand; to: number }
  | { kind: "helper"; id: number }
  /** A function of Linux, by BTF id. */
  | { kind: "kfunc"; id: number; module: number }
  /** `callx`: the function whose address is in a register, or the helper whose number is. */
  | { kind: "indirect"; register: number }
  | { kind: "call"; to: number }
  | { kind: "exit" }
  /** The second slot of a `ld_imm64`: never reached. */
  | { kind: "second" };
