import fc from "fast-check";
import type { Instruction } from "../../src/isa/instruction.ts";
import type { Field, OpcodeRow, Operand } from "../../src/isa/opcode-row.ts";
import { OPCODES, operandsOf, requiredValue, slotsOf } from "../../src/isa/opcodes.ts";

const i16 = fc.oneof(fc.integer({ min: -4, max: 16 }), fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }));
const i32 = fc.oneof(
  fc.integer({ min: -4, max: 16 }),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constantFrom(-(2 ** 31), 2 ** 31 - 1),
);

/** Values of a field where it is an operand of the row. */
function operandValue(row: OpcodeRow, field: Field): fc.Arbitrary<number> {
  const operands = row.text.flatMap((text): Operand[] => operandsOf(text));
  const isRegister = operands.some((operand) => /^[rw][ds]$/.test(operand) && operand[1] === field[0]);
  if (isRegister) return fc.integer({ min: 0, max: 10 });
  return field === "offset" ? i16 : i32;
}

function fieldValue(row: OpcodeRow, field: Field): fc.Arbitrary<number> {
  const required = requiredValue(row, field);
  return required === undefined ? operandValue(row, field) : fc.constant(required);
}

/** The slots of one instruction of a row, with any operands. */
export function instructionOf(row: OpcodeRow): fc.Arbitrary<Instruction[]> {
  const fields = fc.record({
    dst: fieldValue(row, "dst"),
    src: fieldValue(row, "src"),
    offset: fieldValue(row, "offset"),
    imm: fieldValue(row, "imm"),
    next: fieldValue(row, "next"),
  });
  return fields.map(({ next, ...rest }) => {
    const first = { code: row.code, ...rest };
    return slotsOf(first) === 2 ? [first, { code: 0, dst: 0, src: 0, offset: 0, imm: next }] : [first];
  });
}

/** Sequences of valid instructions; their jumps go anywhere. */
export const program: fc.Arbitrary<Instruction[]> = fc
  .array(fc.constantFrom(...OPCODES).chain(instructionOf), { maxLength: 20 })
  .map((parts) => parts.flat());

/** Any slots at all. */
export const slots: fc.Arbitrary<Instruction[]> = fc.array(
  fc.record({
    code: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x18, ...OPCODES.map(({ code }) => code))),
    dst: fc.integer({ min: 0, max: 15 }),
    src: fc.integer({ min: 0, max: 15 }),
    offset: i16,
    imm: i32,
  }),
  { maxLength: 12 },
);
