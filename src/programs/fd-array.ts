import { LD_IMM64, LD_IMM64_CODE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { ProgramSpec } from "./spec.ts";

/** What each form by place in the loader's list becomes. */
const BY_MAP: Readonly<Record<number, number>> = {
  [LD_IMM64.MAP_IDX]: LD_IMM64.MAP_FD,
  [LD_IMM64.MAP_IDX_VALUE]: LD_IMM64.MAP_VALUE,
};

/**
 * A program whose `map_idx[i]` are the maps that its `fdArray` has there. Left as it is: what has no list, which Linux refuses
 * (EPROTO), and places that the list does not have (EFAULT or EBADF there).
 *
 * @example withMaps({ ...program, fdArray: [1, 0] }).insns[0].imm // 1 for map_idx[0]
 */
export function withMaps(spec: ProgramSpec): ProgramSpec {
  const { insns, fdArray } = spec;
  if (fdArray === undefined || !insns.some(isByIndex)) return spec;
  const named = insns.map((insn): Instruction => {
    const map = isByIndex(insn) ? fdArray[insn.imm] : undefined;
    return map === undefined ? insn : { ...insn, src: BY_MAP[insn.src]!, imm: map };
  });
  return { ...spec, insns: named };
}

const isByIndex = ({ code, src }: Instruction): boolean => code === LD_IMM64_CODE && BY_MAP[src] !== undefined;
