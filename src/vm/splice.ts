import { CALL, CLASS, CLASS_MASK, JMP, LD_IMM64, LD_IMM64_CODE, OP_MASK } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { ProgramError } from "./errors.ts";

/** What replaces one slot: nothing, itself, or several instructions. Jumps of the original keep their old offsets. */
export type Group = readonly Instruction[];

export interface Spliced {
  readonly insns: Instruction[];
  /** For each new slot, the old slot whose group it belongs to. */
  readonly origin: number[];
  /** For each old slot, where its group begins now; one more entry for the end. */
  readonly positions: number[];
}

/**
 * Lays out a program in which slots were replaced by groups, and aims its jumps and calls at where their targets are now.
 * A jump whose target was removed goes to what follows it. A jump is mended only if it is the original slot's own (same
 * object); other instructions of a group jump within the group and are left alone.
 * Throws `ProgramError` where a target has moved out of an offset's reach.
 */
export function splice(old: readonly Instruction[], groups: readonly Group[]): Spliced {
  const positions: number[] = [];
  const origin: number[] = [];
  let end = 0;
  groups.forEach((group, at) => {
    positions.push(end);
    end += group.length;
    for (let i = 0; i < group.length; i++) origin.push(at);
  });
  positions.push(end);

  const insns: Instruction[] = [];
  groups.forEach((group, at) => {
    for (const insn of group) {
      const mended = group.length === 1 || insn === old[at] ? retarget(insn, at, insns.length, positions) : insn;
      insns.push(mended);
    }
  });
  return { insns, origin, positions };
}

function retarget(insn: Instruction, from: number, to: number, positions: readonly number[]): Instruction {
  const field = targetField(insn);
  if (field === undefined) return insn;
  const distance = positions[from + 1 + insn[field]]! - (to + 1);
  if (field === "offset" && (distance < -0x8000 || distance > 0x7fff)) {
    throw new ProgramError(
      "bad-jump",
      from,
      `rewriting moved its target ${distance} slots away, beyond a 16-bit offset`,
    );
  }
  return distance === insn[field] ? insn : { ...insn, [field]: distance };
}

/** Which field of an instruction counts slots to another instruction. */
function targetField(insn: Instruction): "offset" | "imm" | undefined {
  const kind = insn.code & CLASS_MASK;
  const group = insn.code & OP_MASK;
  if (insn.code === LD_IMM64_CODE) return insn.src === LD_IMM64.FUNC ? "imm" : undefined;
  if (kind !== CLASS.JMP && kind !== CLASS.JMP32) return undefined;
  if (group === JMP.EXIT) return undefined;
  if (group === JMP.CALL) return insn.src === CALL.SUBPROG ? "imm" : undefined;
  return group === JMP.JA && kind === CLASS.JMP32 ? "imm" : "offset";
}
