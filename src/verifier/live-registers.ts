/**
 * Which registers some path from an instruction still reads: a backward data-flow analysis over each function. A register
 * that is not live need not be compared when states are.
 */
import { helperById, signatureOf } from "../helpers/table.ts";
import {
  ALU,
  ATOMIC,
  CALL,
  CLASS,
  CLASS_MASK,
  JMP,
  MODE,
  MODE_MASK,
  OP_MASK,
  SOURCE,
  SOURCE_MASK,
} from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { Environment } from "./environment.ts";
import { allowedKfunc } from "./kfunc.ts";

const R0 = 1;
const CALLER_SAVED = 0b111111;
const ARGUMENTS = 0b111110;
const EVERYTHING = 0xffff;

/** Registers that are read in the lower half, written in the upper. */
const effect = (writes: number, reads: number): number => (writes << 16) | reads;

/** What one instruction reads and writes. */
function effectOf(env: Environment, insn: Instruction): number {
  const { code } = insn;
  const dst = 1 << insn.dst;
  const src = 1 << insn.src;
  const op = code & OP_MASK;
  const operand = (code & SOURCE_MASK) === SOURCE.X ? src : 0;
  switch (code & CLASS_MASK) {
    case CLASS.LD:
      return (code & MODE_MASK) === MODE.IMM ? effect(dst, 0) : effect(0, EVERYTHING);
    case CLASS.LDX:
      return effect(dst, src);
    case CLASS.ST:
      return effect(0, dst);
    case CLASS.STX:
      return (code & MODE_MASK) === MODE.ATOMIC ? atomicEffect(insn, dst, src) : effect(0, dst | src);
    case CLASS.ALU:
    case CLASS.ALU64:
      if (op === ALU.MOV) return effect(dst, operand);
      return op === ALU.END ? effect(dst, dst) : effect(dst, dst | operand);
    default:
      switch (op) {
        case JMP.JA:
        case JMP.JCOND:
          return effect(0, 0);
        case JMP.EXIT:
          return effect(0, R0);
        case JMP.CALL:
          return effect(CALLER_SAVED, callReads(env, insn));
        default:
          return effect(0, dst | operand);
      }
  }
}

function atomicEffect({ imm }: Instruction, dst: number, src: number): number {
  switch (imm) {
    case ATOMIC.CMPXCHG:
      return effect(R0, R0 | dst | src);
    case ATOMIC.LOAD_ACQ:
      return effect(dst, src);
    case ATOMIC.STORE_REL:
      return effect(0, dst | src);
    default:
      return effect(imm & ATOMIC.FETCH ? src : 0, dst | src);
  }
}

/** A helper that may be called reads as many arguments as its prototype has, anything else may read all five. */
function callReads(env: Environment, insn: Instruction): number {
  if (insn.src === CALL.KFUNC) {
    const kfunc = allowedKfunc(env, insn);
    return kfunc ? ((1 << kfunc.proto.params.length) - 1) << 1 : ARGUMENTS;
  }
  const row = insn.src === CALL.HELPER ? helperById(insn.imm) : undefined;
  if (row === undefined || !env.mayCall(row.name)) return ARGUMENTS;
  return ((1 << signatureOf(row, env.type).args.length) - 1) << 1;
}

/** Fills `env.live`. */
export function computeLiveRegisters(env: Environment): void {
  const { insns, live, edges } = env;
  const effects = new Int32Array(insns.length);
  // The second slot of a 64-bit constant is no instruction.
  for (let index = 0; index < insns.length; index++)
    if (insns[index].code !== 0) effects[index] = effectOf(env, insns[index]);
  let changed = true;
  while (changed) {
    changed = false;
    for (let index = insns.length - 1; index >= 0; index--) {
      const first = edges[2 * index];
      const second = edges[2 * index + 1];
      const out = (first < 0 ? 0 : live[first]) | (second < 0 ? 0 : live[second]);
      const now = (out & ~(effects[index] >>> 16)) | (effects[index] & EVERYTHING);
      if (now !== live[index]) {
        live[index] = now;
        // Where control never goes back, one round settles everything.
        changed = env.goesBack;
      }
    }
  }
}
