/** Following paths: instruction after instruction, branch after branch, until none is left. */
import { CALL, CLASS, CLASS_MASK, JMP, OP_MASK, REG, SOURCE, SOURCE_MASK } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { checkAlu } from "./alu.ts";
import { type Environment, JUMP_POINT, PRUNE_POINT, registerAt, SEEN } from "./environment.ts";
import { isThrow } from "./exceptions.ts";
import { checkHelperCall } from "./helper-call.ts";
import { checkConditionalJump } from "./jumps.ts";
import { checkKfuncCall } from "./kfunc-call.ts";
import { isSecret } from "./leaks.ts";
import { checkLoad, checkLoadConstant, checkStore } from "./memory-instructions.ts";
import { beginStretch } from "./precision.ts";
import { checkNothingHeld } from "./references.ts";
import { readRegister } from "./register-use.ts";
import { TYPE, TYPES, typeName } from "./registers.ts";
import { reject } from "./rejection.ts";
import { checkReturnValue, isVoidHook } from "./return-value.ts";
import { followMispredicted } from "./speculation.ts";
import { checkCallUnlocked } from "./spin-locks.ts";
import { type Frame, State } from "./state.ts";
import { CALL_CODE, EXIT_CODE, isConditional, isPacketLoad, isTailCall, jumpDistance, slotsOf } from "./structure.ts";
import { checkSubprogramCall, leaveOrGoOn, returnToCaller } from "./subprogram-call.ts";

const arrival = ({ previous, index, state }: Environment): string =>
  `from ${previous} to ${index}${state.speculative ? " (speculative execution)" : ""}`;

/** Follows every path to its end. */
export function followPaths(env: Environment, frame: Frame): void {
  const { start } = env.subprograms[frame.subprogram];
  env.state = new State([frame]);
  env.state.first = start;
  env.index = start;
  env.previous = -1;
  beginStretch();
  env.touchAll();
  env.forgetLine();
  env.recorder?.begin();
  env.explorer?.begin(env.state, start, -1);
  const { checkpoints, log } = env;
  /** The state at the beginning of a branch is printed before its first instruction. */
  let fresh = false;

  for (;;) {
    env.beginInstruction();
    if (env.index >= env.insns.length) reject("insn_index", env.index, env.insns.length);
    if (++env.processed > env.limit) reject("too_large", env.processed);
    env.state.last = env.previous;
    env.state.index = env.index;
    if (!env.state.speculative) env.flags[env.index] |= SEEN;
    const flags = env.flags[env.index];
    if (flags & PRUNE_POINT && checkpoints.visit(env)) {
      if (log.verbose) log.write(fresh ? `\n${arrival(env)}: safe\n` : `${env.index}: safe\n`);
      env.touchAll();
    } else {
      if (flags & JUMP_POINT) env.recordHistory(0);
      if (log.full && fresh) {
        log.write(`\n${arrival(env)}:`);
        env.printState(env.state, env.state.frames.length - 1);
        fresh = false;
      }
      if (log.verbose) {
        if (env.touched) env.printChanges();
        env.printInstruction();
      }
      const { explorer, index, frame: active } = env;
      explorer?.enter(index);
      if (env.recorder && env.insns[index].code === CALL_CODE) env.recorder.beginCall(active);
      env.stacks.begin();
      const next = env.state.speculative ? followMispredicted(env, followInstruction, END) : followInstruction(env);
      env.stacks.commit(index);
      explorer?.leave(env.state);
      if (env.recorder) {
        env.recorder.add(index, active, env, env.scratchedRegisters, env.scratchedSlots);
        env.touchNothing();
      }
      if (next === END) explorer?.end("exit", index);
      else {
        env.previous = index;
        env.index = next;
        // Back from a function: the log shows the caller's whole state.
        if (env.state.frames.length <= active.index && env.insns[index].code === EXIT_CODE) fresh = true;
        continue;
      }
      env.touchAll();
    }
    checkpoints.finishPath(env);
    // Behind the last path nobody asks any more which slots are alive.
    if (env.pending.length > 0 || log.full) env.stacks.update();
    else env.stacks.leave();
    if (!env.pop()) return;
    beginStretch();
    fresh = true;
    recordFork(env);
  }
}

