/** The control-flow graph: every instruction can be reached, and where states are worth comparing. */
import { helperName } from "../helpers/names.ts";
import { CALL, LD_IMM64_CODE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { CALLING_HELPERS, isCallingKfunc, isKeepingKfunc, KEEPING_HELPERS } from "./callbacks.ts";
import {
  CALLS_CALLBACK,
  type Environment,
  FORCE_CHECKPOINT,
  ITERATES,
  JUMP_POINT,
  MAY_GOTO,
  PRUNE_POINT,
} from "./environment.ts";
import { allowedKfunc, findKfunc } from "./kfunc.ts";
import { reject } from "./rejection.ts";
import {
  CALL_CODE,
  EXIT_CODE,
  isConditional,
  isFunctionAddress,
  isJumpClass,
  isMayGoto,
  isSubprogramCall,
  isUnconditional,
  jumpDistance,
  slotsOf,
} from "./structure.ts";

/**
 * Finds where control goes from each instruction within its function: two numbers each, the next instruction first; -1 is
 * none. Jumps have been checked.
 */
function findEdges(env: Environment): void {
  const { insns, codes } = env;
  const edges = new Int32Array(2 * insns.length).fill(-1);
  const jump = (index: number, distance: number): number => {
    if (distance < 0) env.goesBack = true;
    env.longestJump = Math.max(env.longestJump, Math.abs(distance));
    return index + 1 + distance;
  };
  for (let index = 0; index < insns.length; index++) {
    const code = codes[index];
    // The second slot of a 64-bit constant is no instruction.
    if (code === 0 || code === EXIT_CODE) continue;
    let first = code === LD_IMM64_CODE ? index + 2 : index + 1;
    if (isJumpClass(code)) {
      const insn = insns[index];
      if (isUnconditional(insn)) first = jump(index, jumpDistance(insn));
      else if (isConditional(insn)) edges[2 * index + 1] = jump(index, insn.offset);
    }
    edges[2 * index] = first;
  }
  env.edges = edges;
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
  } else if (insn.code === CALL_CODE || isFunctionAddress(insn)) {
    flags[index + slotsOf(insn)] |= PRUNE_POINT | JUMP_POINT;
    if (isSubprogramCall(insn) || isFunctionAddress(insn)) {
      flags[index] |= PRUNE_POINT;
      flags[index + 1 + insn.imm] |= PRUNE_POINT | JUMP_POINT;
    } else flags[index] |= callPoints(env, insn);
  }
}

/** What a call of a helper or kernel function is for pruning: a place where a loop over callbacks or elements converges. */
function callPoints(env: Environment, insn: Instruction): number {
  if (insn.src === CALL.KFUNC) {
    const kfunc = allowedKfunc(env, insn);
    if (kfunc?.row?.flags.has("iter_next")) return PRUNE_POINT | FORCE_CHECKPOINT | ITERATES;
    // This one Linux knows by its name, whether the program may call it or not.
    const called = insn.offset === 0 ? findKfunc(env, insn.imm) : undefined;
    if (called && isCallingKfunc(called.name)) return PRUNE_POINT | JUMP_POINT | FORCE_CHECKPOINT | CALLS_CALLBACK;
    return kfunc && isKeepingKfunc(kfunc.name) ? PRUNE_POINT : 0;
  }
  const helper = insn.src === CALL.HELPER ? helperName(insn.imm) : undefined;
  if (helper === undefined) return 0;
  if (CALLING_HELPERS.has(helper)) return PRUNE_POINT | JUMP_POINT | FORCE_CHECKPOINT | CALLS_CALLBACK;
  return KEEPING_HELPERS.has(helper) ? PRUNE_POINT : 0;
}

/** By opcode: neither jump nor call nor part of a 64-bit constant, so nothing parts or meets there. */
const IS_STRAIGHT = Uint8Array.from({ length: 256 }, (_, code) =>
  isJumpClass(code) || code === LD_IMM64_CODE || code === 0 ? 0 : 1,
);

/** Follows all jumps and calls from the start; what is not reached then is refused. */
export function checkControlFlow(env: Environment): void {
  const { insns, codes } = env;
  findEdges(env);
  const { edges } = env;
  const reached = new Uint8Array(insns.length);
  // What Linux itself calls is reached, too.
  const waiting = [0, ...env.subprograms.filter(({ isException }) => isException).map(({ start }) => start)];
  for (const start of waiting) reached[start] = 1;
  while (waiting.length > 0) {
    let index = waiting.pop()!;
    // What only goes on to the next one needs no place in the list.
    while (IS_STRAIGHT[codes[index]] && !reached[index + 1] && index + 1 < insns.length) reached[++index] = 1;
    const insn = insns[index];
    markPoints(env, index);
    const called = isSubprogramCall(insn) || isFunctionAddress(insn) ? index + 1 + insn.imm : -1;
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
    if (reached[index] && codes[index] !== LD_IMM64_CODE) continue;
    env.index = index;
    if (!reached[index]) reject("unreachable", index);
    if (reached[index + 1]) reject("jump_into_ldimm64", index);
    index++;
  }
  env.index = insns.length - 1;
}
