/** The control-flow graph: every instruction can be reached, and where states are worth comparing. */
import { LD_IMM64_CODE } from "../isa/constants.ts";
import { type Environment, FORCE_CHECKPOINT, JUMP_POINT, MAY_GOTO, PRUNE_POINT } from "./environment.ts";
import { reject } from "./rejection.ts";
import {
  CALL_CODE,
  EXIT_CODE,
  isConditional,
  isMayGoto,
  isSubprogramCall,
  isUnconditional,
  jumpDistance,
  slotsOf,
} from "./structure.ts";

/** Where execution may go from an instruction, within its function: the next one first. */
export function successors(env: Environment, index: number): number[] {
  const insn = env.insns[index];
  if (insn.code === EXIT_CODE) return [];
  if (isUnconditional(insn)) return [index + 1 + jumpDistance(insn)];
  if (isConditional(insn)) return [index + 1, index + 1 + insn.offset];
  return [index + slotsOf(insn)];
}

/** The successors of each instruction, two numbers each; -1 is none. Jumps have been checked. */
function edgesOf(env: Environment): Int32Array {
  const edges = new Int32Array(2 * env.insns.length).fill(-1);
  for (let index = 0; index < env.insns.length; index++) {
    // The second slot of a 64-bit constant is no instruction.
    if (env.insns[index].code === 0) continue;
    const next = successors(env, index);
    for (let k = 0; k < next.length; k++) edges[2 * index + k] = next[k];
  }
  return edges;
}

/** Marks where this instruction makes paths part or meet. */
function markPoints(env: Environment, index: number): void {
  const { flags, insns } = env;
  const insn = insns[index];
  if (isUnconditional(insn)) flags[index + 1 + jumpDistance(insn)] |= PRUNE_POINT | JUMP_POINT;
  else if (isConditional(insn)) {
    flags[index] |= PRUNE_POINT;
    if (isMayGoto(insn)) flags[index] |= FORCE_CHECKPOINT | MAY_GOTO;
    flags[index + 1 + insn.offset] |= PRUNE_POINT | JUMP_POINT;
  } else if (insn.code === CALL_CODE) {
    flags[index + 1] |= PRUNE_POINT | JUMP_POINT;
    if (isSubprogramCall(insn)) {
      flags[index] |= PRUNE_POINT;
      flags[index + 1 + insn.imm] |= PRUNE_POINT | JUMP_POINT;
    }
  }
}

/** Follows all jumps and calls from the start; what is not reached then is refused. */
export function checkControlFlow(env: Environment): void {
  const { insns } = env;
  env.edges = edgesOf(env);
  const { edges } = env;
  const reached = new Uint8Array(insns.length);
  const waiting = [0];
  reached[0] = 1;
  while (waiting.length > 0) {
    const index = waiting.pop()!;
    const insn = insns[index];
    markPoints(env, index);
    const called = isSubprogramCall(insn) ? index + 1 + insn.imm : -1;
    for (let edge = 0; edge < 3; edge++) {
      const target = edge < 2 ? edges[2 * index + edge] : called;
      if (target < 0) continue;
      if (target >= insns.length) reject("jump_out_of_range", index, target);
      if (reached[target]) continue;
      reached[target] = 1;
      waiting.push(target);
    }
  }
  for (let index = 0; index < insns.length; index++) {
    env.index = index;
    if (!reached[index]) reject("unreachable", index);
    if (insns[index].code === LD_IMM64_CODE) {
      if (reached[index + 1]) reject("jump_into_ldimm64", index);
      index++;
    }
  }
}