const NO_SLOTS = new Int32Array(2);

/** The branch that is followed next was put aside before the jump, or the call, that leads to it was recorded. */
function recordFork(env: Environment): void {
  const { recorder, previous, frame, state, index } = env;
  if (recorder === undefined) return;
  const begins = env.subprograms[frame.subprogram].start === index;
  if (isConditional(env.insns[previous]))
    recorder.add(previous, frame, env, env.scratchedRegisters, env.scratchedSlots);
  else if (begins && frame.kind === "async") recorder.begin();
  else if (begins && frame.kind === "callback") recorder.add(previous, state.frames[frame.index - 1], env, 0, NO_SLOTS);
  else if (env.insns[previous].code === CALL_CODE) recorder.add(previous, frame, env, 1 << REG.R0, NO_SLOTS);
}

/** What a function returns that was not called: a global one, which is followed on its own. */
function checkFunctionResult(env: Environment): void {
  const type = env.words[registerAt(REG.R0) + TYPE];
  if (type !== TYPES.SCALAR) reject("subprogram_scalar", REG.R0, typeName(type));
}

/** The innermost function is a global one, whose caller does not wait; what Linux calls itself ends as a program does. */
const isFollowedAlone = ({ frame, subprograms }: Environment): boolean =>
  frame.subprogram > 0 && frame.kind !== "async" && !subprograms[frame.subprogram].isException;

/** The path is finished. */
const END = -1;

/** Follows one instruction; returns the next one of the path, or `END`. */
function followInstruction(env: Environment): number {
  const insn = env.insns[env.index];
  switch (insn.code & CLASS_MASK) {
    case CLASS.ALU:
    case CLASS.ALU64:
      checkAlu(env, insn);
      break;
    case CLASS.LDX:
      checkLoad(env, insn);
      break;
    case CLASS.ST:
    case CLASS.STX:
      checkStore(env, insn);
      break;
    case CLASS.LD:
      checkLoadConstant(env, insn);
      if (isPacketLoad(insn)) return leaveOrGoOn(env, "zero");
      break;
    default:
      return followJump(env, insn);
  }
  return env.index + slotsOf(insn);
}

function followJump(env: Environment, insn: Instruction): number {
  const narrow = (insn.code & CLASS_MASK) === CLASS.JMP32;
  const withRegister = (insn.code & SOURCE_MASK) === SOURCE.X;
  env.jumps++;
  switch (insn.code & OP_MASK) {
    case JMP.CALL:
      if (
        withRegister ||
        (insn.src !== CALL.KFUNC && insn.offset !== 0) ||
        insn.src > CALL.KFUNC ||
        insn.dst !== 0 ||
        narrow
      )
        reject("call_reserved");
      checkCallUnlocked(env, insn);
      if (insn.src === CALL.SUBPROG) return checkSubprogramCall(env, insn);
      if (insn.src === CALL.KFUNC) {
        checkKfuncCall(env, insn);
        if (isThrow(env, insn)) {
          checkNothingHeld(env, "bpf_throw", "throw");
          return END;
        }
      } else checkHelperCall(env, insn);
      return isTailCall(insn) ? leaveOrGoOn(env, "unknown") : env.index + 1;
    case JMP.JA:
      if (withRegister || insn.src !== 0 || insn.dst !== 0 || (narrow ? insn.offset !== 0 : insn.imm !== 0))
        reject("ja_reserved");
      return env.index + 1 + jumpDistance(insn);
    case JMP.EXIT:
      if (withRegister || insn.imm !== 0 || insn.src !== 0 || insn.dst !== 0 || narrow) reject("exit_reserved");
      checkNothingHeld(env, "BPF_EXIT instruction in main prog", env.state.frames.length > 1 ? "function" : "program");
      if (env.state.frames.length > 1) return returnToCaller(env);
      // What a hook without a result leaves in r0 nobody reads.
      if (isVoidHook(env) && env.frame.subprogram === 0) return END;
      readRegister(env, REG.R0);
      if (isSecret(env, REG.R0)) reject("leak_result", REG.R0);
      if (isFollowedAlone(env)) checkFunctionResult(env);
      else checkReturnValue(env);
      return END;
    default:
      return checkConditionalJump(env, insn);
  }
}
