import type { Instruction } from "../isa/instruction.ts";
import type { Operand } from "../isa/opcode-row.ts";

/** An instruction where it stands, for writing its operands. */
export interface Placed {
  readonly insn: Instruction;
  /** Second slot of `ld_imm64`. */
  readonly next?: Instruction;
  /** Its slot. */
  readonly index: number;
}

/** How one kind of listing writes an operand. */
export type Spelling = (operand: Operand, placed: Placed) => string;

/** Fills the operands into a row's text form. */
export function spell(text: string, placed: Placed, spelling: Spelling): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, operand: Operand) => spelling(operand, placed));
}

/** The 64 bits that `ld_imm64` loads, unsigned. */
export function imm64({ insn, next }: Placed): bigint {
  return (BigInt((next?.imm ?? 0) >>> 0) << 32n) | BigInt(insn.imm >>> 0);
}

/** A number with its sign in front, as C's `%+d`. */
export function signed(value: number): string {
  return value < 0 ? String(value) : `+${value}`;
}
