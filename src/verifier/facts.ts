/** What the verification found out about each instruction, for the rewriter and the JIT. */
import { CALL, LD_IMM64, LD_IMM64_CODE } from "../isa/constants.ts";
import { type Environment, SEEN } from "./environment.ts";
import { TYPES } from "./registers.ts";
import { CALL_CODE } from "./structure.ts";
import type { InstructionFacts } from "./verdict.ts";

const POINTERS: Readonly<Record<number, NonNullable<InstructionFacts["pointer"]>>> = {
  [TYPES.CTX]: "ctx",
  [TYPES.STACK]: "stack",
  [TYPES.PACKET]: "packet",
  [TYPES.PACKET_META]: "packet",
  [TYPES.MAP_VALUE]: "map_value",
  [TYPES.MEM]: "mem",
  [TYPES.ARENA]: "arena",
  // Several kinds of plain memory.
  [TYPES.SCALAR]: "mem",
};

/** Most instructions have only these; one object serves them all. */
const REACHED: InstructionFacts = { seen: true };
const UNREACHED: InstructionFacts = { seen: false };

export function factsOf(env: Environment): InstructionFacts[] {
  return env.insns.map((insn, index) => {
    const seen = (env.flags[index] & SEEN) !== 0;
    const pointer = POINTERS[env.pointerTypes[index]];
    if (pointer) return { seen, pointer };
    if (env.narrowed.has(index)) return { seen, narrow: true };
    if (insn.code === LD_IMM64_CODE && insn.src !== LD_IMM64.IMM && insn.src !== LD_IMM64.BTF_ID)
      return { seen, map: insn.imm };
    if (insn.code !== CALL_CODE || insn.src !== CALL.HELPER) return seen ? REACHED : UNREACHED;
    const map = env.callMaps[index];
    const key = env.callKeys[index];
    return { seen, ...(map > 0 ? { map: map - 1 } : {}), ...(key > 0 ? { constantKey: key - 1 } : {}) };
  });
}
