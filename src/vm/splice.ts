import { CALL, CLASS, CLASS_MASK, JMP, LD_IMM64, LD_IMM64_CODE, OP_MASK } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { ProgramError } from "./errors.ts";

/** What replaces one slot: nothing, itself, or several instructions. Jumps of the original keep their old offsets. */
export type Group = readonly Instruction[];

export interface Spliced {
  readonly insns: Instruction[];
  /** For each new slot, the old slot whose group it belongs to. */
  readonly origin: number[];
  /** For each old slot, where its group begins now, with what was put before it; one more entry for the end. */
  readonly positions: number[];
}

export interface SpliceOptions {
  /** By slot: instructions before its group that a call of the slot executes and a jump to it does not. */
  readonly prologues?: ReadonlyMap<number, Group>;
  /** Whether a jump within a group goes where the jump that it replaces went. */
  readonly leaves?: (insn: Instruction) => boolean;
}

/**
 * Lays out a program in which slots were replaced by groups, and aims its jumps and calls at where their targets are now.
 * A jump whose target was removed goes to what follows it. A jump is mended if it is the original slot's own (same
 * object), alone, or `leaves` says so; other instructions of a group jump within the group and are left alone.
 * Throws `ProgramError` where a target has moved out of an offset's reach.
 */
export function splice(
  old: readonly Instruction[],
  groups: readonly Group[],
  { prologues, leaves }: SpliceOptions = {},
): Spliced {
  /** Where a call of each old slot goes, and where a jump does. */
  const positions: number[] = [];
  const targets: number[] = [];
  const origin: number[] = [];
  let end = 0;
  groups.forEach((group, at) => {
    const before = prologues?.get(at)?.length ?? 0;
    positions.push(end);
    targets.push(end + before);
    end += before + group.length;
    for (let i = 0; i < before + group.length; i++) origin.push(at);
  });
  positions.push(end);
  targets.push(end);

  const insns: Instruction[] = [];
  groups.forEach((group, at) => {
    insns.push(...(prologues?.get(at) ?? []));
    for (const insn of group) {
      const mended = group.length === 1 || insn === old[at] || leaves?.(insn) === true;
      insns.push(mended ? retarget(insn, at, insns.length, positions, targets) : insn);
    }
  });
  return { insns, origin, positions };
}

function retarget(
  insn: Instruction,
  from: number,
  to: number,
  positions: readonly number[],
  targets: readonly number[],
): Instruction {
  const field = targetField(insn);
  if (field === undefined) return insn;
  const jumps = (insn.code & CLASS_MASK) !== CLASS.LD && (insn.code & OP_MASK) !== JMP.CALL;
  const distance = (jumps ? targets : positions)[from + 1 + insn[field]]! - (to + 1);
  if (field === "offset" && (distance < -0x8000 || distance > 0x7fff)) {
    throw new ProgramError(
      "bad-jump",
      from,
      `rewriting moved its target ${distance} slots away, beyond a 16-bit offset`,
    );
  }
  return distance === insn[field] ? insn : { ...insn, [field]: distance };
}

/** How many slots after the next instruction an instruction's target is; undefined where it has none. */
export function targetDistance(insn: Instruction): number | undefined {
  const field = targetField(insn);
  return field && insn[field];
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
