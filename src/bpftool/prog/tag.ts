import { LD_IMM64, LD_IMM64_CODE } from "../../isa/constants.ts";
import { encode } from "../../isa/encode.ts";
import type { Instruction } from "../../isa/instruction.ts";
import { sha1, sha256 } from "./digest.ts";

/**
 * A program's tag: the first 8 bytes of a digest of its instructions as they were loaded, without the numbers of maps. Linux takes
 * SHA-256 from 6.18 on, SHA-1 before.
 *
 * @example tagOf(program.spec.insns, "6.18") // "07b23d6b28ecab87"
 */
export function tagOf(insns: readonly Instruction[], release: string): string {
  const plain = insns.map((insn, at): Instruction => {
    const first = namesMap(insn) ? insn : insns[at - 1];
    const second = insn.code === 0 && first !== undefined && first !== insn && namesMap(first);
    return first === insn || second ? { ...insn, imm: 0 } : insn;
  });
  const digest = (release === "6.1" || release === "6.12" ? sha1 : sha256)(encode(plain));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const namesMap = ({ code, src }: Instruction): boolean =>
  code === LD_IMM64_CODE && (src === LD_IMM64.MAP_FD || src === LD_IMM64.MAP_VALUE);
