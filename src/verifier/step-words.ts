/** What an arithmetic instruction does to a register, in words. */
import { ALU, CLASS, CLASS_MASK, OP_MASK, SOURCE, SOURCE_MASK } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";

/**
 * One step of arithmetic as a sentence without an end.
 *
 * @example aluInWords(insn) // "4 is added to r2", for `r2 += 4`
 */
export function aluInWords({ code, dst, src, imm, offset }: Instruction): string {
  const op = code & OP_MASK;
  const narrow = (code & CLASS_MASK) === CLASS.ALU;
  const withRegister = (code & SOURCE_MASK) === SOURCE.X;
  const target = `r${dst}`;
  const by = withRegister ? `r${src}` : String(imm);
  switch (op) {
    case ALU.MOV:
      if (!withRegister) return `${target} is set to ${imm}`;
      if (src === 10) return `${target} points to the end of the stack`;
      if (offset !== 0) return `${target} is ${by}, its lower ${offset} bits with their sign`;
      return src === dst && narrow ? `${target} is cut to its lower 32 bits` : `${target} is a copy of ${by}`;
    case ALU.ADD:
      if (withRegister || imm >= 0) return `${by} is added to ${target}`;
      return `${-imm} is taken from ${target}`;
    case ALU.SUB:
      return `${by} is taken from ${target}`;
    case ALU.AND:
      return `${target} keeps only the bits of ${by}`;
    case ALU.LSH:
      return `${target} is shifted left by ${by}`;
    case ALU.RSH:
    case ALU.ARSH:
      return `${target} is shifted right by ${by}`;
    case ALU.MUL:
      return `${target} is multiplied by ${by}`;
    case ALU.DIV:
      return `${target} is divided by ${by}`;
    default:
      return `${target} is computed from its old value${withRegister && src !== dst ? ` and ${by}` : ""}`;
  }
}
