/** What a conditional jump asks, in words: what holds where it is taken, and where it is not. */
import { CLASS, CLASS_MASK, JMP, OP_MASK, SOURCE, SOURCE_MASK } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";

const OPERATORS: Readonly<Record<number, readonly [taken: string, falls: string]>> = {
  [JMP.JEQ]: ["==", "!="],
  [JMP.JNE]: ["!=", "=="],
  [JMP.JGT]: [">", "<="],
  [JMP.JGE]: [">=", "<"],
  [JMP.JLT]: ["<", ">="],
  [JMP.JLE]: ["<=", ">"],
  [JMP.JSGT]: ["s>", "s<="],
  [JMP.JSGE]: ["s>=", "s<"],
  [JMP.JSLT]: ["s<", "s>="],
  [JMP.JSLE]: ["s<=", "s>"],
};

/**
 * What holds behind a conditional jump, as the assembler writes it: `r6 <= 40`, `w2 s> 0`.
 *
 * @example conditionInWords(insn, true) // "r0 == 0", for `if r0 == 0 goto out` where it is taken
 */
export function conditionInWords(insn: Instruction, taken: boolean): string {
  const letter = (insn.code & CLASS_MASK) === CLASS.JMP32 ? "w" : "r";
  const left = `${letter}${insn.dst}`;
  const right = (insn.code & SOURCE_MASK) === SOURCE.X ? `${letter}${insn.src}` : String(insn.imm);
  const op = insn.code & OP_MASK;
  if (op === JMP.JCOND) return taken ? "the loop has run long enough" : "the loop may go on";
  if (op === JMP.JSET) return `(${left} & ${right}) ${taken ? "!=" : "=="} 0`;
  const [yes, no] = OPERATORS[op] ?? ["?", "?"];
  return `${left} ${taken ? yes : no} ${right}`;
}

/** Whether a path took a jump: from where it went on. Undefined for a jump that leads to the same place either way. */
export function wasTaken(insn: Instruction, at: number, next: number | undefined): boolean | undefined {
  if (next === undefined || insn.offset === 0) return undefined;
  return next !== at + 1;
}
