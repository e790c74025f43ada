/** A program without one side of a branch: an experiment that tells what that side has to do with a refusal. */
import { ALU, CLASS, JMP } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { insertAfter } from "./insert.ts";
import { EXIT_CODE } from "./structure.ts";

const insn = (code: number, imm: number, offset: number): Instruction => ({ code, dst: 0, src: 0, offset, imm });

/** Control flow that leads from its first slot on by `onwards`, behind a condition that never holds; else to `last`. */
const never = (onwards: number, register: number, last: Instruction): Instruction[] => [
  { ...insn(CLASS.ALU64 | ALU.MOV, 0, 0), dst: register },
  { ...insn(CLASS.JMP | JMP.JNE, 0, onwards - 2), dst: register },
  last,
];
/** Leaves with 0. */
const leave = (onwards: number): Instruction[] => never(onwards, 0, insn(EXIT_CODE, 0, 0));

/**
 * The program, but whoever takes (or does not take) the conditional jump at `at` leaves with 0 instead. No instruction
 * becomes unreachable. `moved` tells where an instruction of the program is in it.
 */
export function closeBranch(
  program: ProgramSpec,
  at: number,
  taken: boolean,
): { readonly closed: ProgramSpec; readonly moved: (index: number) => number } {
  const { offset } = program.insns[at];
  // Behind the jump: [goto over], r0 = 0, if r0 != 0 goto where it led, exit.
  const size = taken ? 4 : 3;
  const moved = (index: number): number => (index > at ? index + size : index);
  if (!taken) return { closed: insertAfter(program, at, leave(size)), moved };
  const target = moved(at + 1 + offset);
  const added = [insn(CLASS.JMP | JMP.JA, 0, 3), ...leave(target - (at + 2))];
  const closed = insertAfter(program, at, added);
  const insns = [...closed.insns];
  insns[at] = { ...insns[at], offset: 1 };
  return { closed: { ...closed, insns }, moved };
}

/** The same, but whoever takes the closed side goes the other way instead of leaving. `spare`: a register that nobody uses. */
export function divertBranch(
  program: ProgramSpec,
  at: number,
  taken: boolean,
  spare: number,
): { readonly closed: ProgramSpec; readonly moved: (index: number) => number } {
  const { offset } = program.insns[at];
  const size = taken ? 4 : 3;
  const moved = (index: number): number => (index > at ? index + size : index);
  const target = moved(at + 1 + offset);
  if (!taken) {
    const other = insn(CLASS.JMP | JMP.JA, 0, target - (at + 4));
    return { closed: insertAfter(program, at, never(3, spare, other)), moved };
  }
  const over = insn(CLASS.JMP | JMP.JA, 0, 3);
  const onwards = never(target - (at + 2), spare, insn(CLASS.JMP | JMP.JA, 0, 0));
  const closed = insertAfter(program, at, [over, ...onwards]);
  return { closed: { ...closed, insns: closed.insns.with(at, { ...closed.insns[at], offset: 1 }) }, moved };
}
