import { CALL, CLASS, JMP, LD_IMM64, LD_IMM64_CODE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { slotsOf } from "../isa/opcodes.ts";

/** First slots of the functions of a program, ascending: 0, and what is called or passed to a helper as a callback. */
export function subprogramStarts(insns: readonly Instruction[]): number[] {
  const starts = new Set([0]);
  for (let at = 0; at < insns.length; at += slotsOf(insns[at]!)) {
    const { code, src, imm } = insns[at]!;
    const call = code === (CLASS.JMP | JMP.CALL) && src === CALL.SUBPROG;
    const callback = code === LD_IMM64_CODE && src === LD_IMM64.FUNC;
    if (call || callback) starts.add(at + 1 + imm);
  }
  return [...starts].sort((a, b) => a - b);
}
