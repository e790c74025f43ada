/** The control-flow graph: every instruction can be reached, and where states are worth comparing. */
import { LD_IMM64_CODE } from "../isa/constants.ts";
import { type Environment, JUMP_POINT, PRUNE_POINT } from "./environment.ts";
import { reject } from "./rejection.ts";
import {
  CALL_CODE,
  EXIT_CODE,
  isConditional,
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

/** Marks where this instruction makes paths part or meet. */
function markPoints(env: Environment, index: number): void {
  const { flags, insns } = env;
  const insn = insns[index];
  if (isUnconditional(insn)) flags[index + 1 + jumpDistance(insn)] |= PRUNE_POINT | JUMP_POINT;
  else if (isConditional(insn)) {
    flags[index] |= PRUNE_POINT;
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
  const reached = new Uint8Array(insns.length);
  const waiting = [0];
  reached[0] = 1;
  while (waiting.length > 0) {
    const index = waiting.pop()!;
    const insn = insns[index];
    markPoints(env, index);
    const next = successors(env, index);
    if (isSubprogramCall(insn)) next.push(index + 1 + insn.imm);
    for (const target of next) {
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
