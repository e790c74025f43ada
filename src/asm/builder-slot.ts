/** What parts of a built program are, and how one instruction is made from its row's name. */
import type { Instruction } from "../isa/instruction.ts";
import type { Field, OpcodeRow } from "../isa/opcode-row.ts";
import { OPCODES } from "../isa/opcodes.ts";

/** A program that cannot be built: a number that fits no field, a label that is missing or there twice. */
export class BuildError extends Error {
  readonly code = "BUILD";
  constructor(message: string) {
    super(message);
    this.name = "BuildError";
  }
}

/** A place that jumps name. */
export interface Label {
  readonly label: string;
}

/** An instruction whose target is a label, put in `field` when the program is built. */
export interface Branch {
  readonly insn: Instruction;
  readonly to: string;
  readonly field: "offset" | "imm";
}

export type Part = Instruction | Label | Branch;

/** What memory holds: its size in bits, unsigned. */
export type UnsignedType = "u8" | "u16" | "u32" | "u64";

/** The same, where a load may extend the sign to 64 bits. */
export type MemoryType = UnsignedType | "s8" | "s16" | "s32";

/** The letters of instructions by what they move. */
const LETTERS: Readonly<Record<UnsignedType, string>> = { u8: "b", u16: "h", u32: "w", u64: "dw" };
/** The same of loads. */
export const SIGNED: Readonly<Record<MemoryType, string>> = { ...LETTERS, s8: "sb", s16: "sh", s32: "sw" };

/** The letters of a type; a text that is none gets past the checker as `any`. */
export function lettersOf(type: MemoryType, letters: Readonly<Partial<Record<MemoryType, string>>> = LETTERS): string {
  const found = Object.hasOwn(letters, type) ? letters[type] : undefined;
  if (found !== undefined) return found;
  throw new BuildError(`${JSON.stringify(type)} is no type of memory here: ${Object.keys(letters).join(", ")}`);
}

const ROWS = new Map(OPCODES.map((row) => [row.name, row]));

/** One slot from a row's name and its operands; what the row fixes is filled in. */
export function slot(name: string, operands: Partial<Record<Field, number>>): Instruction {
  const row: OpcodeRow | undefined = ROWS.get(name);
  if (row === undefined) throw new BuildError(`there is no instruction ${name}`);
  const { dst = 0, src = 0, offset = 0, imm = 0 } = { ...operands, ...row.fixed };
  integer(offset, 16, name);
  integer(imm, 32, name);
  return { code: row.code, dst, src, offset, imm: imm | 0 };
}

/** Checks that a number fits a field of so many bits. */
export function integer(value: number, bits: 16 | 32, name: string): void {
  // Numbers of 32 bits may be written with or without a sign.
  const high = bits === 32 ? 2 ** 32 : 2 ** 15;
  if (Number.isInteger(value) && value >= -(2 ** (bits - 1)) && value < high) return;
  throw new BuildError(`${value} in ${name} is no integer of ${bits} bits`);
}
