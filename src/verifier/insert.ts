/** Puts instructions into a program, with jumps and calls led where they led before. */
import { CLASS, JMP } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { isConditional, isFunctionAddress, isSubprogramCall, isUnconditional, jumpDistance } from "./structure.ts";

/** The program with `added` before instruction `at`; what jumped to it meets the new instructions first. */
export const insertBefore = (program: ProgramSpec, at: number, added: readonly Instruction[]): ProgramSpec =>
  insert(program, at, added, (index) => index > at);

/** The program with `added` behind instruction `at`; only who runs on from there meets the new instructions. */
export const insertAfter = (program: ProgramSpec, at: number, added: readonly Instruction[]): ProgramSpec =>
  insert(program, at + 1, added, (index) => index > at);

function insert(
  program: ProgramSpec,
  at: number,
  added: readonly Instruction[],
  isMovedTarget: (index: number) => boolean,
): ProgramSpec {
  const moved = (index: number): number => (isMovedTarget(index) ? index + added.length : index);
  const old = program.insns.map((insn, index) => {
    const here = index >= at ? index + added.length : index;
    const distanceTo = (distance: number): number => moved(index + 1 + distance) - here - 1;
    if (isSubprogramCall(insn) || isFunctionAddress(insn)) return { ...insn, imm: distanceTo(insn.imm) };
    if (isUnconditional(insn)) {
      const distance = distanceTo(jumpDistance(insn));
      return insn.code === (CLASS.JMP32 | JMP.JA) ? { ...insn, imm: distance } : { ...insn, offset: distance };
    }
    return isConditional(insn) ? { ...insn, offset: distanceTo(insn.offset) } : insn;
  });
  const insns = [...old.slice(0, at), ...added, ...old.slice(at)];
  const { lines, functions } = program;
  return {
    ...program,
    insns,
    ...(lines ? { lines: [...lines.slice(0, at), ...added.map(() => undefined), ...lines.slice(at)] } : {}),
    ...(functions ? { functions: functions.map((each) => ({ ...each, insn: moved(each.insn) })) } : {}),
  };
}
