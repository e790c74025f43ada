/** A program in which functions of other programs stand in the place of some of its own, as extensions do. */
import { CALL, CLASS, JMP, LD_IMM64, LD_IMM64_CODE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { ProgramError } from "./errors.ts";
import type { Xlated, XlatedFacts } from "./types.ts";

/** A function of a program, by the slot of its `ProgramSpec` where it begins, and the program that takes its place. */
export interface Replacement {
  readonly start: number;
  /** Slots of its `ProgramSpec`. */
  readonly slots: number;
  readonly by: Xlated;
}

/**
 * Puts programs behind another one and lets its calls go there. What was replaced stays where it is and is not called. Slots and maps
 * of the replacements are counted on behind the program's own (`ownSlots`), in their order. Throws `ProgramError` where two arenas would meet.
 *
 * @example jit(replaceFunctions(target, 20, [{ start: 12, slots: 3, by: extension }]), environment, [...maps, ...extensionMaps])
 */
export function replaceFunctions(target: Xlated, ownSlots: number, replacements: readonly Replacement[]): Xlated {
  const insns = [...target.insns];
  const origin = [...target.origin];
  const facts = [...target.facts];
  const maps = [...target.maps];
  const subprograms = [...target.subprograms];
  /** By where a function was: where it is now. */
  const moved = new Map<number, number>();
  let { arena } = target;
  let slots = ownSlots;
  for (const { start, by, slots: length } of replacements) {
    const place = target.subprograms.find((each) => target.origin[each.start]! >= start)!;
    const base = insns.length;
    const firstMap = maps.length;
    moved.set(place.start, base);
    insns.push(...by.insns.map((insn) => withMap(insn, firstMap)));
    origin.push(...by.origin.map((slot) => slots + slot));
    facts.push(...by.facts.map((each) => factsWithMap(each, firstMap)));
    maps.push(...by.maps);
    subprograms.push(...by.subprograms.map((each) => ({ ...each, start: base + each.start })));
    slots += length;
    if (by.arena === undefined) continue;
    if (arena !== undefined)
      throw new ProgramError("unsupported", start, "the program and its extension each have an arena of their own");
    arena = firstMap + by.arena;
  }
  for (let at = 0; at < target.insns.length; at++) {
    const insn = insns[at]!;
    const now = isFunctionReference(insn) ? moved.get(at + 1 + insn.imm) : undefined;
    if (now !== undefined) insns[at] = { ...insn, imm: now - at - 1 };
  }
  return { ...target, insns, origin, facts, maps, subprograms, ...(arena === undefined ? {} : { arena }) };
}

/** A call of a function of the program, or its address. */
const isFunctionReference = ({ code, src }: Instruction): boolean =>
  code === LD_IMM64_CODE ? src === LD_IMM64.FUNC : code === (CLASS.JMP | JMP.CALL) && src === CALL.SUBPROG;

function withMap(insn: Instruction, first: number): Instruction {
  const isMap = insn.code === LD_IMM64_CODE && (insn.src === LD_IMM64.MAP_FD || insn.src === LD_IMM64.MAP_VALUE);
  return isMap ? { ...insn, imm: insn.imm + first } : insn;
}

const factsWithMap = (facts: XlatedFacts, first: number): XlatedFacts =>
  facts.map === undefined ? facts : { ...facts, map: facts.map + first };
