/** What the verification found out about each instruction, for the rewriter and the JIT. */
import { CALL, LD_IMM64, LD_IMM64_CODE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
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

/** What of Linux an instruction names by BTF id. */
function symbolOf(env: Environment, { code, src, imm }: Instruction): string | undefined {
  const names = (code === CALL_CODE && src === CALL.KFUNC) || (code === LD_IMM64_CODE && src === LD_IMM64.BTF_ID);
  return names ? env.kernel?.type(imm).name : undefined;
}

export function factsOf(env: Environment): InstructionFacts[] {
  return env.insns.map((insn, index) => {
    const seen = (env.flags[index] & SEEN) !== 0;
    const pointer = POINTERS[env.pointerTypes[index]];
    if (pointer) return { seen, pointer };
    const symbol = seen ? symbolOf(env, insn) : undefined;
    if (symbol !== undefined) return { seen, symbol };
    if (env.narrowed.has(index)) return { seen, narrow: true };
    if (insn.code === LD_IMM64_CODE && insn.src !== LD_IMM64.IMM && insn.src !== LD_IMM64.BTF_ID)
      return { seen, map: insn.imm };
    if (insn.code !== CALL_CODE || insn.src !== CALL.HELPER) return seen ? REACHED : UNREACHED;
    const map = env.callMaps[index];
    const key = env.callKeys[index];
    return { seen, ...(map > 0 ? { map: map - 1 } : {}), ...(key > 0 ? { constantKey: key - 1 } : {}) };
  });
}
