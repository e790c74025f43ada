import { LD_IMM64_CODE } from "./constants.ts";
import type { Instruction } from "./instruction.ts";
import { type Field, OPERAND_FIELDS, type OpcodeRow, type Operand } from "./opcode-row.ts";
import { ALU_ROWS } from "./opcodes-alu.ts";
import { ATOMIC_ROWS } from "./opcodes-atomic.ts";
import { IMM64_ROWS } from "./opcodes-imm64.ts";
import { JUMP_ROWS } from "./opcodes-jump.ts";
import { MEMORY_ROWS } from "./opcodes-memory.ts";

/** Every form of every instruction of RFC 9669 and of Linux 6.18, one row each. */
export const OPCODES: readonly OpcodeRow[] = [...ALU_ROWS, ...MEMORY_ROWS, ...ATOMIC_ROWS, ...IMM64_ROWS, ...JUMP_ROWS];

const INVALID: readonly OpcodeRow[] = Object.freeze([]);

/** The rows of each opcode byte: 256 places, an empty one where no instruction has that code. */
export const OPCODE_TABLE: readonly (readonly OpcodeRow[])[] = Array.from({ length: 256 }, (_, code) => {
  const rows = OPCODES.filter((row) => row.code === code);
  return rows.length > 0 ? rows : INVALID;
});

/**
 * The row of an instruction, or undefined where its code, or the field that tells forms of that code apart, has no
 * meaning. Reserved fields are not looked at: see `checkReserved`.
 *
 * @example
 * opcodeOf({ code: 0xb7, dst: 0, src: 0, offset: 0, imm: 1 })?.name; // "mov64_imm"
 */
export function opcodeOf(insn: Instruction): OpcodeRow | undefined {
  const rows = OPCODE_TABLE[insn.code];
  for (const row of rows) if (selects(row, insn)) return row;
  return undefined;
}

function selects({ fixed }: OpcodeRow, insn: Instruction): boolean {
  return (
    (fixed.offset === undefined || fixed.offset === insn.offset) &&
    (fixed.imm === undefined || fixed.imm === insn.imm) &&
    (fixed.src === undefined || fixed.src === insn.src)
  );
}

/** Slots that an instruction takes: 2 for `ld_imm64`, else 1. */
export function slotsOf(insn: { readonly code: number }): 1 | 2 {
  return insn.code === LD_IMM64_CODE ? 2 : 1;
}

const OPERAND = /\{(\w+)\}/g;

/** The operands of a text form, from left to right. */
export function operandsOf(text: string): Operand[] {
  return Array.from(text.matchAll(OPERAND), ([, name]) => name as Operand);
}

/** The fields that a text form carries; all others hold a fixed value. */
export function fieldsOf(text: string): ReadonlySet<Field> {
  let fields = FIELDS_OF_FORM.get(text);
  if (fields === undefined) {
    fields = new Set(operandsOf(text).flatMap((operand): readonly Field[] => OPERAND_FIELDS[operand]));
    FIELDS_OF_FORM.set(text, fields);
  }
  return fields;
}

/** Those of each form that was asked for: there are only as many as the rows have. */
const FIELDS_OF_FORM = new Map<string, ReadonlySet<Field>>();

/** By row: the fields that are operands in any of its forms. */
const OPERANDS_OF_ROW = new Map(OPCODES.map((row) => [row, new Set(row.text.flatMap((text) => [...fieldsOf(text)]))]));

/** The value that a field must have in instructions of this row, or undefined where it is an operand. */
export function requiredValue(row: OpcodeRow, field: Field): number | undefined {
  if (OPERANDS_OF_ROW.get(row)?.has(field)) return undefined;
  return row.fixed[field] ?? 0;
}
