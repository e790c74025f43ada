/** Puts instructions into a program, with jumps and calls led where they led before. */
import { CLASS, JMP } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { isConditional, isSubprogramCall, isUnconditional, jumpDistance } from "./structure.ts";

/** The program with `added` before instruction `at`; what jumped to it meets the new instructions first. */
export function insertBefore(program: ProgramSpec, at: number, added: readonly Instruction[]): ProgramSpec {
  const moved = (index: number): number => (index > at ? index + added.length : index);
  const old = program.insns.map((insn, index) => {
    const here = index >= at ? index + added.length : index;
    const distanceTo = (distance: number): number => moved(index + 1 + distance) - here - 1;
    if (isSubprogramCall(insn)) return { ...insn, imm: distanceTo(insn.imm) };
    if (isUnconditional(insn)) {
      const distance = distanceTo(jumpDistance(insn));
      return insn.code === (CLASS.JMP32 | JMP.JA) ? { ...insn, imm: distance } : { ...insn, offset: distance };
    }
    return isConditional(insn) ? { ...insn, offset: distanceTo(insn.offset) } : insn;
  });
  const insns = [...old.slice(0, at), ...added, ...old.slice(at)];
  const { lines } = program;
  if (!lines) return { ...program, insns };
  return { ...program, insns, lines: [...lines.slice(0, at), ...added.map(() => undefined), ...lines.slice(at)] };
}
