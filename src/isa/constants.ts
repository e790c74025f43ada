/**
 * The numbers of the eBPF instruction set (RFC 9669, and Linux's additions up to 6.18), grouped by the field that holds
 * them. Everything that reads or writes an opcode uses these; nothing else in the project spells one out.
 *
 * ```
 * code of ALU, ALU64, JMP, JMP32          code of LD, LDX, ST, STX
 *  7      4   3   2     0                  7    5 4    3 2     0
 * +--------+-----+-------+                +------+------+-------+
 * |   op   |  s  | class |                | mode | size | class |
 * +--------+-----+-------+                +------+------+-------+
 * ```
 */

/** Instruction classes: the lowest three bits of the code. */
export const CLASS = { LD: 0, LDX: 1, ST: 2, STX: 3, ALU: 4, JMP: 5, JMP32: 6, ALU64: 7 } as const;

/** Where the second operand comes from: K the immediate, X the source register. */
export const SOURCE = { K: 0x00, X: 0x08 } as const;

/** Operations of the classes ALU and ALU64. DIV and MOD are signed when `offset` is 1. */
export const ALU = {
  ADD: 0x00,
  SUB: 0x10,
  MUL: 0x20,
  DIV: 0x30,
  OR: 0x40,
  AND: 0x50,
  LSH: 0x60,
  RSH: 0x70,
  NEG: 0x80,
  MOD: 0x90,
  XOR: 0xa0,
  MOV: 0xb0,
  ARSH: 0xc0,
  END: 0xd0,
} as const;

/** Operations of the classes JMP and JMP32. CALL and EXIT exist in JMP only; JCOND is `may_goto`. */
export const JMP = {
  JA: 0x00,
  JEQ: 0x10,
  JGT: 0x20,
  JGE: 0x30,
  JSET: 0x40,
  JNE: 0x50,
  JSGT: 0x60,
  JSGE: 0x70,
  CALL: 0x80,
  EXIT: 0x90,
  JLT: 0xa0,
  JLE: 0xb0,
  JSLT: 0xc0,
  JSLE: 0xd0,
  JCOND: 0xe0,
} as const;

/** Access sizes of loads and stores: word, half word, byte, double word. */
export const SIZE = { W: 0x00, H: 0x08, B: 0x10, DW: 0x18 } as const;

/** Addressing modes of loads and stores. ABS and IND are the packet loads inherited from classic BPF. */
export const MODE = { IMM: 0x00, ABS: 0x20, IND: 0x40, MEM: 0x60, MEMSX: 0x80, ATOMIC: 0xc0 } as const;

/** Atomic operations: the `imm` of STX | ATOMIC. FETCH is a flag on the four arithmetic ones, and part of the others. */
export const ATOMIC = {
  ADD: 0x00,
  OR: 0x40,
  AND: 0x50,
  XOR: 0xa0,
  FETCH: 0x01,
  XCHG: 0xe1,
  CMPXCHG: 0xf1,
  LOAD_ACQ: 0x100,
  STORE_REL: 0x110,
} as const;

/** What the 64 bits of `ld_imm64` mean: its `src` (`BPF_PSEUDO_*`). */
export const LD_IMM64 = { IMM: 0, MAP_FD: 1, MAP_VALUE: 2, BTF_ID: 3, FUNC: 4, MAP_IDX: 5, MAP_IDX_VALUE: 6 } as const;

/** What a call calls: its `src`. A subprogram is at `imm` slots after the next instruction. */
export const CALL = { HELPER: 0, SUBPROG: 1, KFUNC: 2 } as const;

/** `offset` of a register move between address spaces (`addr_space_cast`); its `imm` is `dst << 16 | src`. */
export const ADDR_SPACE_CAST = 1;

/** Registers with a role: R0 result, R1..R5 arguments, R6..R9 saved across calls, R10 frame pointer (read-only). */
export const REG = { R0: 0, R1: 1, R2: 2, R3: 3, R4: 4, R5: 5, R6: 6, R7: 7, R8: 8, R9: 9, R10: 10 } as const;

/** How many registers a program can name. */
export const REGISTER_COUNT = 11;

/** Code of the first slot of `ld_imm64`. */
export const LD_IMM64_CODE = CLASS.LD | MODE.IMM | SIZE.DW;

export const CLASS_MASK = 0x07;
export const SOURCE_MASK = 0x08;
export const OP_MASK = 0xf0;
export const SIZE_MASK = 0x18;
export const MODE_MASK = 0xe0;

/** Bytes that an access of this opcode's size moves: 1, 2, 4 or 8. Loads, stores and atomics only. */
export function accessBytes(code: number): 1 | 2 | 4 | 8 {
  switch (code & SIZE_MASK) {
    case SIZE.B:
      return 1;
    case SIZE.H:
      return 2;
    case SIZE.W:
      return 4;
    default:
      return 8;
  }
}
