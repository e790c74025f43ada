import { ALU, CLASS, JMP, MODE, OP_MASK, REG, SIZE, SOURCE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { Group } from "./splice.ts";
import { SCRATCH_REGISTER, type Subprogram } from "./types.ts";

/** How often the `may_goto`s of one function call go on before they jump: Linux's BPF_MAX_LOOPS. */
export const MAY_GOTO_LIMIT = 8 * 1024 * 1024;

const FRAME = { dst: REG.R10, src: 0, offset: 0, imm: 0 };

export const isMayGoto = ({ code }: Instruction): boolean => code === (CLASS.JMP | JMP.JCOND);

/** Whether a jump may leave the place where it stands, for `Spliced.leaving`. */
export const isCounterJump = (insn: Instruction): boolean =>
  insn.dst === SCRATCH_REGISTER && (insn.code & OP_MASK) === JMP.JEQ;

/** Where in the frame a function's counter lies: below all that the function itself uses. */
export const counterOffset = (stackDepth: number): number => -8 * (Math.ceil(stackDepth / 8) + 1);

/** The functions with `may_goto` have a counter on the stack, so they use more of it. */
export function withCounters(subprograms: readonly Subprogram[], insns: readonly Instruction[]): Subprogram[] {
  return subprograms.map(({ start, stackDepth }, i) => {
    const end = subprograms[i + 1]?.start ?? insns.length;
    const counts = insns.slice(start, end).some(isMayGoto);
    return { start, stackDepth: counts ? -counterOffset(stackDepth) : stackDepth };
  });
}

/** What stands before a function with `may_goto`; `at` is where its counter lies. */
export function startCounter(at: number): Instruction {
  return { ...FRAME, code: CLASS.ST | MODE.MEM | SIZE.DW, offset: at, imm: MAY_GOTO_LIMIT };
}

/**
 * What Linux makes of `may_goto` where it does not read the clock: every run ends after as many rounds, so runs can be
 * repeated. Its JIT for x86 reads the clock every 65,535 rounds and ends loops after 250 ms. Here: jump if the counter is 0, else count down.
 */
export function rewriteMayGoto({ offset }: Instruction, at: number): Group {
  const counter = SCRATCH_REGISTER;
  return [
    { code: CLASS.LDX | MODE.MEM | SIZE.DW, dst: counter, src: REG.R10, offset: at, imm: 0 },
    { code: CLASS.JMP | JMP.JEQ | SOURCE.K, dst: counter, src: 0, offset, imm: 0 },
    { code: CLASS.ALU64 | ALU.SUB | SOURCE.K, dst: counter, src: 0, offset: 0, imm: 1 },
    { code: CLASS.STX | MODE.MEM | SIZE.DW, dst: REG.R10, src: counter, offset: at, imm: 0 },
  ];
}
