/** What a function may do that its caller must know of without following it: itself, or through functions that it calls. */
import { helperById } from "../helpers/table.ts";
import { CALL } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { Environment } from "./environment.ts";
import { allowedKfunc, isKfuncCall } from "./kfunc.ts";
import { CALL_CODE, isFunctionAddress, isSubprogramCall, subprogramOf } from "./structure.ts";

type Question = (env: Environment, insn: Instruction) => boolean;

/** Whether the function may move the packet, so that no pointer into it stays good. */
export const changesPacket = (env: Environment, subprogram: number): boolean =>
  someInstruction(env, subprogram, movesPacket, new Set());

/** Whether the function may wait. */
export const mightSleep = (env: Environment, subprogram: number): boolean =>
  someInstruction(env, subprogram, waits, new Set());

const movesPacket: Question = (env, insn) =>
  isKfuncCall(insn)
    ? allowedKfunc(env, insn)?.name === "bpf_xdp_pull_data"
    : insn.src === CALL.HELPER && helperById(insn.imm)?.changesPacket === true;

const waits: Question = (env, insn) =>
  isKfuncCall(insn)
    ? allowedKfunc(env, insn)?.row?.flags.has("sleepable") === true
    : insn.src === CALL.HELPER && helperById(insn.imm)?.mightSleep === true;

function someInstruction(env: Environment, subprogram: number, asks: Question, seen: Set<number>): boolean {
  if (seen.has(subprogram)) return false;
  seen.add(subprogram);
  const { insns, subprograms } = env;
  const end = subprograms[subprogram + 1]?.start ?? insns.length;
  for (let index = subprograms[subprogram].start; index < end; index++) {
    const insn = insns[index];
    if (insn.code === CALL_CODE && asks(env, insn)) return true;
    if (!isSubprogramCall(insn) && !isFunctionAddress(insn)) continue;
    if (someInstruction(env, subprogramOf(env, index + 1 + insn.imm), asks, seen)) return true;
  }
  return false;
}
