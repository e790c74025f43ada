import { LD_IMM64_CODE, REGISTER_COUNT } from "./constants.ts";
import type { Instruction } from "./instruction.ts";
import type { Field, OpcodeRow } from "./opcode-row.ts";
import { OPCODE_TABLE, requiredValue } from "./opcodes.ts";

/** Why one instruction, looked at alone, is not one. */
export type InstructionFault =
  /** No instruction has this code. */
  | { readonly kind: "opcode"; readonly code: number }
  /** `ld_imm64` without its second slot, or with one that is more than a number. */
  | { readonly kind: "second_slot" }
  /** A field that must hold one of the `allowed` values holds another. */
  | { readonly kind: "reserved"; readonly field: Field; readonly value: number; readonly allowed: readonly number[] }
  /** A register above R10. */
  | { readonly kind: "register"; readonly field: "dst" | "src"; readonly value: number };

const FIELDS = ["src", "dst", "offset", "imm", "next"] as const satisfies readonly Field[];

/**
 * Checks the fields of one instruction: those that its form does not use must be 0 or the value that selects the form,
 * registers must exist. `next` is the slot that follows it; `ld_imm64` needs one. This is RFC 9669's rule, and Linux's
 * but for the offset of `exit`, which Linux does not look at.
 *
 * @example
 * checkReserved({ code: 0x95, dst: 0, src: 0, offset: 0, imm: 7 });
 * // { kind: "reserved", field: "imm", value: 7, allowed: [0] }
 */
export function checkReserved(insn: Instruction, next?: Instruction): InstructionFault | undefined {
  const rows = OPCODE_TABLE[insn.code];
  if (rows.length === 0) return { kind: "opcode", code: insn.code };
  if (insn.code === LD_IMM64_CODE && !isSecondSlot(next)) return { kind: "second_slot" };

  const value = (field: Field) => (field === "next" ? (next?.imm ?? 0) : insn[field]);
  const wrong = (row: OpcodeRow) =>
    FIELDS.find((field) => {
      // Only `ld_imm64` has a second slot to look at.
      if (field === "next" && insn.code !== LD_IMM64_CODE) return false;
      const required = requiredValue(row, field);
      return required !== undefined && required !== value(field);
    });

  let field: Field | undefined;
  for (const row of rows) {
    const found = wrong(row);
    if (found === undefined) return checkRegisters(row, insn);
    // A row that the other fields select tells more than one that they do not.
    if (field === undefined || row.fixed[found] === undefined) field = found;
  }
  const at = field!;
  const allowed = new Set(rows.map((row) => requiredValue(row, at)).filter((required) => required !== undefined));
  return { kind: "reserved", field: at, value: value(at), allowed: [...allowed] };
}

function isSecondSlot(insn: Instruction | undefined): boolean {
  return insn !== undefined && insn.code === 0 && insn.dst === 0 && insn.src === 0 && insn.offset === 0;
}

function checkRegisters(row: OpcodeRow, insn: Instruction): InstructionFault | undefined {
  for (const field of ["dst", "src"] as const) {
    const isRegister = requiredValue(row, field) === undefined;
    if (isRegister && insn[field] >= REGISTER_COUNT) return { kind: "register", field, value: insn[field] };
  }
  return undefined;
}
