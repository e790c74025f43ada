import type { Instruction } from "../isa/instruction.ts";

/**
 * Slots from the instruction after a call to the subprogram that it calls: `imm`. In a program that Linux has rewritten
 * `imm` holds the subprogram's number, and `offset`, which is 0 before that, the distance.
 */
export const callDistance = ({ offset, imm }: Instruction): number => (offset === 0 ? imm : offset);
