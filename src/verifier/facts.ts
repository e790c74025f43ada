/** What the verification found out about each instruction, for the rewriter and the JIT. */
import { CALL, LD_IMM64, LD_IMM64_CODE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { type Environment, SEEN } from "./environment.ts";
import { BASE_TYPE, TYPES } from "./registers.ts";
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
/** By type of the base register, where it is one of `POINTERS`. */
const ACCESSES: readonly (InstructionFacts | undefined)[] = Array.from({ length: BASE_TYPE }, (_, type) =>
  POINTERS[type] ? { seen: true, pointer: POINTERS[type] } : undefined,
);

/** What of Linux an instruction names by BTF id. */
function symbolOf(env: Environment, { code, src, imm }: Instruction): string | undefined {
  const names = (code === CALL_CODE && src === CALL.KFUNC) || (code === LD_IMM64_CODE && src === LD_IMM64.BTF_ID);
  return names && env.kernel && imm > 0 && imm < env.kernel.count ? env.kernel.type(imm).name : undefined;
}

export function factsOf(env: Environment): InstructionFacts[] {
  const { codes, flags, pointerTypes, narrowed } = env;
  const facts = new Array<InstructionFacts>(codes.length);
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index];
    const seen = (flags[index] & SEEN) !== 0;
    if (code === LD_IMM64_CODE) facts[index] = factsOfConstant(env, index, seen);
    else if (!seen) facts[index] = code === CALL_CODE ? factsOfUnreachedCall(env, index) : UNREACHED;
    else if (code === CALL_CODE) facts[index] = factsOfCall(env, index);
    else facts[index] = ACCESSES[pointerTypes[index]] ?? REACHED;
  }
  for (const index of narrowed) if (facts[index] === REACHED) facts[index] = { seen: true, narrow: true };
  return facts;
}

function factsOfConstant(env: Environment, index: number, seen: boolean): InstructionFacts {
  const insn = env.insns[index];
  const symbol = seen ? symbolOf(env, insn) : undefined;
  if (symbol !== undefined) return { seen, symbol };
  if (insn.src === LD_IMM64.IMM || insn.src === LD_IMM64.BTF_ID || insn.src === LD_IMM64.FUNC)
    return seen ? REACHED : UNREACHED;
  return { seen, map: insn.imm };
}

/** A listing names it all the same. */
function factsOfUnreachedCall(env: Environment, index: number): InstructionFacts {
  const symbol = symbolOf(env, env.insns[index]);
  return symbol === undefined ? UNREACHED : { seen: false, symbol };
}

function factsOfCall(env: Environment, index: number): InstructionFacts {
  const insn = env.insns[index];
  const symbol = symbolOf(env, insn);
  if (symbol !== undefined) return { seen: true, symbol };
  if (insn.src !== CALL.HELPER) return REACHED;
  const map = env.callMaps[index];
  const key = env.callKeys[index];
  return { seen: true, ...(map > 0 ? { map: map - 1 } : {}), ...(key > 0 ? { constantKey: key - 1 } : {}) };
}
